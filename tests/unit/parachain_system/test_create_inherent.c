/* test_create_inherent.c - the inherent from a node's inherent data: both forms, which messages are left out, given
 * whole or by hash; and that what it makes is what set_validation_data takes. */
#include "relay.h"

#include "parachain_system/messages.h"

enum { R = 1000 };

static int setup(void **state) {
    fresh(state);
    relay_init(R, block_head(0));
    relay_build();
    return 0;
}
static int teardown(void **state) {
    (void)state;
    relay_free();
    return 0;
}

static uint8_t buffer[1 << 22];

struct message {
    uint32_t sent_at;
    struct bytes data;
};
struct channel {
    uint32_t sender, count;
    struct message at[8];
};

static void write_messages(struct writer *out, const struct message *messages, uint32_t count) {
    write_compact_u32(out, count);
    for (uint32_t i = 0; i < count; i++) {
        write_u32(out, messages[i].sent_at);
        write_bytes(out, messages[i].data);
    }
}

/* ParachainInherentData with the given messages; `tail` is what the newer form ends with. */
static struct bytes inherent_data(const struct message *downward, uint32_t count, const struct channel *channels,
                                  uint32_t channel_count, struct bytes tail) {
    struct writer out = writer_over(buffer, sizeof buffer);
    scale_encode(&persisted_validation_data_type, &relay.call.data.validation_data, &out);
    scale_encode(&storage_proof_type, &relay.call.data.relay_chain_state, &out);
    write_messages(&out, downward, count);
    write_compact_u32(&out, channel_count);
    for (uint32_t i = 0; i < channel_count; i++) {
        write_u32(&out, channels[i].sender);
        write_messages(&out, channels[i].at, channels[i].count);
    }
    write_slice(&out, tail);
    assert_false(out.overflow);
    return writer_bytes(&out);
}

/* The map that a node hands over, with one entry more before. */
static struct bytes wrap(const char *id, struct bytes data) {
    struct writer out = writer_over(buffer + sizeof buffer / 2, sizeof buffer / 2);
    write_compact_u32(&out, id ? 2 : 1);
    write_raw(&out, "timstap0", 8);
    write_bytes(&out, TEXT("12345678"));
    if (id) {
        write_raw(&out, id, 8);
        write_bytes(&out, data);
    }
    assert_false(out.overflow);
    return writer_bytes(&out);
}

static parachain_system_call_set_validation_data args;
static void make(struct bytes all) {
    struct bytes bytes;
    struct call call;
    assert_true(parachain_system_create_inherent(&bytes, all));
    struct reader in = reader_over(bytes, &arena_scratch);
    assert_true(call_decode(&in, &call) && reader_done(&in));
    assert_int_equal(call.pallet, pallet_index_parachain_system);
    assert_int_equal(call.index, 0);
    args = *(const parachain_system_call_set_validation_data *)call.args;
}
#define NO_TAIL ((struct bytes){(const uint8_t[]){0, 0}, 2})

static void takes_both_forms(void **state) {
    (void)state;
    uint8_t tail[256];
    struct writer out = writer_over(tail, sizeof tail);
    write_compact_u32(&out, 1);
    relay_header header = {.number = 77};
    scale_encode(&relay_header_type, &header, &out);
    write_u8(&out, 1);
    write_bytes(&out, TEXT("peer"));
    make(wrap("sysi1338", inherent_data(NULL, 0, NULL, 0, writer_bytes(&out))));
    assert_int_equal(args.data.validation_data.relay_parent_number, R);
    assert_int_equal(args.data.relay_chain_state.trie_nodes.len, relay.trie.count);
    assert_int_equal(args.data.relay_parent_descendants.len, 1);
    assert_int_equal(args.data.relay_parent_descendants.items[0].number, 77);
    assert_true(args.data.collator_peer_id.some);
    assert_bytes_equal(args.data.collator_peer_id.value, TEXT("peer"));
    make(wrap("sysi1337", inherent_data(NULL, 0, NULL, 0, (struct bytes){NULL, 0})));
    assert_int_equal(args.data.validation_data.relay_parent_number, R);
    assert_int_equal(args.data.relay_parent_descendants.len, 0);
    assert_false(args.data.collator_peer_id.some);
}

static void refuses_what_does_not_decode(void **state) {
    (void)state;
    struct bytes call, data = inherent_data(NULL, 0, NULL, 0, NO_TAIL);
    assert_false(parachain_system_create_inherent(&call, wrap(NULL, data)));
    assert_false(parachain_system_create_inherent(&call, (struct bytes){NULL, 0}));
    assert_false(parachain_system_create_inherent(&call, wrap("sysi1339", data)));
    for (uint32_t len = 0; len < data.len; len++) {
        arena_reset_all();
        assert_false(parachain_system_create_inherent(&call, wrap("sysi1338", (struct bytes){data.at, len})));
        /* The older form ends two bytes earlier. */
        assert_int_equal(parachain_system_create_inherent(&call, wrap("sysi1337", (struct bytes){data.at, len})),
                         len + 2 >= data.len);
    }
    arena_reset_all();
    assert_true(parachain_system_create_inherent(&call, wrap("sysi1338", data)));
    /* A peer id of 65 bytes. */
    uint8_t tail[70] = {0, 1, 0x05, 0x01};
    data = inherent_data(NULL, 0, NULL, 0, (struct bytes){tail, 4 + 65});
    assert_false(parachain_system_create_inherent(&call, wrap("sysi1338", data)));
    /* More channels than bytes, more messages than bytes: the counts stand before the two bytes of the tail. */
    for (uint32_t before_end = 3; before_end <= 4; before_end++) {
        data = inherent_data(NULL, 0, NULL, 0, NO_TAIL);
        buffer[data.len - before_end] = 0xFC;
        assert_false(parachain_system_create_inherent(&call, wrap("sysi1338", data)));
    }
}

static void falls_back_to_the_older_form(void **state) {
    (void)state;
    struct bytes data = inherent_data(NULL, 0, NULL, 0, (struct bytes){NULL, 0});
    struct writer out = writer_over(buffer + sizeof buffer / 2, sizeof buffer / 2);
    write_compact_u32(&out, 2);
    write_raw(&out, "sysi1338", 8);
    write_bytes(&out, TEXT("nonsense"));
    write_raw(&out, "sysi1337", 8);
    write_bytes(&out, data);
    make(writer_bytes(&out));
    assert_int_equal(args.data.validation_data.relay_parent_number, R);
}

/* --- which messages --- */

static const struct message seven[] = {{0, {NULL, 0}}, {0, {NULL, 0}}, {2, {NULL, 0}}, {2, {NULL, 0}},
                                       {2, {NULL, 0}}, {2, {NULL, 0}}, {3, {NULL, 0}}};

static void leaves_out_what_was_taken(void **state) {
    (void)state;
    static const struct {
        inbound_message_id last;
        uint32_t left;
    } cases[] = {{{3, 0}, 0}, {{2, 0}, 1}, {{2, 1}, 2}, {{2, 3}, 4}, {{2, 4}, 5},  {{2, 5}, 6},
                 {{2, 6}, 7}, {{0, 1}, 6}, {{0, 2}, 7}, {{1, 0}, 5}, {{1, 40}, 5}, {{4, 0}, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct channel channel = {3000, 7, {{0, {NULL, 0}}}};
        memcpy(channel.at, seven, sizeof seven);
        parachain_system_LastProcessedDownwardMessage_put(&cases[i].last);
        parachain_system_LastProcessedHrmpMessage_put(&cases[i].last);
        make(wrap("sysi1338", inherent_data(seven, 7, &channel, 1, NO_TAIL)));
        assert_int_equal(args.inbound_messages_data.downward_messages.full_messages.len, cases[i].left);
        assert_int_equal(args.inbound_messages_data.horizontal_messages.full_messages.len, cases[i].left);
        assert_int_equal(args.inbound_messages_data.downward_messages.hashed_messages.len, 0);
    }
    /* Without a last one: what the relay chain sent after the last block's relay parent. */
    parachain_system_LastProcessedDownwardMessage_kill();
    const uint32_t last = 2;
    parachain_system_LastRelayChainBlockNumber_put(&last);
    make(wrap("sysi1338", inherent_data(seven, 7, NULL, 0, NO_TAIL)));
    assert_int_equal(args.inbound_messages_data.downward_messages.full_messages.len, 1);
    assert_int_equal(args.inbound_messages_data.downward_messages.full_messages.items[0].sent_at, 3);
}

static void orders_channels_by_time_and_sender(void **state) {
    (void)state;
    const struct channel channels[] = {
        {1000, 3, {{5, TEXT("a")}, {7, TEXT("b")}, {9, TEXT("c")}}},
        {2001, 2, {{5, TEXT("d")}, {6, TEXT("e")}}},
        {3000, 4, {{1, TEXT("f")}, {7, TEXT("g")}, {8, TEXT("h")}, {9, TEXT("i")}}},
    };
    make(wrap("sysi1338", inherent_data(NULL, 0, channels, 3, NO_TAIL)));
    hrmp_messages got = args.inbound_messages_data.horizontal_messages.full_messages;
    assert_int_equal(got.len, 9);
    for (uint32_t i = 0; i < 9; i++)
        assert_int_equal(got.items[i].message.data.at[0], "fadebghci"[i]);
    assert_int_equal(got.items[8].sender, 3000);
    assert_int_equal(got.items[8].message.sent_at, 9);
    assert_int_equal(args.inbound_messages_data.horizontal_messages.hashed_messages.len, 0);
}

static void sorts_like_a_plain_sort(void **state) {
    (void)state;
    uint64_t seed = 3;
    static uint8_t marks[64];
    for (int round = 0; round < 100; round++) {
        runtime_reset();
        struct channel channels[8] = {{0, 0, {{0, {NULL, 0}}}}};
        uint32_t count = (uint32_t)(next_random(&seed) % 9), total = 0;
        for (uint32_t i = 0; i < count; i++) {
            channels[i].sender = 10 + i;
            channels[i].count = (uint32_t)(next_random(&seed) % 9);
            for (uint32_t j = 0; j < channels[i].count; j++) {
                marks[total] = (uint8_t)total;
                channels[i].at[j] = (struct message){1 + (uint32_t)(next_random(&seed) % 5), {&marks[total], 1}};
                total++;
            }
        }
        make(wrap("sysi1338", inherent_data(NULL, 0, channels, count, NO_TAIL)));
        hrmp_messages got = args.inbound_messages_data.horizontal_messages.full_messages;
        assert_int_equal(got.len, total);
        for (uint32_t i = 1; i < got.len; i++) {
            const hrmp_message *a = &got.items[i - 1], *b = &got.items[i];
            assert_true(a->message.sent_at <= b->message.sent_at);
            if (a->message.sent_at == b->message.sent_at) /* same sender: as they came */
                assert_true(a->sender < b->sender ||
                            (a->sender == b->sender && a->message.data.at[0] < b->message.data.at[0]));
        }
    }
}

static void names_by_hash_what_does_not_fit(void **state) {
    (void)state;
    static uint8_t big[600];
    /* 1000 bytes are left of the block's proof. */
    system_register_weight((weight){0, MAX_BLOCK_PROOF - 1000}, CLASS_NORMAL);
    struct message messages[] = {{5, {big, 600}}, {5, {big, 400}}, {6, {big, 1}}, {7, {NULL, 0}}};
    make(wrap("sysi1338", inherent_data(messages, 4, NULL, 0, NO_TAIL)));
    abridged_downward_messages *got = &args.inbound_messages_data.downward_messages;
    assert_int_equal(got->full_messages.len, 2);
    assert_int_equal(got->hashed_messages.len, 2);
    h256 hash;
    message_hash(&hash, messages[2].data);
    assert_int_equal(got->hashed_messages.items[0].sent_at, 6);
    assert_memory_equal(got->hashed_messages.items[0].msg_hash.at, hash.at, 32);
    message_hash(&hash, messages[3].data);
    assert_memory_equal(got->hashed_messages.items[1].msg_hash.at, hash.at, 32);
    /* Channels may use what downward messages left. */
    const struct channel channel = {1000, 4, {{5, {big, 600}}, {6, {big, 600}}, {7, {big, 400}}, {8, {big, 300}}}};
    messages[1].data.len = 0;
    make(wrap("sysi1338", inherent_data(messages, 2, &channel, 1, NO_TAIL)));
    assert_int_equal(got->full_messages.len, 2);
    abridged_hrmp_messages *horizontal = &args.inbound_messages_data.horizontal_messages;
    assert_int_equal(horizontal->full_messages.len, 2); /* 1200 of 1400 */
    assert_int_equal(horizontal->hashed_messages.len, 2);
    assert_int_equal(horizontal->hashed_messages.items[0].sender, 1000);
    assert_int_equal(horizontal->hashed_messages.items[1].message.sent_at, 8);
    /* Nothing left at all. */
    system_register_weight((weight){0, 1000}, CLASS_NORMAL);
    messages[0].data.len = 1;
    make(wrap("sysi1338", inherent_data(messages, 1, NULL, 0, NO_TAIL)));
    assert_int_equal(got->full_messages.len, 0);
    assert_int_equal(got->hashed_messages.len, 1);
}

static void limit_is_a_sixth_of_the_proof(void **state) {
    (void)state;
    assert_true(messages_size_limit() == 10 * 1024 * 1024 / 6);
    system_register_weight((weight){0, MAX_BLOCK_PROOF - MAX_BLOCK_PROOF / 6}, CLASS_NORMAL);
    assert_true(messages_size_limit() == MAX_BLOCK_PROOF / 6);
    system_register_weight((weight){0, 1}, CLASS_MANDATORY);
    assert_true(messages_size_limit() == MAX_BLOCK_PROOF / 6 - 1);
    system_register_weight((weight){0, MAX_BLOCK_PROOF}, CLASS_NORMAL);
    assert_true(messages_size_limit() == 0);
}

/* What an author makes is what a block takes: two blocks on one relay parent get the same messages from the node. */
static void made_inherents_are_accepted(void **state) {
    (void)state;
    struct message messages[] = {{7, TEXT("one")}, {7, TEXT("two")}, {9, TEXT("three")}};
    message_queue_chain head = {{0}};
    for (uint32_t i = 0; i < 3; i++) {
        h256 hash;
        message_hash(&hash, messages[i].data);
        message_chain_extend(&head, messages[i].sent_at, &hash);
    }
    relay_put_own("Dmp", "DownwardMessageQueueHeads", (struct bytes){head.at, 32});
    relay_build();
    for (uint32_t number = 1; number <= 2; number++) {
        block_begin(number, R, (struct bytes){NULL, 0});
        make(wrap("sysi1338", inherent_data(messages, 3, NULL, 0, NO_TAIL)));
        struct dispatch ctx = {.origin = {.kind = ORIGIN_NONE}};
        assert_int_equal(parachain_system_set_validation_data(&ctx, &args), DISPATCH_OK);
        uint32_t count;
        parachain_system_ProcessedDownwardMessages_get(&count);
        assert_int_equal(count, number == 1 ? 3 : 0);
        block_end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_both_forms, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_what_does_not_decode, setup, teardown),
        cmocka_unit_test_setup_teardown(falls_back_to_the_older_form, setup, teardown),
        cmocka_unit_test_setup_teardown(leaves_out_what_was_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(orders_channels_by_time_and_sender, setup, teardown),
        cmocka_unit_test_setup_teardown(sorts_like_a_plain_sort, setup, teardown),
        cmocka_unit_test_setup_teardown(names_by_hash_what_does_not_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(limit_is_a_sixth_of_the_proof, setup, teardown),
        cmocka_unit_test_setup_teardown(made_inherents_are_accepted, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
