/* test_inherent_proof.c - the relay chain proof of set_validation_data: what has to be shown, and each way in which the
 * block is refused when it is not. */
#include "relay.h"

enum { R = RELAY_NUMBER }; /* the relay parent's number and slot */

static void run(UNUSED void *context) {
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void must_pass(void) { run(NULL); }
static void must_trap(const char *message) { assert_traps(run, NULL, message); }

static void with_wrong_root(UNUSED void *context) {
    relay_build();
    relay.call.data.validation_data.relay_parent_storage_root.at[5] ^= 1;
    block_begin(1, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void with_no_nodes(UNUSED void *context) {
    relay_build();
    relay.call.data.relay_chain_state.trie_nodes.len = 0;
    block_begin(1, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void refuses_a_proof_without_its_root(void **state) {
    (void)state;
    assert_traps(with_wrong_root, NULL, "does not hold its root");
    relay_setup(NULL);
    assert_traps(with_no_nodes, NULL, "does not hold its root");
}

static void without_node(void *context) {
    relay_build();
    relay_drop_node(*(uint32_t *)context);
    block_begin(1, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}

/* A relay chain with all that can be read, so that each node of the proof is on the way to something. */
static void everything(void) {
    static const uint32_t other = 3000;
    static const hrmp_channel in = {8, 1000, 100, 0, 0, {false, {{0}}}}, out = {8, 1000, 100, 0, 0, {false, {{0}}}};
    static const uint8_t signal[] = {0};
    uint8_t head[32] = {0}, capacity[8] = {0}, key[44] = ":relay_dispatch_queue_remaining_capacity";
    relay_put_own("Dmp", "DownwardMessageQueueHeads", (struct bytes){head, 32});
    store_u32(capacity, 5);
    store_u32(capacity + 4, 600);
    store_u32(key + 40, PARA);
    relay_put_key((struct bytes){key, 44}, (struct bytes){capacity, 8});
    relay_put_index("HrmpIngressChannelsIndex", &other, 1);
    relay_put_index("HrmpEgressChannelsIndex", &other, 1);
    relay_put_channel(other, PARA, &in);
    relay_put_channel(PARA, other, &out);
    relay_put_own("Paras", "UpgradeGoAheadSignal", (struct bytes){signal, 1});
    relay_put_own("Paras", "UpgradeRestrictionSignal", (struct bytes){signal, 1});
}

static void refuses_a_proof_without_any_node_it_reads(void **state) {
    (void)state;
    everything();
    must_pass();
    /* The epoch randomness alone may stay unproven. */
    uint8_t epoch[32];
    memset(epoch, 0x77, 32);
    uint32_t count = relay.trie.count, trapped = 0;
    for (uint32_t i = 0; i < count; i++) {
        relay_setup(NULL);
        everything();
        if (shim_guard(without_node, &i)) {
            relay_build();
            assert_int_equal(i, relay_node_of((struct bytes){epoch, 32}));
            continue;
        }
        const char *message = shim_trap_message();
        assert_true(strstr(message, "incomplete") || strstr(message, "its root") || strstr(message, "randomness"));
        trapped++;
    }
    assert_int_equal(trapped, count - 1);
}

static void broken_node(UNUSED void *context) {
    relay_build();
    /* Same hash, other bytes cannot be made; a node whose bytes are no node can: the slot's value as the root. */
    static uint8_t node[] = {0x01, 0x02};
    static byte_vec nodes[1];
    nodes[0] = (byte_vec){node, sizeof node};
    relay.call.data.relay_chain_state.trie_nodes = (trie_nodes){nodes, 1};
    shim_blake2(relay.call.data.validation_data.relay_parent_storage_root.at, 32, nodes[0]);
    block_begin(1, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void refuses_a_malformed_node(void **state) {
    (void)state;
    assert_traps(broken_node, NULL, "malformed");
}

static void needs_slot_head_and_configuration(void **state) {
    (void)state;
    relay_remove("Babe", "CurrentSlot");
    must_trap("lacks a value");
    relay_setup(NULL);
    relay_remove_own("Paras", "Heads");
    must_trap("lacks a value");
    relay_setup(NULL);
    relay_remove("Configuration", "ActiveConfig");
    must_trap("lacks a value");
}

static void refuses_values_that_do_not_decode(void **state) {
    (void)state;
    static const uint8_t bytes[64] = {2, 3, 4};
    static const struct {
        const char *pallet, *item;
        uint32_t len;
        bool own;
    } cases[] = {
        {"Babe", "CurrentSlot", 7, false},
        {"Configuration", "ActiveConfig", 43, false},
        {"Paras", "Heads", 1, true},                    /* a length of two modes */
        {"Dmp", "DownwardMessageQueueHeads", 31, true},
        {"Ump", "RelayDispatchQueueSize", 7, true},
        {"Hrmp", "HrmpIngressChannelsIndex", 1, true},
        {"Hrmp", "HrmpEgressChannelsIndex", 1, true},
        {"Paras", "UpgradeGoAheadSignal", 1, true},     /* no such signal */
        {"Paras", "UpgradeRestrictionSignal", 1, true}, /* no such restriction */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        relay_setup(NULL);
        struct bytes value = {bytes, cases[i].len};
        (cases[i].own ? relay_put_own : relay_put)(cases[i].pallet, cases[i].item, value);
        must_trap("proof is malformed");
    }
    /* One byte more than needed is a newer relay chain. */
    relay_setup(NULL);
    static const uint8_t longer[9] = {R & 255, R >> 8};
    relay_put("Babe", "CurrentSlot", (struct bytes){longer, 9});
    must_pass();
}

static void reads_the_queue_capacity(void **state) {
    (void)state;
    uint8_t value[8], key[44] = ":relay_dispatch_queue_remaining_capacity";
    messaging_state messaging;
    store_u32(value, 3);
    store_u32(value + 4, 1000);
    relay_put_own("Ump", "RelayDispatchQueueSize", (struct bytes){value, 8});
    must_pass();
    parachain_system_RelevantMessagingState_get(&messaging);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_count, 5);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_size, 24);
    /* More in the queue than the limit leaves nothing. */
    relay_setup(NULL);
    store_u32(value, 9);
    store_u32(value + 4, 1025);
    relay_put_own("Ump", "RelayDispatchQueueSize", (struct bytes){value, 8});
    must_pass();
    parachain_system_RelevantMessagingState_get(&messaging);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_count, 0);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_size, 0);
    /* The newer key wins. */
    store_u32(key + 40, PARA);
    relay_setup(NULL);
    relay_put_own("Ump", "RelayDispatchQueueSize", (struct bytes){value, 8});
    store_u32(value, 21);
    relay_put_key((struct bytes){key, 44}, (struct bytes){value, 8});
    must_pass();
    parachain_system_RelevantMessagingState_get(&messaging);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_count, 21);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_size, 1025);
    relay_setup(NULL);
    relay_put_key((struct bytes){key, 44}, (struct bytes){value, 7});
    must_trap("proof is malformed");
}

static void reads_channels(void **state) {
    (void)state;
    static const uint32_t in[] = {1000, 3000}, out[] = {3000};
    hrmp_channel channel = {8, 1000, 100, 2, 50, {false, {{0}}}};
    relay_put_index("HrmpIngressChannelsIndex", in, 2);
    relay_put_index("HrmpEgressChannelsIndex", out, 1);
    relay_put_channel(1000, PARA, &channel);
    channel.max_capacity = 9;
    relay_put_channel(3000, PARA, &channel);
    channel.mqc_head = (option_h256){true, {{5, 5, 5}}};
    relay_put_channel(PARA, 3000, &channel);
    must_pass();
    messaging_state messaging;
    parachain_system_RelevantMessagingState_get(&messaging);
    assert_int_equal(messaging.ingress_channels.len, 2);
    assert_int_equal(messaging.ingress_channels.items[0].para, 1000);
    assert_int_equal(messaging.ingress_channels.items[0].channel.max_capacity, 8);
    assert_int_equal(messaging.ingress_channels.items[1].para, 3000);
    assert_int_equal(messaging.ingress_channels.items[1].channel.max_capacity, 9);
    assert_false(messaging.ingress_channels.items[1].channel.mqc_head.some);
    assert_int_equal(messaging.egress_channels.len, 1);
    assert_true(messaging.egress_channels.items[0].channel.mqc_head.some);
    assert_int_equal(messaging.egress_channels.items[0].channel.mqc_head.value.at[2], 5);
    /* An index entry without a channel. */
    relay_setup(NULL);
    relay_put_index("HrmpEgressChannelsIndex", out, 1);
    must_trap("lacks a value");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_a_proof_without_its_root, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(refuses_a_proof_without_any_node_it_reads, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(refuses_a_malformed_node, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(needs_slot_head_and_configuration, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(refuses_values_that_do_not_decode, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(reads_the_queue_capacity, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(reads_channels, relay_setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
