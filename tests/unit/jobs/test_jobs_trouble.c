/* What must not stop an end, many seats, and endings by chance. */
#include "jobs/settle_fixture.h"

/* --- what must not stop it --- */

/* Ads withdrawn, providers jailed and slashed: paid on pinned terms. */
static void trouble_while_seated(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    account_id who = person(holder(id, 0));
    PALLET_OK(compute, holder(id, 0), withdraw_ad, .model = 1);
    for (int i = 0; i < 3; i++)
        compute_strike(&who, compute_offence_BidNotRevealed, tick_now(), (compute_object){COMPUTE_JOB, 99});
    assert_int_equal(record_of(holder(id, 0)).state, compute_state_Jailed);
    PALLET_OK(compute, holder(id, 1), update_price, .model = 1, .price = 77);
    all_show(id, results);
    ends(id, 7);
    assert_int_equal(record_of(holder(id, 0)).state, compute_state_Jailed);
}

static void model_frozen(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    PALLET_OK(models, AS_ROOT, freeze, .model = 1);
    all_show(id, results);
    ends(id, 7);
}

static void no_royalty(void **state) {
    (void)state;
    const uint32_t rates[] = {0, 1, 333333333};
    for (size_t k = 0; k < COUNT_OF(rates); k++) {
        uint64_t id = working(CLIENT, a_spec());
        const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
        jobs_job job = job_of(id);
        account_id key;
        struct expectation e;
        job.royalty_ppb = rates[k];
        jobs_Jobs_put(&id, &job);
        rewards_model_key(&key, 1);
        balance points = points_of(&key, rewards_stream_Model), own = person_points(holder(id, 0), rewards_stream_Provider);
        all_show(id, results);
        expect(&e, id, 7);
        FINALISE(id);
        as_expected(&e);
        assert_true(points_of(&key, rewards_stream_Model) - points == e.points[1]);
        balance p = PPB_OF(e.burn[0], 700000000), m = PPB_OF(e.burn[0], 150000000);
        assert_true(person_points(holder(id, 0), rewards_stream_Provider) - own == (rates[k] ? p : p + m));
    }
}

/* A model that is no more (it cannot happen): its part goes to the treasury. */
static void model_gone(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec()), model = 1;
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    account_id key;
    struct ledger before, after;
    all_show(id, results);
    models_Models_kill(&model);
    market_unchecked = true;
    ledger_now(&before);
    FINALISE(id);
    ledger_now(&after);
    assert_null(jobs_try_state());
    assert_int_equal(job_of(id).state, jobs_state_Settled);
    balance model_part = 0, part = 0;
    for (uint8_t i = 0; i < 3; i++) {
        balance f = (u128)7 * seat_of(id, i).price;
        model_part += PPB_OF(f, 100000000);
        part += PPB_OF(f, 30000000);
    }
    assert_true(after.treasury - before.treasury == model_part + part);
    assert_true(after.models == before.models);
    rewards_model_key(&key, 1);
    assert_true(points_of(&key, rewards_stream_Model) == 0);
}

/* A treasury that cannot be paid: its part is burned. */
static void treasury_gone(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_direct(FIRST_PROVIDER));
    struct ledger before, after;
    account_info info;
    PALLET_OK(compute, FIRST_PROVIDER, update_price, .model = 1, .price = 50);
    show(id, 0, a_result(1, 1));
    system_account_get(&rewards_treasury, &info);
    balance total = balances_total_issuance() - info.data.free;
    info = system_empty_account;
    system_account_put(&rewards_treasury, &info);
    balances_TotalIssuance_put(&total);
    jobs_seat seat = seat_of(id, 0);
    uint8_t zero = 0;
    seat.price = 100;
    jobs_Seats_put(&id, &zero, &seat);
    ledger_now(&before);
    FINALISE(id);
    ledger_now(&after);
    assert_true(after.treasury == 0);
    assert_true(before.issuance - after.issuance == 9 + 3); /* of 100: 78, 10, 3, 9 */
    assert_true(after.burned - before.burned == 9);
}

/* Providers whose records are gone (it cannot happen while they are busy): their pay is due to the owners. */
static void provider_gone(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    commit_to(id, 0, results[0]);
    commit_to(id, 1, results[1]);
    commit_to(id, 2, results[2]);
    show(id, 0, results[0]);
    show(id, 1, results[1]);
    market_unchecked = true;
    for (uint8_t i = 0; i < 3; i += 2) {
        account_id who = person(holder(id, i));
        compute_Providers_kill(&who);
    }
    jump_to(job_of(id).deadline + 1);
    account_id owner = person(holder(id, 0));
    FINALISE(id);
    assert_int_equal(job_of(id).state, jobs_state_Settled);
    balance f = (u128)7 * seat_of(id, 0).price, due;
    compute_Due_get(&owner, &due);
    assert_true(due == PPB_OF(f, 780000000));
    assert_int_equal(seat_of(id, 2).state, jobs_seat_state_Silent);
}

/* Client and bonder whose accounts are gone: their money is due to them. */
static void accounts_gone(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    all_show(id, results);
    int who = holder(id, 0);
    account_id client = person(CLIENT), bonder = person(who), to = person(OTHER);
    assert_int_equal(balances_transfer(&client, &to, money_of(CLIENT), BALANCES_EXPENDABLE), DISPATCH_OK);
    assert_int_equal(balances_transfer(&bonder, &to, money_of(who), BALANCES_EXPENDABLE), DISPATCH_OK);
    assert_false(system_account_exists(&client) || system_account_exists(&bonder));
    ends(id, 7);
    JOB_OK(OTHER, claim_due, .who = client);
    JOB_OK(OTHER, claim_due, .who = bonder);
    assert_true(money_of(who) == 10 * UNIT / 4);
}

/* --- delegations, many seats, chance --- */

static void delegated_pools(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        uint32_t pool = record_of(FIRST_PROVIDER + i).pool;
        PALLET_OK(compute, MAKER, delegate, .pool = pool, .amount = 1000 * UNIT);
    }
    jump_to(2 * CLOCK_EPOCH_TICKS);
    beat_all();
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    all_show(id, results);
    ends(id, 7);
}

static void nine_seats(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.n = 9;
    spec.q = 5;
    spec.tip = 100;
    uint64_t id = working(CLIENT, spec);
    jobs_result results[9];
    for (uint64_t i = 0; i < 9; i++)
        results[i] = a_result(i % 2 ? 2 : 1, 7);
    all_show(id, results);
    ends(id, 0x155);
}

/* Any result of any seats: everything adds up to the unit. */
static void chance(void **state) {
    uint64_t seed = 4711;
    uint32_t settled = 0, other = 0;
    for (int round = 0; round < 150; round++) {
        if (round % 10 == 0) /* the checks walk over all that there is */
            assert_int_equal(market(state), 0);
        market_unchecked = true;
        jobs_spec spec = a_spec();
        uint32_t shown[2] = {0}, winners[2] = {0};
        spec.n = (uint8_t)(1 + next_random(&seed) % 9);
        spec.q = (uint8_t)(spec.n / 2 + 1 + next_random(&seed) % (spec.n - spec.n / 2u));
        spec.units_max = (uint32_t)(10 + next_random(&seed) % 30);
        spec.limit = 300000000000ull + next_random(&seed) % (uint64_t)UNIT;
        spec.tip = next_random(&seed) % 3 ? next_random(&seed) % (3 * (uint64_t)UNIT) : 0;
        for (int i = 0; i < PROVIDERS; i++) {
            account_id who = person(FIRST_PROVIDER + i);
            compute_provider record = record_of(FIRST_PROVIDER + i);
            record.rep_bad = record.strikes = 0;
            record.last_seen = clock_now();
            compute_Providers_put(&who, &record);
        }
        uint64_t id = working(CLIENT, spec);
        uint32_t units = 1 + (uint32_t)next_random(&seed) % spec.units_max, committed = 0;
        uint8_t answer[9], commits[9], reveals[9];
        for (uint8_t i = 0; i < spec.n; i++) {
            answer[i] = next_random(&seed) % 4 == 0;
            commits[i] = spec.n == 1 || next_random(&seed) % 8 != 0;
            reveals[i] = next_random(&seed) % 8 != 0;
            if (commits[i] && spec.n > 1) {
                commit_to(id, i, a_result(answer[i], units));
                committed++;
            }
        }
        if (committed < spec.n && spec.n > 1)
            jump_to(job_of(id).deadline + 1);
        bool showing = spec.n == 1 || committed >= spec.q;
        for (uint8_t i = 0; i < spec.n && showing; i++)
            if (commits[i] && reveals[i]) {
                show(id, i, a_result(answer[i], units));
                shown[answer[i]]++;
                winners[answer[i]] |= 1u << i;
            }
        jump_to(job_of(id).deadline + 1 + (job_of(id).state == jobs_state_Working && showing && spec.n > 1 ? 30 : 0));
        market_unchecked = false;
        uint32_t won = shown[0] >= spec.q ? winners[0] : shown[1] >= spec.q ? winners[1] : 0;
        ends(id, won);
        settled += won != 0;
        other += won == 0;
    }
    assert_true(settled > 30 && other > 30);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, market)
    const struct CMUnitTest tests[] = {
        T(trouble_while_seated), T(model_frozen), T(no_royalty), T(model_gone), T(treasury_gone), T(provider_gone),
        T(accounts_gone), T(delegated_pools), T(nine_seats), T(chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
