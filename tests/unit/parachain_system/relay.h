/* relay.h - a made-up relay chain for tests: what its state holds, the proof of it that an author passes on, and whole
 * blocks of the parachain around the inherent. Keys are computed from the items' names, not taken from the pallet. */
#ifndef NALAR_TEST_RELAY_H
#define NALAR_TEST_RELAY_H

#include "unit.h"

#include "parachain_system/parachain_system.h"
#include "reference_trie.h"

enum { PARA = 2000, RELAY_MAX_VALUES = 64, RELAY_MAX_MESSAGES = 8 };

struct relay {
    uint32_t number; /* of the relay parent */
    int version;     /* of its trie */
    uint32_t count;
    struct ref_pair values[RELAY_MAX_VALUES];
    /* The inherent beside the proof. */
    struct ref_trie trie;
    byte_vec nodes[REF_MAX_NODES];
    relay_header descendants[2];
    parachain_system_call_set_validation_data call;
    inbound_downward_message downward[RELAY_MAX_MESSAGES];
    hashed_message hashed_downward[RELAY_MAX_MESSAGES];
    hrmp_message horizontal[RELAY_MAX_MESSAGES];
    hashed_hrmp_message hashed_horizontal[RELAY_MAX_MESSAGES];
};

/* One for all cases of a program; relay_init makes it new. */
extern struct relay relay;
extern const host_configuration relay_config;

/* A relay chain of block `number` and the same slot, with configuration, this chain's head `included` and randomness.
 * */
void relay_init(uint32_t number, struct bytes included);
/* Setup and teardown of most cases: an empty state, and a relay chain of block RELAY_NUMBER that has seen block 0. */
enum { RELAY_NUMBER = 1000 };
int relay_setup(void **state);
int relay_teardown(void **state);

/* "Pallet" and "Item" of plain values and of maps by this chain's id. */
void relay_put(const char *pallet, const char *item, struct bytes value);
void relay_put_own(const char *pallet, const char *item, struct bytes value);
void relay_remove(const char *pallet, const char *item);
void relay_remove_own(const char *pallet, const char *item);
/* A channel between this chain and `other`, its index entries are the caller's. */
void relay_put_channel(uint32_t sender, uint32_t recipient, const hrmp_channel *channel);
void relay_put_key(struct bytes key, struct bytes value);
/* Ids as the Vec<u32> of a channel index. */
void relay_put_index(const char *item, const uint32_t *ids, uint32_t count);

/* Appends messages to the call. */
void relay_add_downward(uint32_t sent_at, struct bytes message);
void relay_add_hashed_downward(uint32_t sent_at, struct bytes message);
void relay_add_horizontal(uint32_t sender, uint32_t sent_at, struct bytes message);
void relay_add_hashed_horizontal(uint32_t sender, uint32_t sent_at, struct bytes message);

/* Builds trie and proof; the call is complete then. */
void relay_build(void);
/* The index of the node that only the path to this value needs, in relay.trie. */
uint32_t relay_node_of(struct bytes value);
/* Takes a node out of the built proof. */
void relay_drop_node(uint32_t index);
void relay_free(void);

/* --- blocks --- */

/* The hash that the block `number` has here: any fixed bytes. */
h256 block_hash(uint32_t number);
/* System and the pallet start block `number`; `digest` is encoded, or empty for none. The Aura slot is `slot`. */
void block_begin(uint32_t number, uint64_t slot, struct bytes digest);
/* The built inherent, as a dispatched call (none origin, storage transaction). */
MUST_USE dispatch_result block_inherent(void);
/* on_finalize of the pallet. */
void block_end(void);
/* A whole block on a relay parent of number and slot `relay_number`, whose included head is block `included`. */
void block_run(uint32_t number, uint32_t relay_number, uint32_t included);

/* The head data bytes whose blake2 hash is block_hash(number). */
struct bytes block_head(uint32_t number);

/* Number of events, and the tail of the event record's payload: pallet, event, fields. */
uint32_t event_count(void);
bool has_event(uint8_t event, struct bytes fields);

#endif
