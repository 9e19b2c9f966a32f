#include "transfer.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

clibcurl_signal_guard clibcurl_signals_block(void) {
  sigset_t pipe_signal, previous, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &previous);
  clibcurl_signal_guard guard = {
    .was_pending = sigismember(&pending, SIGPIPE) == 1,
    .was_blocked = sigismember(&previous, SIGPIPE) == 1,
  };
  return guard;
}

void clibcurl_signals_restore(clibcurl_signal_guard guard) {
  sigset_t pipe_signal, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  if (!guard.was_pending && sigismember(&pending, SIGPIPE) == 1) {
    struct timespec none = {0, 0};
    sigtimedwait(&pipe_signal, NULL, &none);
  }
  if (!guard.was_blocked) { pthread_sigmask(SIG_UNBLOCK, &pipe_signal, NULL); }
}
