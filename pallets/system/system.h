/* system.h - accounts and their references, events, digest, block bookkeeping: what every other pallet stands on.
 * Mirrors polkadot-sdk stable2609 frame-system 49. */
#ifndef NALAR_PALLETS_SYSTEM_H
#define NALAR_PALLETS_SYSTEM_H

#include "pallet/pallet.h"

#define THIS system
#define DEF "system/system.def"
#include "pallet/declare.inc"

extern const account_info system_empty_account;

/* --- events: DEPOSIT(balances, Transfer, .from = a, .to = b, .amount = c); DEPOSIT0(sudo, KeyRemoved). Nothing is
 * recorded in block 0. --- */
void system_deposit_event(uint8_t pallet, uint8_t event, const struct type_desc *fields, const void *value);
#define DEPOSIT(pallet, name, ...)                                                                                     \
    system_deposit_event(pallet_index_##pallet, pallet##_event_index_##name, &pallet##_event_##name##_type,            \
                         &(const pallet##_event_##name){__VA_ARGS__})
#define DEPOSIT0(pallet, name) system_deposit_event(pallet_index_##pallet, pallet##_event_index_##name, NULL, NULL)

/* --- accounts. All account data goes through these, so that references and reaping stay consistent. --- */
void system_account_get(const account_id *who, account_info *out);
/* Writes the record as it is; an account without nonce, references and balance is removed. Low level: balances use it
 * for the data part, extensions for the nonce. */
void system_account_put(const account_id *who, const account_info *info);
bool system_account_exists(const account_id *who); /* providers or sufficients > 0 */

/* References; polkadot-sdk frame-system src/lib.rs#inc_providers and following. inc_providers deposits NewAccount for
 * a new account, dec_providers reaps (KilledAccount) at the last one. They work on the record in memory: the caller
 * gets it, changes it and puts it once. */
void system_inc_providers(const account_id *who, account_info *info);
MUST_USE dispatch_result system_dec_providers(const account_id *who, account_info *info);
MUST_USE dispatch_result system_inc_consumers(account_info *info);
/* inc_consumers without the limit of MAX_CONSUMERS. */
MUST_USE dispatch_result system_inc_consumers_without_limit(account_info *info);
void system_dec_consumers(account_info *info);
void system_inc_sufficients(const account_id *who, account_info *info);
void system_dec_sufficients(const account_id *who, account_info *info);
/* True when one provider fewer would leave consumers without any. */
bool system_can_dec_provider(const account_info *info);

/* --- block --- */
uint32_t system_block_number(void);
/* Appends one item to the digest of the block being made. */
void system_deposit_log(const digest_item *item);
/* The first PreRuntime item of `engine` in the digest, or false. The view stays valid until the next deposit_log. */
bool system_find_pre_runtime(const char engine[static 4], struct bytes *data);
/* Storage item BlockWeight, by a codec of its own. */
void system_get_block_weight(per_class_weight *out);
void system_put_block_weight(const per_class_weight *all);
/* Adds to the weight of the block's class, saturating. */
void system_register_weight(weight amount, enum dispatch_class class);
/* Writes `:code` (system_version 1: at once), deposits digest item and CodeUpdated. */
void system_update_code(struct bytes code);
/* The checks of set_code: the blob's embedded version has this name and a higher spec version. */
MUST_USE dispatch_result system_can_set_code(struct bytes code, bool check_version);
/* What set_code does with accepted code: the parachain schedules it with the relay chain. */
dispatch_result parachain_system_schedule_code(struct bytes code);
/* The version authorised by authorize_upgrade and the hash of `code` agree. */
MUST_USE dispatch_result system_check_authorized(struct bytes code, code_upgrade_authorization *authorization);

/* One digest item in place. `whole` is its encoding; engine is NULL where the item has none. */
struct digest_view {
    const uint8_t *engine;
    struct bytes data, whole;
    uint8_t tag;
};
/* A reader behind the item count of the current block's digest, and its next item; false at the end or when it is
 * malformed (then the reader failed). */
struct reader system_digest_reader(void);
bool system_next_digest_item(struct reader *in, struct digest_view *item);

/* --- the executive's part: one block from begin to end --- */
void system_reset_events(void);
/* Starts block `number`; `digest` is the encoded digest (pre-runtime items). Panics when the number does not follow. */
void system_initialize(uint32_t number, const h256 *parent_hash, struct bytes digest);
/* What validate_transaction sees: the next block on `parent_hash`, empty. Never flushed. */
void system_pretend_next_block(const h256 *parent_hash);
/* Ends the block's beginning, whose weight was `used`. */
void system_finish_initialize(weight used);
uint32_t system_extrinsic_index(void);
struct bytes system_encoded_phase(void);
/* Keeps the encoded extrinsic for the extrinsics root; the bytes must live until the call returns. */
void system_note_extrinsic(struct bytes encoded);
/* Deposits ExtrinsicSuccess or ExtrinsicFailed and moves to the next extrinsic. */
void system_note_applied_extrinsic(dispatch_result result, const dispatch_event_info *info);
void system_note_finished_extrinsics(void);
void system_reduce_weight(weight amount, enum dispatch_class class); /* saturating */
weight system_total_weight(void);
/* Removes the block's temporaries, flushes, computes both roots; the encoded header, without seal. */
struct bytes system_finalize(void);
/* The stored last version is missing, older or of another name: migrations must run. */
bool system_runtime_upgraded(void);
void system_note_runtime_version(void);
/* Genesis state: BlockHash(0), LastRuntimeUpgrade, flags. */
void system_genesis(void);

#endif
