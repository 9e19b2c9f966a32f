#pragma once

#include <histedit.h>

// The functions of libedit that this target calls, filled when the library is opened.
typedef struct {
  EditLine *(*init_fd)(const char *, FILE *, FILE *, FILE *, int, int, int);
  void (*end)(EditLine *);
  int (*wset)(EditLine *, int, ...);
  int (*wget)(EditLine *, int, ...);
  int (*source)(EditLine *, const char *);
  void (*resize)(EditLine *);
  const wchar_t *(*wgets)(EditLine *, int *);
  const LineInfoW *(*wline)(EditLine *);
  int (*winsertstr)(EditLine *, const wchar_t *);
  int (*wreplacestr)(EditLine *, const wchar_t *);
  void (*deletestr)(EditLine *, int);
  int (*cursor)(EditLine *, int);
  HistoryW *(*history_winit)(void);
  void (*history_wend)(HistoryW *);
  int (*history_w)(HistoryW *, HistEventW *, int, ...);
} clibedit_library;

extern clibedit_library clibedit_functions;
