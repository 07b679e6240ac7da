/* test_inherent.c - set_validation_data: what it stores, and every way in which it refuses a block. */
#include "relay.h"

#include "aura/aura.h"
#include "aura_ext/aura_ext.h"
#include "clock/clock.h"
#include "host/host.h"

enum { R = 1000 }; /* the relay parent's number and slot */

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

static void run(UNUSED void *context) {
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void must_pass(void) { run(NULL); }
static void must_trap(const char *message) { assert_traps(run, NULL, message); }

static struct bytes raw(const struct storage_desc *item) {
    struct bytes value = {NULL, 0};
    return overlay_get((struct bytes){item->prefix, 32}, &value) ? value : (struct bytes){NULL, 0};
}

static void stores_what_the_relay_shows(void **state) {
    (void)state;
    relay.call.data.validation_data.parent_head = TEXT("any bytes");
    relay.call.data.validation_data.max_pov_size = 77;
    must_pass();
    persisted_validation_data data;
    assert_true(parachain_system_ValidationData_get(&data));
    assert_bytes_equal(data.parent_head, TEXT("any bytes"));
    assert_int_equal(data.relay_parent_number, R);
    assert_memory_equal(data.relay_parent_storage_root.at, relay.trie.root, 32);
    assert_int_equal(data.max_pov_size, 77);
    assert_bytes_equal(raw(&parachain_system_HostConfiguration_storage),
                       ((struct bytes){(const uint8_t *)&relay_config, 44}));
    messaging_state messaging;
    assert_true(parachain_system_RelevantMessagingState_get(&messaging));
    static const h256 zeros;
    assert_memory_equal(messaging.dmq_mqc_head.at, zeros.at, 32);
    /* Neither capacity key is there: all of the configured queue is free. */
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_count, 8);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_size, 1024);
    assert_int_equal(messaging.ingress_channels.len + messaging.egress_channels.len, 0);
    assert_false(parachain_system_UpgradeGoAhead_exists());
    assert_false(parachain_system_UpgradeRestrictionSignal_exists());
    assert_false(parachain_system_PendingApprovedPeer_exists());
    uint32_t watermark, processed = 9;
    inbound_message_id last;
    assert_true(parachain_system_HrmpWatermark_get(&watermark) && watermark == R);
    assert_true(parachain_system_LastProcessedHrmpMessage_get(&last) && last.sent_at == R && last.reverse_idx == 0);
    assert_true(parachain_system_ProcessedDownwardMessages_get(&processed) && processed == 0);
    assert_false(parachain_system_LastProcessedDownwardMessage_exists());
    relay_slot_info seen;
    assert_true(aura_ext_RelaySlotInfo_get(&seen) && seen.slot == R && seen.authored == 1);
    assert_int_equal(clock_relay(), R);
    assert_int_equal(parachain_system_last_relay_block_number(), R);
    assert_int_equal(event_count(), 0);
}

static void forgets_the_last_block(void **state) {
    (void)state;
    byte_vec bytes = TEXT("bytes");
    outbound_hrmp_message other = {5, bytes};
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    parachain_system_NewValidationCode_put(&bytes);
    parachain_system_CustomValidationHeadData_put(&bytes);
    parachain_system_UpwardMessages_put(&(byte_vecs){&bytes, 1});
    parachain_system_HrmpOutboundMessages_put(&(outbound_hrmp_messages){&other, 1});
    assert_int_equal(block_inherent(), DISPATCH_OK);
    assert_false(parachain_system_NewValidationCode_exists());
    assert_false(parachain_system_CustomValidationHeadData_exists());
    assert_false(parachain_system_UpwardMessages_exists());
    assert_false(parachain_system_HrmpOutboundMessages_exists());
}

static void registers_its_weight(void **state) {
    (void)state;
    must_pass();
    per_class_weight used;
    system_BlockWeight_get(&used);
    /* Hook 1 read; segment 2 reads, 1 write; downward 4 and 4; horizontal 1 and 2. */
    assert_true(used.mandatory.ref_time == READS(1 + 2 + 4 + 1) + WRITES(1 + 4 + 2) + 1735000);
    assert_true(used.mandatory.proof_size == 8013);
    assert_true(used.normal.ref_time == 0 && used.operational.ref_time == 0);
}

static void deposits_the_relay_root(void **state) {
    (void)state;
    must_pass();
    struct bytes digest = raw(&system_Digest_storage);
    /* One item: Consensus, RPSR, 34 bytes: root and compact 1000. */
    uint8_t expected[] = {4, 4, 'R', 'P', 'S', 'R', 34 << 2};
    assert_int_equal(digest.len, sizeof expected + 34);
    assert_memory_equal(digest.at, expected, sizeof expected);
    assert_memory_equal(digest.at + sizeof expected, relay.trie.root, 32);
    assert_int_equal(load_u16(digest.at + sizeof expected + 32), (1000 << 2) + 1);
}

static void stores_the_proof_as_a_set(void **state) {
    (void)state;
    must_pass();
    struct bytes first = raw(&parachain_system_RelayStateProof_storage);
    uint8_t *kept = malloc(first.len);
    memcpy(kept, first.at, first.len);
    storage_proof stored;
    assert_true(parachain_system_RelayStateProof_get(&stored));
    assert_int_equal(stored.trie_nodes.len, relay.trie.count);
    for (uint32_t i = 1; i < stored.trie_nodes.len; i++) {
        byte_vec a = stored.trie_nodes.items[i - 1], b = stored.trie_nodes.items[i];
        int order = memcmp(a.at, b.at, min_u32(a.len, b.len));
        assert_true(order < 0 || (order == 0 && a.len < b.len));
    }
    /* Reversed and with every node twice: the same state. */
    uint64_t seed = 7;
    for (int round = 0; round < 20; round++) {
        fresh(NULL);
        relay_build();
        trie_nodes *nodes = &relay.call.data.relay_chain_state.trie_nodes;
        uint32_t count = nodes->len;
        for (uint32_t i = 0; i < count; i++)
            nodes->items[nodes->len++] = nodes->items[i];
        for (uint32_t i = nodes->len; i-- > 1;) {
            uint32_t j = (uint32_t)(next_random(&seed) % (i + 1));
            byte_vec held = nodes->items[i];
            nodes->items[i] = nodes->items[j];
            nodes->items[j] = held;
        }
        block_begin(1, R, (struct bytes){NULL, 0});
        assert_int_equal(block_inherent(), DISPATCH_OK);
        assert_bytes_equal(raw(&parachain_system_RelayStateProof_storage), ((struct bytes){kept, first.len}));
    }
    free(kept);
}

static void takes_both_trie_versions(void **state) {
    (void)state;
    relay.version = 0;
    must_pass();
}

static void ignores_descendants_without_an_offset(void **state) {
    (void)state;
    relay.call.data.relay_parent_descendants = (relay_headers){relay.descendants, 2};
    must_pass();
}

static void needs_the_none_origin(void **state) {
    (void)state;
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    overlay_flush();
    uint8_t before[32], after[32];
    shim_root(before, 1);
    struct dispatch root = {.origin = {.kind = ORIGIN_ROOT}}, signed_by = {.origin = {.kind = ORIGIN_SIGNED}};
    assert_int_equal(parachain_system_set_validation_data(&root, &relay.call), BAD_ORIGIN);
    assert_int_equal(parachain_system_set_validation_data(&signed_by, &relay.call), BAD_ORIGIN);
    overlay_flush();
    shim_root(after, 1);
    assert_memory_equal(before, after, 32);
}

static void twice(void *context) {
    run(context);
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void refuses_a_second_run(void **state) {
    (void)state;
    assert_traps(twice, NULL, "once in a block");
}

static void with_last_number(void *context) {
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    parachain_system_LastRelayChainBlockNumber_put(context);
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void relay_number_may_repeat_and_not_fall(void **state) {
    (void)state;
    uint32_t last = R;
    with_last_number(&last);
    setup(NULL);
    last = R + 1;
    assert_traps(with_last_number, &last, "went back");
}

static void accepts_relay_block_zero(void **state) {
    (void)state;
    relay_init(0, block_head(0));
    relay_build();
    block_begin(1, 0, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}

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
    setup(NULL);
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
        setup(NULL);
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
    must_trap("no slot");
    setup(NULL);
    relay_remove_own("Paras", "Heads");
    must_trap("no included head");
    setup(NULL);
    relay_remove("Configuration", "ActiveConfig");
    must_trap("no host configuration");
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
        setup(NULL);
        struct bytes value = {bytes, cases[i].len};
        (cases[i].own ? relay_put_own : relay_put)(cases[i].pallet, cases[i].item, value);
        must_trap("does not decode");
    }
    /* One byte more than needed is a newer relay chain. */
    setup(NULL);
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
    setup(NULL);
    store_u32(value, 9);
    store_u32(value + 4, 1025);
    relay_put_own("Ump", "RelayDispatchQueueSize", (struct bytes){value, 8});
    must_pass();
    parachain_system_RelevantMessagingState_get(&messaging);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_count, 0);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_size, 0);
    /* The newer key wins. */
    store_u32(key + 40, PARA);
    setup(NULL);
    relay_put_own("Ump", "RelayDispatchQueueSize", (struct bytes){value, 8});
    store_u32(value, 21);
    relay_put_key((struct bytes){key, 44}, (struct bytes){value, 8});
    must_pass();
    parachain_system_RelevantMessagingState_get(&messaging);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_count, 21);
    assert_int_equal(messaging.relay_dispatch_queue_remaining_capacity.remaining_size, 1025);
    setup(NULL);
    relay_put_key((struct bytes){key, 44}, (struct bytes){value, 7});
    must_trap("does not decode");
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
    setup(NULL);
    relay_put_index("HrmpEgressChannelsIndex", out, 1);
    must_trap("lacks an open channel");
}

static void stores_the_collators_peer(void **state) {
    (void)state;
    approved_peer_id peer;
    relay.call.data.collator_peer_id = (option_approved_peer_id){true, TEXT("peer")};
    must_pass();
    assert_true(parachain_system_PendingApprovedPeer_get(&peer));
    assert_bytes_equal(peer, TEXT("peer"));
    runtime_reset();
    relay_init(R, block_head(0));
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    peer = TEXT("old");
    parachain_system_PendingApprovedPeer_put(&peer);
    assert_int_equal(block_inherent(), DISPATCH_OK);
    assert_false(parachain_system_PendingApprovedPeer_exists());
}

static void passes_the_randomness_on(void **state) {
    (void)state;
    clock_rand entry;
    const uint16_t slot = R;
    must_pass();
    assert_true(clock_Rand_get(&slot, &entry));
    assert_int_equal(entry.relay, R);
    assert_int_equal(entry.value.at[0], 0x77);
    /* None, or proven to be absent: the block is fine, without randomness. */
    static const uint8_t none[] = {0};
    setup(NULL);
    relay_put("Babe", "AuthorVrfRandomness", (struct bytes){none, 1});
    must_pass();
    assert_false(clock_Rand_exists(&slot));
    setup(NULL);
    relay_remove("Babe", "AuthorVrfRandomness");
    must_pass();
    assert_false(clock_Rand_exists(&slot));
    /* A relay chain that is made up may stand in with the epoch's. */
    setup(NULL);
    clock_genesis(true);
    relay_remove("Babe", "AuthorVrfRandomness");
    must_pass();
    assert_true(clock_Rand_exists(&slot));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stores_what_the_relay_shows, setup, teardown),
        cmocka_unit_test_setup_teardown(forgets_the_last_block, setup, teardown),
        cmocka_unit_test_setup_teardown(registers_its_weight, setup, teardown),
        cmocka_unit_test_setup_teardown(deposits_the_relay_root, setup, teardown),
        cmocka_unit_test_setup_teardown(stores_the_proof_as_a_set, setup, teardown),
        cmocka_unit_test_setup_teardown(takes_both_trie_versions, setup, teardown),
        cmocka_unit_test_setup_teardown(ignores_descendants_without_an_offset, setup, teardown),
        cmocka_unit_test_setup_teardown(needs_the_none_origin, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_second_run, setup, teardown),
        cmocka_unit_test_setup_teardown(relay_number_may_repeat_and_not_fall, setup, teardown),
        cmocka_unit_test_setup_teardown(accepts_relay_block_zero, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_proof_without_its_root, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_proof_without_any_node_it_reads, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_malformed_node, setup, teardown),
        cmocka_unit_test_setup_teardown(needs_slot_head_and_configuration, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_values_that_do_not_decode, setup, teardown),
        cmocka_unit_test_setup_teardown(reads_the_queue_capacity, setup, teardown),
        cmocka_unit_test_setup_teardown(reads_channels, setup, teardown),
        cmocka_unit_test_setup_teardown(stores_the_collators_peer, setup, teardown),
        cmocka_unit_test_setup_teardown(passes_the_randomness_on, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
