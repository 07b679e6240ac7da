/* test_message_seam.c - what the message handler is handed: this program has a handler of its own, which takes the place
 * of message_handler.c. */
#include "relay.h"

#include "parachain_system/message_handler.h"
#include "parachain_system/messages.h"

enum { R = RELAY_NUMBER, A = 100, B = 200 };
static const message_queue_chain empty;

static struct {
    uint32_t downward_calls, horizontal_calls, downward, horizontal;
    uint64_t order; /* a digit for each message */
    weight limit, answer;
} seen;

void message_handler_downward(const inbound_downward_messages *messages) {
    seen.downward_calls++;
    seen.downward += messages->len;
    for (uint32_t i = 0; i < messages->len; i++)
        seen.order = seen.order * 10 + messages->items[i].msg.at[0] - '0';
    /* The place in the queue is stored already. */
    assert_true(parachain_system_LastProcessedDownwardMessage_exists());
}

weight message_handler_horizontal(const hrmp_messages *messages, weight limit) {
    seen.horizontal_calls++;
    seen.horizontal += messages->len;
    for (uint32_t i = 0; i < messages->len; i++)
        seen.order = seen.order * 10 + messages->items[i].message.data.at[0] - '0';
    seen.limit = limit;
    return seen.answer;
}

static message_queue_chain chain(message_queue_chain head, uint32_t sent_at, struct bytes message) {
    h256 hash;
    message_hash(&hash, message);
    message_chain_extend(&head, sent_at, &hash);
    return head;
}
static void open_channels(message_queue_chain a, message_queue_chain b) {
    static const uint32_t ids[] = {A, B};
    hrmp_channel channel = {8, 100000, (uint32_t)MAX_BLOCK_PROOF, 0, 0, {true, {{0}}}};
    relay_put_index("HrmpIngressChannelsIndex", ids, 2);
    memcpy(channel.mqc_head.value.at, a.at, 32);
    relay_put_channel(A, PARA, &channel);
    memcpy(channel.mqc_head.value.at, b.at, 32);
    relay_put_channel(B, PARA, &channel);
}
static int setup(void **state) {
    memset(&seen, 0, sizeof seen);
    return relay_setup(state);
}
static void start(void) {
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
}

static void gets_full_messages_in_order(void **state) {
    (void)state;
    message_queue_chain down = chain(chain(chain(empty, 7, TEXT("1")), 7, TEXT("2")), 8, TEXT("9"));
    relay_put_own("Dmp", "DownwardMessageQueueHeads", (struct bytes){down.at, 32});
    relay_add_downward(7, TEXT("1"));
    relay_add_downward(7, TEXT("2"));
    relay_add_hashed_downward(8, TEXT("9"));
    message_queue_chain a = chain(chain(empty, 7, TEXT("3")), 8, TEXT("5"));
    open_channels(a, chain(chain(empty, 7, TEXT("4")), 9, TEXT("8")));
    relay_add_horizontal(A, 7, TEXT("3"));
    relay_add_horizontal(B, 7, TEXT("4"));
    relay_add_horizontal(A, 8, TEXT("5"));
    relay_add_hashed_horizontal(B, 9, TEXT("8"));
    start();
    assert_int_equal(block_inherent(), DISPATCH_OK);
    assert_true(seen.downward_calls == 1 && seen.downward == 2);
    assert_true(seen.horizontal_calls == 1 && seen.horizontal == 3);
    assert_int_equal(seen.order, 12345);
}

static void is_not_called_without_messages(void **state) {
    (void)state;
    open_channels(empty, empty);
    start();
    assert_int_equal(block_inherent(), DISPATCH_OK);
    assert_int_equal(seen.downward_calls + seen.horizontal_calls, 0);
}

static void horizontal_limit_is_a_quarter_or_the_override(void **state) {
    (void)state;
    seen.answer = (weight){12345, 678};
    open_channels(chain(empty, 7, TEXT("1")), empty);
    relay_add_horizontal(A, 7, TEXT("1"));
    start();
    per_class_weight before, after;
    system_BlockWeight_get(&before);
    assert_int_equal(block_inherent(), DISPATCH_OK);
    assert_true(seen.limit.ref_time == 500000000000u && seen.limit.proof_size == 2621440);
    /* What the handler spent counts for the block. */
    system_BlockWeight_get(&after);
    assert_true(after.mandatory.ref_time - before.mandatory.ref_time ==
                READS(1 + 2 + 5 + 4 + 2) + WRITES(1 + 5 + 4 + 3) + 1735000 + 12345);
    assert_int_equal(after.mandatory.proof_size - before.mandatory.proof_size, 8013 + 678);
    setup(NULL);
    open_channels(chain(empty, 7, TEXT("1")), empty);
    relay_add_horizontal(A, 7, TEXT("1"));
    start();
    parachain_system_ReservedXcmpWeightOverride_put(&(weight){7, 9});
    assert_int_equal(block_inherent(), DISPATCH_OK);
    assert_true(seen.limit.ref_time == 7 && seen.limit.proof_size == 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gets_full_messages_in_order, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(is_not_called_without_messages, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(horizontal_limit_is_a_quarter_or_the_override, setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
