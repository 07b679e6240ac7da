/* test_compute_provider.c - registration, the operator's consent, the record's changes, heartbeats. */
#include "compute/consent.h"

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
    uint32_t bytes = 32 + 32 + 1 + 16 + 16 + 4 + 4 + 4 + 1 + 1 + 2 + 2 + 1 + 1 + 4 + 4 + 4 + 4 + 8 + 8 + 4 + 4 + 4 + 4 + 32 + 32 +
                     32 + 48;
    assert_int_equal(scale_encode_in(&arena_scratch, &compute_provider_type, &p).len, bytes);
    u128 deposit = UNIT / 10 + MILLI_UNIT * bytes;
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

    u128 deposit = COMPUTE_DEPOSIT(COMPUTE_PROVIDER_BYTES);
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

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, serve_start)
    const struct CMUnitTest tests[] = {
        TEST(genesis_gives_the_pot_its_own_deposit),
        TEST(registration_writes_everything),
        TEST(registration_refuses),
        TEST(operators_must_consent),
        TEST(an_account_serves_one_provider),
        TEST(updates_keep_what_is_not_named),
        TEST(operators_rotate),
        TEST(keys_for_sealed_inputs_rotate),
        TEST(heartbeats_are_free_now_and_then)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
