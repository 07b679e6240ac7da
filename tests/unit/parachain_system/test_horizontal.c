/* test_horizontal.c - messages to other parachains: the queue and its bounds, what a block takes from it, the limits of
 * channels, of unincluded blocks and of a proof of validity, and random queues against a simple model. */
#include "digest_items.h"

#include "parachain_system/horizontal.h"

enum { R = RELAY_NUMBER, A = 100, B = 200, C = 300 };

static const hrmp_channel roomy = {8, 1000, 100, 0, 0, {false, {{0}}}};
static uint8_t bytes[HRMP_QUEUE_MAX_BYTES];
#define BYTES(count) ((struct bytes){bytes, count})

/* Channels to A, B and C. */
static void open_channels(const hrmp_channel *a, const hrmp_channel *b, const hrmp_channel *c) {
    static const uint32_t ids[] = {A, B, C};
    relay_put_index("HrmpEgressChannelsIndex", ids, 3);
    relay_put_channel(PARA, A, a);
    relay_put_channel(PARA, B, b);
    relay_put_channel(PARA, C, c);
}
/* A block on relay block `relay_number`, up to its end. */
static void start(uint32_t number, uint32_t relay_number, uint32_t included, struct bytes digest) {
    relay_init(relay_number, block_head(included));
    open_channels(&roomy, &roomy, &roomy);
    relay_build();
    block_begin(number, relay_number, digest);
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static enum hrmp_result send(uint32_t to, struct bytes message) {
    return parachain_system_send_horizontal_message(to, message);
}
static outbound_hrmp_messages sent(void) {
    outbound_hrmp_messages messages;
    parachain_system_HrmpOutboundMessages_get(&messages);
    return messages;
}
static outbound_hrmp_messages pending(void) {
    outbound_hrmp_messages messages;
    parachain_system_PendingHrmpMessages_get(&messages);
    return messages;
}

/* --- sending --- */

static void messages_that_cannot_be_queued(void **state) {
    (void)state;
    assert_int_equal(send(A, TEXT("x")), HRMP_NO_CHANNEL); /* no relay chain state yet */
    start(1, R, 0, NO_DIGEST);
    static const uint32_t strangers[] = {0, A - 1, A + 1, B + 1, C + 1, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(strangers); i++)
        assert_int_equal(send(strangers[i], TEXT("x")), HRMP_NO_CHANNEL);
    assert_int_equal(send(A, BYTES(101)), HRMP_TOO_BIG);
    assert_false(parachain_system_PendingHrmpMessages_exists());
    assert_int_equal(send(A, BYTES(100)), HRMP_SENT);
    assert_int_equal(send(C, BYTES(0)), HRMP_SENT);
    assert_int_equal(pending().len, 2);
    assert_int_equal(pending().items[0].recipient, A);
    assert_int_equal(pending().items[0].data.len, 100);
}

static void the_queue_is_bounded(void **state) {
    (void)state;
    start(1, R, 0, NO_DIGEST);
    for (uint32_t i = 0; i < HRMP_QUEUE_MAX_MESSAGES; i++)
        assert_int_equal(send(A, BYTES(1)), HRMP_SENT);
    assert_int_equal(send(B, BYTES(0)), HRMP_QUEUE_FULL);
    assert_int_equal(pending().len, HRMP_QUEUE_MAX_MESSAGES);
    /* By bytes. */
    outbound_hrmp_message nearly = {B, BYTES(HRMP_QUEUE_MAX_BYTES - 5)};
    parachain_system_PendingHrmpMessages_put(&(outbound_hrmp_messages){&nearly, 1});
    assert_int_equal(send(A, BYTES(6)), HRMP_QUEUE_FULL);
    assert_int_equal(send(A, BYTES(5)), HRMP_SENT);
    assert_int_equal(send(A, BYTES(1)), HRMP_QUEUE_FULL);
    assert_int_equal(pending().len, 2);
}

/* --- taking --- */

static void one_message_a_recipient_by_ascending_recipient(void **state) {
    (void)state;
    start(1, R, 0, NO_DIGEST);
    assert_int_equal(send(C, TEXT("c1")), HRMP_SENT);
    assert_int_equal(send(A, TEXT("a1")), HRMP_SENT);
    assert_int_equal(send(A, TEXT("a2")), HRMP_SENT);
    assert_int_equal(send(B, TEXT("b1")), HRMP_SENT);
    block_end();
    assert_int_equal(sent().len, 3);
    assert_true(sent().items[0].recipient == A && sent().items[1].recipient == B && sent().items[2].recipient == C);
    assert_bytes_equal(sent().items[0].data, TEXT("a1"));
    assert_bytes_equal(sent().items[2].data, TEXT("c1"));
    assert_int_equal(pending().len, 1);
    assert_bytes_equal(pending().items[0].data, TEXT("a2"));
    segment_tracker tracker;
    parachain_system_AggregatedUnincludedSegment_get(&tracker);
    assert_int_equal(tracker.used_bandwidth.hrmp_outgoing.len, 3);
    assert_true(tracker.used_bandwidth.hrmp_outgoing.items[0].para == A);
    assert_true(tracker.used_bandwidth.hrmp_outgoing.items[0].use.msg_count == 1);
    assert_true(tracker.used_bandwidth.hrmp_outgoing.items[0].use.total_bytes == 2);
    pov_messages pov;
    assert_true(parachain_system_PoVMessagesTracker_get(&pov) && pov.hrmp_outbound_count == 3);
    assert_int_equal(pov.hrmp_outbound_recipients.len, 3);
    /* The collator finds them: no upward messages, then the three. */
    struct bytes info = parachain_system_collation_info(TEXT("head"));
    static const uint8_t expected[] = {0, 12, A, 0, 0, 0, 8, 'a', '1', B, 0, 0, 0, 8, 'b', '1'};
    assert_true(info.len > sizeof expected);
    assert_memory_equal(info.at, expected, sizeof expected);
    /* The rest goes with the next block, and only that. */
    start(2, R + 1, 1, NO_DIGEST);
    block_end();
    assert_int_equal(sent().len, 1);
    assert_bytes_equal(sent().items[0].data, TEXT("a2"));
    assert_int_equal(pending().len, 0);
    start(3, R + 2, 2, NO_DIGEST);
    block_end();
    assert_int_equal(sent().len, 0);
    assert_false(parachain_system_HrmpOutboundMessages_exists());
}

static const para_channel egress[] = {
    {A, {2, 100, 60, 0, 0, {false, {{0}}}}},
    {B, {2, 100, 60, 2, 50, {false, {{0}}}}},
    {C, {2, 100, 60, 1, 50, {false, {{0}}}}},
};

static void take(outbound_hrmp_messages *out, outbound_hrmp_messages *queue, uint32_t most) {
    horizontal_take(out, queue, &(para_channels){(para_channel *)(uintptr_t)egress, 3}, &(para_ids){NULL, 0}, most);
}

static void channel_limits_leave_messages_waiting(void **state) {
    (void)state;
    outbound_hrmp_messages out;
    /* B has no place for another message, C room for 50 bytes. */
    const struct {
        uint32_t to, size, left, sent;
    } cases[] = {{A, 60, 0, 1}, {A, 61, 0, 0}, {B, 1, 1, 0}, {B, 61, 0, 0},     {C, 50, 0, 1},
                 {C, 51, 1, 0}, {C, 61, 0, 0}, {A + 1, 1, 0, 0}, {0, 1, 0, 0}, {A, 0, 0, 1}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        outbound_hrmp_message message = {cases[i].to, BYTES(cases[i].size)};
        outbound_hrmp_messages queue = {&message, 1};
        take(&out, &queue, 8);
        assert_int_equal(queue.len, cases[i].left);
        assert_int_equal(out.len, cases[i].sent);
    }
    /* A smaller one does not overtake; an overlong one before it is dropped. */
    outbound_hrmp_message messages[] = {{C, BYTES(51)}, {C, BYTES(1)}, {A, BYTES(61)}, {A, BYTES(2)}};
    outbound_hrmp_messages queue = {messages, 4};
    take(&out, &queue, 8);
    assert_true(out.len == 1 && out.items[0].recipient == A && out.items[0].data.len == 2);
    assert_true(queue.len == 2 && queue.items[0].data.len == 51 && queue.items[1].data.len == 1);
    /* None may be sent: what is impossible goes nevertheless. */
    outbound_hrmp_message none[] = {{A, BYTES(1)}, {A + 1, BYTES(1)}, {C, BYTES(1)}};
    queue = (outbound_hrmp_messages){none, 3};
    take(&out, &queue, 0);
    assert_true(out.len == 0 && queue.len == 2);
    queue.len = 0;
    take(&out, &queue, 8);
    assert_int_equal(out.len, 0);
}

static void unincluded_blocks_use_the_channel(void **state) {
    (void)state;
    const hrmp_channel narrow = {2, 1000, 100, 0, 0, {false, {{0}}}};
    for (uint32_t number = 1; number <= 4; number++) {
        relay_init(R + number, block_head(number == 4 ? 1 : 0));
        open_channels(&narrow, &roomy, &roomy);
        relay_build();
        block_begin(number, R + number, NO_DIGEST);
        assert_int_equal(block_inherent(), DISPATCH_OK);
        assert_int_equal(send(A, BYTES(10)), HRMP_SENT);
        block_end();
        /* Two of ours on the way fill it, until the first one's block is included: the relay chain then counts it, or,
         * as here, has delivered it. */
        assert_int_equal(sent().len, number != 3);
        assert_int_equal(pending().len, number >= 3);
    }
}

static void a_proof_of_validity_sends_each_recipient_one(void **state) {
    (void)state;
    const struct bytes core = CORE_INFO(9, 1, 3);
    start(1, R, 0, digest_of(2, (struct bytes[]){core, BUNDLE(0, 0)}));
    assert_int_equal(send(A, TEXT("a1")), HRMP_SENT);
    assert_int_equal(send(A, TEXT("a2")), HRMP_SENT);
    block_end();
    assert_int_equal(sent().len, 1);
    start(2, R, 0, digest_of(2, (struct bytes[]){core, BUNDLE(1, 0)}));
    assert_int_equal(send(B, TEXT("b1")), HRMP_SENT);
    block_end();
    assert_true(sent().len == 1 && sent().items[0].recipient == B);
    assert_int_equal(pending().len, 1);
    pov_messages pov;
    parachain_system_PoVMessagesTracker_get(&pov);
    assert_true(pov.hrmp_outbound_count == 2 && pov.hrmp_outbound_recipients.items[0] == A &&
                pov.hrmp_outbound_recipients.items[1] == B);
    /* Another core's proof. */
    start(3, R, 0, digest_of(2, (struct bytes[]){CORE_INFO(10, 1, 3), BUNDLE(2, 0)}));
    block_end();
    assert_true(sent().len == 1 && sent().items[0].recipient == A);
    assert_bytes_equal(sent().items[0].data, TEXT("a2"));
}

static void a_candidate_sends_so_many(void **state) {
    (void)state;
    /* Five of them are allowed (relay_config); four went with an earlier block of the proof. */
    const struct bytes core = CORE_INFO(9, 1, 3);
    relay_init(R, block_head(0));
    open_channels(&roomy, &roomy, &roomy);
    relay_build();
    static para_id served[] = {1, 2, 3, 4};
    pov_messages pov = {.core_selector = 9, .hrmp_outbound_count = 4, .hrmp_outbound_recipients = {served, 4}};
    memcpy(pov.relay_storage_root_or_hash.at, relay.trie.root, 32);
    parachain_system_PoVMessagesTracker_put(&pov);
    block_begin(1, R, digest_of(2, (struct bytes[]){core, BUNDLE(1, 1)}));
    assert_int_equal(block_inherent(), DISPATCH_OK);
    assert_int_equal(send(B, TEXT("b")), HRMP_SENT);
    assert_int_equal(send(A, TEXT("a")), HRMP_SENT);
    block_end();
    assert_true(sent().len == 1 && sent().items[0].recipient == B);
    assert_int_equal(pending().len, 1);
    parachain_system_PoVMessagesTracker_get(&pov);
    assert_int_equal(pov.hrmp_outbound_count, 5);
    assert_int_equal(pov.hrmp_outbound_recipients.len, 5);
}

static void upward_and_horizontal_go_together(void **state) {
    (void)state;
    bytes32 hash;
    start(1, R, 0, digest_of(1, (struct bytes[]){CORE_INFO(9, 1, 3)}));
    assert_int_equal(parachain_system_send_upward_message(TEXT("up"), &hash), UMP_SENT);
    assert_int_equal(send(B, TEXT("across")), HRMP_SENT);
    block_end();
    byte_vecs upward;
    parachain_system_UpwardMessages_get(&upward);
    assert_int_equal(upward.len, 3); /* separator and core behind it */
    assert_int_equal(sent().len, 1);
    segment_tracker tracker;
    parachain_system_AggregatedUnincludedSegment_get(&tracker);
    assert_true(tracker.used_bandwidth.ump_msg_count == 1 && tracker.used_bandwidth.ump_total_bytes == 2);
    assert_int_equal(tracker.used_bandwidth.hrmp_outgoing.len, 1);
}

/* --- against a model: recipients in ascending order, each with its oldest message --- */

static void check_taken(const outbound_hrmp_message *before, uint32_t count, const outbound_hrmp_messages *out,
                        const outbound_hrmp_messages *left, const para_ids *served, uint32_t most) {
    uint32_t dropped = 0;
    for (uint32_t i = 1; i < out->len; i++)
        assert_true(out->items[i - 1].recipient < out->items[i].recipient);
    assert_true(out->len <= most);
    for (uint32_t c = 0; c < 4; c++) {
        static const uint32_t ids[] = {A, B, C, A + 1};
        /* The messages to one recipient before, without those that can never be sent. */
        struct bytes own[16];
        uint32_t own_count = 0, at = 0;
        for (uint32_t i = 0; i < count; i++)
            if (before[i].recipient == ids[c] && (c == 3 || before[i].data.len > egress[c].channel.max_message_size))
                dropped++;
            else if (before[i].recipient == ids[c])
                own[own_count++] = before[i].data;
        for (uint32_t i = 0; i < out->len; i++)
            if (out->items[i].recipient == ids[c]) {
                const hrmp_channel *channel = &egress[c].channel;
                assert_ptr_equal(out->items[i].data.at, own[at++].at);
                assert_true(channel->msg_count < channel->max_capacity &&
                            channel->total_size + out->items[i].data.len <= channel->max_total_size);
                for (uint32_t k = 0; k < served->len; k++)
                    assert_int_not_equal(served->items[k], ids[c]);
            }
        /* When it could have been sent it was, unless others took the last place. */
        bool is_served = false;
        for (uint32_t k = 0; k < served->len; k++)
            is_served |= served->items[k] == ids[c];
        if (c < 3 && own_count && !at && !is_served && out->len < most) {
            const hrmp_channel *channel = &egress[c].channel;
            assert_true(channel->msg_count == channel->max_capacity ||
                        channel->total_size + own[0].len > channel->max_total_size);
        }
        for (uint32_t i = 0; i < left->len; i++)
            if (left->items[i].recipient == ids[c])
                assert_ptr_equal(left->items[i].data.at, own[at++].at);
        assert_int_equal(at, own_count);
    }
    assert_int_equal(out->len + left->len + dropped, count);
}

static void random_queues_keep_the_rules(void **state) {
    (void)state;
    static const uint32_t ids[] = {A, B, C, A + 1};
    uint32_t taken = 0;
    for (uint64_t seed = 3, round = 0; round < 5000; round++) {
        outbound_hrmp_message before[16], queue[16];
        uint32_t count = (uint32_t)(next_random(&seed) % 16);
        for (uint32_t i = 0; i < count; i++) /* each at an address of its own */
            before[i] = queue[i] = (outbound_hrmp_message){ids[next_random(&seed) % 4],
                                                           {bytes + i, (uint32_t)(next_random(&seed) % 65)}};
        para_id one = ids[next_random(&seed) % 3];
        para_ids served = {&one, (uint32_t)(next_random(&seed) % 2)};
        uint32_t most = (uint32_t)(next_random(&seed) % 4);
        outbound_hrmp_messages left = {queue, count}, out;
        horizontal_take(&out, &left, &(para_channels){(para_channel *)(uintptr_t)egress, 3}, &served, most);
        check_taken(before, count, &out, &left, &served, most);
        taken += out.len;
        arena_reset_all();
    }
    assert_true(taken > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(messages_that_cannot_be_queued, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(the_queue_is_bounded, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(one_message_a_recipient_by_ascending_recipient, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(channel_limits_leave_messages_waiting, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(unincluded_blocks_use_the_channel, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(a_proof_of_validity_sends_each_recipient_one, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(a_candidate_sends_so_many, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(upward_and_horizontal_go_together, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(random_queues_keep_the_rules, relay_setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
