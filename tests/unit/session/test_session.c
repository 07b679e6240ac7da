/* test_session.c - setting and purging keys with their proof, references and owners; genesis keys; the keystore. */
#include "utility/event_log.h"

#include "collator_selection/collator_selection.h"
#include "session/session.h"

struct pair {
    uint8_t secret[64];
    session_keys keys;
};
static struct pair key_a, key_b;
static const account_id alice = {{0xA1}}, bob = {{0xB0}};

static void give_provider(account_id who) {
    account_info info;
    system_account_get(&who, &info);
    info.providers = 1;
    info.data.free = EXISTENTIAL_DEPOSIT;
    system_account_put(&who, &info);
}
static uint32_t consumers(account_id who) {
    account_info info;
    system_account_get(&who, &info);
    return info.consumers;
}

static int with_accounts(void **state) {
    at_block_one(state);
    assert_true(shim_sr25519_pair(key_a.secret, key_a.keys.aura.at, TEXT("//KeyA")));
    assert_true(shim_sr25519_pair(key_b.secret, key_b.keys.aura.at, TEXT("//KeyB")));
    give_provider(alice);
    give_provider(bob);
    return 0;
}

/* A signature of the pair over "POP_" and the owner. */
static struct bytes proof_of(const struct pair *pair, account_id owner) {
    uint8_t message[36] = "POP_", *proof = arena_alloc(&arena_scratch, SESSION_PROOF_SIZE);
    memcpy(message + 4, owner.at, 32);
    shim_sr25519_sign(proof, pair->secret, pair->keys.aura.at, (struct bytes){message, sizeof message});
    return (struct bytes){proof, SESSION_PROOF_SIZE};
}

static dispatch_result set_with(struct dispatch ctx, session_keys keys, struct bytes proof) {
    const session_call_set_keys args = {keys, proof};
    const struct call call = CALL_WITH(session, set_keys, &args);
    return call_dispatch(&call, &ctx);
}
static dispatch_result set(account_id who, const struct pair *pair) {
    return set_with(as_signed(who), pair->keys, proof_of(pair, who));
}
static dispatch_result purge(struct dispatch ctx) {
    const struct call call = CALL_WITH(session, purge_keys, NULL);
    return call_dispatch(&call, &ctx);
}

static bool owns(const session_keys *keys, account_id who) {
    const session_key_owner_key key = {session_aura_key_type, {keys->aura.at, 32}};
    account_id owner;
    return session_KeyOwner_get(&key, &owner) && memcmp(&owner, &who, 32) == 0;
}
static bool owned(const session_keys *keys) {
    const session_key_owner_key key = {session_aura_key_type, {keys->aura.at, 32}};
    return session_KeyOwner_exists(&key);
}
static bool next_is(account_id who, const session_keys *keys) {
    session_keys next;
    return session_NextKeys_get(&who, &next) && memcmp(&next, keys, sizeof next) == 0;
}

static void sets_and_purges(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    assert_int_equal(set(alice, &key_a), DISPATCH_OK);
    assert_true(next_is(alice, &key_a.keys));
    assert_true(owns(&key_a.keys, alice));
    assert_int_equal(consumers(alice), 1);
    assert_int_equal(purge(as_signed(alice)), DISPATCH_OK);
    assert_int_equal(consumers(alice), 0);
    assert_false(owned(&key_a.keys) || session_NextKeys_exists(&alice));
    EXPECT_EVENT(&log, balances, Released, .reason = runtime_hold_reason_SessionKeys, .who = alice, .amount = 0);
    assert_events(&log);
}

static void owner_key_layout(void **state) {
    (void)state;
    assert_int_equal(set(alice, &key_a), DISPATCH_OK);
    /* twox64-concat over "aura" and the key as Vec<u8> */
    uint8_t key[32 + 8 + 4 + 1 + 32];
    memcpy(key, session_KeyOwner_storage.prefix, 32);
    memcpy(key + 40, "aura\x80", 5);
    memcpy(key + 45, key_a.keys.aura.at, 32);
    shim_twox(key + 32, 1, (struct bytes){key + 40, 37});
    struct bytes value;
    overlay_flush();
    assert_true(shim_get((struct bytes){key, sizeof key}, &value));
    assert_bytes_equal(value, ((struct bytes){alice.at, 32}));
}

static void replaces_keys(void **state) {
    (void)state;
    assert_int_equal(set(alice, &key_a), DISPATCH_OK);
    assert_int_equal(set(alice, &key_a), DISPATCH_OK); /* the same again */
    assert_int_equal(consumers(alice), 1);
    assert_int_equal(set(alice, &key_b), DISPATCH_OK);
    assert_true(next_is(alice, &key_b.keys));
    assert_true(owns(&key_b.keys, alice));
    assert_false(owned(&key_a.keys));
    assert_int_equal(consumers(alice), 1);
    assert_int_equal(set(bob, &key_a), DISPATCH_OK); /* free again */
}

static void refused_set(struct dispatch ctx, session_keys keys, struct bytes proof, dispatch_result why) {
    struct state_root before = root_now();
    assert_int_equal(set_with(ctx, keys, proof), why);
    assert_unchanged(before);
}

static void wrong_proofs(void **state) {
    (void)state;
    const dispatch_result invalid = PALLET_ERROR(session, InvalidProof);
    struct bytes good = proof_of(&key_a, alice);
    refused_set(as_signed(bob), key_a.keys, good, invalid);   /* another's proof */
    refused_set(as_signed(alice), key_b.keys, good, invalid); /* for another key */
    refused_set(as_signed(alice), key_a.keys, (struct bytes){good.at, 63}, invalid);
    refused_set(as_signed(alice), key_a.keys, (struct bytes){NULL, 0}, invalid);
    uint8_t longer[65] = {0};
    memcpy(longer, good.at, 64);
    refused_set(as_signed(alice), key_a.keys, (struct bytes){longer, 65}, invalid);
    longer[0] ^= 1;
    refused_set(as_signed(alice), key_a.keys, (struct bytes){longer, 64}, invalid);
    uint8_t bare[64]; /* the owner without "POP_" */
    shim_sr25519_sign(bare, key_a.secret, key_a.keys.aura.at, (struct bytes){alice.at, 32});
    refused_set(as_signed(alice), key_a.keys, (struct bytes){bare, 64}, invalid);
}

static void wrong_origins(void **state) {
    (void)state;
    refused_set(as_root(), key_a.keys, proof_of(&key_a, alice), BAD_ORIGIN);
    refused_set(as_none(), key_a.keys, proof_of(&key_a, alice), BAD_ORIGIN);
    assert_int_equal(purge(as_root()), BAD_ORIGIN);
    assert_int_equal(purge(as_none()), BAD_ORIGIN);
}

static void keys_of_another(void **state) {
    (void)state;
    assert_int_equal(set(alice, &key_a), DISPATCH_OK);
    refused_set(as_signed(bob), key_a.keys, proof_of(&key_a, bob), PALLET_ERROR(session, DuplicatedKey));
}

static void accounts_without_life(void **state) {
    (void)state;
    const account_id nobody = {{0xEE}};
    refused_set(as_signed(nobody), key_a.keys, proof_of(&key_a, nobody), PALLET_ERROR(session, NoAccount));
    account_info info;
    system_account_get(&alice, &info);
    info.consumers = MAX_CONSUMERS;
    system_account_put(&alice, &info);
    refused_set(as_signed(alice), key_a.keys, proof_of(&key_a, alice), PALLET_ERROR(session, NoAccount));
    info.consumers = MAX_CONSUMERS - 1;
    system_account_put(&alice, &info);
    assert_int_equal(set(alice, &key_a), DISPATCH_OK);
    assert_int_equal(consumers(alice), MAX_CONSUMERS);
    assert_int_equal(set(alice, &key_b), DISPATCH_OK); /* a new key needs no new reference */
}

static void nothing_to_purge(void **state) {
    (void)state;
    struct state_root before = root_now();
    assert_int_equal(purge(as_signed(alice)), PALLET_ERROR(session, NoKeys));
    assert_unchanged(before);
}

static const unit nothing = 0;

static void keys_set_from_outside(void **state) {
    (void)state;
    /* No reference was taken, so none is given back. */
    session_NextKeys_put(&alice, &key_a.keys);
    session_ExternallySetKeys_put(&alice, &nothing);
    assert_true(session_ExternallySetKeys_exists(&alice));
    assert_int_equal(purge(as_signed(alice)), DISPATCH_OK);
    assert_int_equal(consumers(alice), 0);
    assert_false(session_ExternallySetKeys_exists(&alice));
    /* Taken over by the account itself: the reference is made up for. */
    session_NextKeys_put(&alice, &key_a.keys);
    session_ExternallySetKeys_put(&alice, &nothing);
    assert_int_equal(set(alice, &key_b), DISPATCH_OK);
    assert_int_equal(consumers(alice), 1);
    assert_false(session_ExternallySetKeys_exists(&alice));
    assert_int_equal(purge(as_signed(alice)), DISPATCH_OK);
    assert_int_equal(consumers(alice), 0);
}

static void makes_keys_in_the_keystore(void **state) {
    (void)state;
    session_keys keys, again;
    uint8_t proof[SESSION_PROOF_SIZE], expected[32], secret[64];
    session_generate_keys(&keys, proof, (struct bytes){alice.at, 32}, true, TEXT("//Alice"));
    assert_true(shim_sr25519_pair(secret, expected, TEXT("//Alice")));
    assert_memory_equal(keys.aura.at, expected, 32);
    assert_true(session_proof_is_valid(&keys, (struct bytes){alice.at, 32}, (struct bytes){proof, sizeof proof}));
    assert_int_equal(set_with(as_signed(alice), keys, (struct bytes){proof, sizeof proof}), DISPATCH_OK);
    session_generate_keys(&again, proof, (struct bytes){NULL, 0}, false, (struct bytes){NULL, 0});
    assert_memory_not_equal(&again, &keys, sizeof keys);
    assert_true(session_proof_is_valid(&again, (struct bytes){NULL, 0}, (struct bytes){proof, sizeof proof}));
}

static void decodes_keys(void **state) {
    (void)state;
    session_keys keys;
    uint8_t encoded[33] = {1, 2, 3};
    assert_false(session_decode_keys((struct bytes){encoded, 31}, &keys));
    assert_true(session_decode_keys((struct bytes){encoded, 32}, &keys));
    assert_memory_equal(&keys, encoded, 32);
    assert_true(session_decode_keys((struct bytes){encoded, 33}, &keys));
    assert_memory_equal(&session_aura_key_type, "aura", 4);
}

static void looks_up_validators(void **state) {
    (void)state;
    account_id out, list[2] = {alice, bob};
    assert_false(session_validator(0, &out));
    const session_validators validators = {list, 2};
    session_Validators_put(&validators);
    assert_true(session_validator(1, &out));
    assert_memory_equal(&out, &bob, 32);
    assert_false(session_validator(2, &out));
    assert_false(session_validator(UINT32_MAX, &out));
    overlay_put((struct bytes){session_Validators_storage.prefix, 32}, TEXT("\x08" "cut")); /* claims two */
    assert_false(session_validator(0, &out));
}

static void name_collators(const account_id *first, uint32_t count) {
    account_id list[2];
    const account_ids all = {list, count};
    for (uint32_t i = 0; i < count; i++)
        list[i] = first[i];
    assert_true(collator_selection_genesis(&all, 0, 0));
}

static void genesis_keys(void **state) {
    (void)state;
    const account_id poor = {{0xF0}};
    const struct session_genesis_key keys[] = {{poor, bob, key_b.keys}, {alice, alice, key_a.keys}};
    name_collators((const account_id[]){bob, alice}, 2); /* the order is that of the accounts */
    assert_true(session_genesis(keys, 2, NULL, 0));
    assert_true(next_is(alice, &key_a.keys));
    assert_true(next_is(bob, &key_b.keys));
    assert_int_equal(consumers(alice), 1);
    assert_int_equal(consumers(bob), 0);
    account_info info;
    system_account_get(&poor, &info);
    assert_int_equal(info.providers, 1); /* lives by its keys */
    assert_int_equal(info.consumers, 0);
    session_validators validators;
    assert_true(session_Validators_get(&validators));
    assert_int_equal(validators.len, 2);
    assert_memory_equal(&validators.items[1], &bob, 32);
    session_queued_keys queued;
    assert_true(session_QueuedKeys_get(&queued));
    assert_int_equal(queued.len, 2);
    assert_memory_equal(&queued.items[1].keys, &key_b.keys, 32);
    aura_authorities authorities;
    assert_true(aura_Authorities_get(&authorities));
    assert_int_equal(authorities.len, 2);
    assert_memory_equal(authorities.items, &key_a.keys, 32);
}

static void genesis_without_keys(void **state) {
    (void)state;
    assert_true(session_genesis(NULL, 0, NULL, 0));
    assert_true(session_Validators_exists()); /* written though empty */
    assert_true(session_QueuedKeys_exists());
    assert_false(aura_Authorities_exists());
}

static void genesis_other_keys(void **state) {
    (void)state;
    const struct session_genesis_key key = {alice, alice, key_a.keys}, other = {bob, bob, key_b.keys},
                                     thief = {bob, bob, key_a.keys};
    name_collators(&alice, 1);
    assert_true(session_genesis(&key, 1, &other, 1));
    assert_true(next_is(bob, &key_b.keys));
    assert_int_equal(aura_authority_count(), 1);
    with_accounts(state);
    assert_false(session_genesis(&key, 1, &thief, 1));
}

/* A collator without keys is a validator of the first session and no authority; keys alone make no collator. */
static void genesis_collators_and_keys_apart(void **state) {
    (void)state;
    const struct session_genesis_key key = {alice, alice, key_a.keys};
    name_collators((const account_id[]){alice, bob}, 2);
    assert_true(session_genesis(&key, 1, NULL, 0));
    session_validators validators;
    session_queued_keys queued;
    assert_true(session_Validators_get(&validators) && session_QueuedKeys_get(&queued));
    assert_int_equal(validators.len, 2);
    assert_int_equal(queued.len, 1);
    assert_int_equal(aura_authority_count(), 1);
    with_accounts(state);
    assert_true(session_genesis(&key, 1, NULL, 0));
    assert_int_equal(aura_authority_count(), 0);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, with_accounts)
    const struct CMUnitTest tests[] = {
        CASE(sets_and_purges), CASE(owner_key_layout), CASE(replaces_keys), CASE(wrong_proofs), CASE(wrong_origins),
        CASE(keys_of_another), CASE(accounts_without_life), CASE(nothing_to_purge), CASE(keys_set_from_outside),
        CASE(makes_keys_in_the_keystore), CASE(decodes_keys), CASE(looks_up_validators), CASE(genesis_keys),
        CASE(genesis_without_keys), CASE(genesis_other_keys), CASE(genesis_collators_and_keys_apart),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
