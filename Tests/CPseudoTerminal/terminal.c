#include "CPseudoTerminal.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { MOST = 64 };

static void split(const char *texts, char *pointers[MOST + 1]) {
  int count = 0;
  while (*texts != '\0' && count < MOST) {
    pointers[count++] = (char *)texts;
    texts += strlen(texts) + 1;
  }
  pointers[count] = NULL;
}

int pseudo_terminal_start(const char *path, const char *arguments, const char *environment,
  const char *directory, unsigned short rows, unsigned short columns, pid_t *child) {
  char *words[MOST + 1];
  char *variables[MOST + 1];
  split(arguments, words);
  split(environment, variables);
  struct winsize size = { .ws_row = rows, .ws_col = columns };
  int master = -1;
  pid_t pid = forkpty(&master, NULL, NULL, &size);
  if (pid == 0) {
    // A test's thread may have blocked or ignored what a person's shell does not.
    for (int number = 1; number < 32; number++) { signal(number, SIG_DFL); }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (directory[0] != '\0' && chdir(directory) != 0) { _exit(126); }
    execve(path, words, variables);
    _exit(127);
  }
  if (pid < 0) { return -1; }
  fcntl(master, F_SETFD, FD_CLOEXEC);
  *child = pid;
  return master;
}

int pseudo_terminal_resize(int master, unsigned short rows, unsigned short columns) {
  struct winsize size = { .ws_row = rows, .ws_col = columns };
  return ioctl(master, TIOCSWINSZ, &size);
}

bool pseudo_terminal_echoes(int master) {
  struct termios mode;
  return tcgetattr(master, &mode) == 0 && (mode.c_lflag & ECHO) != 0;
}

int pseudo_terminal_use_lines(int master) {
  struct termios mode;
  if (tcgetattr(master, &mode) != 0) { return -1; }
  mode.c_lflag |= ICANON | ECHO;
  return tcsetattr(master, TCSANOW, &mode);
}

bool pseudo_terminal_reads_lines(int master) {
  struct termios mode;
  return tcgetattr(master, &mode) == 0 && (mode.c_lflag & ICANON) != 0;
}
