// Starting, watching and signalling child processes: what must happen between fork and exec, where
// no Swift may run, and the system calls that glibc does not wrap everywhere.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct {
  // An absolute path.
  const char *program;
  // Both end with a null pointer.
  char *const *arguments;
  char *const *environment;
  // Null keeps the caller's.
  const char *directory;
  // What becomes the child's standard input, output and error.
  int input;
  int output;
  int error;
  // A session of its own, without a terminal; otherwise only a process group of its own.
  bool starts_session;
  // Whether the child drops to this user; needs the privilege to do so.
  bool changes_user;
  uid_t user;
  gid_t group;
  const gid_t *groups;
  size_t group_count;
} cchild_plan;

// Where a start failed.
enum {
  CCHILD_FORK = 1,
  CCHILD_GROUP = 2,
  CCHILD_DESCRIPTORS = 3,
  CCHILD_USER = 4,
  CCHILD_DIRECTORY = 5,
  CCHILD_EXEC = 6,
};

// Returns the child's pid once the program runs in it, or -1 with the place and errno of the
// failure; then nothing is left to be waited for.
pid_t cchild_start(const cchild_plan *plan, int *failed_at, int *error_number);

// A close-on-exec descriptor that becomes readable when the process ends, or -1 (errno).
int cchild_open_pidfd(pid_t pid);
// 0, or errno.
int cchild_signal_pidfd(int pidfd, int signal);
// Waits for a child that has ended, so that it does not stay as a zombie; no other process.
void cchild_reap_pidfd(int pidfd);
// Whether a child has ended; it can still be waited for afterwards.
bool cchild_has_ended(pid_t pid);
// Waits for a child that has ended; false if it has not. `code` is its exit code, or `signal` what
// killed it (0 otherwise).
bool cchild_reap(pid_t pid, int *code, int *signal);
// Makes a pipe whose ends are close-on-exec; 0, or errno.
int cchild_pipe(int ends[2]);
// As write(2), but a reader that has gone is EPIPE and never a signal.
ssize_t cchild_write(int descriptor, const uint8_t *bytes, size_t count);
