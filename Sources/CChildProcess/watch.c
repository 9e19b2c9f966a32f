#define _GNU_SOURCE
#include "CChildProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

int cchild_open_pidfd(pid_t pid) {
  return (int)syscall(SYS_pidfd_open, pid, 0);
}

int cchild_signal_pidfd(int pidfd, int number) {
  return syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0) == 0 ? 0 : errno;
}

void cchild_reap_pidfd(int pidfd) {
  siginfo_t state;
  // P_PIDFD, which glibc's headers name from 2.36 on. No child of ours: nothing to reap.
  while (waitid((idtype_t)3, (id_t)pidfd, &state, WEXITED | WNOHANG) < 0 && errno == EINTR) {}
}

bool cchild_has_ended(pid_t pid) {
  siginfo_t state = {0};
  int result;
  do {
    result = waitid(P_PID, (id_t)pid, &state, WEXITED | WNOHANG | WNOWAIT);
  } while (result < 0 && errno == EINTR);
  // No such child: someone else has waited for it.
  return result < 0 || state.si_pid == pid;
}

bool cchild_reap(pid_t pid, int *code, int *number) {
  int status = 0;
  pid_t reaped;
  do { reaped = waitpid(pid, &status, WNOHANG); } while (reaped < 0 && errno == EINTR);
  if (reaped == 0) { return false; }
  // Someone else has waited for it: there is no code to be had any more.
  *code = reaped == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  *number = reaped == pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return true;
}

int cchild_pipe(int ends[2]) {
  return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
}

ssize_t cchild_write(int descriptor, const uint8_t *bytes, size_t count) {
  sigset_t pipe_signal, previous, before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&before);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &previous);
  ssize_t written = write(descriptor, bytes, count);
  int error_number = errno;
  if (written < 0 && error_number == EPIPE && sigismember(&before, SIGPIPE) != 1) {
    struct timespec none = {0, 0};
    sigtimedwait(&pipe_signal, NULL, &none);
  }
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  errno = error_number;
  return written;
}
