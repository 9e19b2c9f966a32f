#include "library.h"

#include "CLibCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

clibcurl_library clibcurl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[512];

static void *resolve(void *handle, const char *name) {
  void *symbol = dlsym(handle, name);
  if (symbol == NULL && failure[0] == '\0') {
    snprintf(failure, sizeof failure,
      "libcurl.so.4 has no function %s: it is too old; scripts/setup installs one", name);
  }
  return symbol;
}

static void open_library(void) {
  void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    snprintf(failure, sizeof failure,
      "libcurl.so.4 can not be opened (%s); scripts/setup installs it", dlerror());
    return;
  }
  // Threads that wait for a server may be left behind when the program ends: what OpenSSL would free
  // at the exit is still in use by them (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT).
  int (*init)(uint64_t, const void *) = NULL;
  *(void **)&init = dlsym(handle, "OPENSSL_init_crypto");
  if (init) init(0x00080000L, NULL);
  clibcurl.global_init = resolve(handle, "curl_global_init");
  clibcurl.easy_init = resolve(handle, "curl_easy_init");
  clibcurl.easy_cleanup = resolve(handle, "curl_easy_cleanup");
  clibcurl.easy_setopt = resolve(handle, "curl_easy_setopt");
  clibcurl.easy_getinfo = resolve(handle, "curl_easy_getinfo");
  clibcurl.easy_strerror = resolve(handle, "curl_easy_strerror");
  clibcurl.slist_append = resolve(handle, "curl_slist_append");
  clibcurl.slist_free_all = resolve(handle, "curl_slist_free_all");
  clibcurl.multi_init = resolve(handle, "curl_multi_init");
  clibcurl.multi_cleanup = resolve(handle, "curl_multi_cleanup");
  clibcurl.multi_add_handle = resolve(handle, "curl_multi_add_handle");
  clibcurl.multi_remove_handle = resolve(handle, "curl_multi_remove_handle");
  clibcurl.multi_perform = resolve(handle, "curl_multi_perform");
  clibcurl.multi_poll = resolve(handle, "curl_multi_poll");
  clibcurl.multi_info_read = resolve(handle, "curl_multi_info_read");
  clibcurl.multi_strerror = resolve(handle, "curl_multi_strerror");
  if (failure[0] != '\0') { return; }
  CURLcode code = clibcurl.global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) {
    snprintf(failure, sizeof failure, "libcurl can not start: %s", clibcurl.easy_strerror(code));
  }
}

const char *clibcurl_open(void) {
  pthread_once(&once, open_library);
  return failure[0] == '\0' ? NULL : failure;
}
