/* overlay.h - the storage that a call sees: reads fall through to the host once, writes stay here until overlay_flush.
 * Transactions nest in wasm memory, so a rolled-back call costs no host call, and a key is written to the host once
 * however often it changed. Only this file talks to the host's storage. */
#ifndef NALAR_STATE_OVERLAY_H
#define NALAR_STATE_OVERLAY_H

#include "core/platform.h"

#define OVERLAY_MAX_DEPTH 600 /* transactions: nested calls are limited to 256 levels, each opens at most two */

/* One key's place in the overlay. It never moves and stays valid until the exported call returns, so whoever asks for the
 * same key often keeps it. */
struct overlay_entry;
enum overlay_key {
    OVERLAY_KEY_PASSES, /* the key's bytes are copied */
    OVERLAY_KEY_LASTS,  /* they stay as long as the entry */
    OVERLAY_KEY_AT_TOP, /* they were made at the top of arena_state and are taken there when the key is new */
};
struct overlay_entry *overlay_entry(struct bytes key, enum overlay_key where) MUST_USE;
MUST_USE bool overlay_entry_get(struct overlay_entry *entry, struct bytes *value);
/* Without the value: a proof then need not hold a long one. */
bool overlay_entry_exists(struct overlay_entry *entry);
void overlay_entry_put(struct overlay_entry *entry, struct bytes value);
/* Without a copy: `value` must not change until the exported call returns. */
void overlay_entry_put_borrowed(struct overlay_entry *entry, struct bytes value);
void overlay_entry_remove(struct overlay_entry *entry);
/* Counts overlay_reset: entries of another number are gone. */
extern uint32_t overlay_generation;

/* The value at `key`. The view stays valid until the next write to that key. */
MUST_USE bool overlay_get(struct bytes key, struct bytes *value);
bool overlay_exists(struct bytes key);
/* Sets `key` to a copy of `value`. */
void overlay_put(struct bytes key, struct bytes value);
/* The same without a copy: `value` must not change until the exported call returns. */
void overlay_put_borrowed(struct bytes key, struct bytes value);
void overlay_remove(struct bytes key);
/* The same at once, past the overlay when it does not know the key yet: for blind writes at the begin and the end of a
 * block, outside transactions. Half the cost of an entry that nobody reads again. */
void overlay_put_now(struct bytes key, struct bytes value);
void overlay_remove_now(struct bytes key);
/* Appends one encoded item to the SCALE vector at `key`, which overlay_get must not be asked for in the same call.
 * Kept in order and handed to the host after all other writes of the flush. Neither is copied: both must stay as they
 * are until then. */
void overlay_append(struct bytes key, struct bytes item);

/* Removes the first `limit` keys that start with `prefix`; returns how many there were. Like overlay_next_key linear in
 * the keys the call touched, for each key removed: not for hot paths. */
uint32_t overlay_clear_prefix(struct bytes prefix, uint32_t limit);
/* The least key greater than `key` that starts with `prefix`; it lasts as long as the overlay. False when there is none. */
MUST_USE bool overlay_next_key(struct bytes prefix, struct bytes key, struct bytes *next);

/* Nested transactions: rollback undoes every write since the matching begin. */
void overlay_begin(void);
uint32_t overlay_depth(void);
void overlay_commit(void);
void overlay_rollback(void);

/* Hands all changes to the host; no transaction may be open. What was read stays known. */
void overlay_flush(void);
/* Flushes and computes the state root. */
void overlay_root(uint8_t root[static 32], uint8_t version);
/* From now on the storage is this trie instead of the host's, until overlay_reset: overlay_flush keeps the changes here
 * and overlay_root applies them. What the trie cannot answer panics. Only at the start, before any other use. `keep`:
 * the trie is also the next block's storage. */
struct partial_trie;
void overlay_over_proof(struct partial_trie *trie, bool keep);
/* Whether `key` was written or removed since overlay_over_proof, even if to the same value. */
bool overlay_changed(struct bytes key);
/* Forgets everything, also unflushed changes: what a fresh instance starts with. Native hosts call it between calls. */
void overlay_reset(void);

#endif
