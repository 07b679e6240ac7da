/* session.h - session keys, what an account will author blocks with, and the sessions: every SESSION_PERIOD blocks the
 * collators that were planned a session ago become the authorities. An account is its own validator id. */
#ifndef NALAR_PALLETS_SESSION_H
#define NALAR_PALLETS_SESSION_H

#include "aura/aura.h"
#include "pallet/pallet.h"

#define THIS session
#define DEF "session/session.def"
#include "pallet/declare.inc"

/* Nothing is held for keys, as in the parachain template. */
#define SESSION_KEY_DEPOSIT 0
#define SESSION_STORAGE_VERSION 1
/* Signature of the aura key over "POP_" ++ owner. */
#define SESSION_PROOF_SIZE 64

/* One entry of the genesis config's `keys`. */
struct session_genesis_key {
    account_id account, validator;
    session_keys keys;
};

/* Whether this block begins a session. */
bool session_begins(void);
/* Begins the session when it is time: notes the author, who is still one of the old authorities, and goes on to the
 * queued keys [NewQueued, NewSession, those of authorship_note_author and collator_selection_new_session]. Otherwise
 * reads nothing but the block's number. Costs O(collators). */
weight session_on_initialize(void);

/* Genesis, after that of the collators: registers `keys` and `others`. The collators are the validators of the first two
 * sessions, the aura keys of those that have keys the authorities. False when two entries share a key; nothing may then
 * be kept of the state. */
MUST_USE bool session_genesis(const struct session_genesis_key *keys, uint32_t key_count,
                              const struct session_genesis_key *others, uint32_t other_count);

/* The validator with this index; false when there are fewer. Reads nothing else of the list. */
bool session_validator(uint32_t index, account_id *out);

/* Whether `proof` shows that `owner` (its SCALE bytes) holds the private half of every key. */
bool session_proof_is_valid(const session_keys *keys, struct bytes owner, struct bytes proof);
/* SessionKeys_generate_session_keys: makes the keys in the node's keystore, from `seed` when there is one, and signs
 * the ownership of `owner` with them. Off-chain calls only. */
void session_generate_keys(session_keys *keys, uint8_t proof[static SESSION_PROOF_SIZE], struct bytes owner,
                           bool has_seed, struct bytes seed);
/* SessionKeys_decode_session_keys: false when `encoded` is too short. The answer lists each key with its type. */
MUST_USE bool session_decode_keys(struct bytes encoded, session_keys *keys);
extern const key_type_id session_aura_key_type;

#endif
