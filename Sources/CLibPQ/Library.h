#pragma once

#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

#include "CLibPQ.h"

// Every function of libpq that is used, once: the table below is made from this list.
#define OPSH_PG_FUNCTIONS(X) \
  X(PQlibVersion) \
  X(PQconnectStartParams) \
  X(PQconnectPoll) \
  X(PQfinish) \
  X(PQstatus) \
  X(PQsocket) \
  X(PQsslInUse) \
  X(PQerrorMessage) \
  X(PQbackendPID) \
  X(PQserverVersion) \
  X(PQparameterStatus) \
  X(PQsetnonblocking) \
  X(PQtransactionStatus) \
  X(PQsetNoticeReceiver) \
  X(PQsendQueryParams) \
  X(PQsendQuery) \
  X(PQsetSingleRowMode) \
  X(PQflush) \
  X(PQconsumeInput) \
  X(PQisBusy) \
  X(PQgetResult) \
  X(PQresultStatus) \
  X(PQclear) \
  X(PQresultErrorField) \
  X(PQresultErrorMessage) \
  X(PQcmdStatus) \
  X(PQcmdTuples) \
  X(PQnfields) \
  X(PQfname) \
  X(PQftype) \
  X(PQgetisnull) \
  X(PQgetvalue) \
  X(PQgetlength) \
  X(PQgetCancel) \
  X(PQcancel) \
  X(PQfreeCancel)

struct opsh_pg_library {
#define OPSH_PG_FIELD(name) __typeof__(name) *name;
  OPSH_PG_FUNCTIONS(OPSH_PG_FIELD)
#undef OPSH_PG_FIELD
  // Since version 17; NULL before. The type is PGcancelConn there.
  void *(*PQcancelCreate)(PGconn *);
  int (*PQcancelBlocking)(void *);
  char *(*PQcancelErrorMessage)(const void *);
  void (*PQcancelFinish)(void *);
};

extern struct opsh_pg_library opsh_pg;

static inline PGconn *opsh_pg_conn(const opsh_pg_connection *connection) {
  return (PGconn *)connection;
}

static inline PGresult *opsh_pg_res(const opsh_pg_result *result) {
  return (PGresult *)result;
}
