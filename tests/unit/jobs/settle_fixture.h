/* settle_fixture.h - jobs brought to their end, and a second calculation of what everybody gets. */
#ifndef NALAR_TESTS_JOBS_SETTLE_FIXTURE_H
#define NALAR_TESTS_JOBS_SETTLE_FIXTURE_H

#include "jobs/work_fixture.h"

#include "market/price_tick.h"

enum { PROVIDERS = 9 };
#define PPB_OF(amount, ppb) ((u128)(amount) * (ppb) / 1000000000)

/* Prices from 0.10 UNIT up, in base units that leave rests everywhere. */
UNUSED static uint64_t price_of(int provider) {
    const uint64_t least = 100000000007, step = 11000000003;
    return least + step * (uint32_t)(provider - FIRST_PROVIDER);
}

UNUSED static int market(void **state) {
    if (market_start(state))
        return -1;
    for (int i = 0; i < PROVIDERS; i++)
        market_provider(FIRST_PROVIDER + i, COMPUTE_MIN_SELF_BOND);
    pass_ticks(COMPUTE_ACTIVATION_TICKS);
    for (int i = 0; i < PROVIDERS; i++) {
        market_ask(FIRST_PROVIDER + i, 1, price_of(FIRST_PROVIDER + i));
        market_beat(FIRST_PROVIDER + i);
    }
    pass_ticks(1);
    return 0;
}

UNUSED static void beat_all(void) {
    for (int i = 0; i < PROVIDERS; i++)
        market_beat(FIRST_PROVIDER + i);
}

struct expectation {
    struct ledger before;
    jobs_job job;
    jobs_escrow escrow;
    jobs_seat seats[9];
    uint64_t id;
    uint32_t winners;
    balance bond, fee, paid[9], burn[9], points[3];
};

UNUSED static uint32_t bits(uint32_t set) { return (uint32_t)__builtin_popcount(set); }

UNUSED static void expect(struct expectation *e, uint64_t id, uint32_t winners) {
    memset(e, 0, sizeof *e);
    ledger_now(&e->before);
    e->id = id;
    e->job = job_of(id);
    e->escrow = escrow_of(id);
    e->winners = winners;
    balance most = (u128)e->job.units_max * e->job.limit;
    e->bond = most / 4 > UNIT ? most / 4 : UNIT;
    e->fee = most / 100 < UNIT ? most / 100 : UNIT;
    for (uint8_t i = 0; i < e->job.n; i++)
        e->seats[i] = seat_of(id, i);
}

UNUSED static uint32_t expected_units(const struct expectation *e) {
    uint32_t units[9], count = 0;
    for (uint8_t i = 0; i < e->job.n; i++)
        if (e->winners >> i & 1)
            units[count++] = e->seats[i].units;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k + 1 < count; k++)
            if (units[k] > units[k + 1]) {
                uint32_t larger = units[k];
                units[k] = units[k + 1];
                units[k + 1] = larger;
            }
    return units[(count - 1) / 2];
}

/* Compares everything that moved since `expect` with what should have. */
UNUSED static void as_expected(struct expectation *e) {
    struct ledger after, *b = &e->before;
    balance providers = 0, model = 0, treasury = 0, burn = 0, lost = 0, spent = 0, due[256] = {0};
    uint32_t units = e->winners ? expected_units(e) : 0;
    for (uint8_t i = 0; i < e->job.n; i++) {
        const jobs_seat *seat = &e->seats[i];
        int bonder = person_number(&seat->bonder);
        bool won = e->winners >> i & 1, shown = seat->state == jobs_seat_state_Revealed;
        bool blameless = shown || (seat->state == jobs_seat_state_Committed && e->job.committed < e->job.q);
        jobs_seat_state ended = seat_of(e->id, i).state;
        assert_int_equal(ended, won ? jobs_seat_state_Won : blameless ? jobs_seat_state_Lost : jobs_seat_state_Silent);
        assert_int_equal(seat_of(e->id, i).fingerprint.len, 0);
        if (!blameless) {
            lost += e->bond;
            continue;
        }
        due[bonder] += e->bond;
        if (!e->winners) {
            due[bonder] += e->fee;
            spent += e->fee;
        }
        if (!won)
            continue;
        balance f = (u128)(units > seat->min_units ? units : seat->min_units) * seat->price + e->job.tip / bits(e->winners);
        balance model_part = PPB_OF(f, 100000000), royalty = PPB_OF(model_part, e->job.royalty_ppb);
        balance provider = PPB_OF(f, 780000000) + model_part - royalty, part = PPB_OF(f, 30000000);
        balance burned = f - provider - royalty - part;
        assert_true(f >= 1 && 20 * f <= 20 * (u128)e->job.units_max * e->job.limit + 20 * e->job.tip);
        e->paid[i] = f;
        e->burn[i] = burned;
        spent += f;
        providers += provider;
        model += royalty;
        treasury += part;
        burn += burned;
        balance p = PPB_OF(burned, 700000000), m = PPB_OF(burned, 150000000);
        e->points[2] += burned - p - m;
        if (e->job.royalty_ppb)
            e->points[1] += m;
    }
    assert_true(spent <= e->escrow.held);
    due[person_number(&e->job.client)] += e->escrow.held - spent;
    ledger_now(&after);
    assert_true(b->issuance - after.issuance == burn + lost);
    assert_true(b->jobs - after.jobs == providers + model + treasury + burn + lost);
    assert_true(after.compute - b->compute == providers);
    assert_true(after.models - b->models == model);
    assert_true(after.treasury - b->treasury == treasury);
    assert_true(after.burned - b->burned == burn);
    for (int n = 0; n < 256; n++)
        assert_true(after.due[n] - b->due[n] == due[n]);
    jobs_job job = job_of(e->id);
    jobs_escrow escrow = escrow_of(e->id);
    assert_int_equal(job.state, e->winners ? jobs_state_Settled : jobs_state_Inconclusive);
    assert_int_equal(job.ended, tick_now());
    assert_true(escrow.held == 0 && escrow.bonds == 0 && escrow.paid == spent && escrow.refunded == e->escrow.held - spent);
    JOB_EVENT_WAS(Ended, .job = e->id, .state = job.state,
                  .reason = e->winners                       ? jobs_reason_Agreement
                            : e->job.committed < e->job.q && e->job.n > 1 ? jobs_reason_TooFewCommits
                            : e->job.n == 1                  ? jobs_reason_TooFewCommits
                                                             : jobs_reason_NoAgreement,
                  .fees = {providers, model, treasury, burn});
    if (e->winners)
        JOB_EVENT_WAS(Agreement, .job = e->id, .result_root = e->seats[__builtin_ctz(e->winners)].result_root,
                      .units = units, .winners = (uint16_t)e->winners);
}

UNUSED static void ends(uint64_t id, uint32_t winners) {
    struct expectation e;
    expect(&e, id, winners);
    FINALISE(id);
    as_expected(&e);
}

#endif
