/* test_jobs_check.c - jobs_try_state sees what it says it sees: each broken state is named. */
#include "jobs/work_fixture.h"

static uint64_t ready_, bidding_, offered_, working_, revealing_, settled_, refunded_, inconclusive_;
static const uint8_t zero, one = 1;

static int jobs_in_all_states(void **state) {
    if (market_start(state))
        return -1;
    market_providers(9);
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    settled_ = working(CLIENT, a_spec());
    all_show(settled_, results);
    FINALISE(settled_);
    inconclusive_ = working(CLIENT, a_spec());
    jump_to(job_of(inconclusive_).deadline + 1);
    FINALISE(inconclusive_);
    refunded_ = submitted(CLIENT, a_spec());
    JOB_OK(CLIENT, cancel_job, .job = refunded_);
    revealing_ = working(CLIENT, a_spec());
    for (uint8_t i = 0; i < 3; i++)
        commit_to(revealing_, i, results[i]);
    show(revealing_, 0, results[0]);
    working_ = working(CLIENT, a_spec());
    commit_to(working_, 0, results[0]);
    offered_ = offered(CLIENT, a_spec());
    take(offered_, 0);
    bidding_ = submitted(CLIENT, a_sealed());
    JOB_OK(FIRST_PROVIDER, bid, .job = bidding_, .commit = a_hash(1));
    JOB_OK(FIRST_PROVIDER + 1, bid, .job = bidding_, .commit = a_hash(1));
    ready_ = submitted(OTHER, a_spec());
    return jobs_try_state() != NULL;
}

/* Runs `body` on the state, expects the message, and undoes it. */
static void sees(const char *message, void (*body)(void)) {
    overlay_begin();
    body();
    const char *wrong = jobs_try_state();
    if (!wrong || !strstr(wrong, message))
        fail_msg("'%s' instead of '%s'", wrong ? wrong : "nothing", message);
    overlay_rollback();
    assert_null(jobs_try_state());
}

#define CHANGE_JOB(name, id, ...)                                                                                      \
    static void name(void) {                                                                                           \
        jobs_job job = job_of(id);                                                                                     \
        __VA_ARGS__;                                                                                                   \
        jobs_Jobs_put(&id, &job);                                                                                      \
    }
#define CHANGE_SEAT(name, id, number, ...)                                                                             \
    static void name(void) {                                                                                           \
        uint8_t at = number;                                                                                           \
        jobs_seat seat = seat_of(id, at);                                                                              \
        __VA_ARGS__;                                                                                                   \
        jobs_Seats_put(&id, &at, &seat);                                                                               \
    }
#define CHANGE_DRAW(name, id, ...)                                                                                     \
    static void name(void) {                                                                                           \
        jobs_draw draw = draw_of(id);                                                                                  \
        jobs_pick picks[13];                                                                                           \
        for (uint32_t i = 0; i < draw.picks.len; i++)                                                                  \
            picks[i] = draw.picks.items[i];                                                                            \
        draw.picks.items = picks;                                                                                      \
        __VA_ARGS__;                                                                                                   \
        jobs_Draws_put(&id, &draw);                                                                                    \
    }
#define CHANGE_BIDS(name, ...)                                                                                         \
    static void name(void) {                                                                                           \
        jobs_bids bids;                                                                                                \
        jobs_sealed_bid items[33];                                                                                     \
        memset(items, 0, sizeof items);                                                                         \
        jobs_Bids_get(&bidding_, &bids);                                                                               \
        for (uint32_t i = 0; i < bids.len; i++)                                                                        \
            items[i] = bids.items[i];                                                                                  \
        bids.items = items;                                                                                            \
        __VA_ARGS__;                                                                                                   \
        jobs_Bids_put(&bidding_, &bids);                                                                               \
    }
#define CHANGE_ESCROW(name, id, ...)                                                                                   \
    static void name(void) {                                                                                           \
        jobs_escrow escrow = escrow_of(id);                                                                            \
        __VA_ARGS__;                                                                                                   \
        jobs_Escrow_put(&id, &escrow);                                                                                 \
    }

/* --- seats --- */
CHANGE_SEAT(dear, offered_, 0, seat.price = job_of(offered_).limit + 1)
CHANGE_SEAT(free_of_charge, offered_, 0, seat.price = 0)
CHANGE_SEAT(many_units, offered_, 0, seat.min_units = 11)
CHANGE_SEAT(four_times, offered_, 0, seat.replaced = 4)
CHANGE_SEAT(early_print, offered_, 0, seat.fingerprint = TEXT("fp"))
CHANGE_SEAT(no_units, revealing_, 0, seat.units = 0)
CHANGE_SEAT(all_units, revealing_, 0, seat.units = 11)
CHANGE_SEAT(two_seats, offered_, 1, seat.provider = seat_of(offered_, 0).provider)
static void replaced_twice(void) {
    for (uint8_t i = 0; i < 2; i++) {
        jobs_seat seat = seat_of(offered_, i);
        seat.replaced = 2;
        jobs_Seats_put(&offered_, &i, &seat);
    }
}

static void seats(void **state) {
    (void)state;
    sees("above the job's limits", dear);
    sees("above the job's limits", free_of_charge);
    sees("above the job's limits", many_units);
    sees("replaced too often", four_times);
    sees("more replacements", replaced_twice);
    sees("too early or late", early_print);
    sees("out of bounds", no_units);
    sees("out of bounds", all_units);
    sees("two seats", two_seats);
}

/* --- draws and bids --- */
static void no_draw(void) { jobs_Draws_kill(&ready_); }
static void no_reserves(void) { jobs_Draws_kill(&offered_); }
static void working_draw(void) { jobs_Draws_put(&working_, &(jobs_draw){.arm = 1}); }
CHANGE_DRAW(fourth_reserve, offered_, draw.picks.len = 4; picks[3] = picks[2]; picks[3].provider = person(99))
CHANGE_DRAW(unstarted, ready_, draw.picks.len = 1; picks[0] = (jobs_pick){person(99), 1, 0, 1, 0})
CHANGE_DRAW(should_sit, ready_, draw.started = true; draw.picks.len = 3;
            for (int i = 0; i < 3; i++) picks[i] = (jobs_pick){person(90 + i), 1, 0, 1, 0})
CHANGE_DRAW(from_tomorrow, ready_, draw.draw_at = clock_now() + 1)
CHANGE_DRAW(from_above, ready_, draw.armed_relay = clock_relay() + 1)
CHANGE_DRAW(not_armed, ready_, draw.arm = 0)
CHANGE_DRAW(dear_pick, offered_, picks[0].price = job_of(offered_).limit + 1)
CHANGE_DRAW(free_pick, offered_, picks[0].price = 0)
CHANGE_DRAW(large_pick, offered_, picks[0].min_units = 11)
CHANGE_DRAW(twice_picked, offered_, picks[1] = picks[0])
CHANGE_DRAW(seated_reserve, offered_, picks[0].provider = seat_of(offered_, 1).provider)
static void bids_elsewhere(void) {
    jobs_sealed_bid item = {.provider = person(99)};
    jobs_Bids_put(&ready_, &(jobs_bids){&item, 1});
}
CHANGE_BIDS(no_bids, bids.len = 0)
CHANGE_BIDS(two_bids, items[1] = items[0])
CHANGE_BIDS(dear_bid, items[0].revealed = true; items[0].price = job_of(bidding_).limit + 1)
CHANGE_BIDS(free_bid, items[0].revealed = true)

static void picks_and_bids(void **state) {
    (void)state;
    sees("a draw in a state without one", no_draw);
    sees("a draw in a state without one", no_reserves);
    sees("a draw in a state without one", working_draw);
    sees("picks that should be seats", fourth_reserve);
    sees("picks that should be seats", unstarted);
    sees("picks that should be seats", should_sit);
    sees("of the future", from_tomorrow);
    sees("of the future", from_above);
    sees("not armed", not_armed);
    sees("a pick above", dear_pick);
    sees("a pick above", free_pick);
    sees("a pick above", large_pick);
    sees("picked twice", twice_picked);
    sees("a reserve has a seat", seated_reserve);
    sees("impossible bids", bids_elsewhere);
    sees("impossible bids", no_bids);
    sees("two bids", two_bids);
    sees("a bid above the limit", dear_bid);
    sees("a bid above the limit", free_bid);
}

/* --- states --- */
static void missing_seat(void) { jobs_Seats_kill(&offered_, &one); }
CHANGE_SEAT(gone_seat, offered_, 1, seat.state = jobs_seat_state_Silent)
static void early_seat(void) {
    jobs_seat seat = seat_of(offered_, 1);
    jobs_Seats_put(&ready_, &zero, &seat);
}
CHANGE_SEAT(ended_seat, working_, 1, seat.state = jobs_seat_state_Silent)
CHANGE_JOB(more_accepted, offered_, job.accepted++)
CHANGE_JOB(more_committed, working_, job.committed++)
CHANGE_JOB(more_revealed, revealing_, job.revealed++)
static void open_work(void) {
    jobs_seat seat = seat_of(working_, 1);
    jobs_job job = job_of(working_);
    jobs_escrow escrow = escrow_of(working_);
    seat.state = jobs_seat_state_Offered;
    job.accepted--;
    escrow.bonds -= jobs_seat_bond(&job);
    jobs_Seats_put(&working_, &one, &seat);
    jobs_Jobs_put(&working_, &job);
    jobs_Escrow_put(&working_, &escrow);
}
static void idle(void) { /* all seats taken, but Offered */
    jobs_job job = job_of(working_);
    job.state = jobs_state_Offered;
    jobs_Jobs_put(&working_, &job);
    jobs_Draws_put(&working_, &(jobs_draw){.arm = 1});
}
CHANGE_JOB(all_committed, revealing_, job.state = jobs_state_Working)
CHANGE_JOB(few_committed, working_, job.state = jobs_state_Revealing)
CHANGE_JOB(has_ended, working_, job.ended = 5)
CHANGE_JOB(was_rated, working_, job.rated = true)
CHANGE_JOB(never_stored, revealing_, job.state = jobs_state_Tally)
CHANGE_JOB(submitted_state, bidding_, job.state = jobs_state_Submitted)
static void mode_of(uint64_t id, jobs_mode mode) {
    jobs_job job = job_of(id);
    jobs_spec spec;
    jobs_Specs_get(&id, &spec);
    spec.mode = job.mode = mode;
    jobs_Jobs_put(&id, &job);
    jobs_Specs_put(&id, &spec);
}
static void drawing_bids(void) { mode_of(ready_, jobs_mode_SealedBid); }
static void bidding_draw(void) {
    mode_of(bidding_, jobs_mode_Redundant);
    jobs_Bids_kill(&bidding_);
}

static void running(void **state) {
    (void)state;
    sees("seats that the state", missing_seat);
    sees("seats that the state", early_seat);
    sees("seats that the state", gone_seat);
    sees("the escrow does not hold", ended_seat);
    sees("counters", more_accepted);
    sees("counters", more_committed);
    sees("counters", more_revealed);
    sees("an open seat", open_work);
    sees("nobody works", idle);
    sees("all have committed", all_committed);
    sees("results without commits", few_committed);
    sees("has ended", has_ended);
    sees("has ended", was_rated);
    sees("never stored", never_stored);
    sees("never stored", submitted_state);
    sees("a draw in another mode", drawing_bids);
    sees("bids in another mode", bidding_draw);
}

/* --- what is over --- */
static void seat_goes_on(void) {
    jobs_seat seat = seat_of(inconclusive_, 0);
    jobs_escrow escrow = escrow_of(inconclusive_);
    jobs_job job = job_of(inconclusive_);
    seat.state = jobs_seat_state_Accepted;
    escrow.bonds = jobs_seat_bond(&job);
    jobs_Seats_put(&inconclusive_, &zero, &seat);
    jobs_Escrow_put(&inconclusive_, &escrow);
}
CHANGE_JOB(ends_early, settled_, job.ended = job.created - 1)
CHANGE_JOB(ends_late, settled_, job.ended = clock_now() + 1)
static void no_outcome(void) { jobs_Outcomes_kill(&settled_); }
static void false_outcome(void) { jobs_Outcomes_put(&refunded_, &(jobs_outcome){.units = 1}); }
CHANGE_JOB(rated_refund, refunded_, job.rated = true)
CHANGE_SEAT(false_winner, inconclusive_, 0, seat.state = jobs_seat_state_Won)
CHANGE_SEAT(other_winners, settled_, 0, seat.state = jobs_seat_state_Lost)
static void few_winners(void) {
    jobs_outcome outcome;
    assert_true(jobs_Outcomes_get(&settled_, &outcome));
    outcome.winners = 1;
    jobs_Outcomes_put(&settled_, &outcome);
    for (uint8_t i = 1; i < 3; i++) {
        jobs_seat seat = seat_of(settled_, i);
        seat.state = jobs_seat_state_Lost;
        jobs_Seats_put(&settled_, &i, &seat);
    }
}

static void over(void **state) {
    (void)state;
    sees("a seat of a job that is over", seat_goes_on);
    sees("the end is not in time", ends_early);
    sees("the end is not in time", ends_late);
    sees("an outcome without agreement", no_outcome);
    sees("an outcome without agreement", false_outcome);
    sees("an outcome without agreement", rated_refund);
    sees("an outcome without agreement", false_winner);
    sees("winners that are none", other_winners);
    sees("winners that are none", few_winners);
}

/* --- records --- */
static void no_spec(void) { jobs_Specs_kill(&ready_); }
static void no_escrow(void) { jobs_Escrow_kill(&settled_); }
static void no_receipt(void) { jobs_Receipts_kill(&ready_); }
CHANGE_JOB(other_model, ready_, job.model = 5)
CHANGE_JOB(other_n, ready_, job.n = 5)
CHANGE_JOB(other_q, ready_, job.q = 3)
CHANGE_JOB(lower_limit, ready_, job.limit--)
CHANGE_JOB(other_mode, ready_, job.mode = jobs_mode_SealedBid)
CHANGE_JOB(other_tip, ready_, job.tip++)
CHANGE_JOB(is_listed, ready_, job.listed = true)
CHANGE_JOB(no_depth, ready_, job.depth = 0)
CHANGE_JOB(too_deep, ready_, job.depth = 5)
CHANGE_JOB(of_tomorrow, ready_, job.created = clock_now() + 1)
static void stray_seat(void) {
    jobs_seat seat = seat_of(settled_, 0);
    uint64_t id = 77;
    jobs_Seats_put(&id, &zero, &seat);
}
static void far_job(void) {
    jobs_job job = job_of(refunded_);
    uint64_t id = 77;
    jobs_Jobs_put(&id, &job);
}
static void nth_job(void) {
    jobs_job job = job_of(refunded_);
    uint64_t id = 0;
    jobs_Jobs_put(&id, &job);
}

static void records(void **state) {
    (void)state;
    sees("without its records", no_spec);
    sees("without its records", no_escrow);
    sees("without its records", no_receipt);
    sees("not what was submitted", other_model);
    sees("not what was submitted", other_n);
    sees("not what was submitted", other_q);
    sees("not what was submitted", lower_limit);
    sees("not what was submitted", other_mode);
    sees("not what was submitted", other_tip);
    sees("not what was submitted", is_listed);
    sees("impossible terms", no_depth);
    sees("impossible terms", too_deep);
    sees("impossible terms", of_tomorrow);
    sees("records of jobs that do not exist", stray_seat);
    sees("out of turn", far_job);
    sees("out of turn", nth_job);
}

/* --- money and counters --- */
CHANGE_ESCROW(held_more, ready_, escrow.held++)
CHANGE_ESCROW(bonds_more, offered_, escrow.bonds++)
CHANGE_ESCROW(held_after, settled_, escrow.held++)
CHANGE_ESCROW(paid_more, settled_, escrow.paid += 100 * UNIT)
CHANGE_ESCROW(paid_early, ready_, escrow.paid++)
CHANGE_JOB(more_deposit, ready_, job.deposit++)
static void put_open(int who, uint32_t number) {
    account_id client = person(who);
    jobs_ByClient_put(&client, &number);
}
static void open_more(void) { put_open(CLIENT, 6); }
static void open_none(void) { put_open(99, 0); }
static void open_many(void) { put_open(CLIENT, 65); }
static void open_lost(void) {
    account_id client = person(OTHER);
    jobs_ByClient_kill(&client);
}
static void busier(void) {
    account_id who = person(FIRST_PROVIDER);
    compute_provider record = record_of(FIRST_PROVIDER);
    record.busy++;
    compute_Providers_put(&who, &record);
}
static void nobody_busy(void) {
    account_id who = seat_of(working_, 0).provider;
    compute_Providers_kill(&who);
}
static void no_due(void) {
    account_id who = person(99);
    jobs_Due_put(&who, &(balance){0});
}
static void more_due(void) {
    account_id who = person(99);
    jobs_add_due(&who, 1);
}
static void poorer(void) {
    account_info info;
    system_account_get(&jobs_pot.account, &info);
    info.data.free--;
    system_account_put(&jobs_pot.account, &info);
}

static void money(void **state) {
    (void)state;
    sees("the escrow does not hold", held_more);
    sees("the escrow does not hold", bonds_more);
    sees("the escrow does not hold", held_after);
    sees("more went out", paid_more);
    sees("more went out", paid_early);
    sees("does not add up", more_deposit);
    sees("counted wrong", open_more);
    sees("counted wrong", open_none);
    sees("counted wrong", open_many);
    sees("open jobs of nobody", open_lost);
    sees("seats are counted wrong", busier);
    sees("seats of nobody", nobody_busy);
    sees("an empty due", no_due);
    sees("what is owed does not add up", more_due);
    sees("does not cover", poorer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(seats, jobs_in_all_states),   cmocka_unit_test_setup(picks_and_bids, jobs_in_all_states),
        cmocka_unit_test_setup(running, jobs_in_all_states), cmocka_unit_test_setup(over, jobs_in_all_states),
        cmocka_unit_test_setup(records, jobs_in_all_states), cmocka_unit_test_setup(money, jobs_in_all_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
