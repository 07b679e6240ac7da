/* test_block.c - a block's begin and end around its inherent, what its digest says of its core, collation info,
 * genesis. */
#include "digest_items.h"

#include "parachain_system/core_digest.h"

enum { R = RELAY_NUMBER };

static void start(uint32_t number, struct bytes digest) {
    relay_build();
    block_begin(number, R, digest);
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static byte_vecs sent(void) {
    byte_vecs messages;
    parachain_system_UpwardMessages_get(&messages);
    return messages;
}

/* --- the block's begin and end --- */

static void begin(void *context) { start(1, *(struct bytes *)context); }

static void begin_forgets_the_validation_data(void **state) {
    (void)state;
    parachain_system_ValidationData_put(&(persisted_validation_data){.max_pov_size = 1});
    block_begin(1, R, NO_DIGEST);
    assert_false(parachain_system_ValidationData_exists());
}

static void inherent_checks_the_core_info(void **state) {
    (void)state;
    struct bytes digest = digest_of(2, (struct bytes[]){CORE_INFO(1, 0, 1), CORE_INFO(1, 0, 1)});
    assert_traps(begin, &digest, "too many core infos");
    relay_setup(NULL);
    digest = digest_of(1, (struct bytes[]){CORE_INFO(1, 1 + RELAY_PARENT_OFFSET, 1)});
    begin(&digest);
    relay_setup(NULL);
    digest = digest_of(1, (struct bytes[]){CORE_INFO(1, 2 + RELAY_PARENT_OFFSET, 1)});
    assert_traps(begin, &digest, "claim queue offset");
}

static void digest_items_must_decode_whole(void **state) {
    (void)state;
    const struct {
        struct bytes item;
        uint32_t core_infos;
        bool bundled, ends;
    } cases[] = {
        {CORE_INFO(1, 1, 3), 1, false, false},
        {ITEM(6, 'C', 'M', 'L', 'S', 5 << 2, 1, 1, 1, 12, 0), 0, false, false},      /* a byte too many */
        {ITEM(6, 'C', 'M', 'L', 'S', 3 << 2, 1, 1, 1), 0, false, false},             /* no count */
        {ITEM(6, 'C', 'M', 'L', 'S', 5 << 2, 1, 1, 1, 0x0D, 0), 0, false, false},    /* compact 3 the long way */
        {ITEM(6, 'C', 'M', 'L', 'S', 5 << 2, 1, 1, 1, 0x01, 0x01), 1, false, false}, /* 64 cores */
        {ITEM(6, 'C', 'M', 'L', 'S', 7 << 2, 1, 1, 1, 2, 0, 4, 0), 0, false, false}, /* 65536 cores */
        {ITEM(4, 'C', 'M', 'L', 'S', 4 << 2, 1, 1, 1, 12), 0, false, false},         /* wrong kind */
        {ITEM(6, 'C', 'M', 'L', 'x', 4 << 2, 1, 1, 1, 12), 0, false, false},         /* wrong engine */
        {BUNDLE(0, 0), 0, true, false},
        {BUNDLE(0, 2), 0, false, false},
        {ITEM(6, 'C', 'M', 'L', 'S', 2 << 2, 2, 0), 0, false, false},
        {ITEM(6, 'C', 'M', 'L', 'S', 4 << 2, 2, 0, 0, 0), 0, false, false},
        {FULL_CORE, 0, false, true},
        {ITEM(6, 'C', 'M', 'L', 'S', 1 << 2, 3), 0, false, false},
        {ITEM(4, 'C', 'M', 'L', 'S', 2 << 2, 3, 0), 0, false, false},
        {UPDATED, 0, false, true},
        {ITEM(6, 'C', 'M', 'L', 'S', 0), 0, false, false},
        {ITEM(0, 1 << 2, 8), 0, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fresh(NULL);
        struct bytes digest = digest_of(1, &cases[i].item);
        struct core_digest read;
        overlay_put((struct bytes){system_Digest_storage.prefix, 32}, digest);
        core_digest_read(&read);
        assert_int_equal(read.core_infos, cases[i].core_infos);
        assert_int_equal(read.bundled, cases[i].bundled);
        assert_int_equal(read.ends_core, cases[i].ends);
    }
    /* The first valid item counts. */
    struct core_digest read;
    overlay_put((struct bytes){system_Digest_storage.prefix, 32},
                digest_of(4, (struct bytes[]){CORE_INFO(7, 1, 3), BUNDLE(4, 1), CORE_INFO(8, 0, 1), BUNDLE(5, 0)}));
    core_digest_read(&read);
    assert_true(read.core_infos == 2 && read.selector == 7 && read.claim_queue_offset == 1 && read.cores == 3);
    assert_true(read.bundle_index == 4 && read.bundle_last);
}

static void end_without_inherent(UNUSED void *context) {
    block_begin(1, R, NO_DIGEST);
    block_end();
}
static void end_needs_the_inherent(void **state) {
    (void)state;
    assert_traps(end_without_inherent, NULL, "set_validation_data did not run");
}

static void end_leaves_what_the_next_block_needs(void **state) {
    (void)state;
    static const uint8_t signal[] = {0};
    relay_put_own("Paras", "UpgradeGoAheadSignal", (struct bytes){signal, 1});
    start(1, NO_DIGEST);
    block_end();
    assert_false(parachain_system_UpgradeGoAhead_exists());
    assert_false(parachain_system_DidSetValidationCode_exists());
    assert_false(parachain_system_AnnouncedHrmpMessagesPerCandidate_exists());
    assert_true(parachain_system_ValidationData_exists());
    assert_int_equal(parachain_system_last_relay_block_number(), R);
    assert_int_equal(sent().len, 0);
    uint16_t cores;
    assert_true(parachain_system_PreviousCoreCount_get(&cores) && cores == 1);
    segment_tracker tracker;
    assert_true(parachain_system_AggregatedUnincludedSegment_get(&tracker));
    assert_true(tracker.hrmp_watermark.some && tracker.hrmp_watermark.value == R);
    assert_true(tracker.consumed_go_ahead_signal.some && tracker.consumed_go_ahead_signal.value == 0);
}

/* A block that sends nothing ends with six reads, and one write that forgets the upgrade restriction. */
static void an_idle_end_is_cheap(void **state) {
    (void)state;
    start(1, NO_DIGEST);
    overlay_flush();
    runtime_reset();
    shim_reset_counters();
    block_end();
    overlay_flush();
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_READ], 6);
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_CLEAR], 1);
    assert_int_equal(shim_calls(), 7);
}

/* --- collation info --- */

static void collation_info_of_genesis(void **state) {
    (void)state;
    struct bytes info = parachain_system_collation_info(TEXT("header"));
    assert_bytes_equal(info, ITEM(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6 << 2, 'h', 'e', 'a', 'd', 'e', 'r'));
}

static void collation_info_has_the_known_encoding(void **state) {
    (void)state;
    /* Messages 0102; to 2000: 00ff; no code; 3 processed; watermark 100; head aabb. */
    byte_vec message = ITEM(1, 2), header = ITEM(0xAA, 0xBB), code = ITEM(7, 8, 9), custom = ITEM(5);
    outbound_hrmp_message other = {2000, ITEM(0, 0xFF)};
    const uint32_t processed = 3, watermark = 100;
    parachain_system_UpwardMessages_put(&(byte_vecs){&message, 1});
    parachain_system_HrmpOutboundMessages_put(&(outbound_hrmp_messages){&other, 1});
    parachain_system_ProcessedDownwardMessages_put(&processed);
    parachain_system_HrmpWatermark_put(&watermark);
    assert_bytes_equal(parachain_system_collation_info(header),
                       ITEM(4, 8, 1, 2, 4, 0xD0, 7, 0, 0, 8, 0, 0xFF, 0, 3, 0, 0, 0, 100, 0, 0, 0, 8, 0xAA, 0xBB));
    parachain_system_NewValidationCode_put(&code);
    parachain_system_CustomValidationHeadData_put(&custom);
    assert_bytes_equal(
        parachain_system_collation_info(header),
        ITEM(4, 8, 1, 2, 4, 0xD0, 7, 0, 0, 8, 0, 0xFF, 1, 12, 7, 8, 9, 3, 0, 0, 0, 100, 0, 0, 0, 4, 5));
}

static void genesis_writes_the_small_code_key(void **state) {
    (void)state;
    parachain_system_genesis();
    overlay_flush();
    struct bytes value;
    assert_true(shim_get(TEXT(":c"), &value));
    assert_int_equal(value.len, 0);
    assert_int_equal(shim_key_count(), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(begin_forgets_the_validation_data, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(inherent_checks_the_core_info, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(digest_items_must_decode_whole, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(end_needs_the_inherent, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(end_leaves_what_the_next_block_needs, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(an_idle_end_is_cheap, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(collation_info_of_genesis, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(collation_info_has_the_known_encoding, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(genesis_writes_the_small_code_key, relay_setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
