/* test_outbound.c - what a block sends: messages within limits, signals by the digest, the fee factor, the sums over a
 * proof of validity. */
#include "digest_items.h"

enum { R = RELAY_NUMBER };
static const u128 one = (u128)1000000000000000000u;

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
        relay_setup(NULL);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(root_sends_a_message, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(messages_that_cannot_be_sent, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(limits_leave_messages_waiting, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(size_limit_stops_at_the_first_that_does_not_fit, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(fee_factor_follows_the_queue, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(signals_follow_the_messages, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(signals_wait_for_the_last_block_of_a_core, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(bundle_shares_the_message_limit, relay_setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
