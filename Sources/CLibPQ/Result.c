#include "Library.h"

int opsh_pg_result_kind(const opsh_pg_result *result) {
  switch (opsh_pg.PQresultStatus(opsh_pg_res(result))) {
    case PGRES_SINGLE_TUPLE: return OPSH_PG_ROW;
    case PGRES_TUPLES_OK: return OPSH_PG_ROWS_END;
    case PGRES_COMMAND_OK: return OPSH_PG_COMMAND;
    case PGRES_EMPTY_QUERY: return OPSH_PG_EMPTY;
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_FATAL_ERROR: return OPSH_PG_ERROR;
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH: return OPSH_PG_COPY;
    default: return OPSH_PG_OTHER;
  }
}

void opsh_pg_clear(opsh_pg_result *result) { opsh_pg.PQclear(opsh_pg_res(result)); }

const char *opsh_pg_error_field(const opsh_pg_result *result, int field) {
  return opsh_pg.PQresultErrorField(opsh_pg_res(result), field);
}

const char *opsh_pg_result_message(const opsh_pg_result *result) {
  return opsh_pg.PQresultErrorMessage(opsh_pg_res(result));
}

const char *opsh_pg_command_tag(opsh_pg_result *result) {
  return opsh_pg.PQcmdStatus(opsh_pg_res(result));
}

const char *opsh_pg_command_rows(opsh_pg_result *result) {
  return opsh_pg.PQcmdTuples(opsh_pg_res(result));
}

int opsh_pg_column_count(const opsh_pg_result *result) {
  return opsh_pg.PQnfields(opsh_pg_res(result));
}

const char *opsh_pg_column_name(const opsh_pg_result *result, int column) {
  return opsh_pg.PQfname(opsh_pg_res(result), column);
}

uint32_t opsh_pg_column_type(const opsh_pg_result *result, int column) {
  return opsh_pg.PQftype(opsh_pg_res(result), column);
}

bool opsh_pg_is_null(const opsh_pg_result *result, int row, int column) {
  return opsh_pg.PQgetisnull(opsh_pg_res(result), row, column);
}

const char *opsh_pg_cell(const opsh_pg_result *result, int row, int column) {
  return opsh_pg.PQgetvalue(opsh_pg_res(result), row, column);
}

int opsh_pg_cell_length(const opsh_pg_result *result, int row, int column) {
  return opsh_pg.PQgetlength(opsh_pg_res(result), row, column);
}
