#pragma once

#include "CLibCurl.h"
#include "library.h"

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} clibcurl_buffer;

struct clibcurl_transfer {
  CURL *easy;
  struct curl_slist *headers;
  clibcurl_buffer head;
  clibcurl_buffer body;
  size_t head_limit;
  size_t body_limit;
  size_t body_total;
  int64_t received;
  int cancel_descriptor;
  bool has_sent;
  bool has_prerequest;
  bool has_all_headers;
  bool is_head_too_large;
  bool is_body_too_large;
  bool is_cancelled;
  char error[CURL_ERROR_SIZE];
};

int clibcurl_classify(const clibcurl_transfer *transfer, CURLcode code);

// A write to a closed socket must give an error, not a signal, whatever the version of libcurl.
typedef struct {
  bool was_pending;
  bool was_blocked;
} clibcurl_signal_guard;

clibcurl_signal_guard clibcurl_signals_block(void);
void clibcurl_signals_restore(clibcurl_signal_guard guard);
