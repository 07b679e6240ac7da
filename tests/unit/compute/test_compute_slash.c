/* test_compute_slash.c - faults, their records, what a slash takes and from whom. */
#include "compute/stake_fixture.h"

#define MIN COMPUTE_MIN_SELF_BOND
#define D(n) ((n) * UNIT)
enum { ALL = 1000000000 }; /* ppb of everything */

static uint32_t epoch_now(void) { return clock_epoch(); }
static void next_epochs(uint32_t n) { at_epoch(epoch_now() + n); }
static account_id ALICES(void) { return account(ALICE); }

static compute_open_slashes open_of(int owner) {
    compute_open_slashes open;
    account_id who = account(owner);
    compute_OpenSlashes_get(&who, &open);
    return open;
}

/* Reports a fault of now, waits, applies: what it burned. */
static u128 slash_now(int owner, uint32_t ppb) {
    uint32_t id = report(owner, ppb, epoch_now());
    next_epochs(3);
    u128 before = balances_total_issuance();
    OK(EVE, apply_slash, .id = id);
    return before - balances_total_issuance();
}

/* --- reports --- */

static void report_makes_a_record(void **state) {
    (void)state;
    provider(ALICE, MIN);
    uint32_t epoch = epoch_now(), id = report(ALICE, 5, epoch);
    compute_slash slash = slash_of(id);
    assert_int_equal(id, 1);
    assert_true(slash.ppb == 5 && slash.fault_epoch == epoch && slash.apply_epoch == epoch + 3);
    assert_true(slash.object.kind == COMPUTE_JOB && slash.object.id == 5 && slash.evidence.at[0] == 7);
    assert_int_equal(slash.offence, compute_offence_NoReveal);
    EVENT_WAS(SlashReported, .id = 1, .provider = ALICES(), .offence = compute_offence_NoReveal, .ppb = 5,
              .object = {COMPUTE_JOB, 5}, .evidence = slash.evidence, .fault_epoch = epoch, .apply_epoch = epoch + 3);
    assert_int_equal(open_of(ALICE).len, 1);
}

static void one_record_for_an_epoch(void **state) {
    (void)state;
    provider(ALICE, MIN);
    uint32_t epoch = epoch_now(), id = report(ALICE, 5, epoch);
    h256 other = {{9}};
    account_id who = ALICES();
    next_epochs(2);
    compute_report(&who, compute_offence_NoCommit, 5, epoch, (compute_object){COMPUTE_JOB, 6}, &other); /* not more */
    assert_int_equal(slash_of(id).object.id, 5);
    compute_report(&who, compute_offence_NoCommit, 6, epoch, (compute_object){COMPUTE_JOB, 6}, &other);
    assert_int_equal(slash_of(id).ppb, 6);
    assert_int_equal(slash_of(id).object.id, 6);
    assert_int_equal(slash_of(id).offence, compute_offence_NoCommit);
    assert_int_equal(slash_of(id).apply_epoch, epoch + 3); /* no later for it */
    assert_int_equal(open_of(ALICE).len, 1);
    EVENT_WAS(SlashReported, .id = id, .provider = who, .offence = compute_offence_NoCommit, .ppb = 6,
              .object = {COMPUTE_JOB, 6}, .evidence = other, .fault_epoch = epoch, .apply_epoch = epoch + 3);
    assert_int_equal(report(ALICE, 5, epoch + 1), id + 1);
    assert_int_equal(open_of(ALICE).len, 2);
    assert_null(stake_wrong());
}

static void report_that_meets_a_due_record_applies_it(void **state) {
    (void)state;
    provider(ALICE, MIN);
    uint32_t epoch = epoch_now(), id = report(ALICE, 1000, epoch);
    next_epochs(3);
    assert_int_equal(report(ALICE, 2000, epoch), id + 1);
    assert_true(provider_of(ALICE).self_bond == MIN - MIN / 1000000);
    assert_false(compute_Slashes_exists(&id));
    assert_int_equal(slash_of(id + 1).apply_epoch, epoch + 6);
    assert_int_equal(open_of(ALICE).len, 1);
}

static void late_reports_are_stale(void **state) {
    (void)state;
    provider(ALICE, MIN);
    uint32_t epoch = epoch_now();
    at_epoch(epoch + 20);
    assert_int_equal(report(ALICE, 5, epoch), 1);
    at_epoch(epoch + 21);
    assert_int_equal(report(ALICE, 5, epoch - 1), 0);
    EVENT_WAS(SlashStale, .provider = ALICES(), .object = {COMPUTE_JOB, 5}, .fault_epoch = epoch - 1);
    assert_int_equal(report(DAVE, 5, epoch + 21), 0); /* no provider */
    EVENT_WAS(SlashStale, .provider = account(DAVE), .object = {COMPUTE_JOB, 5}, .fault_epoch = epoch + 21);
    assert_int_equal(open_of(ALICE).len, 1);
    at_epoch(epoch + 23);
    OK(EVE, apply_slash, .id = 1);
}

static void full_list_still_books_an_equivocation(void **state) { /* rulings-1, T7 */
    (void)state;
    provider(ALICE, 100 * MIN);
    uint32_t first = epoch_now();
    at_epoch(++first);
    report(ALICE, 1000, first);
    report(ALICE, 1000, first - 1); /* the oldest is not the first in the list */
    for (uint32_t i = 1; i < 32; i++) {
        at_epoch(first + i);
        report(ALICE, 1000, first + i);
        if (i % 5 == 0)
            report(ALICE, 999, first + i);
    }
    assert_int_equal(open_of(ALICE).len, 32); /* the oldest made room */
    assert_int_equal(open_of(ALICE).items[0].fault_epoch, first);
    u128 before = provider_of(ALICE).self_bond;
    assert_true(before < 100 * MIN);
    next_epochs(1);
    uint32_t id = report(ALICE, 200000000, epoch_now() - 20); /* an epoch that has a record, long due */
    assert_int_equal(slash_of(id).ppb, 200000000);
    assert_int_equal(open_of(ALICE).len, 32);
    assert_true(provider_of(ALICE).self_bond < before);
    next_epochs(3);
    before = provider_of(ALICE).self_bond;
    OK(EVE, apply_slash, .id = id);
    assert_true(provider_of(ALICE).self_bond == before - before / 5);
}

static void report_never_fails(void **state) {
    (void)state;
    provider(ALICE, MIN);
    uint32_t epoch = epoch_now(), id = report(ALICE, 1000, epoch);
    u128 held = books(), nothing = 0;
    next_epochs(3);
    compute_Books_put(&nothing); /* then the due slash cannot be burned */
    stake_unchecked = true;
    assert_int_equal(report(ALICE, 2000, epoch), id);
    assert_int_equal(slash_of(id).ppb, 2000);
    REFUSES(DISPATCH_ERROR(Corruption), EVE, apply_slash, .id = id);
    compute_Books_put(&held);
    assert_null(stake_wrong());
    assert_true(provider_of(ALICE).self_bond == MIN);
}

/* --- apply, cancel --- */

static void apply_refuses(void **state) {
    (void)state;
    provider(ALICE, MIN);
    uint32_t epoch = epoch_now(), id = report(ALICE, 5, epoch);
    FAILS(NoSlash, EVE, apply_slash, .id = id + 1);
    REFUSES(BAD_ORIGIN, UNSIGNED, apply_slash, .id = id);
    at_tick((epoch + 3) * CLOCK_EPOCH_TICKS - 1);
    FAILS(TooEarly, EVE, apply_slash, .id = id);
    at_epoch(epoch + 3);
    OK(EVE, apply_slash, .id = id);
    FAILS(NoSlash, EVE, apply_slash, .id = id);
}

static void root_may_cancel(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 2 * MIN), epoch = epoch_now(), id = report(ALICE, 5, epoch);
    report(ALICE, 6, epoch - 1);
    next_epochs(3);
    FAILS(SlashPending, ALICE, request_unbond, .amount = 1);
    REFUSES(BAD_ORIGIN, EVE, cancel_slash, .id = id);
    FAILS(NoSlash, ROOT, cancel_slash, .id = id + 2);
    OK(ROOT, cancel_slash, .id = id);
    EVENT_WAS(SlashCancelled, .id = id);
    assert_int_equal(open_of(ALICE).len, 1);
    OK(ROOT, cancel_slash, .id = id + 1);
    account_id who = ALICES();
    assert_false(compute_OpenSlashes_exists(&who));
    OK(ALICE, request_unbond, .amount = 1);
    assert_true(provider_of(ALICE).self_bond == 2 * MIN - 1 && has_sub_pool(pool, epoch_now()));
    FAILS(NoSlash, ROOT, cancel_slash, .id = id);
}

static void everything_taken_is_burned(void **state) {
    (void)state;
    provider(ALICE, BOND);
    u128 issued = balances_total_issuance(), owed = books();
    assert_true(slash_now(ALICE, 5000000) == BOND / 200);
    assert_true(balances_total_issuance() == issued - BOND / 200 && books() == owed - BOND / 200);
    assert_true(totals().slashed == BOND / 200 && totals().bonded == BOND - BOND / 200);
    EVENT_WAS(SlashApplied, .id = 1, .provider = ALICES(), .own = BOND / 200, .pool = 0, .unbonding = 0);
    assert_true(due_of(EVE) == 0 && due_of(ALICE) == 0);
}

static u128 part(u128 amount, u128 of, u128 base) {
    u128 out;
    assert_true(mul_div_floor(&out, amount, of, base));
    return out;
}

static void own_money_goes_first_then_all_alike(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 12000 * UNIT), early = epoch_now();
    OK(BOB, delegate, .pool = pool, .amount = D(30003));
    next_epochs(1);
    OK(BOB, undelegate, .pool = pool, .shares = D(3)); /* before the fault */
    OK(ALICE, request_unbond, .amount = D(500));
    next_epochs(1);
    uint32_t fault = epoch_now();
    OK(BOB, undelegate, .pool = pool, .shares = D(4000));
    OK(ALICE, request_unbond, .amount = D(1500));
    OK(CAROL, delegate, .pool = pool, .amount = D(1000)); /* joins in the next epoch, untouched until then */
    report(ALICE, 500000000, fault);
    next_epochs(1);
    OK(BOB, undelegate, .pool = pool, .shares = D(1)); /* after it; and Carol's money joins */
    next_epochs(2);
    /* self 10,000, pool 26,999, leaving 4,000 + 1,500 own, 1 */
    u128 base = D(42500), amount = base / 2, first = D(5750), rest = amount - first, remain = base - first;
    u128 buckets[] = {D(10000) - first, D(26999), D(4000), D(1500), D(1)}, cut[5], left = rest;
    for (int i = 0; i < 5; i++)
        left -= cut[i] = part(rest, buckets[i], remain);
    assert_true(left < 5);
    cut[0] += left;
    u128 issued = balances_total_issuance();
    OK(EVE, apply_slash, .id = 1);
    assert_true(issued - balances_total_issuance() == amount);
    assert_true(provider_of(ALICE).self_bond == buckets[0] - cut[0]);
    assert_true(pool_of(pool).tokens == buckets[1] - cut[1] && pool_of(pool).shares == D(26999));
    assert_true(sub_pool(pool, fault).tokens == buckets[2] - cut[2]);
    assert_true(sub_pool(pool, fault).self_tokens == buckets[3] - cut[3]);
    assert_true(sub_pool(pool, fault + 1).tokens == buckets[4] - cut[4]);
    assert_true(sub_pool(pool, early + 1).tokens == D(3) && sub_pool(pool, early + 1).self_tokens == D(500));
    EVENT_WAS(SlashApplied, .id = 1, .provider = ALICES(), .own = first + cut[0] + cut[3], .pool = cut[1],
              .unbonding = cut[2] + cut[4]);
    assert_int_equal(provider_of(ALICE).state, compute_state_Candidate); /* still above the least bond */
}

static void small_slash_is_the_owners_alone(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = 9 * BOND);
    next_epochs(1);
    OK(CAROL, withdraw, .pool = pool, .max = 1);
    OK(BOB, undelegate, .pool = pool, .shares = BOND);
    assert_true(slash_now(ALICE, 5000000) == BOND / 20);
    assert_true(provider_of(ALICE).self_bond == BOND - BOND / 20);
    assert_true(pool_of(pool).tokens == 8 * BOND && sub_pool(pool, epoch_now() - 3).tokens == BOND);
}

static void newest_own_unbonding_goes_first(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 10 * MIN), first = epoch_now();
    for (int i = 0; i < 4; i++, next_epochs(1))
        OK(ALICE, request_unbond, .amount = D(4500));
    report(ALICE, 450000000, first); /* own money 20,000: 9,000; bond 2,000, then 4,500 + 2,500 */
    next_epochs(3);
    OK(EVE, apply_slash, .id = 1);
    assert_true(provider_of(ALICE).self_bond == 0);
    assert_true(sub_pool(pool, first + 3).self_tokens == 0 && sub_pool(pool, first + 2).self_tokens == D(2000));
    assert_true(sub_pool(pool, first + 1).self_tokens == D(4500) && sub_pool(pool, first).self_tokens == D(4500));
    at_epoch(first + 24);
    u128 before = free_of(ALICE);
    OK(ALICE, withdraw, .pool = pool, .max = 16); /* an emptied claim pays nothing and is no error */
    assert_true(free_of(ALICE) == before + D(11000));
    assert_int_equal(entries(ALICE, pool).len, 0);
    assert_int_equal(pool_of(pool).open, 0);
}

static void jail_below_the_least_bond(void **state) {
    (void)state;
    provider(ALICE, MIN);
    provider(DAVE, 2 * MIN);
    slash_now(DAVE, 1); /* above it: no jail */
    assert_int_equal(provider_of(DAVE).state, compute_state_Candidate);
    at_tick(clock_now() + 77);
    slash_now(ALICE, 1);
    assert_true(provider_of(ALICE).self_bond == MIN - MIN / ALL);
    assert_int_equal(provider_of(ALICE).state, compute_state_Jailed);
    assert_int_equal(provider_of(ALICE).jail_until, clock_now() + 14400);
    EVENT_WAS(StateChanged, .provider = ALICES(), .from = compute_state_Candidate, .to = compute_state_Jailed,
              .reason = compute_state_reason_BondBelowMinimum);
    slash_now(ALICE, 1); /* and again */
    assert_int_equal(provider_of(ALICE).jail_until, clock_now() + 14400);
}

static void slash_of_a_provider_that_is_gone(void **state) {
    (void)state;
    uint32_t id = 9, epoch = epoch_now();
    account_id who = account(DAVE);
    compute_Slashes_put(&id, &(compute_slash){.provider = who, .offence = compute_offence_NoReveal, .ppb = ALL,
                                              .fault_epoch = epoch - 1, .apply_epoch = epoch});
    compute_open_slash item = {id, epoch - 1, epoch};
    compute_OpenSlashes_put(&who, &(compute_open_slashes){&item, 1});
    stake_unchecked = true; /* a state that cannot come about */
    OK(EVE, apply_slash, .id = id);
    EVENT_WAS(SlashApplied, .id = id, .provider = who, .own = 0, .pool = 0, .unbonding = 0);
    assert_false(compute_Slashes_exists(&id) || compute_OpenSlashes_exists(&who));
    assert_null(stake_wrong());
}

/* --- nobody gets away --- */

/* What Alice and Bob have after a fault and its slash, when both leave in the epoch of the fault, or stay. */
static void play_exit(bool leaves, u128 *own, u128 *delegated) {
    stake_start(NULL);
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = 3 * BOND);
    next_epochs(1);
    uint32_t fault = epoch_now();
    earn(ALICE, D(1));
    if (leaves) {
        OK(BOB, undelegate, .pool = pool, .shares = 3 * BOND);
        OK0(ALICE, chill);
        OK(ALICE, request_unbond, .amount = BOND);
    }
    at_epoch(fault + 20); /* the last epoch that is not too late */
    uint32_t id = report(ALICE, 300000000, fault);
    at_epoch(fault + 21);
    if (leaves) {
        FAILS(SlashPending, BOB, withdraw, .pool = pool, .max = 16); /* matured, yet liable */
        FAILS(SlashPending, ALICE, withdraw, .pool = pool, .max = 16);
    }
    FAILS(NotLeft, EVE, sweep_provider, .owner = account(ALICE));
    at_epoch(fault + 23);
    if (leaves)
        FAILS(SlashPending, BOB, withdraw, .pool = pool, .max = 16); /* due: apply it first */
    OK(EVE, apply_slash, .id = id);
    *own = provider_of(ALICE).self_bond + sub_pool(pool, fault).self_tokens;
    *delegated = pool_of(pool).tokens + sub_pool(pool, fault).tokens;
    if (leaves) {
        u128 alice = free_of(ALICE), bob = free_of(BOB);
        OK(ALICE, withdraw, .pool = pool, .max = 16);
        OK(BOB, withdraw, .pool = pool, .max = 16);
        assert_true(free_of(ALICE) - alice == *own && free_of(BOB) - bob == *delegated);
    }
}

static void leaving_saves_nothing(void **state) { /* rulings-1, T4 */
    (void)state;
    u128 own, delegated, own_left, delegated_left;
    play_exit(false, &own, &delegated);
    play_exit(true, &own_left, &delegated_left);
    assert_true(own == own_left && delegated == delegated_left);
    /* 12,000 of 40,000: the first loss is 5,000, the other 7,000 by 5,000 : 30,000 */
    assert_true(own == D(4000) && delegated == D(24000));
}

static void due_slash_stops_the_ways_out(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND), other = provider(DAVE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = D(10));
    next_epochs(1);
    uint32_t old = epoch_now();
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
    next_epochs(20);
    uint32_t id = report(ALICE, 1, epoch_now());
    next_epochs(2); /* waits: the ways out are open, into sub-pools that are liable */
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
    OK(BOB, withdraw, .pool = pool, .max = 16); /* of an epoch before the fault */
    assert_false(has_sub_pool(pool, old));
    next_epochs(1);
    FAILS(SlashPending, BOB, undelegate, .pool = pool, .shares = D(1));
    FAILS(SlashPending, BOB, redelegate, .from = pool, .to = other, .shares = D(1));
    FAILS(SlashPending, BOB, withdraw, .pool = pool, .max = 16);
    OK(EVE, apply_slash, .id = id);
    OK(BOB, redelegate, .from = pool, .to = other, .shares = D(1));
}

static void joining_money_is_not_slashed(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = BOND);
    next_epochs(1);
    OK(CAROL, delegate, .pool = pool, .amount = BOND);
    slash_now(ALICE, 900000000);
    assert_true(pool_of(pool).joining.tokens == BOND);
    OK(CAROL, undelegate, .pool = pool, .shares = 1000); /* settles: Carol has shares for all of it */
    u128 worth = part(delegation_of(CAROL, pool).shares, pool_of(pool).tokens, pool_of(pool).shares);
    assert_true(worth <= BOND && worth + 1000 >= BOND);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, stake_start)
    const struct CMUnitTest tests[] = {
        CASE(report_makes_a_record),
        CASE(one_record_for_an_epoch),
        CASE(report_that_meets_a_due_record_applies_it),
        CASE(late_reports_are_stale),
        CASE(full_list_still_books_an_equivocation),
        CASE(report_never_fails),
        CASE(apply_refuses),
        CASE(root_may_cancel),
        CASE(everything_taken_is_burned),
        CASE(own_money_goes_first_then_all_alike),
        CASE(small_slash_is_the_owners_alone),
        CASE(newest_own_unbonding_goes_first),
        CASE(jail_below_the_least_bond),
        CASE(slash_of_a_provider_that_is_gone),
        CASE(leaving_saves_nothing),
        CASE(due_slash_stops_the_ways_out),
        CASE(joining_money_is_not_slashed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
