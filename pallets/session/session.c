/* session.c - see session.h. Mirrors polkadot-sdk stable2609 pallet-session src/lib.rs with one key, the aura key. */
#include "session/session.h"

#include "authorship/authorship.h"
#include "collator_selection/collator_selection.h"
#include "host/host.h"
#include "state/overlay.h"
#include "system/system.h"

_Static_assert(SESSION_KEY_DEPOSIT == 0, "a deposit needs a hold in set_keys");

const key_type_id session_aura_key_type = {"aura"};

static session_key_owner_key owner_key(const session_keys *keys) {
    return (session_key_owner_key){session_aura_key_type, {keys->aura.at, sizeof keys->aura.at}};
}

/* sp-core src/proof_of_possession.rs#statement_of_ownership: "POP_" ++ owner. */
static struct bytes ownership_statement(struct bytes owner) {
    uint8_t *at = arena_alloc(&arena_scratch, (size_t)owner.len + 4);
    memcpy(at, "POP_", 4);
    if (owner.len)
        memcpy(at + 4, owner.at, owner.len);
    return (struct bytes){at, owner.len + 4};
}

bool session_proof_is_valid(const session_keys *keys, struct bytes owner, struct bytes proof) {
    return proof.len == SESSION_PROOF_SIZE && host_sr25519_verify(proof.at, ownership_statement(owner), keys->aura.at);
}

void session_generate_keys(session_keys *keys, uint8_t proof[static SESSION_PROOF_SIZE], struct bytes owner,
                           bool has_seed, struct bytes seed) {
    host_sr25519_generate(keys->aura.at, session_aura_key_type.at, has_seed, seed);
    if (!host_sr25519_sign(proof, session_aura_key_type.at, keys->aura.at, ownership_statement(owner)))
        PANIC("the keystore lost a key");
}

bool session_decode_keys(struct bytes encoded, session_keys *keys) {
    if (encoded.len < sizeof *keys)
        return false;
    memcpy(keys, encoded.at, sizeof *keys);
    return true;
}

/* Registers the keys for `who` unless another account has one of them. `had` tells whether it had keys before. */
static dispatch_result register_keys(const account_id *who, const session_keys *keys, bool *had) {
    session_keys old;
    account_id owner;
    session_key_owner_key key = owner_key(keys);
    *had = session_NextKeys_get(who, &old);
    bool owned = session_KeyOwner_get(&key, &owner);
    if (owned && memcmp(owner.at, who->at, sizeof owner.at) != 0)
        return PALLET_ERROR(session, DuplicatedKey);
    if (*had && memcmp(&old, keys, sizeof old) == 0)
        return DISPATCH_OK;
    if (*had) {
        session_key_owner_key old_key = owner_key(&old);
        session_KeyOwner_kill(&old_key);
    }
    session_KeyOwner_put(&key, who);
    session_NextKeys_put(who, keys);
    return DISPATCH_OK;
}

dispatch_result session_set_keys(struct dispatch *ctx, const session_call_set_keys *args) {
    account_id who;
    TRY(ensure_signed(&ctx->origin, &who));
    if (!session_proof_is_valid(&args->keys, (struct bytes){who.at, sizeof who.at}, args->proof))
        return PALLET_ERROR(session, InvalidProof);
    /* Keys of an account that set them from outside hold no consumer reference yet. */
    bool external = session_ExternallySetKeys_exists(&who), had;
    account_info info;
    if (external || !session_NextKeys_exists(&who)) {
        system_account_get(&who, &info);
        if (info.providers == 0 || info.consumers >= MAX_CONSUMERS)
            return PALLET_ERROR(session, NoAccount);
    }
    TRY(register_keys(&who, &args->keys, &had));
    if (had && !external)
        return DISPATCH_OK;
    if (external)
        session_ExternallySetKeys_kill(&who);
    TRY(system_inc_consumers(&info));
    system_account_put(&who, &info);
    return DISPATCH_OK;
}

dispatch_result session_purge_keys(struct dispatch *ctx) {
    account_id who;
    TRY(ensure_signed(&ctx->origin, &who));
    session_keys old;
    if (!session_NextKeys_get(&who, &old))
        return PALLET_ERROR(session, NoKeys);
    session_key_owner_key key = owner_key(&old);
    session_NextKeys_kill(&who);
    session_KeyOwner_kill(&key);
    const runtime_hold_reason reason = runtime_hold_reason_SessionKeys;
    /* FRAME tells of it even when nothing is held; a failure is ignored. */
    (void)!balances_release(reason, &who, balances_on_hold(reason, &who), BALANCES_BEST_EFFORT, NULL);
    if (session_ExternallySetKeys_exists(&who)) {
        session_ExternallySetKeys_kill(&who);
        return DISPATCH_OK;
    }
    account_info info;
    system_account_get(&who, &info);
    system_dec_consumers(&info);
    system_account_put(&who, &info);
    return DISPATCH_OK;
}

bool session_validator(uint32_t index, account_id *out) {
    struct bytes value;
    if (!overlay_entry_get(storage_entry(&session_Validators_storage, NULL), &value))
        return false;
    struct reader in = reader_over(value, &arena_scratch);
    uint32_t count = read_compact_u32(&in);
    if (in.failed || index >= count || reader_left(&in) / sizeof *out <= index)
        return false;
    memcpy(out, in.at + index * sizeof *out, sizeof *out);
    return true;
}

/* The planned validators that have keys, with them. */
static session_queued_keys queue_of(const session_validators *planned) {
    session_queued_keys queue = {arena_alloc(&arena_scratch, planned->len * sizeof *queue.items), 0};
    for (uint32_t i = 0; i < planned->len; i++) {
        session_queued_key *entry = &queue.items[queue.len];
        entry->validator = planned->items[i];
        queue.len += session_NextKeys_get(&entry->validator, &entry->keys);
    }
    return queue;
}

static aura_authorities authorities_of(const session_queued_keys *queue) {
    aura_authorities list = {arena_alloc(&arena_scratch, queue->len * sizeof *list.items), queue->len};
    for (uint32_t i = 0; i < list.len; i++)
        list.items[i] = queue->items[i].keys.aura;
    return list;
}

bool session_begins(void) { return system_block_number() % SESSION_PERIOD == 0; }

/* lib.rs#rotate_session with CollatorSelection as manager, which always names a set, and Aura as the one handler. */
weight session_on_initialize(void) {
    static const boolean yes = true;
    if (!session_begins())
        return (weight){0, 0};
    authorship_note_author();
    session_queued_keys current;
    boolean changed;
    session_QueuedChanged_get(&changed);
    session_QueuedKeys_get(&current);
    session_validators validators = {arena_alloc(&arena_scratch, current.len * sizeof *validators.items), current.len};
    for (uint32_t i = 0; i < current.len; i++)
        validators.items[i] = current.items[i].validator;
    session_Validators_put(&validators);
    if (changed)
        session_DisabledValidators_kill();
    const uint32_t index = storage_get_u32(&session_CurrentIndex_storage) + 1;
    session_CurrentIndex_put(&index);

    weight used = {MAX_BLOCK_REF_TIME, MAX_BLOCK_PROOF}; /* nothing but inherents beside it, as FRAME's */
    const account_ids next = collator_selection_new_session(&used);
    validators = (session_validators){next.items, next.len};
    DEPOSIT0(session, NewQueued);
    const session_queued_keys queue = queue_of(&validators);
    session_QueuedKeys_put(&queue);
    session_QueuedChanged_put(&yes);
    DEPOSIT(session, NewSession, .session_index = index);
    if (changed) {
        const aura_authorities authorities = authorities_of(&current);
        aura_change_authorities(&authorities);
    }
    return used;
}

static bool register_at_genesis(const struct session_genesis_key *entries, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        bool had;
        if (register_keys(&entries[i].validator, &entries[i].keys, &had) != DISPATCH_OK)
            return false;
        account_info info;
        system_account_get(&entries[i].account, &info);
        /* An account without balance lives by its keys. */
        if (system_inc_consumers_without_limit(&info) != DISPATCH_OK)
            system_inc_providers(&entries[i].account, &info);
        system_account_put(&entries[i].account, &info);
    }
    return true;
}

bool session_genesis(const struct session_genesis_key *keys, uint32_t key_count,
                     const struct session_genesis_key *others, uint32_t other_count) {
    if (!register_at_genesis(keys, key_count) || !register_at_genesis(others, other_count))
        return false;
    const account_ids collators = collator_selection_assemble();
    const session_validators validators = {collators.items, collators.len};
    const session_queued_keys queued = queue_of(&validators);
    const aura_authorities authorities = authorities_of(&queued);
    aura_genesis(&authorities);
    session_Validators_put(&validators);
    session_QueuedKeys_put(&queued);
    return true;
}
