// libedit behind functions of fixed arity, its wide interface only: mixing in the narrow one loses
// characters. The library is opened on first use. No type of libedit appears here, so a reader of
// this header needs neither its header nor the library.
#pragma once

#include "CTerminal.h"

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

// One editor on one terminal. Used by one thread at a time.
typedef struct clibedit clibedit;

// The keys that mean something of ours; everything else is libedit's.
enum {
  CLIBEDIT_COMPLETE = 0,
  CLIBEDIT_PREVIOUS = 1,
  CLIBEDIT_NEXT = 2,
  CLIBEDIT_LINE_START = 3,
  CLIBEDIT_LINE_END = 4,
  CLIBEDIT_INTERRUPT = 5,
  CLIBEDIT_END_OF_FILE = 6,
  CLIBEDIT_PASTE = 7,
};

// What follows such a key.
enum {
  CLIBEDIT_KEEP = 0,
  CLIBEDIT_REDRAW = 1,
  CLIBEDIT_STOP = 2,
};

// The key that the reader gives for a wish to interrupt.
enum { CLIBEDIT_INTERRUPT_KEY = 3 };

// Waits for a character: 1 for one, 0 at the end of input, -1 to stop editing.
typedef int (*clibedit_reader)(void *context, wchar_t *character);
typedef int (*clibedit_command)(void *context, int command);

// Opens the library once; null when it is usable, otherwise why it is not (never freed).
const char *clibedit_open(void);

// Makes an editor on descriptors of a terminal, which are duplicated; null if there is no memory.
// Reads the user's own key file (EDITRC or ~/.editrc). Sees to it that LC_CTYPE is a UTF-8 one.
clibedit *clibedit_create(int input, int output, void *context, clibedit_reader reader,
  clibedit_command command);
void clibedit_destroy(clibedit *editor);

// The prompt is copied; a U+0001 stands before and behind what takes no room.
void clibedit_set_prompt(clibedit *editor, const wchar_t *prompt);

// Edits a line and gives its length, with its line end; 0 or less if editing was stopped. The text
// is libedit's and lives until the next call.
int clibedit_read_line(clibedit *editor, const wchar_t **text);

// The text under edit; it lives until the next call.
const wchar_t *clibedit_text(clibedit *editor, size_t *length, size_t *cursor);
void clibedit_insert(clibedit *editor, const wchar_t *text);
void clibedit_replace(clibedit *editor, const wchar_t *text);
void clibedit_delete_before(clibedit *editor, int count);
void clibedit_move_cursor(clibedit *editor, int count);

// Draws the line anew from where the terminal's cursor is.
void clibedit_draw_again(clibedit *editor);
void clibedit_resize(clibedit *editor);

// Takes the terminal back if somebody else had it, as a shell has while the process is stopped;
// says whether that was so.
bool clibedit_take_back(clibedit *editor);

// Adds a line to what the incremental search finds.
void clibedit_remember(clibedit *editor, const wchar_t *line);
