/* relay_state.h - reads of the relay chain's state through the proof in the inherent. Every read panics when the proof
 * is incomplete, a node is malformed or a value does not decode: an author must not be able to hide a value.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/relay_state_snapshot.rs. */
#ifndef NALAR_PARACHAIN_SYSTEM_RELAY_STATE_H
#define NALAR_PARACHAIN_SYSTEM_RELAY_STATE_H

#include "clock/clock.h"
#include "parachain_system/parachain_system.h"
#include "trie/partial_trie.h"

struct relay_state {
    struct partial_trie *trie; /* in arena_scratch */
    h256 root;
    uint32_t para; /* this chain */
};

/* Indexes the proof (a SCALE Vec<Vec<u8>>, which must outlive *state). Panics when it does not decode or lacks the
 * node `root`. */
void relay_state_open(struct relay_state *state, struct bytes proof, const h256 *root, uint32_t para);

/* The raw value at `key`, for what is no item of the snapshot; every answer is the caller's to judge. */
enum trie_read relay_state_look_up(const struct relay_state *state, struct bytes key, struct bytes *value) MUST_USE;

/* The slot of the relay parent; must be there. */
uint64_t relay_state_slot(const struct relay_state *state);
/* blake2_256 of the last included head data of this chain; must be there. */
void relay_state_included_head(const struct relay_state *state, h256 *hash);
/* The relay chain's answer to an announced upgrade, and whether one may be announced. */
void relay_state_go_ahead(const struct relay_state *state, option_upgrade_go_ahead *signal);
void relay_state_restriction(const struct relay_state *state, option_upgrade_restriction *signal);
/* The relay chain's configuration; must be there. */
void relay_state_host_configuration(const struct relay_state *state, host_configuration *out);
/* Queue heads and limits and all channels of this chain, which live in arena_scratch. */
void relay_state_messaging(const struct relay_state *state, messaging_state *out, const host_configuration *config);
/* The channel with this parachain, or NULL; channels are sorted. */
para_channel *relay_state_channel(const para_channels *channels, uint32_t para);
/* The VRF output of the relay parent's own author, and the randomness of the last whole epoch: raw values, and the only
 * reads where an incomplete proof is an answer. */
void relay_state_randomness(const struct relay_state *state, struct clock_relay_value *vrf,
                            struct clock_relay_value *one_epoch_ago);

#endif
