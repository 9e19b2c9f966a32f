#pragma once

#include <stddef.h>

// PostgreSQL's own parser (libpg_query), opened on the first call.

/// Why the parser can not be used, in words; NULL when it can.
const char *opsh_sql_failure(void);

/// What the parser made of a text; free it once.
typedef struct opsh_sql_outcome opsh_sql_outcome;

/// Parses `length` bytes of UTF-8 without a NUL; NULL when memory or threads are short.
///
/// The parser recurses as deep as the text nests, without any limit for chains such as 1+1+1…, so
/// a longer text is parsed on a thread whose stack is large enough for the worst text of its length
/// (measured with version 15: 105 bytes of stack for each byte of text).
opsh_sql_outcome *opsh_sql_parse(const char *text, size_t length);

/// The tree as JSON, or NULL when there was an error.
const char *opsh_sql_tree(const opsh_sql_outcome *outcome);

/// The error, or NULL.
const char *opsh_sql_error(const opsh_sql_outcome *outcome);

/// Where the error is, in characters counted from 1; 0 when it has no place.
int opsh_sql_error_position(const opsh_sql_outcome *outcome);

void opsh_sql_free(opsh_sql_outcome *outcome);
