#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libpq, opened on the first call (linking it costs a start several milliseconds), behind functions
// and types of our own. Call opsh_pg_failure() first: while it gives a text, nothing else here may
// be called. Names and rules are libpq's own; where a function does more, its comment says so.

typedef struct opsh_pg_connection opsh_pg_connection;
typedef struct opsh_pg_result opsh_pg_result;

/// Why libpq can not be used, in words; NULL when it can.
const char *opsh_pg_failure(void);

/// The version of the library that was opened: 150018 for 15.18.
int opsh_pg_library_version(void);

// Connecting

/// PQconnectStartParams with two lists that end in NULL. No PG* variable, service file or password
/// file of the environment takes part; notices of the server are dropped instead of printed.
opsh_pg_connection *opsh_pg_start(const char *const *keywords, const char *const *values);

enum { OPSH_PG_FAILED, OPSH_PG_READING, OPSH_PG_WRITING, OPSH_PG_CONNECTED };

/// PQconnectPoll: one of the four above.
int opsh_pg_connect_poll(opsh_pg_connection *connection);

void opsh_pg_finish(opsh_pg_connection *connection);
bool opsh_pg_is_good(const opsh_pg_connection *connection);
int opsh_pg_socket(const opsh_pg_connection *connection);
bool opsh_pg_uses_tls(opsh_pg_connection *connection);
const char *opsh_pg_error_message(const opsh_pg_connection *connection);
int opsh_pg_backend_pid(const opsh_pg_connection *connection);
int opsh_pg_server_version(const opsh_pg_connection *connection);
const char *opsh_pg_parameter(const opsh_pg_connection *connection, const char *name);

/// PQsetnonblocking(1): sending never waits.
int opsh_pg_set_nonblocking(opsh_pg_connection *connection);

enum {
  OPSH_PG_IDLE,
  OPSH_PG_ACTIVE,
  OPSH_PG_IN_TRANSACTION,
  OPSH_PG_IN_FAILED_TRANSACTION,
  OPSH_PG_BROKEN
};

/// PQtransactionStatus: one of the five above.
int opsh_pg_transaction_status(const opsh_pg_connection *connection);

// Statements

/// PQsendQueryParams, everything as text: exactly one statement by the extended protocol.
bool opsh_pg_send_one(
    opsh_pg_connection *connection, const char *sql, int count, const uint32_t *types,
    const char *const *values);

/// PQsendQuery: any number of statements by the simple protocol.
bool opsh_pg_send_script(opsh_pg_connection *connection, const char *sql);

bool opsh_pg_set_single_row_mode(opsh_pg_connection *connection);

/// PQflush: 0 when all is sent, 1 when some is left, -1 when the connection is lost.
int opsh_pg_flush(opsh_pg_connection *connection);
bool opsh_pg_consume_input(opsh_pg_connection *connection);
bool opsh_pg_is_busy(opsh_pg_connection *connection);

/// PQgetResult; does not wait when opsh_pg_is_busy() was just false. NULL: the statement is over.
opsh_pg_result *opsh_pg_get_result(opsh_pg_connection *connection);

// Results

enum {
  OPSH_PG_ROW,
  OPSH_PG_ROWS_END,
  OPSH_PG_COMMAND,
  OPSH_PG_EMPTY,
  OPSH_PG_ERROR,
  OPSH_PG_COPY,
  OPSH_PG_OTHER
};

/// PQresultStatus: one of the seven above.
int opsh_pg_result_kind(const opsh_pg_result *result);
void opsh_pg_clear(opsh_pg_result *result);
const char *opsh_pg_error_field(const opsh_pg_result *result, int field);
const char *opsh_pg_result_message(const opsh_pg_result *result);
const char *opsh_pg_command_tag(opsh_pg_result *result);
const char *opsh_pg_command_rows(opsh_pg_result *result);
int opsh_pg_column_count(const opsh_pg_result *result);
const char *opsh_pg_column_name(const opsh_pg_result *result, int column);
uint32_t opsh_pg_column_type(const opsh_pg_result *result, int column);
bool opsh_pg_is_null(const opsh_pg_result *result, int row, int column);
const char *opsh_pg_cell(const opsh_pg_result *result, int row, int column);
int opsh_pg_cell_length(const opsh_pg_result *result, int row, int column);

// Rows as CSV, as `psql --csv` prints them

/// The most bytes a row can take as CSV.
size_t opsh_pg_csv_bound(const opsh_pg_result *result, int row);

/// Writes one row of a result and gives the number of bytes; `out` has room for the bound.
size_t opsh_pg_csv_row(const opsh_pg_result *result, int row, uint8_t *out);

/// Writes the column names and gives the number of bytes; `out` has room for the bound.
size_t opsh_pg_csv_header_bound(const opsh_pg_result *result);
size_t opsh_pg_csv_header(const opsh_pg_result *result, uint8_t *out);

/// Takes the single rows that have arrived and writes them to `out` until it is full.
///
/// Gives the number of bytes. `*stopped` is the first result that is not a row or has no room
/// (the caller owns it), or NULL when more input is needed or, with `*over` set, when the statement
/// is over. `*rows` grows by the number of rows written.
size_t opsh_pg_csv_take(
    opsh_pg_connection *connection, uint8_t *out, size_t capacity, opsh_pg_result **stopped,
    bool *over, uint64_t *rows);

// What libpq and the system can do only by waiting without a limit runs on a thread of its own. Its
// descriptor becomes readable when it is done; release it in any case, done or not.

typedef struct opsh_pg_errand opsh_pg_errand;

/// PQcancel (PQcancelBlocking, which encrypts, where the library has it) for what runs now.
opsh_pg_errand *opsh_pg_cancel(opsh_pg_connection *connection);

/// getaddrinfo for stream sockets.
opsh_pg_errand *opsh_pg_resolve(const char *host);

int opsh_pg_errand_descriptor(const opsh_pg_errand *errand);

/// Once done: NULL, or what went wrong.
const char *opsh_pg_errand_failure(const opsh_pg_errand *errand);

/// Once done: the addresses found, separated by commas.
const char *opsh_pg_errand_addresses(const opsh_pg_errand *errand);
void opsh_pg_errand_release(opsh_pg_errand *errand);
