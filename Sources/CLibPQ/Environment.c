#include "Library.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// libpq fills every parameter that was not given from the environment (PGHOSTADDR, PGSERVICE,
// PGOPTIONS, …), takes an empty value for one not given, and offers no way to turn that off. So
// while it connects, `environ` points to a copy without any variable whose name
// starts with PG. Readers on other threads see one of two valid lists; lists are never freed, since
// such a reader may still hold one, and a list is made anew only when the environment has changed.

extern char **environ;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char **cleaned = NULL;
static char **cleaned_from = NULL;
static size_t cleaned_count = 0;

static bool is_ambient(const char *entry) { return entry[0] == 'P' && entry[1] == 'G'; }

static size_t count_entries(char *const *list, bool *ambient) {
  size_t count = 0;
  *ambient = false;
  for (; list[count]; count++)
    if (is_ambient(list[count])) *ambient = true;
  return count;
}

static bool is_current(char *const *list) {
  if (!cleaned || cleaned_from != list) return false;
  size_t kept = 0;
  for (size_t i = 0; list[i]; i++) {
    if (is_ambient(list[i])) continue;
    if (kept >= cleaned_count || cleaned[kept] != list[i]) return false;
    kept++;
  }
  return kept == cleaned_count;
}

static bool clean(char **list, size_t count) {
  if (is_current(list)) return true;
  char **copy = malloc((count + 1) * sizeof *copy);
  if (!copy) return false;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (!is_ambient(list[i])) copy[kept++] = list[i];
  copy[kept] = NULL;
  cleaned = copy;
  cleaned_from = list;
  cleaned_count = kept;
  return true;
}

static void drop_notice(void *context, const PGresult *notice) {
  (void)context;
  (void)notice;
}

// Gives the list to put back, or NULL when nothing had to be hidden. Takes the lock.
static char **hide_ambient(void) {
  pthread_mutex_lock(&lock);
  bool ambient = false;
  char **ours = environ;
  size_t count = ours ? count_entries(ours, &ambient) : 0;
  if (!ambient || !clean(ours, count)) return NULL;
  __atomic_store_n(&environ, cleaned, __ATOMIC_SEQ_CST);
  return ours;
}

static void show_ambient(char **ours) {
  if (ours) __atomic_store_n(&environ, ours, __ATOMIC_SEQ_CST);
  pthread_mutex_unlock(&lock);
}

opsh_pg_connection *opsh_pg_start(const char *const *keywords, const char *const *values) {
  char **ours = hide_ambient();
  PGconn *connection = opsh_pg.PQconnectStartParams(keywords, values, 0);
  show_ambient(ours);
  if (connection) opsh_pg.PQsetNoticeReceiver(connection, drop_notice, NULL);
  return (opsh_pg_connection *)connection;
}

// The start-up message takes PGDATESTYLE, PGTZ and PGGEQO from the environment.
int opsh_pg_connect_poll(opsh_pg_connection *connection) {
  char **ours = hide_ambient();
  PostgresPollingStatusType status = opsh_pg.PQconnectPoll(opsh_pg_conn(connection));
  show_ambient(ours);
  switch (status) {
    case PGRES_POLLING_READING: return OPSH_PG_READING;
    case PGRES_POLLING_WRITING: return OPSH_PG_WRITING;
    case PGRES_POLLING_OK: return OPSH_PG_CONNECTED;
    default: return OPSH_PG_FAILED;
  }
}
