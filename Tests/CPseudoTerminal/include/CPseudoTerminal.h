// A pseudo-terminal with a program on it, for tests: Swift can not call forkpty safely.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

// Starts a program as the leader of a session whose terminal this is; gives the master's
// descriptor, or -1. Arguments and environment are texts that each end with a NUL, and an empty one; an
// empty directory is the caller's.
int pseudo_terminal_start(const char *path, const char *arguments, const char *environment,
  const char *directory, unsigned short rows, unsigned short columns, pid_t *child);

// Changes the size; the program gets a SIGWINCH.
int pseudo_terminal_resize(int master, unsigned short rows, unsigned short columns);

// Says whether the terminal shows what is typed.
bool pseudo_terminal_echoes(int master);

// Makes the terminal give whole lines, as a shell does while its job is stopped.
int pseudo_terminal_use_lines(int master);

// Says whether the terminal gives whole lines.
bool pseudo_terminal_reads_lines(int master);
