#include "transfer.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

struct clibcurl_multi {
  CURLM *handle;
};

clibcurl_multi *clibcurl_multi_create(void) {
  clibcurl_multi *multi = calloc(1, sizeof *multi);
  if (multi == NULL) { return NULL; }
  multi->handle = clibcurl.multi_init();
  if (multi->handle == NULL) {
    free(multi);
    return NULL;
  }
  return multi;
}

void clibcurl_multi_destroy(clibcurl_multi *multi) {
  clibcurl_signal_guard guard = clibcurl_signals_block();
  clibcurl.multi_cleanup(multi->handle);
  clibcurl_signals_restore(guard);
  free(multi);
}

static const char *text(CURLMcode code) {
  return code == CURLM_OK ? NULL : clibcurl.multi_strerror(code);
}

const char *clibcurl_multi_add(clibcurl_multi *multi, clibcurl_transfer *transfer) {
  return text(clibcurl.multi_add_handle(multi->handle, transfer->easy));
}

void clibcurl_multi_remove(clibcurl_multi *multi, clibcurl_transfer *transfer) {
  clibcurl_signal_guard guard = clibcurl_signals_block();
  clibcurl.multi_remove_handle(multi->handle, transfer->easy);
  clibcurl_signals_restore(guard);
}

const char *clibcurl_multi_perform(clibcurl_multi *multi) {
  int running = 0;
  clibcurl_signal_guard guard = clibcurl_signals_block();
  CURLMcode code = clibcurl.multi_perform(multi->handle, &running);
  clibcurl_signals_restore(guard);
  return text(code);
}

clibcurl_transfer *clibcurl_multi_next_finished(clibcurl_multi *multi, int *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = clibcurl.multi_info_read(multi->handle, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) { continue; }
    char *context = NULL;
    CURLcode code = message->data.result;
    clibcurl.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
    clibcurl_transfer *transfer = (clibcurl_transfer *)context;
    if (code != CURLE_OK && transfer->error[0] == '\0') {
      strncpy(transfer->error, clibcurl.easy_strerror(code), sizeof transfer->error - 1);
    }
    *result = clibcurl_classify(transfer, code);
    return transfer;
  }
  return NULL;
}

const char *clibcurl_multi_wait(
  clibcurl_multi *multi, int cancel_descriptor, int milliseconds, bool *is_cancelled) {
  struct curl_waitfd cancel = {.fd = cancel_descriptor, .events = CURL_WAIT_POLLIN};
  int ready = 0;
  *is_cancelled = false;
  CURLMcode code = clibcurl.multi_poll(
    multi->handle, &cancel, cancel_descriptor >= 0 ? 1 : 0, milliseconds, &ready);
  // libcurl reports only the kinds that were asked for, so a closed descriptor needs its own look.
  if (cancel_descriptor >= 0) {
    struct pollfd watched = {.fd = cancel_descriptor, .events = POLLIN};
    *is_cancelled = poll(&watched, 1, 0) > 0;
  }
  return text(code);
}
