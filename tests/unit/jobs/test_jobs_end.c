/* test_jobs_end.c - what remains of a job: refunds, ratings, removal, dues. Seats of a_spec are worth 10 UNIT at most, so a
 * bond is 2.5 UNIT and an accept fee 0.1 UNIT. */
#include "jobs/work_fixture.h"

#define BOND (10 * UNIT / 4)
#define FEE (UNIT / 10)

static int market(void **state) {
    if (market_start(state))
        return -1;
    market_providers(6);
    return 0;
}

static uint64_t settled(int client) {
    uint64_t id = working(client, a_direct(FIRST_PROVIDER));
    show(id, 0, a_result(1, 10));
    FINALISE(id);
    assert_int_equal(job_of(id).state, jobs_state_Settled);
    return id;
}

static uint32_t open_jobs(int who) {
    account_id client = person(who);
    uint32_t open;
    jobs_ByClient_get(&client, &open);
    return open;
}

/* --- refunds --- */

/* A drawn job costs an accept fee for each seat: paid to those who accepted, burned for the others. */
static void cancelling_a_draw(void **state) {
    (void)state;
    for (uint8_t accepted = 0; accepted < 3; accepted++) {
        uint64_t id = drawn(CLIENT, a_spec());
        struct ledger before, after;
        for (uint8_t i = 0; i < accepted; i++)
            take(id, i);
        ledger_now(&before);
        JOB_OK(CLIENT, cancel_job, .job = id);
        ledger_now(&after);
        balance burned = (3u - accepted) * FEE, rest = 30 * UNIT - 3 * FEE;
        assert_true(before.issuance - after.issuance == burned && before.jobs - after.jobs == burned);
        assert_true(after.burned == before.burned); /* no fee, no emission */
        assert_true(after.due[CLIENT] - before.due[CLIENT] == rest);
        JOB_EVENT_WAS(Refunded, .job = id, .amount = rest, .burned = burned);
        JOB_EVENT_WAS(Ended, .job = id, .state = jobs_state_Refunded, .reason = jobs_reason_Cancelled);
        for (uint8_t i = 0; i < 3; i++) {
            int who = holder(id, i);
            assert_true(after.due[who] - before.due[who] == (i < accepted ? BOND + FEE : 0));
            assert_int_equal(record_of(who).busy, 0);
            assert_int_equal(record_of(who).strikes, 0);
            assert_int_equal(seat_of(id, i).state, i < accepted ? jobs_seat_state_Lost : jobs_seat_state_Offered);
        }
        jobs_escrow escrow = escrow_of(id);
        assert_true(escrow.held == 0 && escrow.bonds == 0 && escrow.paid == accepted * FEE && escrow.refunded == rest);
        assert_false(jobs_Draws_exists(&id));
        assert_int_equal(open_jobs(CLIENT), 0);
        JOB_FAILS(WrongState, CLIENT, cancel_job, .job = id);
        if (accepted == 0)
            JOB_FAILS(WrongState, holder(id, 0), accept, .job = id, .seat = 0);
    }
}

/* Seats that let their time pass are noted by the call that removes them. */
static void cancelling_late(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    take(id, 0);
    jump_to(seat_of(id, 1).deadline + 1);
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_int_equal(record_of(holder(id, 0)).strikes, 0);
    for (uint8_t i = 1; i < 3; i++) {
        JOB_EVENT_WAS(NoShow, .job = id, .seat = i, .provider = person(holder(id, i)),
                      .offence = compute_offence_NoAccept);
        assert_int_equal(record_of(holder(id, i)).strikes, 1);
        assert_int_equal(seat_of(id, i).state, jobs_seat_state_Silent);
        assert_int_equal(paused_until(holder(id, i), 1), tick_now() + JOBS_SILENCE_PAUSE);
    }
}

/* A direct job's client chose for itself: nobody else lost time. */
static void cancelling_a_direct_job(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_direct(FIRST_PROVIDER));
    balance issued = balances_total_issuance();
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_true(owed_to(CLIENT) == 10 * UNIT && issued == balances_total_issuance());
    id = working(CLIENT, a_direct(FIRST_PROVIDER));
    JOB_FAILS(WrongState, CLIENT, cancel_job, .job = id);
}

static void cancelling_before_a_draw(void **state) {
    (void)state;
    const jobs_spec specs[] = {a_spec(), a_sealed()};
    for (size_t i = 0; i < 2; i++) {
        uint64_t id = submitted(CLIENT, specs[i]);
        balance due = owed_to(CLIENT);
        assert_int_equal(open_jobs(CLIENT), 1);
        JOB_OK(CLIENT, cancel_job, .job = id);
        assert_true(owed_to(CLIENT) - due == 30 * UNIT);
        assert_int_equal(open_jobs(CLIENT), 0);
        JOB_EVENT_WAS(Refunded, .job = id, .amount = 30 * UNIT, .burned = 0);
    }
}

static void open_jobs_are_counted(void **state) {
    (void)state;
    uint64_t a = submitted(CLIENT, a_spec()), b = submitted(CLIENT, a_sealed());
    uint64_t c = working(CLIENT, a_direct(FIRST_PROVIDER));
    assert_int_equal(open_jobs(CLIENT), 3);
    assert_int_equal(open_jobs(OTHER), 0);
    JOB_OK(CLIENT, cancel_job, .job = b);
    assert_int_equal(open_jobs(CLIENT), 2);
    show(c, 0, a_result(1, 1));
    FINALISE(c);
    assert_int_equal(open_jobs(CLIENT), 1);
    jump_to(job_of(a).deadline + 1);
    FINALISE(a);
    account_id client = person(CLIENT);
    assert_false(jobs_ByClient_exists(&client));
}

/* A yank before the draw gives everything back. */
static void version_gone(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t relay = decided(id);
    PALLET_OK(models, MAKER, yank_version, .model = 1, .number = 1);
    JOB_OK(OTHER, assign, .job = id, .relay = relay);
    assert_true(owed_to(CLIENT) == 30 * UNIT);
    JOB_EVENT_WAS(Ended, .job = id, .state = jobs_state_Refunded, .reason = jobs_reason_VersionGone);
}

/* --- rate --- */

static void rating(void **state) {
    (void)state;
    uint64_t id = settled(CLIENT), best = settled(CLIENT);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, rate, .job = id, .score = 1);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, rate, .job = id, .score = 1);
    JOB_FAILS(UnknownJob, CLIENT, rate, .job = 77, .score = 1);
    JOB_FAILS(NotClient, OTHER, rate, .job = id, .score = 1);
    JOB_FAILS(BadScore, CLIENT, rate, .job = id, .score = 101);
    JOB_FAILS(BadScore, CLIENT, rate, .job = id, .score = 255);
    compute_provider before = record_of(FIRST_PROVIDER);
    JOB_OK(CLIENT, rate, .job = id, .score = 0);
    JOB_EVENT_WAS(Rated, .job = id, .score = 0);
    JOB_FAILS(AlreadyRated, CLIENT, rate, .job = id, .score = 5);
    jump_to(job_of(best).ended + JOBS_RATE_TICKS);
    JOB_OK(CLIENT, rate, .job = best, .score = 100);
    compute_provider after = record_of(FIRST_PROVIDER);
    assert_true(before.rep_good == after.rep_good && before.rep_bad == after.rep_bad); /* a word, nothing else */

    uint64_t late = submitted(OTHER, a_spec());
    JOB_FAILS(WrongState, OTHER, rate, .job = late, .score = 1);
    JOB_OK(OTHER, cancel_job, .job = late);
    JOB_FAILS(WrongState, OTHER, rate, .job = late, .score = 1);
    market_beat(FIRST_PROVIDER);
    late = settled(OTHER);
    jump_to(job_of(late).ended + JOBS_RATE_TICKS + 1);
    JOB_FAILS(TooLate, OTHER, rate, .job = late, .score = 1);
}

/* --- remove_job --- */

static uint32_t records(void) {
    const struct storage_desc *const items[] = {&jobs_Jobs_storage,  &jobs_Specs_storage, &jobs_Escrow_storage,
                                                &jobs_Seats_storage, &jobs_Draws_storage, &jobs_Bids_storage,
                                                &jobs_Outcomes_storage, &jobs_Receipts_storage};
    uint32_t count = 0;
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        uint8_t buffer[STORAGE_KEY_SIZE];
        struct bytes prefix = storage_key(items[i], NULL, 0, buffer), key = prefix;
        while (overlay_next_key(prefix, key, &key))
            count++;
    }
    return count;
}

static void removing(void **state) {
    (void)state;
    assert_int_equal(records(), 0);
    uint64_t id = settled(CLIENT);
    h256 receipt;
    balance deposit = job_of(id).deposit, due = owed_to(CLIENT);
    uint32_t ended = job_of(id).ended;
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, remove_job, .job = id);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, remove_job, .job = id);
    JOB_FAILS(UnknownJob, CLIENT, remove_job, .job = 77);
    JOB_FAILS(TooEarly, CLIENT, remove_job, .job = id);
    jump_to(ended + JOBS_KEEP_CLIENT_TICKS - 1);
    JOB_FAILS(TooEarly, CLIENT, remove_job, .job = id);
    jump_to(ended + JOBS_KEEP_CLIENT_TICKS);
    JOB_FAILS(TooEarly, OTHER, remove_job, .job = id);
    jobs_Receipts_get(&id, &receipt);
    JOB_OK(CLIENT, remove_job, .job = id);
    JOB_EVENT_WAS(JobRemoved, .job = id, .receipt = receipt);
    assert_int_equal(records(), 0);
    assert_true(owed_to(CLIENT) - due == deposit);
    JOB_FAILS(UnknownJob, CLIENT, remove_job, .job = id);
    /* Whoever depends on it does not find it. */
    jobs_spec child = a_spec();
    child.deps = (jobs_deps){&id, 1};
    assert_int_equal(submit_as(CLIENT, &child, need_of(&child)), JOBS_ERROR(UnknownJob));
}

/* By anyone, in the end; the deposit is the client's all the same. */
static void removing_others(void **state) {
    (void)state;
    uint64_t refunded = submitted(CLIENT, a_sealed()), running = submitted(CLIENT, a_spec());
    JOB_FAILS(WrongState, CLIENT, remove_job, .job = running);
    JOB_OK(CLIENT, cancel_job, .job = refunded);
    balance due = owed_to(CLIENT), deposit = job_of(refunded).deposit;
    uint32_t keep = job_of(refunded).ended + JOBS_KEEP_TICKS;
    JOB_OK(CLIENT, cancel_job, .job = running);
    jump_to(keep);
    JOB_FAILS(TooEarly, OTHER, remove_job, .job = refunded);
    jump_to(keep + 1);
    JOB_OK(OTHER, remove_job, .job = refunded);
    assert_true(owed_to(CLIENT) - due == 30 * UNIT + deposit);
}

/* Nine seats, bids: nothing stays, in at most 16 deletions. */
static void removing_everything(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.n = 5;
    spec.q = 3;
    uint64_t id = offered(CLIENT, spec);
    take_all(id);
    jump_to(job_of(id).deadline + 1);
    FINALISE(id);
    assert_int_equal(job_of(id).state, jobs_state_Inconclusive);
    assert_int_equal(records(), 9);
    jump_to(job_of(id).ended + JOBS_KEEP_CLIENT_TICKS);
    JOB_OK(CLIENT, remove_job, .job = id);
    assert_int_equal(records(), 0);

    id = submitted(CLIENT, a_sealed());
    for (int i = 0; i < 3; i++)
        market_beat(FIRST_PROVIDER + i);
    for (int i = 0; i < 3; i++)
        JOB_OK(FIRST_PROVIDER + i, bid, .job = id, .commit = a_hash(1));
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_true(jobs_Bids_exists(&id));
    jump_to(job_of(id).ended + JOBS_KEEP_CLIENT_TICKS);
    JOB_OK(CLIENT, remove_job, .job = id);
    assert_int_equal(records(), 0);
}

/* --- dues --- */

static void claiming(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_spec());
    account_id who = person(CLIENT);
    JOB_OK(CLIENT, cancel_job, .job = id);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, claim_due, .who = who);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, claim_due, .who = who);
    JOB_FAILS(NothingToClaim, CLIENT, claim_due, .who = person(OTHER));
    balance had = money_of(CLIENT);
    JOB_OK(POOR, claim_due, .who = who); /* by anyone, for the one whose it is */
    assert_true(money_of(CLIENT) - had == 30 * UNIT);
    JOB_EVENT_WAS(DuePaid, .who = who, .amount = 30 * UNIT);
    assert_false(jobs_Due_exists(&who));
    JOB_FAILS(NothingToClaim, POOR, claim_due, .who = who);
    JOB_FAILS(NothingToClaim, POOR, sweep_due, .who = who);
}

/* Puts a due aside out of a refund, as if it had been that account's. */
static void give_due(int who, balance amount) {
    uint64_t id = submitted(CLIENT, a_spec());
    account_id from = person(CLIENT), to = person(who);
    balance due;
    JOB_OK(CLIENT, cancel_job, .job = id);
    jobs_Due_get(&from, &due);
    due -= amount;
    jobs_Due_put(&from, &due);
    jobs_add_due(&to, amount);
    assert_null(jobs_try_state());
}

static void dust(void **state) {
    (void)state;
    account_id nobody = person(NO_ONE), poor = person(POOR);
    account_data treasury, after;
    give_due(NO_ONE, EXISTENTIAL_DEPOSIT - 1);
    give_due(POOR, 1);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, sweep_due, .who = nobody);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, sweep_due, .who = nobody);
    JOB_FAILS(BelowED, OTHER, claim_due, .who = nobody);
    JOB_FAILS(NotDust, OTHER, sweep_due, .who = poor); /* an account that lives takes anything */
    JOB_OK(OTHER, claim_due, .who = poor);
    assert_true(money_of(POOR) == 2 * EXISTENTIAL_DEPOSIT + 1);
    balances_account(&rewards_treasury, &treasury);
    JOB_OK(OTHER, sweep_due, .who = nobody);
    JOB_EVENT_WAS(DueSwept, .who = nobody, .amount = EXISTENTIAL_DEPOSIT - 1);
    balances_account(&rewards_treasury, &after);
    assert_true(after.free - treasury.free == EXISTENTIAL_DEPOSIT - 1);
    assert_false(jobs_Due_exists(&nobody));
    JOB_FAILS(NothingToClaim, OTHER, sweep_due, .who = nobody);

    give_due(NO_ONE, EXISTENTIAL_DEPOSIT); /* just enough */
    JOB_FAILS(NotDust, OTHER, sweep_due, .who = nobody);
    JOB_OK(OTHER, claim_due, .who = nobody);
    assert_true(money_of(NO_ONE) == EXISTENTIAL_DEPOSIT);
}

/* Everything that a job held leaves the pot in the end: only the existential deposit is left. */
static void nothing_remains(void **state) {
    (void)state;
    uint64_t first = settled(CLIENT), second = drawn(OTHER, a_spec());
    take(second, 0);
    JOB_OK(OTHER, cancel_job, .job = second);
    jump_to(job_of(second).ended + JOBS_KEEP_CLIENT_TICKS);
    JOB_OK(CLIENT, remove_job, .job = first);
    JOB_OK(OTHER, remove_job, .job = second);
    for (int n = 1; n <= 150; n++)
        if (owed_to(n))
            JOB_OK(POOR, claim_due, .who = person(n));
    balance books;
    account_data pot;
    jobs_Books_get(&books);
    balances_account(&jobs_pot.account, &pot);
    assert_true(books == 0 && pot.free == EXISTENTIAL_DEPOSIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(cancelling_a_draw, market),
        cmocka_unit_test_setup(cancelling_late, market),
        cmocka_unit_test_setup(cancelling_a_direct_job, market),
        cmocka_unit_test_setup(cancelling_before_a_draw, market),
        cmocka_unit_test_setup(open_jobs_are_counted, market),
        cmocka_unit_test_setup(version_gone, market),
        cmocka_unit_test_setup(rating, market),
        cmocka_unit_test_setup(removing, market),
        cmocka_unit_test_setup(removing_others, market),
        cmocka_unit_test_setup(removing_everything, market),
        cmocka_unit_test_setup(claiming, market),
        cmocka_unit_test_setup(dust, market),
        cmocka_unit_test_setup(nothing_remains, market),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
