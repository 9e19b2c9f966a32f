#include "CTerminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t signal_pipe = -1;

static void note_signal(int number) {
  int saved = errno;
  unsigned char byte = (unsigned char)number;
  // A full pipe holds such a signal already.
  ssize_t ignored = write(signal_pipe, &byte, 1);
  (void)ignored;
  errno = saved;
}

int cterminal_watch(int write_end, const int *signals, int count) {
  signal_pipe = write_end;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < count; i++) {
    struct sigaction old;
    if (sigaction(signals[i], NULL, &old) != 0) { return errno; }
    // Whoever started us under nohup or in the background does not want this one heard.
    if (old.sa_handler == SIG_IGN) { continue; }
    if (sigaction(signals[i], &action, NULL) != 0) { return errno; }
  }
  return 0;
}

void cterminal_unwatch(const int *signals, int count) {
  for (int i = 0; i < count; i++) { signal(signals[i], SIG_DFL); }
}

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
enum { ENDING = sizeof ending / sizeof ending[0] };

static volatile sig_atomic_t changed_terminal = -1;
static struct termios old_mode;
static struct sigaction old_actions[ENDING];
static int is_ours[ENDING];

static void put_back(void) {
  int terminal = changed_terminal;
  if (terminal < 0) { return; }
  changed_terminal = -1;
  tcsetattr(terminal, TCSANOW, &old_mode);
}

static void end_by_signal(int number) {
  put_back();
  for (int i = 0; i < ENDING; i++) {
    if (ending[i] == number) { sigaction(number, &old_actions[i], NULL); }
  }
  raise(number);
}

int cterminal_begin_line_mode(int terminal, int echoes) {
  static int has_exit_handler;
  struct termios mode;
  if (tcgetattr(terminal, &mode) != 0) { return errno; }
  old_mode = mode;
  if (!has_exit_handler) { has_exit_handler = atexit(put_back) == 0; }
  changed_terminal = terminal;
  for (int i = 0; i < ENDING; i++) {
    // A signal that is watched is answered elsewhere; one that is not would leave the mode behind.
    // Nobody watches SIGQUIT, but Swift's own runtime may have a handler that ends the process.
    is_ours[i] = sigaction(ending[i], NULL, &old_actions[i]) == 0
      && (old_actions[i].sa_handler == SIG_DFL
        || (ending[i] == SIGQUIT && old_actions[i].sa_handler != SIG_IGN));
    if (!is_ours[i]) { continue; }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = end_by_signal;
    sigemptyset(&action.sa_mask);
    sigaction(ending[i], &action, NULL);
  }
  mode.c_iflag |= ICRNL;
  mode.c_lflag |= ICANON | ISIG | ECHO | ECHOE | ECHOK;
  if (!echoes) { mode.c_lflag &= ~(tcflag_t)(ECHO | ECHONL); }
  if (tcsetattr(terminal, TCSAFLUSH, &mode) == 0) { return 0; }
  int error = errno;
  cterminal_restore();
  return error;
}

void cterminal_restore(void) {
  if (changed_terminal >= 0) {
    // What was typed behind the answer is thrown away as well.
    int terminal = changed_terminal;
    tcsetattr(terminal, TCSAFLUSH, &old_mode);
    changed_terminal = -1;
  }
  for (int i = 0; i < ENDING; i++) {
    if (is_ours[i]) { sigaction(ending[i], &old_actions[i], NULL); }
    is_ours[i] = 0;
  }
}
