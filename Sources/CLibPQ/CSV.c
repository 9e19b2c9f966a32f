#include "Library.h"

#include <string.h>

// The rules are csv_print_field's in psql (src/fe_utils/print.c) with the separator ',': quotes
// stand around a field that holds the separator, a quote, CR or LF, or is exactly "\.".
static bool needs_quotes(const char *text, size_t length) {
  static const bool special[256] = {[','] = true, ['"'] = true, ['\r'] = true, ['\n'] = true};
  for (size_t i = 0; i < length; i++)
    if (special[(unsigned char)text[i]]) return true;
  return length == 2 && text[0] == '\\' && text[1] == '.';
}

static uint8_t *put_field(uint8_t *out, const char *text, size_t length) {
  if (!needs_quotes(text, length)) {
    memcpy(out, text, length);
    return out + length;
  }
  *out++ = '"';
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"') *out++ = '"';
    *out++ = (uint8_t)text[i];
  }
  *out++ = '"';
  return out;
}

size_t opsh_pg_csv_bound(const opsh_pg_result *result, int row) {
  const PGresult *res = opsh_pg_res(result);
  int columns = opsh_pg.PQnfields(res);
  size_t bound = 1;
  for (int i = 0; i < columns; i++) bound += 2 * (size_t)opsh_pg.PQgetlength(res, row, i) + 3;
  return bound;
}

size_t opsh_pg_csv_row(const opsh_pg_result *result, int row, uint8_t *out) {
  const PGresult *res = opsh_pg_res(result);
  int columns = opsh_pg.PQnfields(res);
  uint8_t *end = out;
  if (columns == 0) return 0;
  for (int i = 0; i < columns; i++) {
    if (i) *end++ = ',';
    // An SQL null has no length and prints as nothing, like an empty text.
    int length = opsh_pg.PQgetlength(res, row, i);
    end = put_field(end, opsh_pg.PQgetvalue(res, row, i), (size_t)length);
  }
  *end++ = '\n';
  return (size_t)(end - out);
}

size_t opsh_pg_csv_header_bound(const opsh_pg_result *result) {
  const PGresult *res = opsh_pg_res(result);
  int columns = opsh_pg.PQnfields(res);
  size_t bound = 1;
  for (int i = 0; i < columns; i++) bound += 2 * strlen(opsh_pg.PQfname(res, i)) + 3;
  return bound;
}

size_t opsh_pg_csv_header(const opsh_pg_result *result, uint8_t *out) {
  const PGresult *res = opsh_pg_res(result);
  int columns = opsh_pg.PQnfields(res);
  uint8_t *end = out;
  for (int i = 0; i < columns; i++) {
    if (i) *end++ = ',';
    const char *name = opsh_pg.PQfname(res, i);
    end = put_field(end, name, strlen(name));
  }
  *end++ = '\n';
  return (size_t)(end - out);
}

size_t opsh_pg_csv_take(
    opsh_pg_connection *connection, uint8_t *out, size_t capacity, opsh_pg_result **stopped,
    bool *over, uint64_t *rows) {
  PGconn *conn = opsh_pg_conn(connection);
  size_t used = 0;
  *stopped = NULL;
  *over = false;
  while (!opsh_pg.PQisBusy(conn)) {
    PGresult *res = opsh_pg.PQgetResult(conn);
    if (!res) {
      *over = true;
      return used;
    }
    opsh_pg_result *result = (opsh_pg_result *)res;
    if (opsh_pg.PQresultStatus(res) != PGRES_SINGLE_TUPLE
        || opsh_pg_csv_bound(result, 0) > capacity - used) {
      *stopped = result;
      return used;
    }
    used += opsh_pg_csv_row(result, 0, out + used);
    *rows += 1;
    opsh_pg.PQclear(res);
  }
  return used;
}
