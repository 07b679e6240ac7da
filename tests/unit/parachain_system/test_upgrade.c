/* test_upgrade.c - code upgrades through the relay chain: scheduling with each error, the go-ahead, the abort, and the
 * signal that unincluded blocks keep seeing. */
#include "relay.h"

enum { R = RELAY_NUMBER };
static const uint8_t abort_signal[] = {0}, go_ahead[] = {1}, restriction[] = {0};
#define SIGNAL(bytes_) ((struct bytes){bytes_, 1})

static void begin(uint32_t number) {
    relay_build();
    block_begin(number, relay.number, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void run(void *context) { begin(*(uint32_t *)context); }

static bool code_is(struct bytes expected) {
    struct bytes code;
    return overlay_get(TEXT(":code"), &code) && bytes_equal(code, expected);
}

static void check_unchanged(dispatch_result expected, struct bytes code) {
    uint8_t before[32], after[32];
    overlay_flush();
    shim_root(before, 1);
    assert_int_equal(parachain_system_schedule_code(code), expected);
    overlay_flush();
    shim_root(after, 1);
    assert_memory_equal(before, after, 32);
}

static void schedules_code(void **state) {
    (void)state;
    begin(1);
    assert_int_equal(parachain_system_schedule_code(TEXT("new code")), DISPATCH_OK);
    byte_vec code;
    assert_true(parachain_system_NewValidationCode_get(&code));
    assert_bytes_equal(code, TEXT("new code"));
    assert_true(parachain_system_PendingValidationCode_get(&code));
    assert_bytes_equal(code, TEXT("new code"));
    assert_int_equal(event_count(), 1);
    assert_true(has_event(0, (struct bytes){NULL, 0}));
    assert_false(code_is(TEXT("new code")));
    assert_false(parachain_system_DidSetValidationCode_exists());
    block_end();
    /* The announcement is this block's, the pending code stays. */
    assert_true(parachain_system_NewValidationCode_exists());
    relay_init(R + 1, block_head(0));
    begin(2);
    assert_false(parachain_system_NewValidationCode_exists());
    assert_true(parachain_system_PendingValidationCode_exists());
}

static void schedule_errors(void **state) {
    (void)state;
    static uint8_t big[2097152 + 1];
    block_begin(1, R, (struct bytes){NULL, 0});
    check_unchanged(PALLET_ERROR(parachain_system, ValidationDataNotAvailable), TEXT("code"));
    parachain_system_ValidationData_put(&(persisted_validation_data){.max_pov_size = 1});
    check_unchanged(PALLET_ERROR(parachain_system, HostConfigurationNotAvailable), TEXT("code"));
    relay_setup(NULL);
    relay_put_own("Paras", "UpgradeRestrictionSignal", SIGNAL(restriction));
    begin(1);
    check_unchanged(PALLET_ERROR(parachain_system, ProhibitedByPolkadot), TEXT("code"));
    relay_setup(NULL);
    begin(1);
    check_unchanged(PALLET_ERROR(parachain_system, TooBig), (struct bytes){big, sizeof big});
    assert_int_equal(parachain_system_schedule_code((struct bytes){big, sizeof big - 1}), DISPATCH_OK);
    check_unchanged(PALLET_ERROR(parachain_system, OverlappingUpgrades), TEXT("code"));
}

static void go_ahead_replaces_the_code(void **state) {
    (void)state;
    begin(1);
    assert_int_equal(parachain_system_schedule_code(TEXT("new code")), DISPATCH_OK);
    block_end();
    relay_init(R + 1, block_head(1));
    relay_put_own("Paras", "UpgradeGoAheadSignal", SIGNAL(go_ahead));
    begin(2);
    assert_true(code_is(TEXT("new code")));
    assert_false(parachain_system_PendingValidationCode_exists());
    uint8_t number[4];
    store_u32(number, R + 1);
    assert_true(has_event(1, (struct bytes){number, 4}));
    /* RPSR and the marker that the runtime changed. */
    struct reader digest = system_digest_reader();
    struct digest_view item;
    bool updated = false;
    while (system_next_digest_item(&digest, &item))
        updated |= item.tag == digest_item_RuntimeEnvironmentUpdated;
    assert_true(updated);
    block_end();
    segment_tracker tracker;
    parachain_system_AggregatedUnincludedSegment_get(&tracker);
    assert_true(tracker.consumed_go_ahead_signal.some && tracker.consumed_go_ahead_signal.value == 1);

    /* Until block 2 is included the relay chain shows the signal; it was dealt with. */
    relay_init(R + 2, block_head(1));
    relay_put_own("Paras", "UpgradeGoAheadSignal", SIGNAL(go_ahead));
    begin(3);
    assert_int_equal(event_count(), 0);
    block_end();
    segment_blocks blocks;
    parachain_system_UnincludedSegment_get(&blocks);
    assert_int_equal(blocks.len, 2);
    assert_true(blocks.items[0].consumed_go_ahead_signal.some);
    assert_false(blocks.items[1].consumed_go_ahead_signal.some);

    /* Included: the signal is gone on both sides, and another upgrade may follow. */
    relay_init(R + 3, block_head(2));
    begin(4);
    parachain_system_AggregatedUnincludedSegment_get(&tracker);
    assert_false(tracker.consumed_go_ahead_signal.some);
    assert_int_equal(parachain_system_schedule_code(TEXT("newer")), DISPATCH_OK);
}

static void go_ahead_needs_pending_code(void **state) {
    (void)state;
    uint32_t number = 1;
    relay_put_own("Paras", "UpgradeGoAheadSignal", SIGNAL(go_ahead));
    assert_traps(run, &number, "no upgrade is pending");
}

static void abort_discards_the_code(void **state) {
    (void)state;
    begin(1);
    assert_int_equal(parachain_system_schedule_code(TEXT("new code")), DISPATCH_OK);
    block_end();
    relay_init(R + 1, block_head(1));
    relay_put_own("Paras", "UpgradeGoAheadSignal", SIGNAL(abort_signal));
    begin(2);
    assert_false(parachain_system_PendingValidationCode_exists());
    assert_false(code_is(TEXT("new code")));
    assert_true(has_event(2, (struct bytes){NULL, 0}));
    block_end();
    /* The other signal cannot follow while that block is unincluded, and silence neither. */
    uint32_t number = 3;
    relay_init(R + 2, block_head(1));
    relay_put_own("Paras", "UpgradeGoAheadSignal", SIGNAL(go_ahead));
    assert_traps(run, &number, "another upgrade signal");
}

static void signal_must_stay_until_inclusion(void **state) {
    (void)state;
    uint32_t number = 2;
    relay_put_own("Paras", "UpgradeGoAheadSignal", SIGNAL(abort_signal));
    begin(1);
    block_end();
    relay_init(R + 1, block_head(0));
    assert_traps(run, &number, "another upgrade signal");
}

static void restriction_holds_for_one_block(void **state) {
    (void)state;
    relay_put_own("Paras", "UpgradeRestrictionSignal", SIGNAL(restriction));
    begin(1);
    option_upgrade_restriction stored;
    assert_true(parachain_system_UpgradeRestrictionSignal_get(&stored) && stored.some && stored.value == 0);
    assert_int_equal(parachain_system_schedule_code(TEXT("code")),
                     PALLET_ERROR(parachain_system, ProhibitedByPolkadot));
    block_end();
    assert_false(parachain_system_UpgradeRestrictionSignal_exists());
    relay_init(R + 1, block_head(1));
    begin(2);
    assert_int_equal(parachain_system_schedule_code(TEXT("code")), DISPATCH_OK);
}

/* As a migration would: after the block began for the node, before the pallet's hooks and the inherent. */
static void code_scheduled_before_the_inherent_is_announced(void **state) {
    (void)state;
    begin(1);
    block_end();
    system_ExecutionPhase_kill();
    assert_int_equal(parachain_system_schedule_code(TEXT("new code")), DISPATCH_OK);
    assert_true(parachain_system_DidSetValidationCode_exists());
    relay_init(R + 1, block_head(1));
    begin(2);
    byte_vec code;
    assert_true(parachain_system_NewValidationCode_get(&code));
    assert_bytes_equal(code, TEXT("new code"));
    assert_false(parachain_system_DidSetValidationCode_exists());
    block_end();
    /* Announced once. */
    relay_init(R + 2, block_head(2));
    begin(3);
    assert_false(parachain_system_NewValidationCode_exists());
    assert_true(parachain_system_PendingValidationCode_exists());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(schedules_code, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(schedule_errors, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(go_ahead_replaces_the_code, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(go_ahead_needs_pending_code, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(abort_discards_the_code, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(signal_must_stay_until_inclusion, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(restriction_holds_for_one_block, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(code_scheduled_before_the_inherent_is_announced, relay_setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
