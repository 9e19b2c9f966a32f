#define _GNU_SOURCE
#include "Library.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

// Shared by the caller and the thread; the last of the two frees it, so a caller that stops waiting
// leaves nothing behind once the thread comes to its end.
struct opsh_pg_errand {
  int owners;
  int descriptor;
  bool failed;
  char failure[256];
  char addresses[1024];
  char host[256];
  PGcancel *cancel;
  void *cancel_connection;
};

static void free_errand(opsh_pg_errand *errand) {
  if (__atomic_sub_fetch(&errand->owners, 1, __ATOMIC_ACQ_REL) > 0) return;
  close(errand->descriptor);
  if (errand->cancel) opsh_pg.PQfreeCancel(errand->cancel);
  if (errand->cancel_connection) opsh_pg.PQcancelFinish(errand->cancel_connection);
  free(errand);
}

static void fail(opsh_pg_errand *errand, const char *reason) {
  errand->failed = true;
  snprintf(errand->failure, sizeof errand->failure, "%s", reason);
}

static void *finish(opsh_pg_errand *errand) {
  eventfd_write(errand->descriptor, 1);
  free_errand(errand);
  return NULL;
}

static opsh_pg_errand *make_errand(void) {
  opsh_pg_errand *errand = calloc(1, sizeof *errand);
  if (!errand) return NULL;
  errand->owners = 1;
  errand->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (errand->descriptor >= 0) return errand;
  free(errand);
  return NULL;
}

// Signals belong to the program's own threads: this one must not take a Ctrl-C away from them.
static opsh_pg_errand *begin(opsh_pg_errand *errand, void *(*run)(void *)) {
  pthread_t thread;
  sigset_t all, before;
  sigfillset(&all);
  errand->owners = 2;
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int status = pthread_create(&thread, NULL, run, errand);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (status == 0) {
    pthread_detach(thread);
    return errand;
  }
  errand->owners = 1;
  fail(errand, "no thread could be started");
  eventfd_write(errand->descriptor, 1);
  return errand;
}

static void *run_cancel(void *argument) {
  opsh_pg_errand *errand = argument;
  char reason[256] = "";
  if (errand->cancel_connection) {
    if (!opsh_pg.PQcancelBlocking(errand->cancel_connection))
      fail(errand, opsh_pg.PQcancelErrorMessage(errand->cancel_connection));
  } else if (!opsh_pg.PQcancel(errand->cancel, reason, sizeof reason)) {
    fail(errand, reason);
  }
  return finish(errand);
}

opsh_pg_errand *opsh_pg_cancel(opsh_pg_connection *connection) {
  opsh_pg_errand *errand = make_errand();
  if (!errand) return NULL;
  if (opsh_pg.PQcancelCreate && opsh_pg.PQcancelBlocking && opsh_pg.PQcancelErrorMessage
      && opsh_pg.PQcancelFinish)
    errand->cancel_connection = opsh_pg.PQcancelCreate(opsh_pg_conn(connection));
  else
    errand->cancel = opsh_pg.PQgetCancel(opsh_pg_conn(connection));
  if (errand->cancel || errand->cancel_connection) return begin(errand, run_cancel);
  free_errand(errand);
  return NULL;
}

static void add_address(opsh_pg_errand *errand, const struct addrinfo *entry) {
  char text[128];
  if (getnameinfo(
          entry->ai_addr, entry->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
    return;
  size_t used = strlen(errand->addresses);
  if (used + strlen(text) + 2 > sizeof errand->addresses) return;
  if (used) errand->addresses[used++] = ',';
  strcpy(errand->addresses + used, text);
}

static void *run_resolve(void *argument) {
  opsh_pg_errand *errand = argument;
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  int status = getaddrinfo(errand->host, NULL, &hints, &found);
  if (status != 0) {
    fail(errand, gai_strerror(status));
    return finish(errand);
  }
  for (const struct addrinfo *entry = found; entry; entry = entry->ai_next)
    add_address(errand, entry);
  freeaddrinfo(found);
  return finish(errand);
}

opsh_pg_errand *opsh_pg_resolve(const char *host) {
  opsh_pg_errand *errand = make_errand();
  if (!errand) return NULL;
  if (strlen(host) < sizeof errand->host) {
    strcpy(errand->host, host);
    return begin(errand, run_resolve);
  }
  fail(errand, "the host name is longer than 255 bytes");
  eventfd_write(errand->descriptor, 1);
  return errand;
}

int opsh_pg_errand_descriptor(const opsh_pg_errand *errand) { return errand->descriptor; }

const char *opsh_pg_errand_failure(const opsh_pg_errand *errand) {
  return errand->failed ? errand->failure : NULL;
}

const char *opsh_pg_errand_addresses(const opsh_pg_errand *errand) { return errand->addresses; }

void opsh_pg_errand_release(opsh_pg_errand *errand) { free_errand(errand); }
