#include "transfer.h"

static int64_t number(const clibcurl_transfer *transfer, CURLINFO info) {
  curl_off_t value = 0;
  if (clibcurl.easy_getinfo(transfer->easy, info, &value) != CURLE_OK) { return 0; }
  return (int64_t)value;
}

bool clibcurl_transfer_has_sent(const clibcurl_transfer *transfer) {
  if (transfer->has_sent || transfer->has_prerequest) { return transfer->has_sent; }
  return number(transfer, CURLINFO_CONNECT_TIME_T) > 0;
}

int64_t clibcurl_transfer_progress(const clibcurl_transfer *transfer) {
  return transfer->received + number(transfer, CURLINFO_SIZE_UPLOAD_T) + (transfer->has_sent ? 1 : 0);
}

int clibcurl_transfer_status(const clibcurl_transfer *transfer) {
  long status = 0;
  clibcurl.easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
  return (int)status;
}

const uint8_t *clibcurl_transfer_headers(const clibcurl_transfer *transfer, size_t *count) {
  *count = transfer->head.count;
  return transfer->head.bytes;
}

bool clibcurl_transfer_has_all_headers(const clibcurl_transfer *transfer) {
  return transfer->has_all_headers;
}

const uint8_t *clibcurl_transfer_body(const clibcurl_transfer *transfer, size_t *count) {
  *count = transfer->body.count;
  return transfer->body.bytes;
}

void clibcurl_transfer_discard_body(clibcurl_transfer *transfer) {
  transfer->body.count = 0;
}

const char *clibcurl_transfer_error_text(const clibcurl_transfer *transfer) {
  return transfer->error;
}

clibcurl_timings clibcurl_transfer_timings(const clibcurl_transfer *transfer) {
  clibcurl_timings timings = {
    .resolved = number(transfer, CURLINFO_NAMELOOKUP_TIME_T),
    .connected = number(transfer, CURLINFO_CONNECT_TIME_T),
    .secured = number(transfer, CURLINFO_APPCONNECT_TIME_T),
    .first_byte = number(transfer, CURLINFO_STARTTRANSFER_TIME_T),
    .total = number(transfer, CURLINFO_TOTAL_TIME_T),
  };
  return timings;
}

const char *clibcurl_transfer_address(const clibcurl_transfer *transfer) {
  char *address = NULL;
  clibcurl.easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
  return address;
}

const char *clibcurl_transfer_certificate_line(const clibcurl_transfer *transfer, int index) {
  struct curl_certinfo *chain = NULL;
  if (clibcurl.easy_getinfo(transfer->easy, CURLINFO_CERTINFO, &chain) != CURLE_OK) { return NULL; }
  if (chain == NULL || chain->num_of_certs < 1) { return NULL; }
  struct curl_slist *line = chain->certinfo[0];
  for (; line != NULL && index > 0; index--) { line = line->next; }
  return line == NULL ? NULL : line->data;
}

int clibcurl_classify(const clibcurl_transfer *transfer, CURLcode code) {
  if (transfer->is_cancelled) { return CLIBCURL_CANCELLED; }
  if (transfer->is_head_too_large) { return CLIBCURL_HEADERS_TOO_LARGE; }
  if (transfer->is_body_too_large) { return CLIBCURL_TOO_LARGE; }
  switch (code) {
  case CURLE_OK:
    return CLIBCURL_OK;
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
    return CLIBCURL_NAME_NOT_RESOLVED;
  case CURLE_COULDNT_CONNECT:
    return CLIBCURL_NOT_CONNECTED;
  case CURLE_OPERATION_TIMEDOUT:
    return CLIBCURL_TIMED_OUT;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_INVALIDCERTSTATUS:
  case CURLE_SSL_ENGINE_INITFAILED:
    return CLIBCURL_TLS_FAILED;
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
  case CURLE_GOT_NOTHING:
  case CURLE_PARTIAL_FILE:
  case CURLE_SSL_SHUTDOWN_FAILED:
    return CLIBCURL_CONNECTION_LOST;
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_UNSUPPORTED_PROTOCOL:
  case CURLE_BAD_CONTENT_ENCODING:
    return CLIBCURL_MALFORMED;
  case CURLE_OUT_OF_MEMORY:
    // This is how libcurl refuses a header line beyond its own limit of 100 kB.
    return transfer->has_sent && !transfer->has_all_headers
      ? CLIBCURL_HEADERS_TOO_LARGE
      : CLIBCURL_OTHER;
  default:
    return CLIBCURL_OTHER;
  }
}
