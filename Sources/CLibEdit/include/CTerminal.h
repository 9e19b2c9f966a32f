// Signals and terminal modes, where only C is safe: in a signal handler.
#pragma once

// Writes the number of each of these signals, as a byte, to a descriptor from now on, but for
// those that are ignored. System calls are restarted, but for poll. Gives 0 or an error number.
int cterminal_watch(int write_end, const int *signals, int count);

// Puts these signals back to what they do by default.
void cterminal_unwatch(const int *signals, int count);

// Turns a terminal to reading whole lines, with or without showing them, and throws away what was
// typed before. The old mode comes back by cterminal_restore, at exit, and when a signal that
// nobody watches ends the process. One terminal at a time. Gives 0 or an error number.
int cterminal_begin_line_mode(int terminal, int echoes);
void cterminal_restore(void);
