/* host.h - the node's host functions as C. In the blob host_wasm.c forwards each to its ext_* import; natively
 * host-shim/ implements the same symbols. Nothing else of the runtime talks to the outside.
 * Source of the semantics: polkadot-sdk stable2609 substrate/primitives/io/src/lib.rs. */
#ifndef NALAR_HOST_HOST_H
#define NALAR_HOST_HOST_H

#include "core/platform.h"

/* --- memory. host_malloc gives 8-aligned memory of any contents, or NULL (native fault injection only: the node traps). */
void *host_malloc(uint32_t size);
void host_free(void *at);

/* --- storage of the block being executed. Only runtime/state calls these. --- */
#define HOST_ABSENT UINT32_MAX
/* Copies at most `capacity` first bytes of the value to `out`; returns the value's whole length or HOST_ABSENT. */
uint32_t host_storage_read(struct bytes key, uint8_t *out, uint32_t capacity);
bool host_storage_exists(struct bytes key);
void host_storage_set(struct bytes key, struct bytes value);
void host_storage_clear(struct bytes key);
/* Appends one SCALE-encoded item to the SCALE vector at `key`. */
void host_storage_append(struct bytes key, struct bytes item);
/* The least key greater than `key`: its length, its first `capacity` bytes in `out`; HOST_ABSENT at the end. */
uint32_t host_storage_next_key(struct bytes key, uint8_t *out, uint32_t capacity);
/* Root of the whole state with the given state version (0 or 1). */
void host_storage_root(uint8_t root[static 32], uint8_t version);

/* --- hashing --- */
void host_blake2_128(uint8_t out[static 16], struct bytes in);
void host_blake2_256(uint8_t out[static 32], struct bytes in);
void host_keccak_256(uint8_t out[static 32], struct bytes in);
void host_twox_128(uint8_t out[static 16], struct bytes in);

/* Ordered trie root over a SCALE `Vec<Vec<u8>>`, state version 0 or 1. */
void host_ordered_root(uint8_t root[static 32], struct bytes items, uint8_t version);

/* --- signatures --- */
bool host_ed25519_verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]);
bool host_sr25519_verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]);
/* Compressed / uncompressed (64 bytes, no prefix) key of a recoverable signature over a 32-byte hash. */
bool host_ecdsa_recover_compressed(uint8_t key[static 33], const uint8_t sig[static 65], const uint8_t hash[static 32]);
bool host_ecdsa_recover(uint8_t key[static 64], const uint8_t sig[static 65], const uint8_t hash[static 32]);

/* --- keystore, off-chain calls only. Keys of type `key_type` (4 bytes). --- */
void host_sr25519_generate(uint8_t key[static 32], const uint8_t key_type[static 4], bool has_seed, struct bytes seed);
/* False when the keystore does not hold `key`. */
bool host_sr25519_sign(uint8_t sig[static 64], const uint8_t key_type[static 4], const uint8_t key[static 32],
                       struct bytes message);

/* --- misc --- */
/* The SCALE RuntimeVersion embedded in a blob (compressed or not): its length and first `capacity` bytes in `out`;
 * HOST_ABSENT when there is none. */
uint32_t host_runtime_version(struct bytes blob, uint8_t *out, uint32_t capacity);
enum host_log_level { HOST_LOG_ERROR = 0, HOST_LOG_WARN = 1, HOST_LOG_INFO = 2, HOST_LOG_DEBUG = 3 };
void host_log(enum host_log_level level, struct bytes target, struct bytes message);
/* Ends the call: `unreachable` in the blob. */
NORETURN void host_trap(void);

#define LOG(level, literal) runtime_log(level, "" literal)
void runtime_log(enum host_log_level level, const char *message);

#endif
