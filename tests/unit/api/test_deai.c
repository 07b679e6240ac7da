/* test_deai.c - DeaiApi: the book, providers, dues, invariants, each through the exported function. */
#include "api/deai_fixture.h"

static void the_book(void **state) {
    (void)state;
    option_compute_price_class asks;
    uint32_t seen = 0, at = 0;
    ask("asks", with_u8(args_u64(model_id), 0), &option_compute_price_class_type, &asks);
    while (asks.some) {
        assert_true(asks.value.class >= at && asks.value.asks.len > 0);
        seen += asks.value.asks.len;
        at = asks.value.class + 1u;
        ask("asks", with_u8(args_u64(model_id), (uint8_t)at), &option_compute_price_class_type, &asks);
    }
    assert_int_equal(seen, LAST - FIRST + 1);
    ask("asks", with_u8(args_u64(model_id), 255), &option_compute_price_class_type, &asks);
    assert_false(asks.some);
    ask("asks", with_u8(args_u64(99), 0), &option_compute_price_class_type, &asks);
    assert_false(asks.some);
}

static void providers(void **state) {
    (void)state;
    option_compute_provider_view view;
    option_compute_slash slash;
    account_id owner = account(4), other = account(33);
    compute_provider record;
    ask("provider_view", args_account(HELPER), &option_compute_provider_view_type, &view);
    assert_false(view.some);
    ask("provider_view", args_account(4), &option_compute_provider_view_type, &view);
    assert_true(view.some && view.value.state == compute_state_Active && view.value.stake == COMPUTE_MIN_SELF_BOND);
    assert_int_equal(view.value.rep_ppm, 500000);
    assert_int_equal(view.value.weight, 1000000);
    assert_true(view.value.pool.some && view.value.slashes.len == 0);
    ask("slash_reason", args_u32(1), &option_compute_slash_type, &slash);
    assert_false(slash.some);

    /* Another operator, a strike that has worn off, a slash. */
    assert_true(compute_Providers_get(&owner, &record));
    compute_OperatorOf_kill(&record.operator);
    record.operator = other;
    record.strikes = 2;
    record.struck = 0;
    compute_Providers_put(&owner, &record);
    compute_OperatorOf_put(&other, &owner);
    at_epoch(2);
    h256 evidence = hash_of(6);
    compute_report(&owner, compute_offence_NoReveal, COMPUTE_NO_REVEAL_PPB, 2, (compute_object){COMPUTE_JOB, 5}, &evidence);
    ask("provider_view", args_account(33), &option_compute_provider_view_type, &view);
    assert_true(view.some);
    assert_memory_equal(&view.value.owner, &owner, 32);
    assert_int_equal(view.value.record.strikes, 1);
    assert_int_equal(view.value.slashes.len, 1);
    ask("slash_reason", args_u32(view.value.slashes.items[0].id), &option_compute_slash_type, &slash);
    assert_true(slash.some && slash.value.offence == compute_offence_NoReveal && slash.value.object.id == 5 &&
                slash.value.apply_epoch == 5);
    /* An operator without a provider: a state that cannot be, and no answer. */
    compute_Providers_kill(&owner);
    ask("provider_view", args_account(33), &option_compute_provider_view_type, &view);
    assert_false(view.some);
}

static void dues(void **state) {
    (void)state;
    jobs_claimable dues;
    account_id client = account(CLIENT), owner = account(3), key;
    uint32_t pool_three = 0;
    compute_provider record;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 3, 2));
    DONE(CLIENT, jobs, cancel_job, .job = id);
    assert_true(compute_Providers_get(&owner, &record));
    pool_three = record.pool;
    DONE(DELEGATOR, compute, delegate, .pool = pool_three, .amount = 2000 * UNIT);
    ask("claimable", with_u8(args_account(CLIENT), 0), &jobs_claimable_type, &dues);
    assert_true(dues.jobs == 3 * UNIT && dues.compute == 0 && dues.rewards == 0);
    assert_int_equal(dues.delegations.len + dues.lines.len, 0);
    struct bytes pools = with_u32(with_u32(with_u32(with_u8(args_account(DELEGATOR), 12), 99), pool_three), pool_three + 1);
    ask("claimable", pools, &jobs_claimable_type, &dues);
    assert_int_equal(dues.delegations.len, 1);
    assert_true(dues.delegations.items[0].joining == 2000 * UNIT && dues.delegations.items[0].shares == 0);

    /* In the next epoch the delegation counts, earns half of what the provider earns, and burned fees give points. */
    at_epoch(1);
    assert_int_equal(balances_pot_take(&compute_pot, &client, 100 * UNIT), DISPATCH_OK);
    compute_end_seat(&owner, &(struct compute_seat_end){.pay = 100 * UNIT});
    assert_int_equal(balances_burn_from(&client, 10 * UNIT, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_FORCE, NULL),
                     DISPATCH_OK);
    rewards_model_key(&key, model_id);
    assert_true(rewards_credit(&client, rewards_stream_Client, 2 * UNIT));
    assert_true(rewards_credit(&key, rewards_stream_Model, UNIT));
    rewards_note_burn(10 * UNIT, 2);
    pools = with_u32(with_u32(with_u8(args_account(DELEGATOR), 8), pool_three), pool_three);
    ask("claimable", pools, &jobs_claimable_type, &dues);
    assert_int_equal(dues.delegations.len, 2); /* named twice, told twice */
    for (int i = 0; i < 2; i++) {
        const compute_delegation_view *d = &dues.delegations.items[i];
        assert_true(d->joining == 0 && d->worth == 2000 * UNIT && d->due <= 50 * UNIT && d->due + 9 >= 50 * UNIT);
    }
    ask("claimable", with_u8(args_account(3), 0), &jobs_claimable_type, &dues);
    assert_true(dues.compute >= 50 * UNIT);
    ask("claimable", with_u8(args_account(CLIENT), 0), &jobs_claimable_type, &dues);
    assert_int_equal(dues.lines.len, 0); /* the epoch is open */

    rewards_end_epoch(1);
    at_epoch(2);
    ask("claimable", with_u8(args_account(CLIENT), 0), &jobs_claimable_type, &dues);
    assert_int_equal(dues.lines.len, 1);
    assert_true(dues.lines.items[0].epoch == 1 && dues.lines.items[0].points == 2 * UNIT &&
                dues.lines.items[0].amount == 18 * UNIT / 10);
    memcpy(argument, key.at, 32);
    argument[32] = 0;
    ask("claimable", (struct bytes){argument, 33}, &jobs_claimable_type, &dues);
    assert_true(dues.lines.len == 1 && dues.lines.items[0].stream == rewards_stream_Model);
    DONE(HELPER, rewards, settle, .epoch = 1, .who = client, .stream = rewards_stream_Client);
    ask("claimable", with_u8(args_account(CLIENT), 0), &jobs_claimable_type, &dues);
    assert_true(dues.lines.len == 0 && dues.rewards == 18 * UNIT / 10);

    rewards_epoch_view epoch;
    ask("epoch_view", args_u32(1), &rewards_epoch_view_type, &epoch);
    assert_true(epoch.closed && epoch.current == 2 && epoch.until == 1 + REWARDS_EXPIRY_EPOCHS);
    assert_true(epoch.book.burned == 10 * UNIT && epoch.book.budget == 9 * UNIT &&
                epoch.book.minted == 18 * UNIT / 10 && epoch.book.lines == 1);
    assert_true(epoch.outstanding == 72 * UNIT / 10 && epoch.issuance == balances_total_issuance());
    ask("epoch_view", args_u32(UINT32_MAX), &rewards_epoch_view_type, &epoch);
    assert_true(!epoch.closed && epoch.until == UINT32_MAX && epoch.book.burned == 0);
}

/* --- invariants --- */

static void report_is(uint32_t page, uint8_t broken, uint64_t object) {
    static const uint8_t page_0[] = {2, 1, 7, 9, 10}, others[] = {3, 4, 5, 10, 11};
    jobs_report report;
    ask("invariant_report", args_u32(page), &jobs_report_type, &report);
    assert_int_equal(report.checks.len, 5);
    for (int i = 0; i < 5; i++) {
        const jobs_invariant *line = &report.checks.items[i];
        assert_int_equal(line->number, page ? others[i] : page_0[i]);
        if (line->holds != (line->number != broken))
            fail_msg("invariant %d: %d", line->number, line->holds);
        assert_int_equal(line->object, line->holds ? 0 : object);
    }
}

static void invariants(void **state) {
    (void)state;
    jobs_report report;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 3, 2));
    draw(id);
    take_seats(id);
    report_is(0, 0, 0);
    report_is(1, 0, 0);
    report_is(UINT32_MAX, 0, 0);
    ask("invariant_report", args_u32(0), &jobs_report_type, &report);
    assert_true(report.more);
    ask("invariant_report", args_u32(1), &jobs_report_type, &report);
    assert_false(report.more);
    for (int i = 0; i < 64; i++)
        jobs_NextJob_put(&(uint64_t){66});
    ask("invariant_report", args_u32(1), &jobs_report_type, &report);
    assert_true(report.more);
    ask("invariant_report", args_u32(2), &jobs_report_type, &report);
    assert_false(report.more);

    /* Each broken once. */
    balance books, issuance = balances_total_issuance(), one = 1;
    balances_TotalIssuance_put(&one);
    report_is(0, 1, 0);
    balances_TotalIssuance_put(&issuance);
    account_info pot;
    system_account_get(&jobs_pot.account, &pot);
    account_info poor = pot;
    poor.data.free = EXISTENTIAL_DEPOSIT - 1;
    system_account_put(&jobs_pot.account, &poor);
    report_is(0, 2, 2);
    poor.data.free = 0;
    system_account_put(&rewards_pot.account, &poor);
    report_is(0, 2, 2); /* the first that breaks it */
    poor.data.free = EXISTENTIAL_DEPOSIT;
    system_account_put(&rewards_pot.account, &poor);
    system_account_put(&jobs_pot.account, &pot);
    const struct storage_desc *items[] = {&compute_Books_storage, &jobs_Books_storage, &rewards_Books_storage};
    for (uint32_t i = 0; i < COUNT_OF(items); i++) {
        storage_get(items[i], NULL, &books);
        storage_put(items[i], NULL, &(balance){U128_MAX / 2});
        report_is(0, 2, i + 1);
        storage_put(items[i], NULL, &books);
    }
    rewards_fee_split split = rewards_default_split;
    split.burn++;
    rewards_FeeSplit_put(&split);
    report_is(0, 9, 0);
    rewards_FeeSplit_kill();
    rewards_schedule schedule = rewards_default_schedule;
    schedule.kappa = 1000000001;
    rewards_Schedule_put(&schedule);
    report_is(0, 10, 0);
    rewards_Schedule_kill();

    jobs_escrow escrow, other;
    jobs_Escrow_get(&id, &escrow);
    other = escrow;
    other.bonds++;
    jobs_Escrow_put(&id, &other);
    report_is(1, 4, id);
    jobs_Escrow_put(&id, &escrow);
    jobs_job job = job_of(id);
    uint64_t ended = 65;
    job.n = 0;
    job.state = jobs_state_Settled;
    jobs_Jobs_put(&ended, &job);
    report_is(2, 0, 0);
    jobs_Escrow_put(&ended, &(jobs_escrow){.held = 1});
    report_is(2, 3, ended);
    job.n = 1;
    jobs_Jobs_put(&ended, &job);
    jobs_seat seat = {.state = jobs_seat_state_Revealed};
    uint8_t first = 0;
    jobs_Seats_put(&ended, &first, &seat);
    jobs_Escrow_put(&ended, &(jobs_escrow){.bonds = jobs_seat_bond(&job)});
    report_is(2, 3, ended); /* a bond in a job that is over */
    seat.state = jobs_seat_state_Won;
    jobs_Seats_put(&ended, &first, &seat);
    jobs_Escrow_kill(&ended);
    report_is(2, 0, 0);

    uint32_t pool = 2, epoch = 0;
    compute_pool whole, broken;
    assert_true(compute_Pools_get(&pool, &whole));
    broken = whole;
    broken.tokens = 5;
    compute_Pools_put(&pool, &broken);
    report_is(1, 5, pool);
    broken.shares = 1;
    compute_Pools_put(&pool, &broken);
    report_is(1, 0, 0);
    compute_Pools_put(&pool, &whole);
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .budget = 1});
    report_is(1, 10, 0); /* epoch 0 is open */
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .lines = 1});
    report_is(1, 11, 0);
    rewards_EpochBooks_kill(&epoch);
    at_epoch(3);
    epoch = 1;
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .budget = 6});
    report_is(1, 10, 1);
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .budget = 5, .minted = 6});
    report_is(1, 10, 1);
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .budget = 5, .minted = 5});
    report_is(1, 0, 0);
}

static void call_method(void *name) {
    struct bytes answer;
    if (api_call(name, TEXT("\1\2\3"), &answer))
        abort();
}
/* 65 items of a list that may have 64. */
static void call_with_long_list(void *name) {
    static uint8_t input[32 + 2 + 65 * 8];
    struct bytes answer;
    input[32] = 65 * 4 % 256 | 1;
    input[33] = 65 * 4 / 256;
    if (api_call(name, (struct bytes){input, sizeof input}, &answer))
        abort();
}
static void short_arguments_trap(void **state) {
    (void)state;
    uint32_t count = 0;
    for (const struct api_export *e = api_exports; e->name; e++)
        if (strncmp(e->name, "DeaiApi_", 8) == 0) {
            assert_traps(call_method, (void *)(uintptr_t)e->name, "arguments do not decode");
            count++;
        }
    assert_int_equal(count, 10);
    assert_traps(call_with_long_list, "DeaiApi_next_deadlines", "arguments do not decode");
    assert_traps(call_with_long_list, "DeaiApi_claimable", "arguments do not decode");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_book, market),
        cmocka_unit_test_setup(providers, market),
        cmocka_unit_test_setup(dues, market),
        cmocka_unit_test_setup(invariants, market),
        cmocka_unit_test_setup(short_arguments_trap, market),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
