#include "Library.h"

#include <dlfcn.h>
#include <pthread.h>

struct opsh_pg_library opsh_pg;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *failure = NULL;

static void open_library(void) {
  void *library = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    failure = "libpq (PostgreSQL's client library) is not installed; run scripts/setup";
    return;
  }
  // Threads that wait for a server may be left behind when the program ends: what OpenSSL would free
  // at the exit is still in use by them (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT).
  int (*init)(uint64_t, const void *) = NULL;
  *(void **)&init = dlsym(library, "OPENSSL_init_crypto");
  if (init) init(0x00080000L, NULL);
#define OPSH_PG_LOAD(name) \
  *(void **)&opsh_pg.name = dlsym(library, #name); \
  if (!opsh_pg.name) failure = "this libpq has no function " #name "; install version 12 or newer";
  OPSH_PG_FUNCTIONS(OPSH_PG_LOAD)
#undef OPSH_PG_LOAD
  *(void **)&opsh_pg.PQcancelCreate = dlsym(library, "PQcancelCreate");
  *(void **)&opsh_pg.PQcancelBlocking = dlsym(library, "PQcancelBlocking");
  *(void **)&opsh_pg.PQcancelErrorMessage = dlsym(library, "PQcancelErrorMessage");
  *(void **)&opsh_pg.PQcancelFinish = dlsym(library, "PQcancelFinish");
}

const char *opsh_pg_failure(void) {
  pthread_once(&once, open_library);
  return failure;
}

int opsh_pg_library_version(void) { return opsh_pg.PQlibVersion(); }

void opsh_pg_finish(opsh_pg_connection *connection) {
  opsh_pg.PQfinish(opsh_pg_conn(connection));
}

bool opsh_pg_is_good(const opsh_pg_connection *connection) {
  return opsh_pg.PQstatus(opsh_pg_conn(connection)) == CONNECTION_OK;
}

int opsh_pg_socket(const opsh_pg_connection *connection) {
  return opsh_pg.PQsocket(opsh_pg_conn(connection));
}

bool opsh_pg_uses_tls(opsh_pg_connection *connection) {
  return opsh_pg.PQsslInUse(opsh_pg_conn(connection));
}

const char *opsh_pg_error_message(const opsh_pg_connection *connection) {
  return opsh_pg.PQerrorMessage(opsh_pg_conn(connection));
}

int opsh_pg_backend_pid(const opsh_pg_connection *connection) {
  return opsh_pg.PQbackendPID(opsh_pg_conn(connection));
}

int opsh_pg_server_version(const opsh_pg_connection *connection) {
  return opsh_pg.PQserverVersion(opsh_pg_conn(connection));
}

const char *opsh_pg_parameter(const opsh_pg_connection *connection, const char *name) {
  return opsh_pg.PQparameterStatus(opsh_pg_conn(connection), name);
}

int opsh_pg_set_nonblocking(opsh_pg_connection *connection) {
  return opsh_pg.PQsetnonblocking(opsh_pg_conn(connection), 1);
}

int opsh_pg_transaction_status(const opsh_pg_connection *connection) {
  switch (opsh_pg.PQtransactionStatus(opsh_pg_conn(connection))) {
    case PQTRANS_IDLE: return OPSH_PG_IDLE;
    case PQTRANS_ACTIVE: return OPSH_PG_ACTIVE;
    case PQTRANS_INTRANS: return OPSH_PG_IN_TRANSACTION;
    case PQTRANS_INERROR: return OPSH_PG_IN_FAILED_TRANSACTION;
    default: return OPSH_PG_BROKEN;
  }
}

bool opsh_pg_send_one(
    opsh_pg_connection *connection, const char *sql, int count, const uint32_t *types,
    const char *const *values) {
  return opsh_pg.PQsendQueryParams(
      opsh_pg_conn(connection), sql, count, types, values, NULL, NULL, 0);
}

bool opsh_pg_send_script(opsh_pg_connection *connection, const char *sql) {
  return opsh_pg.PQsendQuery(opsh_pg_conn(connection), sql);
}

bool opsh_pg_set_single_row_mode(opsh_pg_connection *connection) {
  return opsh_pg.PQsetSingleRowMode(opsh_pg_conn(connection));
}

int opsh_pg_flush(opsh_pg_connection *connection) {
  return opsh_pg.PQflush(opsh_pg_conn(connection));
}

bool opsh_pg_consume_input(opsh_pg_connection *connection) {
  return opsh_pg.PQconsumeInput(opsh_pg_conn(connection));
}

bool opsh_pg_is_busy(opsh_pg_connection *connection) {
  return opsh_pg.PQisBusy(opsh_pg_conn(connection));
}

opsh_pg_result *opsh_pg_get_result(opsh_pg_connection *connection) {
  return (opsh_pg_result *)opsh_pg.PQgetResult(opsh_pg_conn(connection));
}
