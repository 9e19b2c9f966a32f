#pragma once

#include <stddef.h>
#include <stdint.h>

// SHA-256 and HMAC-SHA-256 (RFC 2104) by OpenSSL's libcrypto, which is opened on the first call and
// stays open. All functions may be called from any thread; one hash belongs to one thread at a time.
//
// Every function that returns an int gives 0, or -1 when libcrypto could not be opened or has no
// SHA-256: `out` is then untouched, and opsh_crypto_failure() says why.

#define OPSH_SHA256_LENGTH 32

/// A hash that is being computed.
typedef struct opsh_sha256_state opsh_sha256_state;

/// Hashes `length` bytes at once; `bytes` may be NULL when `length` is 0.
int opsh_sha256(const uint8_t *bytes, size_t length, uint8_t out[OPSH_SHA256_LENGTH]);

/// A new hash, or NULL when libcrypto is missing or memory is short. Free it once.
opsh_sha256_state *opsh_sha256_begin(void);

/// Adds `length` bytes.
int opsh_sha256_update(opsh_sha256_state *state, const uint8_t *bytes, size_t length);

/// Writes the hash of all bytes so far and starts the state over, ready for another text.
int opsh_sha256_finish(opsh_sha256_state *state, uint8_t out[OPSH_SHA256_LENGTH]);

/// A copy that goes on by itself, or NULL when memory is short: a running hash can be read without
/// ending it.
opsh_sha256_state *opsh_sha256_copy(const opsh_sha256_state *state);

/// Frees a hash; its memory is overwritten first. NULL is allowed.
void opsh_sha256_free(opsh_sha256_state *state);

/// The keyed hash of `length` bytes; what was derived from the key is overwritten afterwards.
int opsh_hmac_sha256(
    const uint8_t *key, size_t key_length,
    const uint8_t *bytes, size_t length,
    uint8_t out[OPSH_SHA256_LENGTH]);

/// Why libcrypto can not be used, in words; NULL when it can.
const char *opsh_crypto_failure(void);
