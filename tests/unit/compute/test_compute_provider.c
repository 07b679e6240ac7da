/* test_compute_provider.c - registration, the operator's consent, the record's changes, heartbeats, the states. */
#include "compute/serve_fixture.h"

#include <secp256k1_recovery.h>
#include <sodium.h>

#include "keccak.h"

enum { OPERATOR = 50, NEXT_OPERATOR, STRANGER };

/* --- consent: H(tag, genesis hash, owner), put together by hand --- */

static h256 genesis_hash(void) {
    h256 hash = hash_of(77);
    uint32_t zero = 0;
    system_BlockHash_put(&zero, &hash);
    return hash;
}

static h256 message_of(int owner) {
    uint8_t buffer[18 + 64];
    h256 hash, genesis = genesis_hash();
    account_id who = account(owner);
    buffer[0] = 17;
    memcpy(buffer + 1, "deai/compute/op/1", 17);
    memcpy(buffer + 18, &genesis, 32);
    memcpy(buffer + 50, &who, 32);
    shim_blake2(hash.at, 32, (struct bytes){buffer, sizeof buffer});
    return hash;
}

enum { ED25519, SR25519, ECDSA, ETH };

static void sign_recoverable(uint8_t out[static 65], const uint8_t hash[static 32], const uint8_t seed[static 32],
                             uint8_t compressed[static 33], uint8_t whole[static 65]) {
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
    secp256k1_ecdsa_recoverable_signature signature;
    secp256k1_pubkey key;
    size_t len = 33, all = 65;
    int v;
    assert_int_equal(secp256k1_ecdsa_sign_recoverable(context, &signature, hash, seed, NULL, NULL), 1);
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context, out, &v, &signature);
    out[64] = (uint8_t)v;
    assert_int_equal(secp256k1_ec_pubkey_create(context, &key, seed), 1);
    secp256k1_ec_pubkey_serialize(context, compressed, &len, &key, SECP256K1_EC_COMPRESSED);
    secp256k1_ec_pubkey_serialize(context, whole, &all, &key, SECP256K1_EC_UNCOMPRESSED);
    secp256k1_context_destroy(context);
}

/* A signature of that kind by a key that `seed` makes, over the message for `owner`; *who becomes the key's account. */
static option_multi_signature signed_consent(uint8_t kind, uint8_t seed, int owner, account_id *who) {
    option_multi_signature out = {.some = true, .value.tag = kind};
    uint8_t secret[64], seeds[32], hash[32], compressed[33], whole[65];
    h256 message = message_of(owner);
    struct bytes bytes = {message.at, 32};
    memset(seeds, seed, sizeof seeds);
    switch (kind) {
    case ED25519:
        assert_int_equal(crypto_sign_seed_keypair(who->at, secret, seeds), 0);
        assert_int_equal(crypto_sign_detached(out.value.as.Ed25519.ed25519.at, NULL, message.at, 32, secret), 0);
        break;
    case SR25519: {
        char suri[16];
        int len = snprintf(suri, sizeof suri, "//Op%d", seed);
        assert_true(shim_sr25519_pair(secret, who->at, (struct bytes){(const uint8_t *)suri, (uint32_t)len}));
        shim_sr25519_sign(out.value.as.Sr25519.sr25519.at, secret, who->at, bytes);
        break;
    }
    case ECDSA:
        shim_blake2(hash, 32, bytes);
        sign_recoverable(out.value.as.Ecdsa.ecdsa.at, hash, seeds, compressed, whole);
        shim_blake2(who->at, 32, (struct bytes){compressed, 33});
        break;
    default:
        keccak_256(hash, bytes);
        sign_recoverable(out.value.as.Eth.eth.at, hash, seeds, compressed, whole);
        keccak_256(hash, (struct bytes){whole + 1, 64});
        memcpy(who->at, hash + 12, 20);
        memset(who->at + 20, 0xee, 12);
    }
    return out;
}

/* A call of an account that is no number. */
static dispatch_result run_as(const account_id *who, uint8_t index, const void *args) {
    uint8_t bytes[1024] = {pallet_index_compute, index};
    struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
    if (args)
        scale_encode(compute_call_args(index), args, &out);
    struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
    struct call call;
    assert_true(call_decode(&in, &call) && reader_done(&in));
    last = (struct dispatch){.origin = {.kind = ORIGIN_SIGNED, .who = *who}};
    dispatch_result result = call_dispatch(&call, &last);
    check_all();
    return result;
}
#define AS(who, name, ...) run_as(who, compute_call_index_##name, &(const compute_call_##name){__VA_ARGS__})
#define AS0(who, name) run_as(who, compute_call_index_##name, NULL)

/* Registers `owner` with an operator key of its own. */
static account_id with_operator(int owner, uint8_t seed) {
    account_id key;
    option_multi_signature consent = signed_consent(SR25519, seed, owner, &key);
    DO(owner, register_provider, .operator = key, .consent = consent, .payout = account(owner), .slots = 2,
       .bond = BOND);
    return key;
}

/* --- genesis and registration --- */

static void genesis_gives_the_pot_its_own_deposit(void **state) {
    (void)state;
    account_info info;
    system_account_get(&compute_pot.account, &info);
    assert_true(info.data.free == EXISTENTIAL_DEPOSIT && info.providers == 2 && books_of() == 0);
    assert_memory_equal(compute_pot.account.at, "modlnl/compu\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);
    uint32_t pool, slash;
    u128 average;
    compute_NextPool_get(&pool);
    compute_NextSlash_get(&slash);
    compute_FeeAverage_get(&average);
    assert_true(pool == 1 && slash == 1 && average == 10 * UNIT);
}

static void registration_writes_everything(void **state) {
    (void)state;
    u128 before = free_of(ALICE);
    bytes32 key = {{1, 2, 3}};
    DO(ALICE, register_provider, .operator = account(ALICE), .payout = account(BOB), .enc_key = key,
       .caps_hash = hash_of(3), .meta_hash = hash_of(4), .region = 63, .slots = 5, .bond = BOND + 7,
       .commission_ppb = COMPUTE_MAX_COMMISSION);
    SAW(ProviderRegistered, .provider = account(ALICE), .operator = account(ALICE), .pool = 1, .bond = BOND + 7);
    compute_provider p = provider_of(ALICE);
    h256 caps = hash_of(3), meta = hash_of(4);
    assert_is(p.operator, ALICE);
    assert_is(p.payout, BOB);
    assert_is(p.deposit.depositor, ALICE);
    assert_memory_equal(&p.enc_key, &key, 32);
    assert_memory_equal(&p.caps_hash, &caps, 32);
    assert_memory_equal(&p.meta_hash, &meta, 32);
    assert_true(p.state == compute_state_Candidate && p.self_bond == BOND + 7 && p.pool == 1 && p.region == 63 &&
                p.slots == 5 && p.busy == 0 && p.ads == 0 && p.strikes == 0 && p.joined == START &&
                p.last_seen == START && p.commission_ppb == COMPUTE_MAX_COMMISSION && !p.pending_commission.some &&
                p.enc_epoch == 0 && p.points_open == 0 && p.points_closed == 0);
    /* Two accounts, a state, a number of 16, one of 4, one of 4, an option, and so on: the bytes of the record. */
    u128 deposit = UNIT / 10 + MILLI_UNIT * (32 + 32 + 1 + 16 + 4 + 4 + 1 + 1 + 2 + 2 + 1 + 1 + 4 + 4 + 4 + 4 + 8 + 8 +
                                             4 + 4 + 4 + 4 + 32 + 32 + 32 + 48);
    assert_true(p.deposit.amount == deposit && before - free_of(ALICE) == BOND + 7 + deposit);
    assert_true(books_of() == BOND + 7 + deposit);

    compute_pool pool;
    uint32_t id = 1;
    account_id owner, alice = account(ALICE);
    assert_true(compute_Pools_get(&id, &pool) && pool.tokens == 0 && pool.shares == 0 && pool.open == 0);
    assert_is(pool.owner, ALICE);
    assert_true(compute_owner_of(&alice, &owner));
    assert_is(owner, ALICE);
    compute_totals totals;
    compute_Totals_get(&totals);
    assert_true(totals.bonded == BOND + 7 && totals.providers == 1 && totals.delegated == 0);

    candidate(BOB); /* a payout account may be a provider itself */
    compute_Totals_get(&totals);
    assert_true(provider_of(BOB).pool == 2 && totals.providers == 2 && totals.bonded == 2 * BOND + 7);
}

#define REGISTER(...)                                                                                                  \
    .operator = account(ALICE), .payout = account(ALICE), .slots = 1, .bond = BOND, __VA_ARGS__
static void registration_refuses(void **state) {
    (void)state;
    DENY_AS(BAD_ORIGIN, UNSIGNED, register_provider, REGISTER());
    DENY_AS(BAD_ORIGIN, ROOT, register_provider, REGISTER());
    DENY(BadRegion, ALICE, register_provider, REGISTER(.region = 64));
    DENY(BadSlots, ALICE, register_provider, .operator = account(ALICE), .payout = account(ALICE), .bond = BOND);
    DENY(CommissionTooHigh, ALICE, register_provider, REGISTER(.commission_ppb = COMPUTE_MAX_COMMISSION + 1));
    DENY(BelowMinBond, ALICE, register_provider, .operator = account(ALICE), .slots = 1, .bond = BOND - 1);
    DENY(BelowMinBond, ALICE, register_provider, .operator = account(ALICE), .slots = 1);
    uint32_t full = UINT32_MAX, first = 1;
    compute_NextPool_put(&full);
    DENY(IdsExhausted, ALICE, register_provider, REGISTER());
    compute_NextPool_put(&first);

    compute_provider probe = {.deposit.amount = 0};
    u128 deposit = compute_record_price(&compute_provider_type, &probe);
    u128 most = free_of(ALICE) - EXISTENTIAL_DEPOSIT - deposit;
    DENY(LowFunds, ALICE, register_provider, .operator = account(ALICE), .slots = 1, .bond = most + 1);
    DENY(LowFunds, ALICE, register_provider, .operator = account(ALICE), .slots = 1, .bond = U128_MAX);
    DENY(LowFunds, POOR, register_provider, .operator = account(POOR), .slots = 1, .bond = BOND);
    DENY(LowFunds, NOBODY, register_provider, .operator = account(NOBODY), .slots = 1, .bond = BOND);
    DO(ALICE, register_provider, .operator = account(ALICE), .slots = 1, .bond = most);
    assert_true(free_of(ALICE) == EXISTENTIAL_DEPOSIT);
    DENY(AlreadyProvider, ALICE, register_provider, REGISTER());
}

static void operators_must_consent(void **state) {
    (void)state;
    account_id key, other;
    for (uint8_t kind = ED25519; kind <= ETH; kind++) {
        int owner = 10 + kind, stranger = 20 + kind;
        option_multi_signature good = signed_consent(kind, (uint8_t)(kind + 1), owner, &key), bad = good;
        DENY(BadConsent, owner, register_provider, .operator = key, .slots = 1, .bond = BOND);
        DENY(BadConsent, stranger, register_provider, .operator = key, .consent = good, .slots = 1, .bond = BOND);
        bad.value.as.Ed25519.ed25519.at[7] ^= 1;
        DENY(BadConsent, owner, register_provider, .operator = key, .consent = bad, .slots = 1, .bond = BOND);
        bad = signed_consent(kind, 99, owner, &other);
        DENY(BadConsent, owner, register_provider, .operator = key, .consent = bad, .slots = 1, .bond = BOND);
        memset(&bad.value.as, 0xff, sizeof bad.value.as); /* no key can be recovered */
        DENY(BadConsent, owner, register_provider, .operator = key, .consent = bad, .slots = 1, .bond = BOND);
        bad = good;
        bad.value.tag = kind == SR25519 ? ED25519 : SR25519;
        DENY(BadConsent, owner, register_provider, .operator = key, .consent = bad, .slots = 1, .bond = BOND);
        h256 elsewhere = hash_of(78);
        uint32_t zero = 0;
        system_BlockHash_put(&zero, &elsewhere); /* given for another chain */
        DENY(BadConsent, owner, register_provider, .operator = key, .consent = good, .slots = 1, .bond = BOND);
        genesis_hash();
        DO(owner, register_provider, .operator = key, .consent = good, .slots = 1, .bond = BOND);
        account_id found, expected = account(owner);
        assert_true(compute_owner_of(&key, &found) && equal_32(found.at, expected.at));
        assert_false(compute_owner_of(&expected, &found));
    }
}

static void an_account_serves_one_provider(void **state) {
    (void)state;
    account_id key = with_operator(ALICE, 1), other, alice = account(ALICE);
    option_multi_signature consent = signed_consent(SR25519, 1, BOB, &other);
    DENY(AlreadyProvider, BOB, register_provider, .operator = key, .consent = consent, .slots = 1, .bond = BOND);
    DENY(AlreadyProvider, BOB, register_provider, .operator = alice, .consent = consent, .slots = 1, .bond = BOND);
    /* An operator cannot become an owner, also not with money. */
    assert_int_equal(balances_mint(&key, 3 * BOND), DISPATCH_OK);
    assert_int_equal(balances_burn_from(&alice, 3 * BOND, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_POLITE, NULL),
                     DISPATCH_OK);
    dispatch_result result = call_dispatch(
        &(struct call){.pallet = pallet_index_compute,
                       .index = compute_call_index_register_provider,
                       .args = &(compute_call_register_provider){.operator = key, .slots = 1, .bond = BOND}},
        &(struct dispatch){.origin = {.kind = ORIGIN_SIGNED, .who = key}});
    assert_int_equal(result, PALLET_ERROR(compute, AlreadyProvider));
}

/* --- changes --- */

static void updates_keep_what_is_not_named(void **state) {
    (void)state;
    account_id key = with_operator(ALICE, 1);
    compute_provider before = provider_of(ALICE), after;
    DO(ALICE, update_provider, .update = {.payout = {false, {{0}}}});
    after = provider_of(ALICE);
    assert_memory_equal(&before.payout, &after.payout, 32);
    assert_true(after.region == before.region && after.slots == before.slots);
    DO(ALICE, update_provider,
       .update = {.payout = {true, account(DAVE)}, .region = {true, 63}, .slots = {true, 9},
                  .caps_hash = {true, hash_of(5)}, .meta_hash = {true, hash_of(6)}});
    SAW(ProviderUpdated, .provider = account(ALICE));
    after = provider_of(ALICE);
    h256 caps = hash_of(5), meta = hash_of(6);
    assert_is(after.payout, DAVE);
    assert_true(after.region == 63 && after.slots == 9);
    assert_memory_equal(&after.caps_hash, &caps, 32);
    assert_memory_equal(&after.meta_hash, &meta, 32);

    assert_int_equal(AS(&key, update_provider, .update = {.slots = {true, 3}}), DISPATCH_OK);
    assert_true(provider_of(ALICE).slots == 3);
    assert_int_equal(AS(&key, update_provider, .update = {.payout = {true, key}}), PALLET_ERROR(compute, NotOwner));
    DENY(BadRegion, ALICE, update_provider, .update = {.region = {true, 64}});
    DENY(BadSlots, ALICE, update_provider, .update = {.slots = {true, 0}});
    SET(ALICE, busy, 3);
    DENY(BadSlots, ALICE, update_provider, .update = {.slots = {true, 2}});
    DO(ALICE, update_provider, .update = {.slots = {true, 3}});
    DENY(NotProvider, BOB, update_provider, .update = {.region = {true, 1}});
    DENY_AS(BAD_ORIGIN, ROOT, update_provider, .update = {.region = {true, 1}});
}

static void operators_rotate(void **state) {
    (void)state;
    account_id first = with_operator(ALICE, 1), second, owner;
    option_multi_signature consent = signed_consent(ED25519, 2, ALICE, &second);
    DENY_AS(BAD_ORIGIN, UNSIGNED, rotate_operator, .operator = second, .consent = consent);
    DENY(NotProvider, BOB, rotate_operator, .operator = second, .consent = consent);
    assert_int_equal(AS(&first, rotate_operator, .operator = second, .consent = consent), PALLET_ERROR(compute, NotOwner));
    DENY(BadConsent, ALICE, rotate_operator, .operator = second);
    candidate(BOB);
    DENY(AlreadyProvider, ALICE, rotate_operator, .operator = account(BOB), .consent = consent);
    DENY(AlreadyProvider, ALICE, rotate_operator, .operator = first, .consent = consent); /* it is already */
    DO(ALICE, rotate_operator, .operator = second, .consent = consent);
    SAW(OperatorRotated, .provider = account(ALICE), .operator = second);
    assert_false(compute_owner_of(&first, &owner));
    assert_true(compute_owner_of(&second, &owner));
    assert_int_equal(AS0(&first, heartbeat), PALLET_ERROR(compute, NotProvider));
    assert_int_equal(AS0(&second, heartbeat), DISPATCH_OK);

    account_id alice = account(ALICE);
    DO(ALICE, rotate_operator, .operator = alice); /* oneself needs no signature */
    assert_true(compute_owner_of(&alice, &owner) && !compute_owner_of(&second, &owner));
    DO(ALICE, rotate_operator, .operator = alice);
    assert_true(compute_owner_of(&alice, &owner));
    DO(ALICE, rotate_operator, .operator = second, .consent = consent); /* an old consent is still one */
    assert_true(compute_owner_of(&second, &owner) && !compute_owner_of(&alice, &owner));
}

static void keys_for_sealed_inputs_rotate(void **state) {
    (void)state;
    account_id key = with_operator(ALICE, 1);
    bytes32 fresh_key = {{9}};
    DENY(NotProvider, BOB, rotate_enc_key, .enc_key = fresh_key);
    DENY_AS(BAD_ORIGIN, ROOT, rotate_enc_key, .enc_key = fresh_key);
    DO(ALICE, rotate_enc_key, .enc_key = fresh_key);
    SAW(EncKeyRotated, .provider = account(ALICE), .enc_epoch = 1);
    assert_int_equal(AS(&key, rotate_enc_key, .enc_key = fresh_key), DISPATCH_OK);
    assert_true(provider_of(ALICE).enc_epoch == 2 && provider_of(ALICE).enc_key.at[0] == 9);
    SET(ALICE, enc_epoch, UINT32_MAX);
    DENY(IdsExhausted, ALICE, rotate_enc_key, .enc_key = fresh_key);
}

static void heartbeats_are_free_now_and_then(void **state) {
    (void)state;
    account_id key = with_operator(ALICE, 1);
    DENY0(NotProvider, BOB, heartbeat);
    assert_int_equal(CALLED0(ROOT, heartbeat), BAD_ORIGIN);
    assert_false(last.pays_no);
    at_tick(START + COMPUTE_HEARTBEAT_FREE - 1);
    DO0(ALICE, heartbeat);
    assert_false(last.pays_no);
    assert_true(provider_of(ALICE).last_seen == START + COMPUTE_HEARTBEAT_FREE - 1);
    at_tick(START + 2 * COMPUTE_HEARTBEAT_FREE - 1);
    assert_int_equal(AS0(&key, heartbeat), DISPATCH_OK);
    assert_true(last.pays_no);
    assert_int_equal(AS0(&key, heartbeat), DISPATCH_OK);
    assert_false(last.pays_no);
    assert_true(provider_of(ALICE).last_seen == START + 2 * COMPUTE_HEARTBEAT_FREE - 1);
}

/* --- states --- */

static compute_state state_of(int n) {
    compute_provider p = provider_of(n);
    return compute_state_at(&p, clock_now());
}

static void candidates_become_active_by_time(void **state) {
    (void)state;
    candidate(ALICE);
    at_tick(START + COMPUTE_ACTIVATION_TICKS - 1);
    assert_int_equal(state_of(ALICE), compute_state_Candidate);
    at_tick(START + COMPUTE_ACTIVATION_TICKS);
    assert_int_equal(state_of(ALICE), compute_state_Active);
    assert_int_equal(provider_of(ALICE).state, compute_state_Candidate);
    compute_provider p = {.joined = UINT32_MAX - 50}; /* near the end of time */
    assert_int_equal(compute_state_at(&p, UINT32_MAX), compute_state_Candidate);
}

static void chill_and_resume(void **state) {
    (void)state;
    account_id key = with_operator(ALICE, 1);
    DENY0(NotProvider, BOB, chill);
    DENY0(NotProvider, BOB, resume);
    assert_int_equal(AS0(&key, chill), PALLET_ERROR(compute, NotOwner));
    assert_int_equal(AS0(&key, resume), PALLET_ERROR(compute, NotOwner));
    assert_int_equal(CALLED0(ROOT, chill), BAD_ORIGIN);
    assert_int_equal(CALLED0(ROOT, resume), BAD_ORIGIN);
    DENY0(BadState, ALICE, resume);
    at_tick(START + 200);
    SET(ALICE, busy, 1);
    DO0(ALICE, chill);
    SAW(StateChanged, .provider = account(ALICE), .from = compute_state_Candidate, .to = compute_state_Draining,
        .reason = compute_state_reason_Owner);
    assert_int_equal(state_of(ALICE), compute_state_Draining);
    assert_true(provider_of(ALICE).joined == START + 200);
    SET(ALICE, busy, 0);
    assert_int_equal(state_of(ALICE), compute_state_Idle);
    DENY0(BadState, ALICE, chill);
    at_tick(START + 300);
    DO0(ALICE, resume);
    SAW(StateChanged, .provider = account(ALICE), .from = compute_state_Draining, .to = compute_state_Candidate,
        .reason = compute_state_reason_Owner);
    at_tick(START + 399);
    assert_int_equal(state_of(ALICE), compute_state_Candidate);
    at_tick(START + 400);
    assert_int_equal(state_of(ALICE), compute_state_Active);
}

static void jail_has_an_end(void **state) {
    (void)state;
    account_id key = with_operator(ALICE, 1), alice = account(ALICE);
    DENY0(BadState, ALICE, unjail);
    DENY0(NotProvider, BOB, unjail);
    assert_int_equal(AS0(&key, unjail), PALLET_ERROR(compute, NotOwner));
    assert_int_equal(CALLED0(ROOT, unjail), BAD_ORIGIN);
    for (int i = 0; i < 3; i++)
        compute_strike(&alice, compute_offence_NoAccept, (compute_object){COMPUTE_JOB, 1});
    check_all();
    uint32_t until = START + COMPUTE_JAIL_TICKS;
    assert_true(provider_of(ALICE).state == compute_state_Jailed && provider_of(ALICE).jail_until == until);
    DENY0(BadState, ALICE, chill);
    DENY0(BadState, ALICE, resume);
    at_tick(until - 1);
    DENY0(Jailed, ALICE, unjail);
    at_tick(until);
    compute_provider p = provider_of(ALICE), poor = p;
    poor.self_bond = BOND - 1;
    put_provider(ALICE, poor);
    DENY0(BelowMinBond, ALICE, unjail);
    put_provider(ALICE, p);
    u128 free = free_of(ALICE), left = COMPUTE_UNJAIL_FEE + EXISTENTIAL_DEPOSIT, issued = balances_total_issuance();
    account_id bob = account(BOB);
    assert_int_equal(balances_transfer(&alice, &bob, free - left + 1, BALANCES_PRESERVE), DISPATCH_OK);
    DENY0(LowFunds, ALICE, unjail);
    assert_int_equal(balances_transfer(&bob, &alice, 1, BALANCES_PRESERVE), DISPATCH_OK);
    u128 owed = books_of();
    DO0(ALICE, unjail);
    assert_true(free_of(ALICE) == EXISTENTIAL_DEPOSIT && balances_total_issuance() == issued - COMPUTE_UNJAIL_FEE &&
                books_of() == owed);
    SAW(StateChanged, .provider = alice, .from = compute_state_Jailed, .to = compute_state_Candidate,
        .reason = compute_state_reason_Owner);
    p = provider_of(ALICE);
    assert_true(p.strikes == 0 && p.joined == until && p.state == compute_state_Candidate);
    assert_int_equal(state_of(ALICE), compute_state_Candidate);
    at_tick(until + COMPUTE_ACTIVATION_TICKS);
    assert_int_equal(state_of(ALICE), compute_state_Active);
}

static void an_unchanged_state_is_no_event(void **state) {
    (void)state;
    account_id alice = account(ALICE);
    compute_provider p = {.state = compute_state_Jailed, .joined = 5};
    uint32_t before, after;
    system_EventCount_get(&before);
    compute_set_state(&alice, &p, compute_state_Jailed, compute_state_reason_BondBelowMinimum);
    system_EventCount_get(&after);
    assert_true(before == after && p.joined == 5);
    compute_set_state(&alice, &p, compute_state_Leaving, compute_state_reason_Owner);
    system_EventCount_get(&after);
    assert_true(after == before + 1 && p.joined == START && p.state == compute_state_Leaving);
}

/* --- what a record says --- */

static void families_have_three_members(void **state) {
    (void)state;
    account_id owner = account(1), who;
    compute_provider p = {.operator = account(2), .payout = account(3)};
    for (int n = 1; n <= 4; n++) {
        who = account(n);
        assert_int_equal(compute_in_family(&owner, &p, &who), n <= 3);
    }
}

/* The weight by plain arithmetic in 128 bits. */
static uint64_t plain_weight(u128 own, u128 tokens, uint32_t rep) {
    u128 counted = own + (tokens < 9 * own ? tokens : 9 * own), cap = 20 * BOND;
    return (uint64_t)((counted < cap ? counted : cap) / 1000000000 * rep / 1000000);
}

static void weight_is_capped_stake_by_reputation(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252ull;
    compute_pool pool = {.owner = account(ALICE)};
    uint32_t id = 1;
    compute_provider p = {.pool = id, .self_bond = BOND};
    assert_true(compute_weight(&p) == 1000000 && compute_stake(&p) == BOND); /* no pool: none delegated */
    for (int i = 0; i < 50000; i++) {
        u128 scale = (u128)1 << next_random(&seed) % 75;
        p.self_bond = next_random(&seed) * scale >> 20;
        pool.tokens = next_random(&seed) * scale >> 18;
        p.rep_good = next_random(&seed) >> (26 + next_random(&seed) % 30);
        p.rep_bad = next_random(&seed) >> (26 + next_random(&seed) % 30);
        if (i % 1000 == 0)
            compute_Pools_put(&id, &pool);
        uint32_t rep = compute_rep_ppm(&p);
        assert_true(rep == ((u128)p.rep_good + (1ull << 32)) * 1000000 / ((u128)p.rep_good + p.rep_bad + (2ull << 32)));
        assert_true(compute_weight_with(&p, pool.tokens) == plain_weight(p.self_bond, pool.tokens, rep));
        if (i % 1000 == 0)
            assert_true(compute_weight(&p) == compute_weight_with(&p, pool.tokens) &&
                        compute_stake(&p) == p.self_bond + pool.tokens);
    }
    compute_Pools_kill(&id);
    p = (compute_provider){.self_bond = 2 * BOND};
    assert_true(compute_weight_with(&p, 18 * BOND) == compute_weight_with(&p, 18 * BOND + UNIT));
    assert_true(compute_weight_with(&p, 18 * BOND) == 20000000 && compute_weight_with(&p, 18 * BOND - UNIT) == 19999500);
    p.self_bond = 999999999;
    assert_true(compute_weight_with(&p, 0) == 0);
}

static void kept_weight_is_seven_eighths(void **state) {
    (void)state;
    assert_true(compute_keeps_weight(0, 0) && compute_keeps_weight(7, 8) && !compute_keeps_weight(6, 8));
    assert_true(compute_keeps_weight(14, 15) && !compute_keeps_weight(13, 15)); /* the eighth is rounded down */
    assert_true(compute_keeps_weight(UINT64_MAX, 5) && compute_keeps_weight(7, 7) && !compute_keeps_weight(6, 7));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, serve_start)
    const struct CMUnitTest tests[] = {
        TEST(genesis_gives_the_pot_its_own_deposit), TEST(registration_writes_everything),
        TEST(registration_refuses),                  TEST(operators_must_consent),
        TEST(an_account_serves_one_provider),        TEST(updates_keep_what_is_not_named),
        TEST(operators_rotate),                      TEST(keys_for_sealed_inputs_rotate),
        TEST(heartbeats_are_free_now_and_then),      TEST(candidates_become_active_by_time),
        TEST(chill_and_resume),                      TEST(jail_has_an_end),
        TEST(an_unchanged_state_is_no_event),        TEST(families_have_three_members),
        TEST(weight_is_capped_stake_by_reputation),  TEST(kept_weight_is_seven_eighths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
