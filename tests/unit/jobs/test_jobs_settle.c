/* test_jobs_settle.c - finalise: when it is due, who is paid what, to the unit, whatever happened meanwhile. Each ending is
 * held against a second calculation of all that moves. */
#include "jobs/work_fixture.h"

#include "market/price_tick.h"

enum { PROVIDERS = 9 };
#define PPB_OF(amount, ppb) ((u128)(amount) * (ppb) / 1000000000)

/* Prices from 0.10 UNIT up, in base units that leave rests everywhere. */
static uint64_t price_of(int provider) {
    const uint64_t least = 100000000007, step = 11000000003;
    return least + step * (uint32_t)(provider - FIRST_PROVIDER);
}

static int market(void **state) {
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

static void beat_all(void) {
    for (int i = 0; i < PROVIDERS; i++)
        market_beat(FIRST_PROVIDER + i);
}

/* --- the second calculation --- */

struct expectation {
    struct ledger before;
    jobs_job job;
    jobs_escrow escrow;
    jobs_seat seats[9];
    uint64_t id;
    uint32_t winners;
    balance bond, fee, paid[9], burn[9], points[3];
};

static uint32_t bits(uint32_t set) { return (uint32_t)__builtin_popcount(set); }

static void expect(struct expectation *e, uint64_t id, uint32_t winners) {
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

static uint32_t expected_units(const struct expectation *e) {
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
static void as_expected(struct expectation *e) {
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

static void ends(uint64_t id, uint32_t winners) {
    struct expectation e;
    expect(&e, id, winners);
    FINALISE(id);
    as_expected(&e);
}

/* --- who is paid --- */

static void unanimous(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    struct expectation e;
    spec.tip = 2 * UNIT + 1; /* a third of it is no whole number */
    uint64_t id = working(CLIENT, spec);
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    all_show(id, results);
    expect(&e, id, 7);
    FINALISE(id);
    as_expected(&e);
    balance provider_points = 0;
    for (uint8_t i = 0; i < 3; i++) {
        int who = holder(id, i);
        JOB_EVENT_WAS(Paid, .job = id, .seat = i, .who = person(who), .amount = e.paid[i], .reason = jobs_reason_Agreement);
        assert_true(e.paid[i] == 7 * price_of(who) + (2 * UNIT + 1) / 3);
        assert_int_equal(record_of(who).busy, 0);
        assert_true(person_points(who, rewards_stream_Provider) == PPB_OF(e.burn[i], 700000000));
        assert_int_equal(record_of(who).points_open, 1);
        provider_points += PPB_OF(e.burn[i], 700000000);
    }
    account_id key;
    rewards_model_key(&key, 1);
    assert_true(points_of(&key, rewards_stream_Model) == e.points[1]);
    assert_true(person_points(CLIENT, rewards_stream_Client) == e.points[2]);
    assert_true(provider_points + e.points[1] + e.points[2] == epoch_burned());
    JOB_FAILS(WrongState, OTHER, finalise, .job = id);
    jobs_outcome outcome;
    assert_true(jobs_Outcomes_get(&id, &outcome));
    assert_int_equal(outcome.winners, 7);
    assert_int_equal(outcome.units, 7);
    assert_memory_equal(outcome.result_root.at, a_hash(1).at, 32);
}

/* The ask's least units are paid at least. */
static void least_units(void **state) {
    (void)state;
    PALLET_OK(compute, FIRST_PROVIDER, withdraw_ad, .model = 1);
    PALLET_OK(compute, FIRST_PROVIDER, advertise, .model = 1,
              .ad = {.price = 50, .min_units = 9, .profile_mask = 7, .valid_until = UINT32_MAX});
    pass_ticks(1);
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 4), a_result(1, 4), a_result(1, 4)};
    all_show(id, results);
    ends(id, 7);
    bool seen = false;
    for (uint8_t i = 0; i < 3; i++)
        seen |= holder(id, i) == FIRST_PROVIDER && seat_of(id, i).min_units == 9;
    assert_true(seen);
}

/* A job that costs all that it may: nothing is left to refund. */
static void nothing_left(void **state) {
    (void)state;
    jobs_spec spec = a_direct(FIRST_PROVIDER);
    struct expectation e;
    spec.limit = price_of(FIRST_PROVIDER);
    spec.tip = 12345;
    uint64_t id = working(CLIENT, spec);
    show(id, 0, a_result(1, spec.units_max));
    expect(&e, id, 1);
    FINALISE(id);
    as_expected(&e);
    assert_true(e.paid[0] == need_of(&spec) && owed_to(CLIENT) == 0 && escrow_of(id).refunded == 0);
}

/* Unpaid, bond back, reputation: no slash, since a majority may be wrong together. */
static void minority(void **state) {
    (void)state;
    for (uint32_t odd = 0; odd < 3; odd++) {
        uint64_t id = working(CLIENT, a_spec());
        jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
        results[odd] = a_result(2, 7);
        all_show(id, results);
        int loser = holder(id, (uint8_t)odd);
        uint64_t bad = record_of(loser).rep_bad;
        balance points = person_points(loser, rewards_stream_Provider);
        ends(id, 7u & ~(1u << odd));
        assert_true(record_of(loser).rep_bad > bad);
        assert_true(person_points(loser, rewards_stream_Provider) == points);
        account_id who = person(loser);
        assert_false(compute_OpenSlashes_exists(&who));
    }
}

/* The same result at another bill is another result. */
static void other_units(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(1, 8), a_result(1, 7)};
    all_show(id, results);
    ends(id, 5);
}

/* Nobody agrees: accept fees for those who showed something, the rest back. */
static void no_agreement(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(2, 7), a_result(3, 7)};
    uint64_t bad[3];
    all_show(id, results);
    for (uint8_t i = 0; i < 3; i++)
        bad[i] = record_of(holder(id, i)).rep_bad;
    ends(id, 0);
    for (uint8_t i = 0; i < 3; i++) {
        JOB_EVENT_WAS(Paid, .job = id, .seat = i, .who = person(holder(id, i)), .amount = UNIT / 10,
                      .reason = jobs_reason_AcceptFee);
        assert_true(record_of(holder(id, i)).rep_bad > bad[i]);
    }
    JOB_EVENT_WAS(Refunded, .job = id, .amount = 30 * UNIT - 3 * (UNIT / 10), .burned = 0);
    assert_false(jobs_Outcomes_exists(&id));
}

/* --- deadlines --- */

static void ready(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t until = job_of(id).deadline;
    assert_int_equal(until, tick_now() + JOBS_REST_TICKS);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, finalise, .job = id);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, finalise, .job = id);
    JOB_FAILS(UnknownJob, OTHER, finalise, .job = id + 1);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(until);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(until + 1);
    FINALISE(id);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_true(owed_to(CLIENT) == 30 * UNIT);
    JOB_EVENT_WAS(Ended, .job = id, .state = jobs_state_Refunded, .reason = jobs_reason_Expired);
    JOB_EVENT_WAS(Refunded, .job = id, .amount = 30 * UNIT, .burned = 0);
    assert_false(jobs_Draws_exists(&id));
    assert_int_equal(job_of(id).ended, until + 1);
}

static void other_states(void **state) {
    (void)state;
    uint64_t offered = drawn(CLIENT, a_spec()), bidding = submitted(CLIENT, a_sealed());
    JOB_FAILS(WrongState, OTHER, finalise, .job = offered);
    JOB_FAILS(WrongState, OTHER, finalise, .job = bidding);
    jump_to(tick_now() + 10000);
    JOB_FAILS(WrongState, OTHER, finalise, .job = offered);
    JOB_FAILS(WrongState, OTHER, finalise, .job = bidding);
}

static uint32_t slash_of(int provider, compute_slash *slash) {
    account_id who = person(provider);
    compute_open_slashes open;
    compute_OpenSlashes_get(&who, &open);
    if (open.len)
        assert_true(compute_Slashes_get(&open.items[open.len - 1].id, slash));
    return open.len;
}

/* Working, past its deadline with fewer than q commits: for every number of them. */
static void too_few_commits(void **state) {
    (void)state;
    for (uint8_t commits = 0; commits < 2; commits++) {
        uint64_t id = working(CLIENT, a_spec());
        uint32_t until = job_of(id).deadline;
        compute_slash slash;
        if (commits)
            commit_to(id, 1, a_result(1, 5));
        JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
        jump_to(until);
        JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
        jump_to(until + 1);
        ends(id, 0);
        for (uint8_t i = 0; i < 3; i++) {
            int who = holder(id, i);
            if (commits && i == 1) {
                assert_int_equal(seat_of(id, i).state, jobs_seat_state_Lost);
                continue;
            }
            JOB_EVENT_WAS(NoShow, .job = id, .seat = i, .provider = person(who), .offence = compute_offence_NoCommit);
            JOB_EVENT_WAS(BondLost, .job = id, .seat = i, .amount = 10 * UNIT / 4);
            assert_int_equal(slash_of(who, &slash), 1);
            assert_int_equal(slash.offence, compute_offence_NoCommit);
            assert_int_equal(slash.ppb, COMPUTE_NO_COMMIT_PPB);
            assert_int_equal(slash.fault_epoch, until / CLOCK_EPOCH_TICKS);
            assert_int_equal(record_of(who).strikes, 0);
        }
    }
}

/* One who never commits among enough who do. */
static void one_does_not_commit(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    uint32_t commits = job_of(id).deadline;
    compute_slash slash;
    commit_to(id, 0, a_result(1, 5));
    commit_to(id, 2, a_result(1, 5));
    jump_to(commits + 1);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id); /* effectively Revealing */
    show(id, 0, a_result(1, 5));
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    show(id, 2, a_result(1, 5));
    ends(id, 5); /* all who committed have shown: no need to wait */
    assert_int_equal(slash_of(holder(id, 1), &slash), 1);
    assert_int_equal(slash.offence, compute_offence_NoCommit);
    assert_int_equal(slash.fault_epoch, commits / CLOCK_EPOCH_TICKS);
    assert_int_equal(slash_of(holder(id, 0), &slash), 0);
}

/* Nobody shows anything: finalise itself goes from Working to the end. */
static void nobody_shows(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    uint32_t commits = job_of(id).deadline;
    compute_slash slash;
    commit_to(id, 0, a_result(1, 5));
    commit_to(id, 2, a_result(1, 5));
    jump_to(commits + 30);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(commits + 31);
    assert_int_equal(job_of(id).state, jobs_state_Working);
    ends(id, 0);
    JOB_EVENT_WAS(NoShow, .job = id, .seat = 0, .provider = person(holder(id, 0)), .offence = compute_offence_NoReveal);
    JOB_EVENT_WAS(NoShow, .job = id, .seat = 1, .provider = person(holder(id, 1)), .offence = compute_offence_NoCommit);
    assert_int_equal(slash_of(holder(id, 0), &slash), 1);
    assert_int_equal(slash.offence, compute_offence_NoReveal);
    assert_int_equal(slash.ppb, COMPUTE_NO_REVEAL_PPB);
    assert_int_equal(slash_of(holder(id, 1), &slash), 1);
    assert_int_equal(slash.ppb, COMPUTE_NO_COMMIT_PPB);
    assert_true(epoch_burned() == 0); /* lost bonds are no burned fees */
}

/* One does not reveal: the others need not wait when all others have shown, but do wait for it. */
static void one_does_not_reveal(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    compute_slash slash;
    for (uint8_t i = 0; i < 3; i++)
        commit_to(id, i, a_result(1, 5));
    uint32_t until = job_of(id).deadline;
    show(id, 0, a_result(1, 5));
    show(id, 1, a_result(1, 5));
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(until);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(until + 1);
    ends(id, 3);
    assert_int_equal(slash_of(holder(id, 2), &slash), 1);
    assert_int_equal(slash.offence, compute_offence_NoReveal);
    assert_int_equal(slash.fault_epoch, until / CLOCK_EPOCH_TICKS);
    assert_memory_equal(slash.evidence.at, seat_of(id, 2).commit.at, 32);
    assert_int_equal(slash.object.kind, COMPUTE_JOB);
    assert_int_equal(slash.object.id, id);

    /* And with too few left for a quorum. */
    beat_all();
    id = working(CLIENT, a_spec());
    for (uint8_t i = 0; i < 3; i++)
        commit_to(id, i, a_result(1, 5));
    show(id, 1, a_result(1, 5));
    jump_to(job_of(id).deadline + 1);
    ends(id, 0);
}

/* The fault belongs to the epoch of the missed deadline, whenever somebody finalises. */
static void fault_epochs(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    uint32_t epoch = job_of(id).deadline / CLOCK_EPOCH_TICKS;
    compute_slash slash;
    commit_to(id, 0, a_result(1, 5));
    jump_to((epoch + 5) * CLOCK_EPOCH_TICKS + 17);
    FINALISE(id);
    assert_int_equal(slash_of(holder(id, 1), &slash), 1);
    assert_int_equal(slash.fault_epoch, epoch);
    assert_int_equal(slash.apply_epoch, epoch + 5 + COMPUTE_SLASH_DELAY);

    /* Commits missed in one epoch, reveals in the next. */
    beat_all();
    id = offered(CLIENT, a_spec());
    epoch = tick_now() / CLOCK_EPOCH_TICKS + 1;
    set_tick(epoch * CLOCK_EPOCH_TICKS - 31);
    for (uint8_t i = 0; i < 3; i++) {
        jobs_seat seat = seat_of(id, i);
        seat.deadline = tick_now() + 10;
        jobs_Seats_put(&id, &i, &seat);
        market_beat(holder(id, i));
    }
    take_all(id);
    assert_int_equal(job_of(id).deadline, epoch * CLOCK_EPOCH_TICKS - 11);
    commit_to(id, 0, a_result(1, 5));
    commit_to(id, 2, a_result(1, 5));
    jump_to(epoch * CLOCK_EPOCH_TICKS - 5);
    show(id, 2, a_result(1, 5)); /* stores Revealing: the deadline of commits is not stored any more */
    jump_to(epoch * CLOCK_EPOCH_TICKS + 40);
    FINALISE(id);
    assert_true(slash_of(holder(id, 1), &slash) >= 1);
    assert_int_equal(slash.fault_epoch, epoch - 1);
    assert_true(slash_of(holder(id, 0), &slash) >= 1);
    assert_int_equal(slash.fault_epoch, epoch);

    /* So long ago that the stake of then is gone: the bond is lost all the same. */
    beat_all();
    id = working(CLIENT, a_spec());
    int who = holder(id, 0);
    uint32_t open = slash_of(who, &slash);
    jump_to(job_of(id).deadline + 30 * CLOCK_EPOCH_TICKS);
    ends(id, 0);
    assert_int_equal(slash_of(who, &slash), open);
}

/* --- one seat --- */

static void single_seat(void **state) {
    (void)state;
    jobs_spec drawn_one = a_spec();
    drawn_one.n = drawn_one.q = 1;
    for (int direct = 0; direct < 2; direct++) {
        uint64_t id = working(CLIENT, direct ? a_direct(FIRST_PROVIDER) : drawn_one);
        int who = holder(id, 0);
        uint64_t good = record_of(who).rep_good;
        JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
        show(id, 0, a_result(1, 10));
        ends(id, 1); /* at once */
        assert_int_equal(record_of(who).rep_good > good, !direct); /* whoever is chosen earns no reputation by it */

        id = working(CLIENT, direct ? a_direct(FIRST_PROVIDER) : drawn_one);
        who = holder(id, 0);
        uint64_t bad = record_of(who).rep_bad;
        uint32_t until = job_of(id).deadline;
        compute_slash slash;
        jump_to(until);
        JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
        jump_to(until + 1);
        ends(id, 0);
        assert_int_equal(record_of(who).rep_bad > bad, !direct);
        assert_true(slash_of(who, &slash) >= 1);
        assert_int_equal(slash.offence, compute_offence_NoCommit);
        beat_all();
    }
    /* Shown in time, finalised long after. */
    uint64_t id = working(CLIENT, a_direct(FIRST_PROVIDER));
    show(id, 0, a_result(1, 10));
    jump_to(job_of(id).deadline + 1000);
    ends(id, 1);
}

/* --- reputation --- */

static jobs_spec cheap(void) { /* fees below the least that counts */
    jobs_spec spec = a_spec();
    spec.units_max = 5;
    return spec;
}

static void reputation(void **state) {
    (void)state;
    const jobs_result same[] = {a_result(1, 5), a_result(1, 5), a_result(1, 5)};
    balance average, before;
    compute_FeeAverage_get(&before);

    /* 5 units at up to 0.19 UNIT are less than 1 UNIT; a failure weighs the seat's most, 5 UNIT. */
    uint64_t id = working(CLIENT, cheap());
    all_show(id, same);
    FINALISE(id);
    for (uint8_t i = 0; i < 3; i++)
        assert_int_equal(record_of(holder(id, i)).rep_good, 0);
    compute_FeeAverage_get(&average);
    assert_true(average == before);
    const jobs_result odd[] = {a_result(1, 5), a_result(1, 5), a_result(2, 5)};
    id = working(CLIENT, cheap());
    all_show(id, odd);
    int loser = holder(id, 2);
    FINALISE(id);
    assert_true(record_of(loser).rep_bad > 0);

    /* A tip makes the fee large enough. */
    jobs_spec tipped = cheap();
    tipped.tip = 9 * UNIT;
    id = working(CLIENT, tipped);
    uint64_t good[3];
    for (uint8_t i = 0; i < 3; i++)
        good[i] = record_of(holder(id, i)).rep_good;
    all_show(id, same);
    FINALISE(id);
    for (uint8_t i = 0; i < 3; i++)
        assert_true(record_of(holder(id, i)).rep_good > good[i]);
    compute_FeeAverage_get(&average);
    assert_true(average != before);

    /* A list: those whom the client chose earn no reputation, and lose none. */
    account_id allowed[] = {person(FIRST_PROVIDER), person(FIRST_PROVIDER + 1), person(FIRST_PROVIDER + 2)};
    tipped.allow = (jobs_allow){allowed, 3};
    for (int i = 0; i < 3; i++)
        PALLET_OK(compute, FIRST_PROVIDER + i, refresh_ask, .model = 1); /* at the weight of now */
    pass_ticks(1);
    id = working(CLIENT, tipped);
    compute_provider records[3];
    for (uint8_t i = 0; i < 3; i++)
        records[i] = record_of(holder(id, i));
    all_show(id, odd);
    FINALISE(id);
    for (uint8_t i = 0; i < 3; i++) {
        assert_true(record_of(holder(id, i)).rep_good == records[i].rep_good);
        assert_true(record_of(holder(id, i)).rep_bad == records[i].rep_bad);
    }
}

/* A client that joined the family after the draw: the job is paid and is no merit; a failure stays one. */
static void family_at_settlement(void **state) {
    (void)state;
    const jobs_result odd[] = {a_result(1, 8), a_result(1, 8), a_result(2, 8)};
    jobs_spec spec = a_spec();
    spec.tip = 9 * UNIT;
    uint64_t id = working(CLIENT, spec);
    for (uint8_t i = 0; i < 3; i++) {
        account_id who = person(holder(id, i));
        compute_provider record = record_of(holder(id, i));
        record.payout = person(CLIENT);
        compute_Providers_put(&who, &record);
    }
    all_show(id, odd);
    ends(id, 3);
    for (uint8_t i = 0; i < 3; i++)
        assert_true(record_of(holder(id, i)).rep_good == 0 && (record_of(holder(id, i)).rep_bad != 0) == (i == 2));
}

/* --- tolerance --- */

static const uint8_t prints[3][16] = {
    {1, 0, 0x80, 0x3f, 2, 0, 0x80, 0x3f, 5, 0, 0x80, 0x3f, 9, 0, 0x80, 0x3f},
    {1, 0, 0x82, 0x3f, 2, 0, 0x82, 0x3f, 5, 0, 0x82, 0x3f, 9, 0, 0x82, 0x3f},
    {21, 0, 0x80, 0x3f, 22, 0, 0x80, 0x3f, 25, 0, 0x80, 0x3f, 29, 0, 0x80, 0x3f}};

static void show_prints(uint64_t id, const int *which, const uint32_t *units, int count) {
    for (int pass = 0; pass < 2; pass++)
        for (uint8_t i = 0; i < count; i++) {
            struct bytes print = {prints[which[i]], 16};
            jobs_result result = a_result_with(i, units[i], print);
            if (pass == 0)
                commit_to(id, i, result);
            else
                show_with(id, i, result, print);
        }
}

static void tolerance(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.model = market_model(models_profile_Tolerance, 1);
    for (int i = 0; i < PROVIDERS; i++)
        market_ask(FIRST_PROVIDER + i, spec.model, price_of(FIRST_PROVIDER + i));
    pass_ticks(1);
    const uint32_t units[] = {9, 4, 6};
    jobs_outcome outcome;

    /* Different bytes and bills, all alike: the lower median of three, the leader's root and fingerprint. */
    uint64_t id = working(CLIENT, spec);
    show_prints(id, (const int[]){0, 1, 0}, units, 3);
    ends(id, 7);
    assert_true(jobs_Outcomes_get(&id, &outcome));
    assert_int_equal(outcome.units, 6);
    assert_memory_equal(outcome.result_root.at, a_hash(0).at, 32);
    assert_bytes_equal(outcome.fingerprint, ((struct bytes){prints[0], 16}));

    /* Two of three: the lower one of two. A bad first seat voids nothing, and fails. */
    id = working(CLIENT, spec);
    int loser = holder(id, 0);
    uint64_t bad = record_of(loser).rep_bad;
    show_prints(id, (const int[]){2, 1, 0}, units, 3);
    ends(id, 6);
    assert_true(jobs_Outcomes_get(&id, &outcome));
    assert_int_equal(outcome.units, 4);
    assert_memory_equal(outcome.result_root.at, a_hash(1).at, 32);
    assert_bytes_equal(outcome.fingerprint, ((struct bytes){prints[1], 16}));
    assert_true(record_of(loser).rep_bad > bad);

    /* No agreement is nobody's failure here. */
    spec.n = spec.q = 2;
    id = working(CLIENT, spec);
    uint64_t before[2] = {record_of(holder(id, 0)).rep_bad, record_of(holder(id, 1)).rep_bad};
    show_prints(id, (const int[]){2, 1}, units, 2);
    ends(id, 0);
    for (uint8_t i = 0; i < 2; i++)
        assert_true(record_of(holder(id, i)).rep_bad == before[i]);
}

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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(unanimous, market),
        cmocka_unit_test_setup(least_units, market),
        cmocka_unit_test_setup(nothing_left, market),
        cmocka_unit_test_setup(minority, market),
        cmocka_unit_test_setup(other_units, market),
        cmocka_unit_test_setup(no_agreement, market),
        cmocka_unit_test_setup(ready, market),
        cmocka_unit_test_setup(other_states, market),
        cmocka_unit_test_setup(too_few_commits, market),
        cmocka_unit_test_setup(one_does_not_commit, market),
        cmocka_unit_test_setup(nobody_shows, market),
        cmocka_unit_test_setup(one_does_not_reveal, market),
        cmocka_unit_test_setup(fault_epochs, market),
        cmocka_unit_test_setup(single_seat, market),
        cmocka_unit_test_setup(reputation, market),
        cmocka_unit_test_setup(family_at_settlement, market),
        cmocka_unit_test_setup(tolerance, market),
        cmocka_unit_test_setup(trouble_while_seated, market),
        cmocka_unit_test_setup(model_frozen, market),
        cmocka_unit_test_setup(no_royalty, market),
        cmocka_unit_test_setup(model_gone, market),
        cmocka_unit_test_setup(treasury_gone, market),
        cmocka_unit_test_setup(provider_gone, market),
        cmocka_unit_test_setup(accounts_gone, market),
        cmocka_unit_test_setup(delegated_pools, market),
        cmocka_unit_test_setup(nine_seats, market),
        cmocka_unit_test_setup(chance, market),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
