/* broken.c - LD_PRELOAD shim: makes a sound program keep its record badly, to see that this is found.
 *
 *   BROKEN=no-sync          nothing is ever synced, and said to be
 *   BROKEN=no-folder-sync   files are, folders are not
 *   BROKEN=wrong-order      an intent is written and synced only after the change that it is for was sent
 */
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int is(const char *kind) {
  const char *wanted = getenv("BROKEN");
  return wanted && strcmp(wanted, kind) == 0;
}

static int is_folder(int fd) {
  struct stat found;
  return fstat(fd, &found) == 0 && S_ISDIR(found.st_mode);
}

/* The intent that is held back; opsh writes its journal from one thread at a time. */
static struct {
  int fd;
  char *bytes;
  size_t count;
} held;

static void let_go(void) {
  static ssize_t (*sound)(int, const void *, size_t);
  static int (*sync)(int);
  if (!held.bytes) return;
  if (!sound) sound = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  if (!sync) sync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  char *bytes = held.bytes;
  held.bytes = NULL;
  sound(held.fd, bytes, held.count);
  sync(held.fd);
  free(bytes);
}

int fsync(int fd) {
  static int (*sound)(int);
  if (is("no-sync") || (is("no-folder-sync") && is_folder(fd))) return 0;
  if (!sound) sound = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  return sound(fd);
}

int fdatasync(int fd) {
  static int (*sound)(int);
  if (is("no-sync")) return 0;
  if (held.bytes && held.fd == fd) return 0;
  if (!sound) sound = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  return sound(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  static ssize_t (*sound)(int, const void *, size_t);
  if (!sound) sound = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  if (is("wrong-order") && !held.bytes && memmem(bytes, count, "\"kind\":\"intent\"", 15)) {
    held.fd = fd;
    held.count = count;
    held.bytes = malloc(count);
    memcpy(held.bytes, bytes, count);
    return (ssize_t)count;
  }
  if (held.bytes && held.fd == fd) let_go();
  return sound(fd, bytes, count);
}

ssize_t send(int fd, const void *bytes, size_t count, int flags) {
  static ssize_t (*sound)(int, const void *, size_t, int);
  if (!sound) sound = (ssize_t(*)(int, const void *, size_t, int))dlsym(RTLD_NEXT, "send");
  ssize_t sent = sound(fd, bytes, count, flags);
  if (count > 4 && memcmp(bytes, "GET ", 4) != 0) let_go();
  return sent;
}
