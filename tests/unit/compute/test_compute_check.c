/* test_compute_check.c - compute_try_state finds what it is there to find: a state with something of everything, and each
 * way to break it. */
#include "compute/serve_fixture.h"

#include "market/price_tick.h"

enum { OTHER = 6, LATE, COHORT_EPOCH = 2, LEAVE_EPOCH = 3 };
static account_id alice, bob, dave, other, late, eve;
static uint32_t pool = 1, bobs = 2, next_pool = 3, none = 77, asset = 0, cohort = COHORT_EPOCH, leaving = LEAVE_EPOCH;
static uint8_t class;

/* Alice's pool has delegations, a cohort, joining money, income, money that leaves; Bob takes a part of his bond; both
 * ask; Alice has a slash open and money due. */
static int with_everything(void **state) {
    if (serve_start(state))
        return -1;
    alice = account(ALICE), bob = account(BOB), dave = account(DAVE), other = account(OTHER), late = account(LATE);
    eve = account(EVE);
    class = price_tick(PRICE);
    server(ALICE);
    DO(BOB, register_provider, .operator = bob, .payout = bob, .slots = 1, .bond = 2 * BOND);
    DO(DAVE, delegate, .pool = pool, .amount = BOND);
    at_epoch(COHORT_EPOCH);
    DO(OTHER, delegate, .pool = pool, .amount = BOND / 2);
    at_epoch(LEAVE_EPOCH - 1);
    DO(DAVE, undelegate, .pool = pool, .shares = BOND / 8);
    at_epoch(LEAVE_EPOCH);
    DO(DAVE, undelegate, .pool = pool, .shares = BOND / 4);
    DO(LATE, delegate, .pool = pool, .amount = BOND / 3);
    DO(BOB, request_unbond, .amount = BOND / 2);
    assert_int_equal(balances_pot_mint(&compute_pot, 1000003), DISPATCH_OK);
    compute_pay_points(&alice, 1000003);
    DO(ALICE, advertise, .model = model_id, .ad = {PRICE, 1, 1, UINT32_MAX});
    DO(BOB, advertise, .model = model_id, .ad = {PRICE + 1, 1, 1, UINT32_MAX});
    h256 evidence = hash_of(1);
    compute_report(&alice, compute_offence_NoReveal, 5000, LEAVE_EPOCH - 1, (compute_object){COMPUTE_JOB, 1}, &evidence);
    check_all();
    return 0;
}

static void expect(const char *message, int line) {
    const char *wrong = compute_try_state();
    if (!wrong || strcmp(wrong, message) != 0)
        fail_msg("line %d: '%s' instead of '%s'", line, wrong ? wrong : "all is well", message);
}

/* What these statements break is found; then it is whole again. */
#define BREAKS(message, ...)                                                                                           \
    do {                                                                                                               \
        overlay_begin();                                                                                               \
        __VA_ARGS__;                                                                                                   \
        expect(message, __LINE__);                                                                                     \
        overlay_rollback();                                                                                            \
    } while (0)
#define CHANGE(Item, type, key, field, value)                                                                          \
    do {                                                                                                               \
        type it;                                                                                                       \
        assert_true(compute_##Item##_get(key, &it));                                                                   \
        it.field = value;                                                                                              \
        compute_##Item##_put(key, &it);                                                                                \
    } while (0)
#define CHANGE2(Item, type, a, b, field, value)                                                                        \
    do {                                                                                                               \
        type it;                                                                                                       \
        assert_true(compute_##Item##_get(a, b, &it));                                                                  \
        it.field = value;                                                                                              \
        compute_##Item##_put(a, b, &it);                                                                               \
    } while (0)
#define POOL(field, value) CHANGE(Pools, compute_pool, &pool, field, value)
#define TOTAL(field)                                                                                                   \
    do {                                                                                                               \
        compute_totals it;                                                                                             \
        compute_Totals_get(&it);                                                                                       \
        it.field++;                                                                                                    \
        compute_Totals_put(&it);                                                                                       \
    } while (0)
/* A value that does not decode. */
#define SPOIL(Item, keys, count)                                                                                       \
    do {                                                                                                               \
        uint8_t buffer_[STORAGE_KEY_SIZE];                                                                             \
        overlay_put(storage_key(&compute_##Item##_storage, keys, count, buffer_), TEXT("?"));                          \
    } while (0)

static void providers_are_whole(void **state) {
    (void)state;
    const char *wrong;
    BREAKS("a provider that does not decode", SPOIL(Providers, &alice, 1));
    wrong = "an operator does not work for its owner";
    BREAKS(wrong, compute_OperatorOf_kill(&alice));
    BREAKS(wrong, compute_OperatorOf_put(&alice, &bob));
    BREAKS("an owner works for another", compute_OperatorOf_put(&eve, &alice); SET(ALICE, operator, eve));
    wrong = "a provider without its pool";
    BREAKS(wrong, SET(ALICE, pool, none));
    BREAKS(wrong, POOL(owner, bob));
    wrong = "a state that is never stored";
    BREAKS(wrong, SET(ALICE, state, compute_state_Active));
    BREAKS(wrong, SET(ALICE, state, compute_state_Idle));
    wrong = "a bond below the minimum";
    BREAKS(wrong, SET(ALICE, self_bond, BOND - 1));
    BREAKS(wrong, SET(ALICE, self_bond, BOND - 1); SET(ALICE, state, compute_state_Draining));
    wrong = "one who leaves has a bond or seats";
    BREAKS(wrong, SET(ALICE, state, compute_state_Leaving));
    BREAKS(wrong, SET(ALICE, state, compute_state_Leaving); SET(ALICE, self_bond, 0); SET(ALICE, busy, 1));
    wrong = "slots or region out of bounds";
    BREAKS(wrong, SET(ALICE, slots, 0));
    BREAKS(wrong, SET(ALICE, busy, 3));
    BREAKS(wrong, SET(ALICE, region, 64));
    wrong = "a commission above the maximum";
    BREAKS(wrong, SET(ALICE, commission_ppb, COMPUTE_MAX_COMMISSION + 1));
    BREAKS(wrong, SET(ALICE, pending_commission,
                      (option_compute_pending_commission){true, {COMPUTE_MAX_COMMISSION + 1, 9}}));
    wrong = "something of a provider is in the future";
    BREAKS(wrong, SET(ALICE, joined, clock_now() + 1));
    BREAKS(wrong, SET(ALICE, last_seen, clock_now() + 1));
    BREAKS(wrong, SET(ALICE, points_epoch, clock_epoch() + 1));
    BREAKS(wrong, SET(ALICE, struck, clock_now() + 1));
    wrong = "reputation out of bounds";
    BREAKS(wrong, SET(ALICE, rep_good, 1ull << 38));
    BREAKS(wrong, SET(ALICE, rep_bad, 1ull << 38));
    BREAKS("too many ads", SET(ALICE, ads, COMPUTE_MAX_ADS + 1));
    BREAKS("operators of nobody", compute_OperatorOf_put(&eve, &alice));
    /* Jailed below the minimum is no fault. */
    BREAKS("bonds do not add up", SET(ALICE, self_bond, BOND - 1); SET(ALICE, state, compute_state_Jailed));
}

static void slashes_are_whole(void **state) {
    (void)state;
    uint32_t id = 1, two = 2, three = 3;
    compute_slash slash;
    const char *wrong = "an open slash is not the provider's";
    assert_true(compute_Slashes_get(&id, &slash));
    BREAKS(wrong, compute_NextSlash_put(&id));
    BREAKS(wrong, compute_Slashes_kill(&id));
    BREAKS(wrong, CHANGE(Slashes, compute_slash, &id, provider, bob));
    BREAKS(wrong, CHANGE(Slashes, compute_slash, &id, fault_epoch, 0));
    BREAKS(wrong, CHANGE(Slashes, compute_slash, &id, apply_epoch, 99));
    wrong = "an impossible slash";
    BREAKS(wrong, CHANGE(Slashes, compute_slash, &id, ppb, 0));
    BREAKS(wrong, CHANGE(Slashes, compute_slash, &id, apply_epoch, slash.fault_epoch);
           compute_open_slash line = {1, slash.fault_epoch, slash.fault_epoch};
           compute_OpenSlashes_put(&alice, &(compute_open_slashes){&line, 1}));
    BREAKS("two slashes for one epoch", compute_Slashes_put(&two, &slash); compute_NextSlash_put(&three);
           compute_open_slash lines[2] = {{1, slash.fault_epoch, slash.apply_epoch},
                                          {2, slash.fault_epoch, slash.apply_epoch}};
           compute_OpenSlashes_put(&alice, &(compute_open_slashes){lines, 2}));
    BREAKS("slashes of nobody", compute_Slashes_put(&two, &slash));
}

static void delegations_are_whole(void **state) {
    (void)state;
    const void *const daves[] = {&dave, &pool}, *const cohorts[] = {&pool, &cohort};
    compute_delegation delegation = {.shares = 1};
    compute_pool record;
    assert_true(compute_Pools_get(&pool, &record));
    BREAKS("a delegation to no pool", SPOIL(Delegations, daves, 2));
    BREAKS("a delegation to no pool", compute_Delegations_put(&dave, &none, &delegation));
    BREAKS("an empty delegation", delegation.shares = 0; compute_Delegations_put(&late, &bobs, &delegation));
    BREAKS("a delegation is ahead of its pool",
           CHANGE2(Delegations, compute_delegation, &dave, &pool, acc, record.acc + 1));
    BREAKS("a delegation is ahead of its pool", POOL(acc, U128_MAX);
           CHANGE2(Delegations, compute_delegation, &dave, &pool, shares, U128_MAX >> 1));
    BREAKS("a cohort of no pool", SPOIL(JoinRates, cohorts, 2));
    BREAKS("a cohort of no pool",
           compute_JoinRates_put(&none, &cohort, &(compute_join_rate){.left = 1, .shares = 1}));
    BREAKS("a cohort of no pool", CHANGE2(JoinRates, compute_join_rate, &pool, &cohort, left, 0));
    BREAKS("a cohort's money is not its members'", CHANGE2(JoinRates, compute_join_rate, &pool, &cohort, left, 1));
    BREAKS("a cohort is ahead of its pool",
           CHANGE2(JoinRates, compute_join_rate, &pool, &cohort, acc, record.acc + 1));
    BREAKS("a cohort is ahead of its pool", POOL(acc, (u128)1 << 100);
           CHANGE2(JoinRates, compute_join_rate, &pool, &cohort, shares, U128_MAX));
    BREAKS("money joins in a cohort that is not there", compute_JoinRates_kill(&pool, &cohort));
    BREAKS("money joins in a cohort that is not there",
           CHANGE2(Delegations, compute_delegation, &late, &pool, joining.epoch, 1));
    BREAKS("joining money is not its owners'", POOL(joining.tokens, 1));
    /* A cohort that the pool could not take is owed as it came, and counts as open. */
    BREAKS("shares of delegations are not the pool's",
           CHANGE2(JoinRates, compute_join_rate, &pool, &cohort, shares, 0));
}

static void pools_are_whole(void **state) {
    (void)state;
    compute_pool record, empty = {.owner = eve};
    const void *const subs[] = {&pool, &leaving};
    uint32_t four = 4;
    assert_true(compute_Pools_get(&pool, &record));
    BREAKS("a pool that cannot be", compute_NextPool_put(&pool));
    BREAKS("shares of delegations are not the pool's", POOL(shares, record.shares + 1));
    BREAKS("a pool counts what is open wrong", POOL(open, record.open + 1));
    BREAKS("tokens without shares", CHANGE(Pools, compute_pool, &bobs, tokens, 5));
    BREAKS("a pool cannot pay its delegators", POOL(income, record.carry));
    BREAKS("a pool cannot pay its delegators", POOL(carry, record.income + 1));
    BREAKS("a pool that nobody needs", compute_Pools_put(&next_pool, &empty); compute_NextPool_put(&four));
    BREAKS("a sub-pool of no pool", SPOIL(UnbondPools, subs, 2));
    BREAKS("a sub-pool of no pool", compute_UnbondPools_put(&none, &leaving, &(compute_unbond_pool){.shares = 1}));
    BREAKS("leaving money without shares", CHANGE2(UnbondPools, compute_unbond_pool, &pool, &leaving, shares, 0));
    BREAKS("claims are not the sub-pool's shares",
           CHANGE2(UnbondPools, compute_unbond_pool, &pool, &leaving, shares, 1));
    BREAKS("an owner's leaving money without a claim",
           CHANGE2(UnbondPools, compute_unbond_pool, &pool, &leaving, self_tokens, 1));
    BREAKS("a sub-pool matures at another time",
           CHANGE2(UnbondPools, compute_unbond_pool, &pool, &leaving, mature_epoch, 9));
}

static void claims_are_whole(void **state) {
    (void)state;
    compute_unbonding lines[2] = {{LEAVE_EPOCH, 1, 0}, {LEAVE_EPOCH - 1, 1, 0}};
    BREAKS("an empty list of claims", compute_Unbonding_put(&late, &pool, &(compute_unbondings){NULL, 0}));
    BREAKS("claims out of order", compute_Unbonding_put(&dave, &pool, &(compute_unbondings){lines, 2}));
    lines[0].shares = 0;
    BREAKS("a claim without shares", compute_Unbonding_put(&dave, &pool, &(compute_unbondings){lines, 1}));
    lines[0].shares = 1;
    BREAKS("a claim without shares", compute_Unbonding_put(&bob, &bobs, &(compute_unbondings){lines, 1}));
    /* An owner's claim may outlive its pool. */
    lines[0].shares = 0;
    overlay_begin();
    compute_Unbonding_put(&eve, &none, &(compute_unbondings){lines, 1});
    assert_null(compute_try_state());
    overlay_rollback();
}

static void the_book_is_whole(void **state) {
    (void)state;
    compute_ad_record record = ad_record(ALICE, model_id);
    compute_asks asks;
    const void *const keys[] = {&model_id, &alice};
    uint64_t elsewhere = 99;
    uint32_t one = 1;
    bytes32 bits;
    compute_AskTick_get(&model_id, &asset, &class, &asks);
    assert_int_equal(asks.len, 2);
    compute_ask lines[3] = {asks.items[0], asks.items[1], asks.items[0]};
    compute_asks whole = {lines, 2};
    compute_AskBits_get(&model_id, &asset, &bits);

    BREAKS("an ad of nobody", SPOIL(Ads, keys, 2));
    BREAKS("an ad of nobody", compute_Ads_put(&model_id, &eve, &record));
    BREAKS("an impossible ad", CHANGE2(Ads, compute_ad_record, &model_id, &alice, ad.price, 0));
    BREAKS("an impossible ad", CHANGE2(Ads, compute_ad_record, &model_id, &alice, ad.min_units, 0));
    BREAKS("an impossible ad", CHANGE2(Ads, compute_ad_record, &model_id, &alice, ad.profile_mask, 0));
    BREAKS("an ad without its ask", compute_AskTick_kill(&model_id, &asset, &class));
    BREAKS("an ad without its ask", CHANGE2(Ads, compute_ad_record, &model_id, &alice, ad.price, PRICE + 1));
    BREAKS("providers count their ads wrong", SET(ALICE, ads, 0));

    BREAKS("asks in another asset", compute_AskTick_put(&model_id, &one, &class, &whole));
    BREAKS("a class without asks",
           compute_AskTick_put(&elsewhere, &asset, &class, &(compute_asks){NULL, 0}));
    BREAKS("asks without a bit", compute_AskBits_kill(&model_id, &asset));
    lines[0].weight = 0;
    BREAKS("an ask that cannot be", compute_AskTick_put(&model_id, &asset, &class, &whole));
    lines[0] = lines[2];
    lines[2].price = 3 * PRICE;
    whole.len = 3;
    BREAKS("an ask that cannot be", compute_AskTick_put(&model_id, &asset, &class, &whole));
    lines[2] = lines[0];
    lines[2].provider = eve;
    BREAKS("an ask that cannot be", compute_AskTick_put(&model_id, &asset, &class, &whole));
    lines[2] = lines[0];
    BREAKS("asks are not as many as ads", compute_AskTick_put(&model_id, &asset, &class, &whole));
    BREAKS("bits without asks", compute_AskBits_put(&elsewhere, &asset, &(bytes32){{0}}));
    bits.at[0] ^= 1;
    BREAKS("a bit without asks", compute_AskBits_put(&model_id, &asset, &bits));
}

static void money_is_whole(void **state) {
    (void)state;
    account_info account_of;
    u128 zero = 0, one = 1, owed = books_of();
    system_account_get(&compute_pot.account, &account_of);
    BREAKS("an empty due", compute_Due_put(&eve, &zero));
    BREAKS("the number of providers is wrong", TOTAL(providers));
    BREAKS("bonds do not add up", TOTAL(bonded));
    BREAKS("delegations do not add up", TOTAL(delegated));
    BREAKS("leaving money does not add up", TOTAL(unbonding));
    BREAKS("what is owed does not add up", compute_Due_put(&eve, &one));
    BREAKS("what is owed does not add up", owed--; compute_Books_put(&owed));
    BREAKS("the account does not cover the books", account_info less = account_of; less.data.free--;
           system_account_put(&compute_pot.account, &less));
    BREAKS("the account could be reaped", account_info less = account_of; less.providers--;
           system_account_put(&compute_pot.account, &less));
    assert_null(compute_try_state());
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, with_everything)
    const struct CMUnitTest tests[] = {TEST(providers_are_whole), TEST(slashes_are_whole), TEST(delegations_are_whole),
                                       TEST(pools_are_whole),     TEST(claims_are_whole),  TEST(the_book_is_whole),
                                       TEST(money_is_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
