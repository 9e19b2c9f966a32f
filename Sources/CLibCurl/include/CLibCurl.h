// libcurl behind functions of fixed arity. The library is opened on first use, because linking it
// would cost every start of opsh some thirty shared libraries. No type of libcurl appears here, so
// a reader of this header needs neither its header nor the library.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Several transfers on one thread, and the connections they leave open. Used by one thread at a
// time.
typedef struct clibcurl_multi clibcurl_multi;

// One request and what has come back of its answer. Used by the thread of its multi.
typedef struct clibcurl_transfer clibcurl_transfer;

// What a finished transfer came to, in the kinds that a caller treats differently.
enum {
  CLIBCURL_OK = 0,
  CLIBCURL_NAME_NOT_RESOLVED = 1,
  CLIBCURL_NOT_CONNECTED = 2,
  CLIBCURL_TIMED_OUT = 3,
  CLIBCURL_TLS_FAILED = 4,
  CLIBCURL_CONNECTION_LOST = 5,
  CLIBCURL_MALFORMED = 6,
  CLIBCURL_TOO_LARGE = 7,
  CLIBCURL_HEADERS_TOO_LARGE = 8,
  CLIBCURL_CANCELLED = 9,
  CLIBCURL_OTHER = 10,
};

// Opens the library once; null when it is usable, otherwise why it is not (never freed).
const char *clibcurl_open(void);

clibcurl_multi *clibcurl_multi_create(void);
void clibcurl_multi_destroy(clibcurl_multi *multi);
// Each returns null, or what libcurl says is wrong.
const char *clibcurl_multi_add(clibcurl_multi *multi, clibcurl_transfer *transfer);
void clibcurl_multi_remove(clibcurl_multi *multi, clibcurl_transfer *transfer);
const char *clibcurl_multi_perform(clibcurl_multi *multi);
// A transfer that has just finished, or null; `result` is one of the constants above.
clibcurl_transfer *clibcurl_multi_next_finished(clibcurl_multi *multi, int *result);
// Waits for a socket, for `cancel_descriptor` (-1: none) or for the time to pass.
const char *clibcurl_multi_wait(
  clibcurl_multi *multi, int cancel_descriptor, int milliseconds, bool *is_cancelled);

clibcurl_transfer *clibcurl_transfer_create(void);
void clibcurl_transfer_destroy(clibcurl_transfer *transfer);

// Setters return null, or the name of the option that libcurl did not take.
const char *clibcurl_transfer_set_base(clibcurl_transfer *transfer, const char *user_agent);
const char *clibcurl_transfer_set_url(clibcurl_transfer *transfer, const char *url);
// A `count` below zero means a request without a body.
const char *clibcurl_transfer_set_method(
  clibcurl_transfer *transfer, const char *method, const uint8_t *body, int64_t count);
const char *clibcurl_transfer_add_header(clibcurl_transfer *transfer, const char *line);
const char *clibcurl_transfer_set_connect_timeout(clibcurl_transfer *transfer, int64_t milliseconds);
// libcurl silently sends a request again when a connection it had kept turns out to be dead; on a
// fresh connection it never does.
const char *clibcurl_transfer_set_fresh_connection(clibcurl_transfer *transfer);
const char *clibcurl_transfer_set_authorities(clibcurl_transfer *transfer, const char *path);
// Ends with the handshake: nothing is sent, so that also a certificate that nobody vouches for can be
// looked at.
const char *clibcurl_transfer_set_handshake_only(
  clibcurl_transfer *transfer, bool takes_any_peer);
const char *clibcurl_transfer_set_proxy(clibcurl_transfer *transfer, const char *proxy);
void clibcurl_transfer_set_limits(
  clibcurl_transfer *transfer, size_t header_limit, size_t body_limit);
// Looked at a last time just before the request leaves.
void clibcurl_transfer_set_cancel_descriptor(clibcurl_transfer *transfer, int descriptor);

// Whether the request may have left: true from the moment the connection is ready for it.
bool clibcurl_transfer_has_sent(const clibcurl_transfer *transfer);
// Grows with everything that moves in either direction.
int64_t clibcurl_transfer_progress(const clibcurl_transfer *transfer);
int clibcurl_transfer_status(const clibcurl_transfer *transfer);
// The header lines of the last answer, and the body since the last discard; valid until the next
// call with this transfer or its multi.
const uint8_t *clibcurl_transfer_headers(const clibcurl_transfer *transfer, size_t *count);
bool clibcurl_transfer_has_all_headers(const clibcurl_transfer *transfer);
const uint8_t *clibcurl_transfer_body(const clibcurl_transfer *transfer, size_t *count);
void clibcurl_transfer_discard_body(clibcurl_transfer *transfer);
// What libcurl says about the last failure; empty if nothing.
const char *clibcurl_transfer_error_text(const clibcurl_transfer *transfer);

// Microseconds since the start; zero if it was not reached.
typedef struct {
  int64_t resolved;
  int64_t connected;
  int64_t secured;
  int64_t first_byte;
  int64_t total;
} clibcurl_timings;

clibcurl_timings clibcurl_transfer_timings(const clibcurl_transfer *transfer);
// The peer's address as text, or null.
const char *clibcurl_transfer_address(const clibcurl_transfer *transfer);
// One line (`Name:value`) of the peer's own certificate, or null after the last.
const char *clibcurl_transfer_certificate_line(const clibcurl_transfer *transfer, int index);
