/* try_state.c - see try_state.h. The order: the layout of everything, then what the values say. */
#include "try_state.h"

#include "executive/migrations.h"
#include "metadata/tables.h"
#include "shim.h"
#include "state/overlay.h"

#define CHECK(condition, message)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return message;                                                                                            \
    } while (0)
#define NAME(literal) ((struct bytes){(const uint8_t *)literal, sizeof(literal) - 1})

/* --- layout --- */

static const struct storage_desc *item_of(struct bytes key) {
    if (key.len < STORAGE_PREFIX_SIZE)
        return NULL;
    for (uint32_t i = 0; i < COUNT_OF(pallet_rows); i++)
        for (const struct item_row *row = pallet_rows[i].items; row->item; row++)
            if (memcmp(row->item->prefix, key.at, STORAGE_PREFIX_SIZE) == 0)
                return row->item;
    return NULL;
}

/* Keys of the node, and those that stand outside of the items. */
static bool is_well_known(struct bytes key) {
    static const struct bytes names[] = {{(const uint8_t *)":code", 5},
                                         {(const uint8_t *)":heappages", 10},
                                         {(const uint8_t *)":c", 2},
                                         {(const uint8_t *)":extrinsic_index", 16}};
    for (uint32_t i = 0; i < COUNT_OF(names); i++)
        if (bytes_equal(key, names[i]))
            return true;
    return false;
}

static bool decodes_wholly(const struct type_desc *type, struct bytes encoded) {
    struct arena_mark mark = arena_mark(&arena_scratch);
    struct reader in = reader_over(encoded, &arena_scratch);
    bool fine = type->kind == TYPE_SPECIAL ||
                (scale_decode(type, &in, arena_alloc(&arena_scratch, type->size + 1u)) && reader_done(&in));
    arena_rewind(&arena_scratch, mark);
    return fine;
}

static bool key_decodes(const struct storage_desc *item, struct bytes key) {
    struct reader in =
        reader_over((struct bytes){key.at + STORAGE_PREFIX_SIZE, key.len - STORAGE_PREFIX_SIZE}, &arena_scratch);
    for (uint32_t i = 0; i < item->key_count; i++) {
        uint8_t hash[16], value[512];
        const uint8_t hasher = item->keys[i].hasher, size = hasher == blake2_128_concat ? 16
                                                            : hasher == twox_64_concat  ? 8
                                                                                        : 0;
        const uint8_t *hashed = read_raw(&in, size), *from = in.at;
        ASSERT(item->keys[i].type->size <= sizeof value);
        if (in.failed || !scale_decode(item->keys[i].type, &in, value))
            return false;
        const struct bytes plain = {from, (uint32_t)(in.at - from)};
        if (hasher == blake2_128_concat)
            shim_blake2(hash, 16, plain);
        else
            store_u64(hash, twox_64(plain));
        if (size && memcmp(hash, hashed, size) != 0)
            return false;
    }
    return reader_done(&in);
}

static bool is_version(struct bytes key) {
    return key.len == 32 &&
           memcmp(key.at + 16, "\x4e\x7b\x90\x12\x09\x6b\x41\xc4\xeb\x3a\xaf\x94\x7f\x6e\xa4\x29", 16) == 0;
}

static const char *check_layout(void) {
    struct bytes key, value;
    for (uint32_t i = 0; i < shim_key_count(); i++) {
        shim_entry(i, &key, &value);
        CHECK(!bytes_equal(key, migrations_cursor_key), "a migration goes on");
        const struct storage_desc *item = item_of(key);
        if (!item) {
            CHECK(is_well_known(key) || is_version(key), "a key that is nobody's");
            continue;
        }
        struct arena_mark mark = arena_mark(&arena_scratch);
        CHECK(key_decodes(item, key), "a key that does not decode, or under a wrong hash");
        arena_rewind(&arena_scratch, mark);
        CHECK(decodes_wholly(item->value, value), "a value that does not decode to its end");
    }
    return NULL;
}

static const char *check_versions(void) {
    CHECK(!system_runtime_upgraded(), "the state is that of other code");
#define PALLET(index, name, pallet)                                                                                    \
    CHECK(migrations_state_version(NAME(#name)) == migrations_code_version(index),                                     \
          #name " has another storage version");
#include "pallet/runtime_keywords.inc"
#include "runtime.def"
#include "pallet/runtime_keywords_undef.inc"
    return NULL;
}

/* --- money --- */

static const char *check_account(const account_info *info, balance *sum) {
    const account_data *data = &info->data;
    balance total = data->free + data->reserved;
    CHECK(total >= data->free && *sum + total >= total, "balances overflow");
    *sum += total;
    CHECK(!info->consumers || info->providers, "an account has consumers and no provider");
    CHECK(info->providers || info->sufficients || total == 0, "money in an account that does not exist");
    CHECK(data->free < EXISTENTIAL_DEPOSIT || info->providers, "the existential deposit provides for nothing");
    CHECK((!data->reserved && !data->frozen) || info->consumers, "money is set aside without a reference");
    CHECK(data->flags >> 127, "an account without the flag of the present logic");
    return NULL;
}

static void owner_of(struct bytes key, account_id *who) { memcpy(who->at, key.at + key.len - 32, 32); }

/* What is held and reserved by name is part of the reserved balance. */
static const char *check_reserved(const account_id *who, const account_info *info) {
    hold_list holds;
    reserve_list reserves;
    balance sum = 0;
    balances_Holds_get(who, &holds);
    balances_Reserves_get(who, &reserves);
    for (uint32_t i = 0; i < holds.len; i++)
        sum += holds.items[i].amount;
    for (uint32_t i = 0; i < reserves.len; i++)
        sum += reserves.items[i].amount;
    CHECK(sum <= info->data.reserved, "more is held than reserved");
    return NULL;
}

static const char *check_frozen(const account_id *who, const account_info *info) {
    balance_locks locks;
    freeze_list freezes;
    balance most = 0;
    balances_Locks_get(who, &locks);
    balances_Freezes_get(who, &freezes);
    for (uint32_t i = 0; i < locks.len; i++)
        most = locks.items[i].amount > most ? locks.items[i].amount : most;
    for (uint32_t i = 0; i < freezes.len; i++)
        most = freezes.items[i].amount > most ? freezes.items[i].amount : most;
    CHECK(most == info->data.frozen, "frozen is not the largest of locks and freezes");
    return NULL;
}

static const char *check_money(void) {
    struct bytes key, value;
    balance sum = 0, issuance;
    const char *wrong;
    for (uint32_t i = 0; i < shim_key_count(); i++) {
        shim_entry(i, &key, &value);
        const struct storage_desc *item = item_of(key);
        account_id who;
        account_info info;
        if (item == &system_Account_storage) {
            owner_of(key, &who);
            system_account_get(&who, &info);
            if ((wrong = check_account(&info, &sum)) || (wrong = check_reserved(&who, &info)) ||
                (wrong = check_frozen(&who, &info)))
                return wrong;
        } else if (item == &balances_Holds_storage || item == &balances_Reserves_storage ||
                   item == &balances_Locks_storage || item == &balances_Freezes_storage) {
            owner_of(key, &who);
            CHECK(system_account_exists(&who), "money set aside by an account that does not exist");
        }
    }
    CHECK(!transaction_payment_TxPaymentCredit_exists(), "fees that never reached the pot");
    balances_TotalIssuance_get(&issuance);
    CHECK(sum == issuance, "the issuance is not the sum of all accounts");
    return NULL;
}

/* --- keys and authorities --- */

static const char *check_key_owner(struct bytes key, struct bytes value) {
    /* twox_64_concat of an account; the stored value is the aura key. */
    session_key_owner_key wanted = {session_aura_key_type, {value.at, value.len}};
    account_id who, owner;
    owner_of(key, &who);
    CHECK(session_KeyOwner_get(&wanted, &owner) && memcmp(owner.at, who.at, 32) == 0,
          "a session key is not its owner's");
    return NULL;
}

static const char *check_owned_key(struct bytes key, struct bytes value) {
    account_id who;
    session_keys keys;
    memcpy(who.at, value.at, 32);
    CHECK(session_NextKeys_get(&who, &keys) && memcmp(keys.aura.at, key.at + key.len - 32, 32) == 0,
          "a session key's owner has another");
    return NULL;
}

static const char *check_session(void) {
    struct bytes key, value;
    session_disabled_list disabled;
    session_validators validators;
    const char *wrong;
    for (uint32_t i = 0; i < shim_key_count(); i++) {
        shim_entry(i, &key, &value);
        const struct storage_desc *item = item_of(key);
        if ((item == &session_NextKeys_storage && (wrong = check_key_owner(key, value))) ||
            (item == &session_KeyOwner_storage && (wrong = check_owned_key(key, value))))
            return wrong;
    }
    session_DisabledValidators_get(&disabled);
    for (uint32_t i = 1; i < disabled.len; i++)
        CHECK(disabled.items[i - 1].index < disabled.items[i].index, "disabled validators are not in order");
    session_Validators_get(&validators);
    /* Collators without keys author nothing. */
    CHECK(validators.len == 0 || aura_authority_count() <= validators.len, "more authorities than validators");
    return NULL;
}

static const char *check_collators(void) {
    collator_invulnerables named;
    collator_candidates list;
    account_info info;
    collator_selection_Invulnerables_get(&named);
    for (uint32_t i = 1; i < named.len; i++)
        CHECK(memcmp(named.items[i - 1].at, named.items[i].at, 32) < 0, "invulnerables are not in order");
    collator_selection_CandidateList_get(&list);
    for (uint32_t i = 0; i < list.len; i++) {
        system_account_get(&list.items[i].who, &info);
        CHECK(i == 0 || list.items[i - 1].deposit <= list.items[i].deposit, "candidates are not in order");
        CHECK(info.data.reserved >= list.items[i].deposit, "a candidate's deposit is not reserved");
        for (uint32_t k = 0; k < i; k++)
            CHECK(memcmp(list.items[k].who.at, list.items[i].who.at, 32) != 0, "a candidate twice");
    }
    return NULL;
}

static const char *check_aura(void) {
    struct bytes here, copy;
    uint64_t now, slot;
    bool some = overlay_get((struct bytes){aura_Authorities_storage.prefix, STORAGE_PREFIX_SIZE}, &here);
    CHECK(!some || (overlay_get((struct bytes){aura_ext_Authorities_storage.prefix, STORAGE_PREFIX_SIZE}, &copy) &&
                    bytes_equal(here, copy)),
          "AuraExt's authorities are not Aura's");
    timestamp_Now_get(&now);
    aura_CurrentSlot_get(&slot);
    CHECK(system_block_number() == 0 || slot == now / SLOT_DURATION_MS, "the slot is not the timestamp's");
    return NULL;
}

/* --- blocks --- */

static const char *check_block(void) {
    h256 parent, kept;
    uint32_t number = system_block_number(), before = number - 1;
    CHECK(!timestamp_DidUpdate_exists() && !system_ExecutionPhase_exists() && !system_BlockSize_exists() &&
              !system_InherentsApplied_exists() && !system_ExtrinsicCount_exists(),
          "something of one block is left");
    system_ParentHash_get(&parent);
    CHECK(number == 0 || (system_BlockHash_get(&before, &kept) && memcmp(kept.at, parent.at, 32) == 0),
          "the parent's hash is not the last one kept");
    return NULL;
}

static void add(used_bandwidth *total, const used_bandwidth *used) {
    total->ump_msg_count += used->ump_msg_count;
    total->ump_total_bytes += used->ump_total_bytes;
    for (uint32_t i = 0; i < used->hrmp_outgoing.len; i++) {
        const para_channel_use *use = &used->hrmp_outgoing.items[i];
        for (uint32_t k = 0; k < total->hrmp_outgoing.len; k++)
            if (total->hrmp_outgoing.items[k].para == use->para) {
                total->hrmp_outgoing.items[k].use.msg_count -= use->use.msg_count;
                total->hrmp_outgoing.items[k].use.total_bytes -= use->use.total_bytes;
            }
    }
}

/* The total's channels less what each block used of them: nothing may be left. */
static const char *check_segment(void) {
    segment_blocks blocks;
    segment_tracker tracker;
    used_bandwidth sum = {0};
    uint32_t consumed = 0;
    parachain_system_UnincludedSegment_get(&blocks);
    if (!parachain_system_AggregatedUnincludedSegment_get(&tracker))
        return blocks.len ? "a segment without its total" : NULL;
    CHECK(blocks.len <= UNINCLUDED_SEGMENT_CAPACITY, "the segment is too long");
    sum.hrmp_outgoing = tracker.used_bandwidth.hrmp_outgoing;
    for (uint32_t i = 0; i < blocks.len; i++) {
        const segment_block *block = &blocks.items[i];
        add(&sum, &block->used_bandwidth);
        consumed += block->consumed_go_ahead_signal.some;
        CHECK(block->para_head_hash.some == (i + 1 < blocks.len), "the segment's last block alone has no hash yet");
    }
    CHECK(sum.ump_msg_count == tracker.used_bandwidth.ump_msg_count &&
              sum.ump_total_bytes == tracker.used_bandwidth.ump_total_bytes,
          "the segment's total of upward messages is wrong");
    for (uint32_t i = 0; i < sum.hrmp_outgoing.len; i++)
        CHECK(!sum.hrmp_outgoing.items[i].use.msg_count && !sum.hrmp_outgoing.items[i].use.total_bytes,
              "the segment's total of a channel is wrong");
    CHECK(consumed == tracker.consumed_go_ahead_signal.some, "the segment's upgrade signal is wrong");
    return NULL;
}

const char *try_state(void) {
    static const char *(*const checks[])(void) = {check_layout,    check_versions,  check_block, check_money,
                                                  check_session,   check_collators, check_aura,  check_segment,
                                                  clock_try_state, models_try_state,
                                                  compute_try_state, jobs_try_state,  rewards_try_state};
    for (uint32_t i = 0; i < COUNT_OF(checks); i++) {
        const char *wrong = checks[i]();
        if (wrong)
            return wrong;
    }
    return NULL;
}
