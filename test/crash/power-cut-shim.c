/*
 * Plays a disk that keeps only what was synced. Preloaded into a process, it copies each file below SHIM_ROOT into
 * SHIM_SHADOW whenever the file is synced. A power cut is then SIGKILL, and the shadow is what the disk holds afterwards.
 * Names (link, rename, unlink) are taken as durable at once.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

static int shadow_of(const char *path, char *shadow) {
  const char *root = getenv("SHIM_ROOT"), *to = getenv("SHIM_SHADOW");
  size_t length = root ? strlen(root) : 0;
  if (!root || !to || strncmp(path, root, length) != 0 || path[length] != '/') return 0;
  return snprintf(shadow, PATH_MAX, "%s%s", to, path + length) < PATH_MAX;
}

/* Through the descriptor itself: closing another one would drop the locks of the process. Whole or not at all. */
static void copy_file(int fd, const char *shadow) {
  char draft[PATH_MAX + 32], buffer[65536];
  snprintf(draft, sizeof draft, "%s.%d", shadow, gettid());
  int out = open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out < 0) return;
  ssize_t got;
  for (off_t at = 0; (got = pread(fd, buffer, sizeof buffer, at)) > 0; at += got)
    if (write(out, buffer, got) != got) abort();
  close(out);
  if (got < 0 || REAL(int, rename, const char *, const char *)(draft, shadow) != 0) abort();
}

static int keep(int fd, int result) {
  char link[64], path[PATH_MAX], shadow[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = result == 0 ? readlink(link, path, sizeof path - 1) : 0;
  path[length > 0 ? length : 0] = 0;
  if (length > 0 && shadow_of(path, shadow) && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR) copy_file(fd, shadow);
  return result;
}

int fsync(int fd) { return keep(fd, REAL(int, fsync, int)(fd)); }
int fdatasync(int fd) { return keep(fd, REAL(int, fdatasync, int)(fd)); }

int unlink(const char *path) {
  char shadow[PATH_MAX];
  int (*real)(const char *) = REAL(int, unlink, const char *);
  if (shadow_of(path, shadow)) real(shadow);
  return real(path);
}

int rename(const char *from, const char *to) {
  char old[PATH_MAX], new[PATH_MAX];
  int (*real)(const char *, const char *) = REAL(int, rename, const char *, const char *);
  if (shadow_of(from, old) && shadow_of(to, new)) real(old, new);
  return real(from, to);
}

int link(const char *from, const char *to) {
  char old[PATH_MAX], new[PATH_MAX];
  int (*real)(const char *, const char *) = REAL(int, link, const char *, const char *);
  if (shadow_of(from, old) && shadow_of(to, new)) real(old, new);
  return real(from, to);
}
