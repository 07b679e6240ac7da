/* backing.h - a storage proof in the place of the host's storage, for validate_block. The overlay asks here only while
 * backing_trie is set. Whatever the proof does not answer panics: nothing is guessed. */
#ifndef NALAR_STATE_BACKING_H
#define NALAR_STATE_BACKING_H

#include "state/overlay.h"
#include "trie/partial_trie.h"

/* NULL: the host's storage, as in every other call. */
extern struct partial_trie *backing_trie;

/* --- the overlay's own, which its two files share --- */

/* UNKNOWN: what lies below was not asked, or a blind write was rolled back. */
enum state { UNKNOWN, ABSENT, PRESENT };

struct overlay_entry {
    struct bytes key, value;
    uint32_t capacity; /* of value.at when owned; 0: borrowed or none */
    uint32_t hash;
    uint32_t tx;       /* the transaction that last saved this entry in the undo log */
    struct overlay_entry *next;       /* in `newest` */
    struct overlay_entry *next_dirty; /* in `dirty`, when listed */
    uint8_t state;
    bool dirty;        /* to be written to the host */
    bool listed;       /* in `dirty`; stays when a rollback made it clean again */
    bool known_absent; /* the host has no such key */
};

/* To be called before each change of an entry. Saves it for rollback, once a transaction, and lists it for the flush.
 * Returns true when the value's own memory may be overwritten. */
bool overlay_before_write(struct overlay_entry *e);
/* The order of keys. */
int overlay_compare(struct bytes a, struct bytes b);

/* --- the host's storage functions, over the proof --- */

void backing_load(struct overlay_entry *e);
bool backing_exists(struct bytes key);
/* The least key greater than `key`, in the trie's arena. False at the end. */
bool backing_next_key(struct bytes key, struct bytes *next);
void backing_append(struct bytes key, struct bytes item);
/* Applies the list of changes and computes the root. */
void backing_root(struct overlay_entry *changes, uint8_t root[static 32], uint8_t version);

#endif
