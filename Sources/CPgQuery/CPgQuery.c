#define _GNU_SOURCE
#include "CPgQuery.h"

#include <dlfcn.h>
#include <pg_query.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct opsh_sql_outcome {
  const char *text;
  PgQueryParseResult result;
};

static PgQueryParseResult (*parse)(const char *);
static void (*free_result)(PgQueryParseResult);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *failure = NULL;

static void open_library(void) {
  // The first name comes with libpg-query-dev; the others are those of releases.
  static const char *const names[] = {
      "libpg_query.so", "libpg_query.so.1504.0", "libpg_query.so.1600.0", "libpg_query.so.1700.0"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof names[0] && !library; i++)
    library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    failure = "libpg_query (PostgreSQL's SQL parser) is not installed; run scripts/setup";
    return;
  }
  *(void **)&parse = dlsym(library, "pg_query_parse");
  *(void **)&free_result = dlsym(library, "pg_query_free_parse_result");
  if (!parse || !free_result) failure = "this libpg_query can not parse; install version 15-4.0";
}

const char *opsh_sql_failure(void) {
  pthread_once(&once, open_library);
  return failure;
}

static void *run(void *argument) {
  opsh_sql_outcome *outcome = argument;
  outcome->result = parse(outcome->text);
  return NULL;
}

static int run_on_thread(opsh_sql_outcome *outcome, size_t stack) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, before;
  if (pthread_attr_init(&attributes) != 0) return -1;
  int status = pthread_attr_setstacksize(&attributes, stack);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  if (status == 0) status = pthread_create(&thread, &attributes, run, outcome);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (status != 0) return -1;
  return pthread_join(thread, NULL) == 0 ? 0 : -1;
}

opsh_sql_outcome *opsh_sql_parse(const char *text, size_t length) {
  opsh_sql_outcome *outcome = calloc(1, sizeof *outcome);
  if (!outcome) return NULL;
  outcome->text = text;
  if (length <= 2048) {
    run(outcome);
    return outcome;
  }
  if (run_on_thread(outcome, (2u << 20) + 256 * length) == 0) return outcome;
  free(outcome);
  return NULL;
}

const char *opsh_sql_tree(const opsh_sql_outcome *outcome) {
  return outcome->result.error ? NULL : outcome->result.parse_tree;
}

const char *opsh_sql_error(const opsh_sql_outcome *outcome) {
  return outcome->result.error ? outcome->result.error->message : NULL;
}

int opsh_sql_error_position(const opsh_sql_outcome *outcome) {
  return outcome->result.error ? outcome->result.error->cursorpos : 0;
}

void opsh_sql_free(opsh_sql_outcome *outcome) {
  free_result(outcome->result);
  free(outcome);
}
