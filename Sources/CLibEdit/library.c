#include "library.h"

#include "CLibEdit.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

clibedit_library clibedit_functions;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[512];

static void *resolve(void *handle, const char *name) {
  void *symbol = dlsym(handle, name);
  if (symbol == NULL && failure[0] == '\0') {
    snprintf(failure, sizeof failure,
      "libedit.so.2 has no function %s: it is too old; scripts/setup installs one", name);
  }
  return symbol;
}

static void open_library(void) {
  void *handle = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    snprintf(failure, sizeof failure,
      "libedit.so.2 can not be opened (%s); scripts/setup installs it", dlerror());
    return;
  }
  clibedit_functions.init_fd = resolve(handle, "el_init_fd");
  clibedit_functions.end = resolve(handle, "el_end");
  clibedit_functions.wset = resolve(handle, "el_wset");
  clibedit_functions.wget = resolve(handle, "el_wget");
  clibedit_functions.source = resolve(handle, "el_source");
  clibedit_functions.resize = resolve(handle, "el_resize");
  clibedit_functions.wgets = resolve(handle, "el_wgets");
  clibedit_functions.wline = resolve(handle, "el_wline");
  clibedit_functions.winsertstr = resolve(handle, "el_winsertstr");
  clibedit_functions.wreplacestr = resolve(handle, "el_wreplacestr");
  clibedit_functions.deletestr = resolve(handle, "el_deletestr");
  clibedit_functions.cursor = resolve(handle, "el_cursor");
  clibedit_functions.history_winit = resolve(handle, "history_winit");
  clibedit_functions.history_wend = resolve(handle, "history_wend");
  clibedit_functions.history_w = resolve(handle, "history_w");
}

const char *clibedit_open(void) {
  pthread_once(&once, open_library);
  return failure[0] == '\0' ? NULL : failure;
}
