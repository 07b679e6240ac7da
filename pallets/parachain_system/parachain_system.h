/* parachain_system.h - what ties the chain to its relay chain: the inherent with the relay chain's state, messages in
 * both directions, blocks not yet included, code upgrades, and what a collator hands over beside a block.
 * Panics refuse the block, as FRAME's assertions do; they are listed with set_validation_data in inherent.c. */
#ifndef NALAR_PALLETS_PARACHAIN_SYSTEM_H
#define NALAR_PALLETS_PARACHAIN_SYSTEM_H

#include "parachain_info/parachain_info.h"
#include "system/system.h"

#define THIS parachain_system
#define DEF "parachain_system/parachain_system.def"
#include "pallet/declare.inc"

/* polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/migration.rs. */
#define PARACHAIN_SYSTEM_STORAGE_VERSION 3

/* 1.0 as a fixed-point number with 18 decimals. */
extern const delivery_fee_factor parachain_system_min_fee_factor;

/* Forgets the last block's validation data. Returns the weight of this and of on_finalize. */
weight parachain_system_on_initialize(void);
/* Moves messages and signals out. Panics when the inherent did not run. */
void parachain_system_on_finalize(void);

/* The inherent's call for a block author: pallet and call index and arguments, in arena_scratch. `inherent_data` is the
 * SCALE map of identifiers and values. False when neither `sysi1338` nor `sysi1337` is there and decodes. Messages that
 * were taken already are left out; those beyond the block's budget are named by hash. */
MUST_USE bool parachain_system_create_inherent(struct bytes *call, struct bytes inherent_data);

/* The SCALE CollationInfo of the block whose encoded header is `header`, in arena_scratch. Works on any state. */
struct bytes parachain_system_collation_info(struct bytes header);

uint32_t parachain_system_last_relay_block_number(void);
/* How many blocks of the unincluded segment come after the block with this hash: all when it is not among them. */
uint32_t parachain_system_unincluded_size_after(const h256 *included);

enum ump_result { UMP_SENT, UMP_TOO_BIG, UMP_EMPTY };
/* Queues a message to the relay chain; *hash is its id. UMP_TOO_BIG and nothing done when it is over the relay chain's
 * limit. UMP_EMPTY and nothing done for an empty message, which would read as the separator before signals: FRAME lets
 * it pass and would turn the messages behind it into signals. */
enum ump_result parachain_system_send_upward_message(struct bytes message, bytes32 *hash);

/* Messages to other parachains that wait, at most. */
enum { HRMP_QUEUE_MAX_MESSAGES = 128, HRMP_QUEUE_MAX_BYTES = 256 * 1024 };
enum hrmp_result { HRMP_SENT, HRMP_NO_CHANNEL, HRMP_TOO_BIG, HRMP_QUEUE_FULL };
/* Queues a message to another parachain; unless HRMP_SENT nothing is done. Each proof of validity sends one to each
 * recipient at most, the oldest first; one whose channel closes, or takes only shorter messages, meanwhile is dropped. */
enum hrmp_result parachain_system_send_horizontal_message(uint32_t recipient, struct bytes data);

/* Genesis: the key `:c` with an empty value. Everything else is made by the first block. */
void parachain_system_genesis(void);

#endif
