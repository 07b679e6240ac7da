/* test_messages.c - inbound messages: the hash chains, counts, ids and watermarks, and every broken sequence.
 * The chain's known answers were made with @polkadot/util-crypto. */
#include "relay.h"

#include "parachain_system/messages.h"

enum { R = RELAY_NUMBER, A = 1000, B = 3000 };

static void run(UNUSED void *context) {
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}

static message_queue_chain chain(message_queue_chain from, uint32_t sent_at, struct bytes message) {
    h256 hash;
    message_hash(&hash, message);
    message_chain_extend(&from, sent_at, &hash);
    return from;
}
static const message_queue_chain empty;

static void hex(uint8_t *out, const char *digits) {
    for (size_t i = 0; digits[2 * i]; i++) {
        unsigned byte;
        assert_int_equal(sscanf(digits + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
}

static void chain_has_the_known_heads(void **state) {
    (void)state;
    static const uint8_t first[] = {1, 2, 3}, second[] = {0xFF};
    uint8_t expected[32];
    message_queue_chain head = chain(empty, 5, (struct bytes){first, 3});
    hex(expected, "7e9fd5c6874e32eb94d2a12a0359fd19a527511c05847969f65c180501fb1493");
    assert_memory_equal(head.at, expected, 32);
    head = chain(head, 6, (struct bytes){second, 1});
    hex(expected, "a630fcc5fdf5b09a55833f96661221065459c6e5e8d01d356473db236f157df5");
    assert_memory_equal(head.at, expected, 32);
}

static void message_hash_covers_the_length(void **state) {
    (void)state;
    static uint8_t long_message[20000];
    for (uint32_t len = 0; len <= sizeof long_message; len += 63 + len / 3) {
        static uint8_t encoded[sizeof long_message + 5];
        struct writer out = writer_over(encoded, sizeof encoded);
        write_bytes(&out, (struct bytes){long_message, len});
        uint8_t expected[32];
        h256 hash;
        shim_blake2(expected, 32, writer_bytes(&out));
        message_hash(&hash, (struct bytes){long_message, len});
        assert_memory_equal(hash.at, expected, 32);
    }
}

/* --- downward --- */

static void show_downward_head(message_queue_chain head) {
    relay_put_own("Dmp", "DownwardMessageQueueHeads", (struct bytes){head.at, 32});
}

static void takes_downward_messages(void **state) {
    (void)state;
    message_queue_chain one = chain(empty, 7, TEXT("one")), two = chain(one, 9, TEXT("two"));
    relay_add_downward(7, TEXT("one"));
    relay_add_downward(9, TEXT("two"));
    show_downward_head(two);
    run(NULL);
    message_queue_chain stored;
    assert_true(parachain_system_LastDmqMqcHead_get(&stored));
    assert_memory_equal(stored.at, two.at, 32);
    uint32_t count;
    assert_true(parachain_system_ProcessedDownwardMessages_get(&count) && count == 2);
    inbound_message_id last;
    assert_true(parachain_system_LastProcessedDownwardMessage_get(&last) && last.sent_at == 9 && last.reverse_idx == 0);
    /* Received{count}, Processed{weight, head}, Dropped{count}. */
    assert_int_equal(event_count(), 3);
    assert_true(has_event(6, (struct bytes){(uint8_t[]){2, 0, 0, 0}, 4}));
    assert_true(has_event(3, (struct bytes){(uint8_t[]){2, 0, 0, 0}, 4}));
    uint8_t fields[64];
    struct writer out = writer_over(fields, sizeof fields);
    write_compact(&out, 1735000 + 2 * 25300108u + READS(4) + WRITES(4));
    write_compact(&out, 8013);
    write_raw(&out, two.at, 32);
    assert_true(has_event(4, writer_bytes(&out)));
}

static void hashed_downward_messages_lead_to_the_head(void **state) {
    (void)state;
    message_queue_chain one = chain(empty, 7, TEXT("one")), two = chain(one, 7, TEXT("two")),
                        three = chain(two, 7, TEXT("three")), four = chain(three, 8, TEXT("four"));
    relay_add_downward(7, TEXT("one"));
    relay_add_hashed_downward(7, TEXT("two"));
    relay_add_hashed_downward(7, TEXT("three"));
    relay_add_hashed_downward(8, TEXT("four"));
    show_downward_head(four);
    run(NULL);
    /* Only the full one counts as taken; two more of its relay block wait. */
    message_queue_chain stored;
    parachain_system_LastDmqMqcHead_get(&stored);
    assert_memory_equal(stored.at, one.at, 32);
    inbound_message_id last;
    assert_true(parachain_system_LastProcessedDownwardMessage_get(&last) && last.sent_at == 7 && last.reverse_idx == 2);
    uint32_t count;
    assert_true(parachain_system_ProcessedDownwardMessages_get(&count) && count == 1);
}

static void refuses_broken_downward_queues(void **state) {
    (void)state;
    message_queue_chain one = chain(empty, 7, TEXT("one"));
    /* Left out. */
    show_downward_head(one);
    assert_traps(run, NULL, "queue head");
    /* Altered, sent at another time, added, doubled. */
    relay_setup(NULL), show_downward_head(one), relay_add_downward(7, TEXT("One"));
    assert_traps(run, NULL, "queue head");
    relay_setup(NULL), show_downward_head(one), relay_add_downward(8, TEXT("one"));
    assert_traps(run, NULL, "queue head");
    relay_setup(NULL), relay_add_downward(7, TEXT("one"));
    assert_traps(run, NULL, "queue head");
    relay_setup(NULL), show_downward_head(one), relay_add_downward(7, TEXT("one")), relay_add_downward(7, TEXT("one"));
    assert_traps(run, NULL, "queue head");
    /* A hash that is not the next message's. */
    relay_setup(NULL), show_downward_head(chain(one, 8, TEXT("two")));
    relay_add_downward(7, TEXT("one")), relay_add_hashed_downward(8, TEXT("Two"));
    assert_traps(run, NULL, "queue head");
    /* Only hashes. */
    relay_setup(NULL), show_downward_head(one), relay_add_hashed_downward(7, TEXT("one"));
    assert_traps(run, NULL, "too few messages");
    relay_setup(NULL), show_downward_head(one), relay_add_downward(7, TEXT("one"));
    run(NULL);
}

static void downward_queue_goes_on_from_the_stored_head(void **state) {
    (void)state;
    message_queue_chain one = chain(empty, 7, TEXT("one")), two = chain(one, 9, TEXT("two"));
    show_downward_head(two);
    relay_add_downward(9, TEXT("two"));
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    parachain_system_LastDmqMqcHead_put(&one);
    assert_int_equal(block_inherent(), DISPATCH_OK);
    block_end();
    /* The next block on the same relay state brings nothing. */
    relay_init(R, block_head(0));
    show_downward_head(two);
    relay_build();
    block_begin(2, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
    uint32_t count;
    assert_true(parachain_system_ProcessedDownwardMessages_get(&count) && count == 0);
    inbound_message_id last;
    assert_true(parachain_system_LastProcessedDownwardMessage_get(&last) && last.sent_at == 9);
    assert_int_equal(event_count(), 0);
}

/* --- channels --- */

/* Channels from A and B; a head of zeros is shown as none. */
static void open_channels(message_queue_chain a, message_queue_chain b) {
    static const uint32_t ids[] = {A, B};
    hrmp_channel channel = {8, 100000, 400, 0, 0, {false, {{0}}}};
    relay_put_index("HrmpIngressChannelsIndex", ids, 2);
    channel.mqc_head.some = memcmp(a.at, empty.at, 32) != 0;
    memcpy(channel.mqc_head.value.at, a.at, 32);
    relay_put_channel(A, PARA, &channel);
    channel.mqc_head.some = memcmp(b.at, empty.at, 32) != 0;
    memcpy(channel.mqc_head.value.at, b.at, 32);
    relay_put_channel(B, PARA, &channel);
}

static void check_stored_heads(const uint32_t *ids, const message_queue_chain *heads, uint32_t count) {
    para_chain_heads stored;
    parachain_system_LastHrmpMqcHeads_get(&stored);
    assert_int_equal(stored.len, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(stored.items[i].para, ids[i]);
        assert_memory_equal(stored.items[i].head.at, heads[i].at, 32);
    }
}
static void check_last(uint32_t sent_at, uint32_t reverse_idx, uint32_t mark) {
    inbound_message_id last;
    uint32_t watermark;
    assert_true(parachain_system_LastProcessedHrmpMessage_get(&last));
    assert_int_equal(last.sent_at, sent_at);
    assert_int_equal(last.reverse_idx, reverse_idx);
    assert_true(parachain_system_HrmpWatermark_get(&watermark));
    assert_int_equal(watermark, mark);
}
static const uint32_t both[] = {A, B};

static void takes_channel_messages(void **state) {
    (void)state;
    message_queue_chain a = chain(chain(empty, 10, TEXT("a1")), 12, TEXT("a2")), b = chain(empty, 10, TEXT("b1"));
    open_channels(a, b);
    relay_add_horizontal(A, 10, TEXT("a1"));
    relay_add_horizontal(B, 10, TEXT("b1"));
    relay_add_horizontal(A, 12, TEXT("a2"));
    run(NULL);
    check_stored_heads(both, (message_queue_chain[]){a, b}, 2);
    check_last(12, 0, 12);
}

static void hashed_channel_messages_hold_the_watermark_back(void **state) {
    (void)state;
    static uint8_t big[400];
    struct bytes message = {big, sizeof big};
    message_queue_chain a1 = chain(empty, 10, message), a2 = chain(a1, 12, message), b1 = chain(empty, 12, message);
    /* Less than one message is left of the limit. */
    open_channels(a2, b1);
    relay_add_horizontal(A, 10, message);
    relay_add_horizontal(A, 12, message);
    relay_add_hashed_horizontal(B, 12, message);
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    system_register_weight((weight){0, MAX_BLOCK_PROOF - 1199}, CLASS_NORMAL);
    assert_int_equal(block_inherent(), DISPATCH_OK);
    /* Of relay block 12 one message waits, so everything up to 10 is done. */
    check_last(12, 1, 10);
    check_stored_heads(both, (message_queue_chain[]){a2, empty}, 1);
}

static void too_few(UNUSED void *context) {
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    system_register_weight((weight){0, MAX_BLOCK_PROOF - *(uint32_t *)context}, CLASS_NORMAL);
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void refuses_to_hold_messages_back(void **state) {
    (void)state;
    static uint8_t big[400];
    struct bytes message = {big, sizeof big};
    uint32_t left = 800;
    message_queue_chain a = chain(chain(empty, 10, message), 12, message);
    /* One message in full and one that may have 400 bytes: 800 bytes would have been enough, 799 not. */
    open_channels(a, empty);
    relay_add_horizontal(A, 10, message), relay_add_hashed_horizontal(A, 12, message);
    assert_traps(too_few, &left, "too few messages");
    relay_setup(NULL), open_channels(a, empty);
    relay_add_horizontal(A, 10, message), relay_add_hashed_horizontal(A, 12, message);
    left = 799;
    too_few(&left);
    check_last(10, 0, 10);
    /* Nothing in full although everything fits. */
    relay_setup(NULL), open_channels(chain(empty, 10, message), empty);
    relay_add_hashed_horizontal(A, 10, message);
    assert_traps(run, NULL, "too few messages");
    /* A hash from nowhere. */
    relay_setup(NULL), open_channels(empty, empty);
    relay_add_hashed_horizontal(B + 1, 10, message);
    assert_traps(run, NULL, "without a channel");
}

static void refuses_broken_channels(void **state) {
    (void)state;
    message_queue_chain a = chain(empty, 10, TEXT("a1")), b = chain(empty, 10, TEXT("b1"));
    open_channels(a, b);
    relay_add_horizontal(A, 10, TEXT("a1"));
    assert_traps(run, NULL, "queue head");
    relay_setup(NULL), open_channels(a, empty);
    relay_add_horizontal(A, 10, TEXT("A1"));
    assert_traps(run, NULL, "queue head");
    relay_setup(NULL), open_channels(a, empty);
    assert_traps(run, NULL, "queue head");
    /* Order: by relay block, then by sender. */
    relay_setup(NULL), open_channels(a, b);
    relay_add_horizontal(B, 10, TEXT("b1")), relay_add_horizontal(A, 10, TEXT("a1"));
    assert_traps(run, NULL, "out of order");
    relay_setup(NULL), open_channels(chain(a, 9, TEXT("a0")), empty);
    relay_add_horizontal(A, 10, TEXT("a1")), relay_add_horizontal(A, 9, TEXT("a0"));
    assert_traps(run, NULL, "out of order");
    /* No channel, below, between and above the known ids. */
    static const uint32_t strangers[] = {A - 1, A + 1, B - 1, B + 1};
    for (size_t i = 0; i < COUNT_OF(strangers); i++) {
        relay_setup(NULL), open_channels(empty, empty);
        relay_add_horizontal(strangers[i], 10, TEXT("x"));
        assert_traps(run, NULL, "without a channel");
    }
}

static void channels_without_messages_keep_their_heads(void **state) {
    (void)state;
    message_queue_chain a = chain(empty, 10, TEXT("a1"));
    open_channels(a, empty);
    relay_add_horizontal(A, 10, TEXT("a1"));
    run(NULL);
    check_stored_heads(both, &a, 1);
    block_end();
    /* Nothing new: all open channels get an entry, the watermark is the relay parent. */
    relay_init(R + 1, block_head(0));
    open_channels(a, empty);
    relay_build();
    block_begin(2, R + 1, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
    check_stored_heads(both, (message_queue_chain[]){a, empty}, 2);
    check_last(R + 1, 0, R + 1);
    block_end();
    /* B's channel closes: its head is forgotten. */
    relay_init(R + 2, block_head(0));
    open_channels(a, empty);
    relay_put_index("HrmpIngressChannelsIndex", both, 1);
    relay_build();
    block_begin(3, R + 2, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
    check_stored_heads(both, &a, 1);
}

static void watermark_waits_for_the_end_of_a_relay_block(void **state) {
    (void)state;
    const uint32_t before = 5;
    message_queue_chain a = chain(empty, 10, TEXT("a1")), b = chain(empty, 10, TEXT("b1"));
    static const uint32_t ids[] = {A, B};
    hrmp_channel channel = {8, 100000, (uint32_t)MAX_BLOCK_PROOF, 0, 0, {true, {{0}}}};
    relay_put_index("HrmpIngressChannelsIndex", ids, 2);
    memcpy(channel.mqc_head.value.at, a.at, 32);
    relay_put_channel(A, PARA, &channel);
    memcpy(channel.mqc_head.value.at, b.at, 32);
    relay_put_channel(B, PARA, &channel);
    relay_add_horizontal(A, 10, TEXT("a1"));
    relay_add_hashed_horizontal(B, 10, TEXT("b1"));
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    parachain_system_HrmpWatermark_put(&before);
    assert_int_equal(block_inherent(), DISPATCH_OK);
    check_last(10, 1, before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chain_has_the_known_heads, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(message_hash_covers_the_length, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(takes_downward_messages, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(hashed_downward_messages_lead_to_the_head, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(refuses_broken_downward_queues, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(downward_queue_goes_on_from_the_stored_head, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(takes_channel_messages, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(hashed_channel_messages_hold_the_watermark_back, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(refuses_to_hold_messages_back, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(refuses_broken_channels, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(channels_without_messages_keep_their_heads, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(watermark_waits_for_the_end_of_a_relay_block, relay_setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
