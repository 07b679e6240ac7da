/* test_outbound.c - what a block sends: messages within limits, signals by the digest, the fee factor, the sums over a
 * proof of validity, collation info; and the block's begin and end around it. */
#include "relay.h"

#include "parachain_system/core_digest.h"

enum { R = 1000 };
static const u128 one = (u128)1000000000000000000u;

static int setup(void **state) {
    fresh(state);
    relay_init(R, block_head(0));
    return 0;
}
static int teardown(void **state) {
    (void)state;
    relay_free();
    return 0;
}

/* A digest of items, each as "kind, bytes behind it" ready encoded. */
static uint8_t digest_bytes[256];
static struct bytes digest_of(uint32_t count, const struct bytes *items) {
    struct writer out = writer_over(digest_bytes, sizeof digest_bytes);
    write_compact_u32(&out, count);
    for (uint32_t i = 0; i < count; i++)
        write_slice(&out, items[i]);
    return writer_bytes(&out);
}
#define ITEM(...) ((struct bytes){(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})})
#define CORE_INFO(selector, offset, cores) ITEM(6, 'C', 'M', 'L', 'S', 4 << 2, 1, selector, offset, (cores) << 2)
#define BUNDLE(index, last) ITEM(6, 'C', 'M', 'L', 'S', 3 << 2, 2, index, last)
#define FULL_CORE ITEM(4, 'C', 'M', 'L', 'S', 1 << 2, 3)
#define UPDATED ITEM(8)
#define NO_DIGEST ((struct bytes){NULL, 0})

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
static byte_vecs pending(void) {
    byte_vecs messages;
    parachain_system_PendingUpwardMessages_get(&messages);
    return messages;
}
static void send(struct bytes message) {
    bytes32 hash;
    assert_int_equal(parachain_system_send_upward_message(message, &hash), UMP_SENT);
}
static u128 fee_factor(void) {
    delivery_fee_factor factor;
    parachain_system_UpwardDeliveryFeeFactor_get(&factor);
    return factor;
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
    assert_traps(begin, &digest, "more than one core info");
    setup(NULL);
    digest = digest_of(1, (struct bytes[]){CORE_INFO(1, 1 + RELAY_PARENT_OFFSET, 1)});
    begin(&digest);
    setup(NULL);
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

/* A block that sends nothing ends with five reads and no write. */
static void an_idle_end_is_cheap(void **state) {
    (void)state;
    start(1, NO_DIGEST);
    overlay_flush();
    runtime_reset();
    shim_reset_counters();
    block_end();
    overlay_flush();
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_READ], 5);
    assert_int_equal(shim_calls(), 5);
}

/* --- messages --- */

static void root_sends_a_message(void **state) {
    (void)state;
    start(1, NO_DIGEST);
    parachain_system_call_sudo_send_upward_message args = {TEXT("to the relay")};
    struct dispatch signed_by = {.origin = {.kind = ORIGIN_SIGNED}}, none = {.origin = {.kind = ORIGIN_NONE}},
                    root = {.origin = {.kind = ORIGIN_ROOT}};
    assert_int_equal(parachain_system_sudo_send_upward_message(&signed_by, &args), BAD_ORIGIN);
    assert_int_equal(parachain_system_sudo_send_upward_message(&none, &args), BAD_ORIGIN);
    assert_false(parachain_system_PendingUpwardMessages_exists());
    assert_int_equal(parachain_system_sudo_send_upward_message(&root, &args), DISPATCH_OK);
    assert_int_equal(pending().len, 1);
    uint8_t fields[33] = {1};
    shim_blake2(fields + 1, 32, args.message);
    assert_true(has_event(5, (struct bytes){fields, 33}));
    block_end();
    assert_int_equal(pending().len, 0);
    assert_int_equal(sent().len, 1);
    assert_bytes_equal(sent().items[0], TEXT("to the relay"));
    /* The next block does not send it again. */
    relay_init(R, block_head(0));
    start(2, NO_DIGEST);
    block_end();
    assert_int_equal(sent().len, 0);
}

static void messages_that_cannot_be_sent(void **state) {
    (void)state;
    static uint8_t big[257];
    bytes32 hash;
    start(1, NO_DIGEST);
    uint32_t before = event_count();
    assert_int_equal(parachain_system_send_upward_message((struct bytes){big, 257}, &hash), UMP_TOO_BIG);
    assert_int_equal(parachain_system_send_upward_message((struct bytes){NULL, 0}, &hash), UMP_EMPTY);
    assert_false(parachain_system_PendingUpwardMessages_exists());
    assert_int_equal(event_count(), before);
    /* Root's call does not fail: the message is dropped. */
    struct dispatch root = {.origin = {.kind = ORIGIN_ROOT}};
    parachain_system_call_sudo_send_upward_message args = {{big, 257}};
    assert_int_equal(parachain_system_sudo_send_upward_message(&root, &args), DISPATCH_OK);
    assert_false(parachain_system_PendingUpwardMessages_exists());
    send((struct bytes){big, 256});
    /* Before the first inherent the relay chain's limits are not known: messages wait. */
    fresh(NULL);
    send((struct bytes){big, 257});
    assert_int_equal(pending().len, 1);
}

static void limits_leave_messages_waiting(void **state) {
    (void)state;
    static uint8_t bytes[256];
    /* Five messages a candidate. */
    start(1, NO_DIGEST);
    for (uint32_t i = 1; i <= 7; i++)
        send((struct bytes){bytes, i});
    block_end();
    assert_int_equal(sent().len, 5);
    assert_int_equal(sent().items[4].len, 5);
    assert_int_equal(pending().len, 2);
    assert_int_equal(pending().items[0].len, 6);
    segment_tracker tracker;
    parachain_system_AggregatedUnincludedSegment_get(&tracker);
    assert_int_equal(tracker.used_bandwidth.ump_msg_count, 5);
    assert_int_equal(tracker.used_bandwidth.ump_total_bytes, 15);
    /* The relay chain still shows room for 8, of which the unincluded block takes 5. */
    relay_init(R + 1, block_head(0));
    relay_build();
    block_begin(2, R + 1, NO_DIGEST);
    assert_int_equal(block_inherent(), DISPATCH_OK);
    for (uint32_t i = 0; i < 4; i++)
        send((struct bytes){bytes, 1});
    block_end();
    assert_int_equal(sent().len, 3);
    assert_int_equal(pending().len, 3);
    messaging_state messaging;
    parachain_system_RelevantMessagingState_get(&messaging);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_count, 3);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_size, 1024 - 15);
}

static void size_limit_stops_at_the_first_that_does_not_fit(void **state) {
    (void)state;
    static uint8_t bytes[256];
    uint8_t capacity[8], key[44] = ":relay_dispatch_queue_remaining_capacity";
    store_u32(capacity, 8);
    store_u32(capacity + 4, 300);
    store_u32(key + 40, PARA);
    relay_put_key((struct bytes){key, 44}, (struct bytes){capacity, 8});
    start(1, NO_DIGEST);
    send((struct bytes){bytes, 200});
    send((struct bytes){bytes, 101});
    send((struct bytes){bytes, 1});
    block_end();
    assert_int_equal(sent().len, 1);
    assert_int_equal(pending().len, 2);
    fresh(NULL);
    relay_init(R, block_head(0));
    relay_put_key((struct bytes){key, 44}, (struct bytes){capacity, 8});
    start(1, NO_DIGEST);
    send((struct bytes){bytes, 200});
    send((struct bytes){bytes, 100});
    block_end();
    assert_int_equal(sent().len, 2);
}

static void fee_factor_follows_the_queue(void **state) {
    (void)state;
    static uint8_t bytes[256];
    start(1, NO_DIGEST);
    assert_true(fee_factor() == one);
    /* 512 bytes are half of the queue; more raise the factor by 1.05 (and 0.001 a whole KiB). */
    send((struct bytes){bytes, 256});
    send((struct bytes){bytes, 256});
    assert_true(fee_factor() == one);
    send((struct bytes){bytes, 1});
    assert_true(fee_factor() == one / 100 * 105);
    send((struct bytes){bytes, 1});
    assert_true(fee_factor() == one / 10000 * 11025);
    block_end();
    assert_true(fee_factor() == one / 100 * 105);
    /* Down to one and not below. */
    relay_init(R, block_head(0));
    start(2, NO_DIGEST);
    block_end();
    assert_true(fee_factor() == one);
    relay_init(R + 1, block_head(0));
    relay_build();
    block_begin(3, R + 1, NO_DIGEST);
    assert_int_equal(block_inherent(), DISPATCH_OK);
    u128 huge = ~(u128)0;
    parachain_system_UpwardDeliveryFeeFactor_put(&huge);
    host_configuration config = relay_config;
    config.max_upward_message_size = 5000;
    config.max_upward_queue_size = 8;
    parachain_system_HostConfiguration_put(&config);
    static uint8_t kib[2047];
    send((struct bytes){kib, 4});
    send((struct bytes){kib, 2047});
    assert_true(fee_factor() == huge); /* saturates */
    huge = 3 * one;
    parachain_system_UpwardDeliveryFeeFactor_put(&huge);
    send((struct bytes){kib, 2047});
    assert_true(fee_factor() == one / 1000 * 3 * 1051);
    /* The queue stays long: no way down. */
    config.max_upward_message_num_per_candidate = 0;
    parachain_system_HostConfiguration_put(&config);
    block_end();
    assert_true(fee_factor() == one / 1000 * 3 * 1051);
    /* Division rounds down: 1.06 / 1.05. */
    relay_init(R + 2, block_head(2));
    relay_build();
    block_begin(4, R + 2, NO_DIGEST);
    assert_int_equal(block_inherent(), DISPATCH_OK);
    parachain_system_PendingUpwardMessages_kill();
    huge = one / 100 * 106;
    parachain_system_UpwardDeliveryFeeFactor_put(&huge);
    block_end();
    assert_true(fee_factor() == (u128)1009523809523809523u);
}

/* --- signals --- */

static void signals_follow_the_messages(void **state) {
    (void)state;
    relay.call.data.collator_peer_id = (option_approved_peer_id){true, TEXT("12D3")};
    start(1, digest_of(1, (struct bytes[]){CORE_INFO(9, 1, 3)}));
    send(TEXT("message"));
    block_end();
    byte_vecs messages = sent();
    assert_int_equal(messages.len, 4);
    assert_bytes_equal(messages.items[0], TEXT("message"));
    assert_int_equal(messages.items[1].len, 0);
    assert_bytes_equal(messages.items[2], ITEM(0, 9, 1));
    assert_bytes_equal(messages.items[3], ITEM(1, 4 << 2, '1', '2', 'D', '3'));
    assert_false(parachain_system_PendingApprovedPeer_exists());
    uint16_t cores;
    assert_true(parachain_system_PreviousCoreCount_get(&cores) && cores == 3);
    /* Signals count neither as messages nor as bytes. */
    segment_tracker tracker;
    parachain_system_AggregatedUnincludedSegment_get(&tracker);
    assert_int_equal(tracker.used_bandwidth.ump_msg_count, 1);
    assert_int_equal(tracker.used_bandwidth.ump_total_bytes, 7);
}

static void signals_wait_for_the_last_block_of_a_core(void **state) {
    (void)state;
    const struct bytes core = CORE_INFO(9, 1, 3);
    const struct {
        struct bytes items[3];
        uint32_t count;
        bool last;
    } cases[] = {
        {{core}, 1, true},
        {{core, BUNDLE(0, 0)}, 2, false},
        {{core, BUNDLE(0, 1)}, 2, true},
        {{core, BUNDLE(0, 0), FULL_CORE}, 3, true},
        {{core, BUNDLE(0, 0), UPDATED}, 3, true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        setup(NULL);
        relay.call.data.collator_peer_id = (option_approved_peer_id){true, TEXT("p")};
        start(1, digest_of(cases[i].count, cases[i].items));
        block_end();
        assert_int_equal(sent().len, cases[i].last ? 3 : 0);
        assert_int_equal(parachain_system_PendingApprovedPeer_exists(), !cases[i].last);
    }
}

static void bundle_shares_the_message_limit(void **state) {
    (void)state;
    static uint8_t bytes[8];
    const struct bytes core = CORE_INFO(9, 1, 3);
    start(1, digest_of(2, (struct bytes[]){core, BUNDLE(0, 0)}));
    for (uint32_t i = 0; i < 4; i++)
        send((struct bytes){bytes, 1});
    block_end();
    assert_int_equal(sent().len, 4);
    /* The second block of the bundle may send one more. */
    relay_init(R, block_head(0));
    start(2, digest_of(2, (struct bytes[]){core, BUNDLE(1, 0)}));
    for (uint32_t i = 0; i < 3; i++)
        send((struct bytes){bytes, 1});
    block_end();
    assert_int_equal(sent().len, 1);
    pov_messages pov;
    parachain_system_PoVMessagesTracker_get(&pov);
    assert_true(pov.ump_msg_count == 5 && pov.bundle_index == 1 && pov.core_selector == 9);
    /* What begins a new proof of validity counts anew: another core or relay parent, or no later place. */
    static const struct {
        uint8_t selector, index, other_root;
        uint32_t count;
    } next[] = {{9, 2, 0, 5}, {9, 1, 0, 0}, {8, 2, 0, 0}, {9, 2, 1, 0}};
    for (size_t i = 0; i < COUNT_OF(next); i++) {
        fresh(NULL);
        relay_init(R, block_head(0));
        relay_build();
        pov_messages stored = {.core_selector = 9, .bundle_index = 1, .ump_msg_count = 5, .hrmp_outbound_count = 2};
        memcpy(stored.relay_storage_root_or_hash.at, relay.trie.root, 32);
        stored.relay_storage_root_or_hash.at[0] ^= next[i].other_root;
        const uint8_t selector = next[i].selector, index = next[i].index;
        parachain_system_PoVMessagesTracker_put(&stored);
        start(1, digest_of(2, (struct bytes[]){CORE_INFO(selector, 1, 3), BUNDLE(index, 0)}));
        bool kept = parachain_system_PoVMessagesTracker_get(&pov);
        assert_int_equal(kept, next[i].count > 0);
        assert_true(!kept || (pov.hrmp_outbound_count == 2 && pov.bundle_index == index));
        send((struct bytes){bytes, 1});
        block_end();
        assert_int_equal(sent().len, kept ? 0 : 1);
        parachain_system_PoVMessagesTracker_get(&pov);
        assert_int_equal(pov.ump_msg_count, kept ? 5 : 1);
        assert_int_equal(pov.core_selector, selector);
        assert_int_equal(pov.bundle_index, index);
        assert_memory_equal(pov.relay_storage_root_or_hash.at, relay.trie.root, 32);
    }
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
        cmocka_unit_test_setup_teardown(begin_forgets_the_validation_data, setup, teardown),
        cmocka_unit_test_setup_teardown(inherent_checks_the_core_info, setup, teardown),
        cmocka_unit_test_setup_teardown(digest_items_must_decode_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(end_needs_the_inherent, setup, teardown),
        cmocka_unit_test_setup_teardown(end_leaves_what_the_next_block_needs, setup, teardown),
        cmocka_unit_test_setup_teardown(an_idle_end_is_cheap, setup, teardown),
        cmocka_unit_test_setup_teardown(root_sends_a_message, setup, teardown),
        cmocka_unit_test_setup_teardown(messages_that_cannot_be_sent, setup, teardown),
        cmocka_unit_test_setup_teardown(limits_leave_messages_waiting, setup, teardown),
        cmocka_unit_test_setup_teardown(size_limit_stops_at_the_first_that_does_not_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(fee_factor_follows_the_queue, setup, teardown),
        cmocka_unit_test_setup_teardown(signals_follow_the_messages, setup, teardown),
        cmocka_unit_test_setup_teardown(signals_wait_for_the_last_block_of_a_core, setup, teardown),
        cmocka_unit_test_setup_teardown(bundle_shares_the_message_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(collation_info_of_genesis, setup, teardown),
        cmocka_unit_test_setup_teardown(collation_info_has_the_known_encoding, setup, teardown),
        cmocka_unit_test_setup_teardown(genesis_writes_the_small_code_key, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
