#define _GNU_SOURCE
// The SHA256_* functions are deprecated in favour of EVP, but EVP makes OpenSSL 3 load its
// configuration and providers first: 1.5 to 3 ms at the first hash instead of 0.02 ms (measured on
// OpenSSL 3.0), and opsh hashes the stack file at every start.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "CLibCrypto.h"

#include <dlfcn.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct opsh_sha256_state {
  SHA256_CTX context;
};

static int (*sha256_init)(SHA256_CTX *);
static int (*sha256_update)(SHA256_CTX *, const void *, size_t);
static int (*sha256_final)(unsigned char *, SHA256_CTX *);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *failure = NULL;

static void *open_any(void) {
  static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    void *library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
    if (library) return library;
  }
  return NULL;
}

static void open_library(void) {
  void *library = open_any();
  if (!library) {
    failure = "OpenSSL's libcrypto is not installed, so nothing can be hashed; run scripts/setup";
    return;
  }
  // Threads that wait for a server may be left behind when the program ends: what OpenSSL would free
  // at the exit is still in use by them (OPENSSL_init_crypto(3), OPENSSL_INIT_NO_ATEXIT).
  int (*init)(uint64_t, const void *) = NULL;
  *(void **)&init = dlsym(library, "OPENSSL_init_crypto");
  if (init) init(0x00080000L, NULL);
  *(void **)&sha256_init = dlsym(library, "SHA256_Init");
  *(void **)&sha256_update = dlsym(library, "SHA256_Update");
  *(void **)&sha256_final = dlsym(library, "SHA256_Final");
  if (!sha256_init || !sha256_update || !sha256_final)
    failure = "this libcrypto has no SHA-256, so nothing can be hashed; install OpenSSL 3";
}

const char *opsh_crypto_failure(void) {
  pthread_once(&once, open_library);
  return failure;
}

int opsh_sha256(const uint8_t *bytes, size_t length, uint8_t out[OPSH_SHA256_LENGTH]) {
  if (opsh_crypto_failure()) return -1;
  SHA256_CTX context;
  int good = sha256_init(&context) && sha256_update(&context, bytes, length)
      && sha256_final(out, &context);
  explicit_bzero(&context, sizeof context);
  return good ? 0 : -1;
}

opsh_sha256_state *opsh_sha256_begin(void) {
  if (opsh_crypto_failure()) return NULL;
  opsh_sha256_state *state = malloc(sizeof *state);
  if (!state) return NULL;
  if (sha256_init(&state->context)) return state;
  free(state);
  return NULL;
}

int opsh_sha256_update(opsh_sha256_state *state, const uint8_t *bytes, size_t length) {
  return sha256_update(&state->context, bytes, length) ? 0 : -1;
}

int opsh_sha256_finish(opsh_sha256_state *state, uint8_t out[OPSH_SHA256_LENGTH]) {
  return sha256_final(out, &state->context) && sha256_init(&state->context) ? 0 : -1;
}

opsh_sha256_state *opsh_sha256_copy(const opsh_sha256_state *state) {
  opsh_sha256_state *copy = malloc(sizeof *copy);
  if (copy) *copy = *state;
  return copy;
}

void opsh_sha256_free(opsh_sha256_state *state) {
  if (!state) return;
  explicit_bzero(state, sizeof *state);
  free(state);
}

static int keyed(
    const uint8_t block[64], uint8_t pad, const uint8_t *bytes, size_t length, uint8_t out[32]) {
  SHA256_CTX context;
  uint8_t padded[64];
  for (size_t i = 0; i < sizeof padded; i++) padded[i] = block[i] ^ pad;
  int good = sha256_init(&context) && sha256_update(&context, padded, sizeof padded)
      && sha256_update(&context, bytes, length) && sha256_final(out, &context);
  explicit_bzero(padded, sizeof padded);
  explicit_bzero(&context, sizeof context);
  return good;
}

int opsh_hmac_sha256(
    const uint8_t *key, size_t key_length,
    const uint8_t *bytes, size_t length,
    uint8_t out[OPSH_SHA256_LENGTH]) {
  if (opsh_crypto_failure()) return -1;
  uint8_t block[64] = {0};
  uint8_t inner[OPSH_SHA256_LENGTH];
  int good = 1;
  if (key_length > sizeof block)
    good = opsh_sha256(key, key_length, block) == 0;
  else if (key_length)
    memcpy(block, key, key_length);
  good = good && keyed(block, 0x36, bytes, length, inner)
      && keyed(block, 0x5c, inner, sizeof inner, out);
  explicit_bzero(block, sizeof block);
  explicit_bzero(inner, sizeof inner);
  return good ? 0 : -1;
}
