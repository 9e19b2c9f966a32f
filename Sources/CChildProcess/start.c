#define _GNU_SOURCE
#include "CChildProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

typedef struct {
  int failed_at;
  int error_number;
} report;

// Everything from here to exec runs in the child, possibly in the parent's memory: system calls
// only, nothing that allocates or locks.

static void reset_signals(void) {
  // All zero is the standard action. glibc's own function refuses the two signals that it uses
  // itself, which a parent may have left ignored.
  const long standard[8] = {0};
  for (int number = 1; number < NSIG; number++) {
    syscall(SYS_rt_sigaction, number, standard, NULL, (size_t)(NSIG - 1) / 8);
  }
}

static bool set_descriptors(const cchild_plan *plan) {
  // First out of the way of 0 to 2, which may be among them.
  int input = fcntl(plan->input, F_DUPFD_CLOEXEC, 3);
  int output = fcntl(plan->output, F_DUPFD_CLOEXEC, 3);
  int error = fcntl(plan->error, F_DUPFD_CLOEXEC, 3);
  return input >= 0 && output >= 0 && error >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0
    && dup2(error, 2) >= 0;
}

static void close_rest_on_exec(void) {
  if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0) { return; }
  struct rlimit limit;
  int end = 65536;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)end) {
    end = (int)limit.rlim_cur;
  }
  for (int descriptor = 3; descriptor < end; descriptor++) {
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
}

// glibc's own functions would change every thread of the process whose memory this is.
static bool set_user(const cchild_plan *plan) {
  return syscall(SYS_setgroups, plan->group_count, plan->groups) == 0
    && syscall(SYS_setresgid, plan->group, plan->group, plan->group) == 0
    && syscall(SYS_setresuid, plan->user, plan->user, plan->user) == 0;
}

static int become(const cchild_plan *plan) {
  reset_signals();
  if ((plan->starts_session ? setsid() : setpgid(0, 0)) < 0) { return CCHILD_GROUP; }
  if (!set_descriptors(plan)) { return CCHILD_DESCRIPTORS; }
  close_rest_on_exec();
  if (plan->changes_user && !set_user(plan)) { return CCHILD_USER; }
  if (plan->directory != NULL && chdir(plan->directory) != 0) { return CCHILD_DIRECTORY; }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(plan->program, plan->arguments, plan->environment);
  return CCHILD_EXEC;
}

static void run_child(const cchild_plan *plan, int report_end) {
  report failure = {.failed_at = become(plan), .error_number = errno};
  ssize_t written = write(report_end, &failure, sizeof failure);
  (void)written;
  _exit(127);
}

// Parent again.

static pid_t start(const cchild_plan *plan, int ends[2]) {
  // No handler of this process may run in the child while both share memory.
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  pid_t pid = vfork();
  if (pid == 0) { run_child(plan, ends[1]); }
  int error_number = errno;
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
  errno = error_number;
  return pid;
}

static bool read_report(int descriptor, report *failure) {
  ssize_t count;
  do { count = read(descriptor, failure, sizeof *failure); } while (count < 0 && errno == EINTR);
  return count == (ssize_t)sizeof *failure;
}

pid_t cchild_start(const cchild_plan *plan, int *failed_at, int *error_number) {
  int ends[2];
  *failed_at = CCHILD_FORK;
  *error_number = cchild_pipe(ends);
  if (*error_number != 0) { return -1; }
  // dup2 onto 0 to 2 in the child must not hit the report.
  int report_end = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
  close(ends[1]);
  ends[1] = report_end;
  pid_t pid = report_end < 0 ? -1 : start(plan, ends);
  if (pid < 0) { *error_number = errno; }
  if (report_end >= 0) { close(report_end); }
  report failure;
  if (pid > 0 && read_report(ends[0], &failure)) {
    *failed_at = failure.failed_at;
    *error_number = failure.error_number;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
    pid = -1;
  }
  close(ends[0]);
  return pid;
}
