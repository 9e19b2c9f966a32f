#include "CLibEdit.h"
#include "library.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct clibedit {
  EditLine *line;
  HistoryW *history;
  FILE *input;
  FILE *output;
  wchar_t *prompt;
  void *context;
  clibedit_reader reader;
  clibedit_command command;
};

#define lib clibedit_functions

static clibedit *owner(EditLine *line) {
  void *data = NULL;
  lib.wget(line, EL_CLIENTDATA, &data);
  return data;
}

static wchar_t *prompt(EditLine *line) {
  static wchar_t none[] = L"";
  clibedit *editor = owner(line);
  return editor->prompt == NULL ? none : editor->prompt;
}

static int read_key(EditLine *line, wchar_t *character) {
  clibedit *editor = owner(line);
  return editor->reader(editor->context, character);
}

static unsigned char perform(EditLine *line, int command) {
  clibedit *editor = owner(line);
  switch (editor->command(editor->context, command)) {
  case CLIBEDIT_REDRAW: return CC_REFRESH;
  case CLIBEDIT_STOP: return CC_EOF;
  default: return CC_NORM;
  }
}

// libedit tells functions of keys apart by their addresses only.
#define COMMAND(name, number) \
  static unsigned char name(EditLine *line, wint_t key) { \
    (void)key; \
    return perform(line, number); \
  }
COMMAND(complete, CLIBEDIT_COMPLETE)
COMMAND(previous, CLIBEDIT_PREVIOUS)
COMMAND(next, CLIBEDIT_NEXT)
COMMAND(line_start, CLIBEDIT_LINE_START)
COMMAND(line_end, CLIBEDIT_LINE_END)
COMMAND(interrupt, CLIBEDIT_INTERRUPT)
COMMAND(end_of_file, CLIBEDIT_END_OF_FILE)
COMMAND(paste, CLIBEDIT_PASTE)

typedef unsigned char (*key_function)(EditLine *, wint_t);

static const struct {
  const wchar_t *name;
  key_function function;
} own_functions[] = {
  { L"opsh-complete", complete },       { L"opsh-previous", previous },
  { L"opsh-next", next },               { L"opsh-line-start", line_start },
  { L"opsh-line-end", line_end },       { L"opsh-interrupt", interrupt },
  { L"opsh-end-of-file", end_of_file }, { L"opsh-paste", paste },
};

static const struct {
  const wchar_t *key;
  const wchar_t *function;
} keys[] = {
  { L"^I", L"opsh-complete" },
  { L"^P", L"opsh-previous" },
  { L"\033[A", L"opsh-previous" },
  { L"\033OA", L"opsh-previous" },
  { L"^N", L"opsh-next" },
  { L"\033[B", L"opsh-next" },
  { L"\033OB", L"opsh-next" },
  { L"^A", L"opsh-line-start" },
  { L"\033[H", L"opsh-line-start" },
  { L"\033OH", L"opsh-line-start" },
  { L"\033[1~", L"opsh-line-start" },
  { L"^E", L"opsh-line-end" },
  { L"\033[F", L"opsh-line-end" },
  { L"\033OF", L"opsh-line-end" },
  { L"\033[4~", L"opsh-line-end" },
  { L"^C", L"opsh-interrupt" },
  { L"^D", L"opsh-end-of-file" },
  { L"\033[200~", L"opsh-paste" },
  { L"\033[3~", L"ed-delete-next-char" },
  { L"\033[1;5C", L"em-next-word" },
  { L"\033[1;5D", L"ed-prev-word" },
  { L"^R", L"em-inc-search-prev" },
  // As every other shell has it; libedit's own deletes the whole line.
  { L"^W", L"ed-delete-prev-word" },
};

static void use_utf8(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) { setlocale(LC_CTYPE, "C.UTF-8"); }
}

static FILE *stream(int descriptor, const char *mode) {
  int copy = dup(descriptor);
  FILE *file = copy < 0 ? NULL : fdopen(copy, mode);
  if (file == NULL && copy >= 0) { close(copy); }
  return file;
}

static void set_up(clibedit *editor) {
  lib.wset(editor->line, EL_CLIENTDATA, (void *)editor);
  lib.wset(editor->line, EL_SIGNAL, 0);
  lib.wset(editor->line, EL_PROMPT_ESC, prompt, 1);
  lib.wset(editor->line, EL_GETCFN, read_key);
  lib.wset(editor->line, EL_EDITOR, L"emacs");
  if (editor->history != NULL) {
    HistEventW event;
    lib.history_w(editor->history, &event, H_SETSIZE, 1000);
    lib.wset(editor->line, EL_HIST, lib.history_w, editor->history);
  }
  for (size_t i = 0; i < sizeof own_functions / sizeof own_functions[0]; i++) {
    lib.wset(editor->line, EL_ADDFN, own_functions[i].name, L"opsh", own_functions[i].function);
  }
  // The user's own keys first: ours are not for choice.
  lib.source(editor->line, NULL);
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    lib.wset(editor->line, EL_BIND, keys[i].key, keys[i].function, NULL);
  }
}

clibedit *clibedit_create(int input, int output, void *context, clibedit_reader reader,
  clibedit_command command) {
  if (clibedit_open() != NULL) { return NULL; }
  use_utf8();
  clibedit *editor = calloc(1, sizeof *editor);
  if (editor == NULL) { return NULL; }
  editor->context = context;
  editor->reader = reader;
  editor->command = command;
  editor->input = stream(input, "r");
  editor->output = stream(output, "w");
  if (editor->input != NULL && editor->output != NULL) {
    editor->line = lib.init_fd("opsh", editor->input, editor->output, editor->output, input,
      output, output);
  }
  if (editor->line == NULL) {
    clibedit_destroy(editor);
    return NULL;
  }
  editor->history = lib.history_winit();
  set_up(editor);
  return editor;
}

void clibedit_destroy(clibedit *editor) {
  if (editor->line != NULL) { lib.end(editor->line); }
  if (editor->history != NULL) { lib.history_wend(editor->history); }
  if (editor->input != NULL) { fclose(editor->input); }
  if (editor->output != NULL) { fclose(editor->output); }
  free(editor->prompt);
  free(editor);
}

void clibedit_set_prompt(clibedit *editor, const wchar_t *prompt) {
  wchar_t *copy = wcsdup(prompt);
  if (copy == NULL) { return; }
  free(editor->prompt);
  editor->prompt = copy;
}

int clibedit_read_line(clibedit *editor, const wchar_t **text) {
  int count = 0;
  // libedit itself would do so after the prompt is shown, and keys typed in between would go astray.
  lib.wset(editor->line, EL_PREP_TERM, 1);
  *text = lib.wgets(editor->line, &count);
  return *text == NULL ? -1 : count;
}

const wchar_t *clibedit_text(clibedit *editor, size_t *length, size_t *cursor) {
  const LineInfoW *info = lib.wline(editor->line);
  *length = (size_t)(info->lastchar - info->buffer);
  *cursor = (size_t)(info->cursor - info->buffer);
  return info->buffer;
}

void clibedit_insert(clibedit *editor, const wchar_t *text) {
  lib.winsertstr(editor->line, text);
}

void clibedit_replace(clibedit *editor, const wchar_t *text) {
  lib.wreplacestr(editor->line, text);
  lib.cursor(editor->line, 1 << 30);
}

void clibedit_delete_before(clibedit *editor, int count) {
  lib.deletestr(editor->line, count);
}

void clibedit_move_cursor(clibedit *editor, int count) {
  lib.cursor(editor->line, count);
}

void clibedit_draw_again(clibedit *editor) {
  lib.wset(editor->line, EL_REFRESH);
}

void clibedit_resize(clibedit *editor) {
  lib.resize(editor->line);
}

bool clibedit_take_back(clibedit *editor) {
  struct termios mode;
  if (tcgetattr(fileno(editor->input), &mode) != 0 || (mode.c_lflag & ICANON) == 0) {
    return false;
  }
  // libedit believes that it has the terminal still.
  lib.wset(editor->line, EL_PREP_TERM, 0);
  lib.wset(editor->line, EL_PREP_TERM, 1);
  return true;
}

void clibedit_remember(clibedit *editor, const wchar_t *line) {
  HistEventW event;
  if (editor->history != NULL) { lib.history_w(editor->history, &event, H_ENTER, line); }
}
