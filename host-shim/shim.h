/* shim.h - the native twin of the node: implements runtime/host/host.h over an in-memory state, so that the runtime
 * runs as ordinary native code under a debugger, sanitizers and fault injection. Never linked into the blob.
 * One state, one thread. The same calls, answers and roots as the node's host functions (polkadot-sdk stable2609
 * substrate/primitives/io); known difference: keystore seeds are hex or development-phrase SURIs with hard junctions.
 */
#ifndef NALAR_SHIM_H
#define NALAR_SHIM_H

#include "core/platform.h"
#include "host/host.h"

/* --- state. Keys and values are copied; views stay valid until the next change of the state. --- */

/* Forgets the state, open snapshots, keystore, counters and faults. */
void shim_reset(void);
MUST_USE bool shim_get(struct bytes key, struct bytes *value);
void shim_put(struct bytes key, struct bytes value);
void shim_remove(struct bytes key);
uint32_t shim_key_count(void);
/* The entry at `index` in key order; index < shim_key_count(). */
void shim_entry(uint32_t index, struct bytes *key, struct bytes *value);
/* Root of the state with state version 0 or 1; not counted as a host call. */
void shim_root(uint8_t root[static 32], uint8_t version);

/* Nested snapshots: rollback undoes every change since the matching begin. */
void shim_begin(void);
void shim_commit(void);
void shim_rollback(void);
uint32_t shim_depth(void);

/* --- running the runtime --- */

/* Runs `body(context)` with a recovery point: true when it returns, false when it trapped (runtime_panic or an abort by
 * the host). A trap leaves open the snapshots that were opened inside: the caller rolls back its own. */
MUST_USE bool shim_guard(void (*body)(void *context), void *context);
/* The cause of the last trap: the host's own message, or the last message that was logged at error level. */
const char *shim_trap_message(void);
/* Frees what the runtime took and never gave back, as the end of a wasm instance does. The runtime must not look at
 * that memory again: its arenas are reset first. */
void shim_drop_guest_memory(void);
/* For host functions: aborts the call as the node does when a host function fails. */
NORETURN void shim_abort(const char *message);

/* --- counters --- */
enum shim_call {
    SHIM_MALLOC,
    SHIM_FREE,
    SHIM_STORAGE_READ,
    SHIM_STORAGE_EXISTS,
    SHIM_STORAGE_SET,
    SHIM_STORAGE_CLEAR,
    SHIM_STORAGE_APPEND,
    SHIM_STORAGE_NEXT_KEY,
    SHIM_STORAGE_ROOT,
    SHIM_BLAKE2_128,
    SHIM_BLAKE2_256,
    SHIM_KECCAK_256,
    SHIM_TWOX_128,
    SHIM_ORDERED_ROOT,
    SHIM_ED25519_VERIFY,
    SHIM_SR25519_VERIFY,
    SHIM_ECDSA_RECOVER_COMPRESSED,
    SHIM_ECDSA_RECOVER,
    SHIM_SR25519_GENERATE,
    SHIM_SR25519_SIGN,
    SHIM_RUNTIME_VERSION,
    SHIM_LOG,
    SHIM_CALL_COUNT
};

struct shim_counters {
    uint64_t total, by_call[SHIM_CALL_COUNT];
    uint64_t allocated_bytes, live_blocks; /* guest memory asked for; blocks not freed yet */
    uint64_t live_bytes, peak_bytes;       /* guest memory not freed yet, and the most of it since the last reset */
};

extern const char *const shim_call_names[SHIM_CALL_COUNT];
const struct shim_counters *shim_counters(void);
/* Host calls of the runtime since the last shim_reset_counters. */
uint64_t shim_calls(void);
void shim_reset_counters(void);

/* --- watching --- */

/* Called before each storage call of the runtime, with SHIM_STORAGE_* and the key (empty for the root): what a collator
 * records a proof from. NULL for none; shim_reset keeps it. */
typedef void shim_watcher(enum shim_call call, struct bytes key);
void shim_watch(shim_watcher *watcher);

/* --- faults --- */

/* Makes the n-th host call from now fail (1 = the next; 0 cancels the plan): malloc gives NULL, a read, next_key or
 * runtime_version answers "absent", exists and verifications answer false, recover and sign refuse. A call that has no
 * failing answer ends the run with a trap, as when the node is stopped there. */
void shim_fail_at(uint64_t n);
/* Stops at the n-th host call from now with a trap, whichever it is. */
void shim_stop_at(uint64_t n);
/* Whether the fault planned last was met. */
bool shim_fault_met(void);

/* --- logging --- */

/* Messages up to `level` (enum host_log_level) go to stderr, -1 for none. Default HOST_LOG_WARN. */
void shim_log_level(int level);
/* Messages logged at each level since the last shim_reset_counters. */
uint64_t shim_logged(enum host_log_level level);
const char *shim_last_log(void);

/* --- used by tools and tests beside the runtime --- */

/* Parses SURI (`//Alice`, `0x<64 hex>//hard//2`) into a key pair; false for a form that is not supported. */
MUST_USE bool shim_sr25519_pair(uint8_t secret[static 64], uint8_t public_key[static 32], struct bytes suri);
/* Signs with a pair from above; deterministic, so that test runs repeat. */
void shim_sr25519_sign(uint8_t signature[static 64], const uint8_t secret[static 64],
                       const uint8_t public_key[static 32], struct bytes message);
/* blake2b with a digest of 1 to 64 bytes, and XXH64 with seeds 0..count-1 (8 bytes each, little endian). */
void shim_blake2(uint8_t *out, uint32_t out_len, struct bytes in);
void shim_twox(uint8_t *out, uint32_t count, struct bytes in);

#endif
