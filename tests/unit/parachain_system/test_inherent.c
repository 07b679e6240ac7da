/* test_inherent.c - set_validation_data: what it stores and forgets, how often and by whom it may run. */
#include "relay.h"

#include "aura_ext/aura_ext.h"
#include "clock/clock.h"

enum { R = RELAY_NUMBER }; /* the relay parent's number and slot */

static void run(UNUSED void *context) {
    relay_build();
    block_begin(1, R, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
}
static void must_pass(void) { run(NULL); }

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
    /* Hook 1 read; segment 2 reads, 1 write; sending 5 and 5; downward 4 and 4; horizontal 1 and 2. */
    assert_true(used.mandatory.ref_time == READS(1 + 2 + 5 + 4 + 1) + WRITES(1 + 5 + 4 + 2) + 1735000);
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
    relay_setup(NULL);
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
    relay_setup(NULL);
    relay_put("Babe", "AuthorVrfRandomness", (struct bytes){none, 1});
    must_pass();
    assert_false(clock_Rand_exists(&slot));
    relay_setup(NULL);
    relay_remove("Babe", "AuthorVrfRandomness");
    must_pass();
    assert_false(clock_Rand_exists(&slot));
    /* A relay chain that is made up may stand in with the epoch's. */
    relay_setup(NULL);
    clock_genesis(true);
    relay_remove("Babe", "AuthorVrfRandomness");
    must_pass();
    assert_true(clock_Rand_exists(&slot));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stores_what_the_relay_shows, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(forgets_the_last_block, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(registers_its_weight, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(deposits_the_relay_root, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(stores_the_proof_as_a_set, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(takes_both_trie_versions, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(ignores_descendants_without_an_offset, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(needs_the_none_origin, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(refuses_a_second_run, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(relay_number_may_repeat_and_not_fall, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(accepts_relay_block_zero, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(stores_the_collators_peer, relay_setup, relay_teardown),
        cmocka_unit_test_setup_teardown(passes_the_randomness_on, relay_setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
