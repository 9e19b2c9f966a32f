#include "transfer.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

static bool append(clibcurl_buffer *buffer, const char *bytes, size_t count) {
  if (buffer->capacity - buffer->count < count) {
    size_t capacity = buffer->capacity == 0 ? 4096 : buffer->capacity;
    while (capacity - buffer->count < count) { capacity *= 2; }
    uint8_t *grown = realloc(buffer->bytes, capacity);
    if (grown == NULL) { return false; }
    buffer->bytes = grown;
    buffer->capacity = capacity;
  }
  memcpy(buffer->bytes + buffer->count, bytes, count);
  buffer->count += count;
  return true;
}

static size_t on_header(char *bytes, size_t one, size_t count, void *context) {
  (void)one;
  clibcurl_transfer *transfer = context;
  // Each answer (also a 100) begins with a status line; only the last one counts.
  if (count >= 5 && memcmp(bytes, "HTTP/", 5) == 0 && transfer->body_total == 0) {
    transfer->head.count = 0;
    transfer->has_all_headers = false;
  }
  transfer->received += (int64_t)count;
  if (transfer->head.count + count > transfer->head_limit) {
    transfer->is_head_too_large = true;
    return 0;
  }
  if (count > 0 && (bytes[0] == '\r' || bytes[0] == '\n')) { transfer->has_all_headers = true; }
  return append(&transfer->head, bytes, count) ? count : 0;
}

static size_t on_body(char *bytes, size_t one, size_t count, void *context) {
  (void)one;
  clibcurl_transfer *transfer = context;
  transfer->received += (int64_t)count;
  if (count > transfer->body_limit - transfer->body_total) {
    transfer->is_body_too_large = true;
    return 0;
  }
  transfer->body_total += count;
  return append(&transfer->body, bytes, count) ? count : 0;
}

// Called by libcurl when the connection is ready and nothing of the request has left.
static int on_ready_to_send(
  void *context, char *peer, char *own, int peer_port, int own_port) {
  (void)peer;
  (void)own;
  (void)peer_port;
  (void)own_port;
  clibcurl_transfer *transfer = context;
  if (transfer->cancel_descriptor >= 0) {
    struct pollfd watched = {.fd = transfer->cancel_descriptor, .events = POLLIN};
    if (poll(&watched, 1, 0) > 0) {
      transfer->is_cancelled = true;
      return CURL_PREREQFUNC_ABORT;
    }
  }
  transfer->has_sent = true;
  return CURL_PREREQFUNC_OK;
}

static int on_socket(void *context, curl_socket_t socket, curlsocktype purpose) {
  (void)context;
  (void)purpose;
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  return CURL_SOCKOPT_OK;
}

clibcurl_transfer *clibcurl_transfer_create(void) {
  clibcurl_transfer *transfer = calloc(1, sizeof *transfer);
  if (transfer == NULL) { return NULL; }
  transfer->easy = clibcurl.easy_init();
  if (transfer->easy == NULL) {
    free(transfer);
    return NULL;
  }
  transfer->cancel_descriptor = -1;
  transfer->head_limit = SIZE_MAX;
  transfer->body_limit = SIZE_MAX;
  return transfer;
}

void clibcurl_transfer_destroy(clibcurl_transfer *transfer) {
  clibcurl_signal_guard guard = clibcurl_signals_block();
  clibcurl.easy_cleanup(transfer->easy);
  clibcurl_signals_restore(guard);
  clibcurl.slist_free_all(transfer->headers);
  free(transfer->head.bytes);
  free(transfer->body.bytes);
  free(transfer);
}

#define SET(option, value)                                                  \
  do {                                                                      \
    if (clibcurl.easy_setopt(transfer->easy, option, value) != CURLE_OK) {  \
      return #option;                                                       \
    }                                                                       \
  } while (0)

static const char *set_callbacks(clibcurl_transfer *transfer) {
  SET(CURLOPT_PRIVATE, (char *)transfer);
  SET(CURLOPT_ERRORBUFFER, transfer->error);
  SET(CURLOPT_HEADERFUNCTION, on_header);
  SET(CURLOPT_HEADERDATA, (void *)transfer);
  SET(CURLOPT_WRITEFUNCTION, on_body);
  SET(CURLOPT_WRITEDATA, (void *)transfer);
  SET(CURLOPT_SOCKOPTFUNCTION, on_socket);
  SET(CURLOPT_SOCKOPTDATA, (void *)transfer);
  // Absent before 7.80; then a connection that was made counts as a request that left.
  CURL *easy = transfer->easy;
  transfer->has_prerequest =
    clibcurl.easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_ready_to_send) == CURLE_OK
    && clibcurl.easy_setopt(easy, CURLOPT_PREREQDATA, (void *)transfer) == CURLE_OK;
  return NULL;
}

const char *clibcurl_transfer_set_base(clibcurl_transfer *transfer, const char *user_agent) {
#if LIBCURL_VERSION_NUM >= 0x075500
  SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
  // A name server that does not answer must not hold up a cancelled caller.
  SET(CURLOPT_QUICK_EXIT, 1L);
#endif
  SET(CURLOPT_NOSIGNAL, 1L);
  SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  SET(CURLOPT_HTTP09_ALLOWED, 0L);
  SET(CURLOPT_FOLLOWLOCATION, 0L);
  SET(CURLOPT_PATH_AS_IS, 1L);
  SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  // An empty text also turns the environment's proxy off.
  SET(CURLOPT_PROXY, "");
  SET(CURLOPT_SSL_VERIFYPEER, 1L);
  SET(CURLOPT_SSL_VERIFYHOST, 2L);
  SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  SET(CURLOPT_CERTINFO, 1L);
  SET(CURLOPT_USERAGENT, user_agent);
  return set_callbacks(transfer);
}

const char *clibcurl_transfer_set_url(clibcurl_transfer *transfer, const char *url) {
  SET(CURLOPT_URL, url);
  return NULL;
}

const char *clibcurl_transfer_set_method(
  clibcurl_transfer *transfer, const char *method, const uint8_t *body, int64_t count) {
  if (count >= 0) {
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    SET(CURLOPT_COPYPOSTFIELDS, count == 0 ? "" : (const char *)body);
  } else if (strcmp(method, "HEAD") == 0) {
    SET(CURLOPT_NOBODY, 1L);
  } else {
    SET(CURLOPT_HTTPGET, 1L);
  }
  SET(CURLOPT_CUSTOMREQUEST, method);
  return NULL;
}

const char *clibcurl_transfer_add_header(clibcurl_transfer *transfer, const char *line) {
  struct curl_slist *list = clibcurl.slist_append(transfer->headers, line);
  if (list == NULL) { return "CURLOPT_HTTPHEADER"; }
  transfer->headers = list;
  SET(CURLOPT_HTTPHEADER, list);
  return NULL;
}

const char *clibcurl_transfer_set_connect_timeout(
  clibcurl_transfer *transfer, int64_t milliseconds) {
  SET(CURLOPT_CONNECTTIMEOUT_MS, (long)milliseconds);
  return NULL;
}

const char *clibcurl_transfer_set_fresh_connection(clibcurl_transfer *transfer) {
  SET(CURLOPT_FRESH_CONNECT, 1L);
  return NULL;
}

const char *clibcurl_transfer_set_authorities(clibcurl_transfer *transfer, const char *path) {
  SET(CURLOPT_CAINFO, path);
  SET(CURLOPT_CAPATH, (char *)NULL);
  return NULL;
}

const char *clibcurl_transfer_set_handshake_only(
  clibcurl_transfer *transfer, bool takes_any_peer) {
  SET(CURLOPT_CONNECT_ONLY, 1L);
  if (!takes_any_peer) { return NULL; }
  SET(CURLOPT_SSL_VERIFYPEER, 0L);
  SET(CURLOPT_SSL_VERIFYHOST, 0L);
  return NULL;
}

const char *clibcurl_transfer_set_proxy(clibcurl_transfer *transfer, const char *proxy) {
  SET(CURLOPT_PROXY, proxy);
  return NULL;
}

void clibcurl_transfer_set_limits(
  clibcurl_transfer *transfer, size_t header_limit, size_t body_limit) {
  transfer->head_limit = header_limit;
  transfer->body_limit = body_limit;
}

void clibcurl_transfer_set_cancel_descriptor(clibcurl_transfer *transfer, int descriptor) {
  transfer->cancel_descriptor = descriptor;
}
