/* test_aura_ext.c - blocks in a relay chain slot, the Aura slot's place in it, building upon, the copy of the
 * authorities. */
#include "unit.h"

#include "aura_ext/aura_ext.h"
#include "parachain_system/parachain_system.h"

static weight used;

static void at_slots(uint64_t relay_slot, uint64_t slot) {
    aura_CurrentSlot_put(&slot);
    assert_int_equal(aura_ext_on_state_proof(&used, relay_slot), UNINCLUDED_SEGMENT_CAPACITY);
}
static void at(uint64_t relay_slot) { at_slots(relay_slot, relay_slot * RELAY_SLOT_DURATION_MS / SLOT_DURATION_MS); }
static void trap_at(void *context) { at(*(uint64_t *)context); }

static void counts_blocks_in_a_relay_slot(void **state) {
    (void)state;
    relay_slot_info info;
    uint64_t slot = 0;
    assert_false(aura_ext_relay_slot(&slot));
    used = (weight){5, 6};
    for (uint32_t i = 1; i <= BLOCK_VELOCITY + 1; i++) {
        at(100);
        assert_true(aura_ext_RelaySlotInfo_get(&info) && info.slot == 100 && info.authored == i);
    }
    assert_true(used.ref_time == 5 + READS(BLOCK_VELOCITY + 1) && used.proof_size == 6);
    at(103);
    assert_true(aura_ext_RelaySlotInfo_get(&info) && info.slot == 103 && info.authored == 1);
    assert_true(aura_ext_relay_slot(&slot) && slot == 103);
}

static void refuses_too_many_blocks(void **state) {
    (void)state;
    uint64_t slot = 100;
    for (uint32_t i = 1; i <= BLOCK_VELOCITY + 1; i++)
        at(slot);
    assert_traps(trap_at, &slot, "too many blocks");
}

static void refuses_an_older_relay_slot(void **state) {
    (void)state;
    uint64_t slot = 99;
    at(100);
    assert_traps(trap_at, &slot, "backwards");
}

struct slots {
    uint64_t relay, aura;
};
static void trap_at_slots(void *context) {
    const struct slots *slots = context;
    at_slots(slots->relay, slots->aura);
}
static void aura_slot_must_equal_the_relay_slots(void **state) {
    (void)state;
    struct slots slots = {100, 101};
    at(0);
    assert_traps(trap_at_slots, &slots, "Aura slot");
    fresh(NULL);
    slots.aura = 99;
    assert_traps(trap_at_slots, &slots, "Aura slot");
    /* The time of the relay slot saturates. */
    fresh(NULL);
    at_slots(UINT64_MAX, UINT64_MAX / SLOT_DURATION_MS);
    fresh(NULL);
    slots = (struct slots){UINT64_MAX, UINT64_MAX};
    assert_traps(trap_at_slots, &slots, "Aura slot");
}

/* A segment of blocks 1 to `count` with hashes of their number. */
static h256 hash_of(uint32_t number) { return (h256){{(uint8_t)number, 7}}; }
static void put_segment(uint32_t count) {
    segment_block blocks[UNINCLUDED_SEGMENT_CAPACITY + 1] = {{.para_head_hash = {true, {{0}}}}};
    for (uint32_t i = 0; i < count; i++)
        blocks[i] = (segment_block){.para_head_hash = {true, hash_of(i + 1)}};
    parachain_system_UnincludedSegment_put(&(segment_blocks){blocks, count});
}
static bool can(uint32_t included, uint64_t relay_slot) {
    h256 hash = hash_of(included);
    return aura_ext_can_build_upon(&hash, relay_slot);
}

static void first_block_may_always_be_built(void **state) {
    (void)state;
    put_segment(7);
    assert_true(can(0, 0));
}

static void building_needs_room_and_a_slot(void **state) {
    (void)state;
    at(100);
    put_segment(0);
    assert_true(can(0, 101));
    assert_false(can(0, 99));
    for (uint32_t built = 1; built <= BLOCK_VELOCITY; built++) {
        assert_true(can(0, 100)); /* one more fits */
        at(100);
    }
    assert_false(can(0, 100));
    assert_true(can(0, 101));
    /* A full segment; an included block makes room. */
    put_segment(UNINCLUDED_SEGMENT_CAPACITY);
    assert_false(can(0, 101));
    assert_true(can(1, 101));
    assert_true(can(UNINCLUDED_SEGMENT_CAPACITY, 101));
    assert_false(can(1, 100));
    put_segment(UNINCLUDED_SEGMENT_CAPACITY + 1);
    assert_false(can(1, 101));
    assert_true(can(2, 101));
    put_segment(UNINCLUDED_SEGMENT_CAPACITY - 1);
    assert_true(can(0, 101));
}

/* What the collator is told is what blocks are held to: one that may be built is accepted, one that may not traps. */
static void telling_and_checking_agree(void **state) {
    (void)state;
    uint64_t seed = 17;
    for (int round = 0; round < 300; round++) {
        fresh(NULL);
        uint64_t slot = 100 + next_random(&seed) % 3;
        for (uint64_t i = next_random(&seed) % (BLOCK_VELOCITY + 2); i > 0; i--)
            at(101);
        bool may = can(0, slot), did = shim_guard(trap_at, &slot);
        assert_int_equal(may, did);
    }
}

static aura_id keys[3] = {{{1}}, {{2}}, {{3}}};

static void copies_authorities(void **state) {
    (void)state;
    aura_authorities list = {keys, 3}, copy;
    aura_Authorities_put(&list);
    aura_ext_genesis();
    assert_true(aura_ext_Authorities_get(&copy));
    assert_int_equal(copy.len, 3);
    assert_memory_equal(copy.items, keys, sizeof keys);
    /* The copy lags: it is the list as of the end of the block. */
    list.len = 2;
    aura_Authorities_put(&list);
    aura_ext_Authorities_get(&copy);
    assert_int_equal(copy.len, 3);
    aura_ext_on_finalize();
    aura_ext_Authorities_get(&copy);
    assert_int_equal(copy.len, 2);
}

static void finalize_writes_only_changes(void **state) {
    (void)state;
    aura_authorities list = {keys, 3};
    aura_Authorities_put(&list);
    aura_ext_genesis();
    overlay_flush();
    runtime_reset();
    shim_reset_counters();
    aura_ext_on_finalize();
    overlay_flush();
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_SET], 0);
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_READ], 2);
}

static void no_authorities_are_an_empty_copy(void **state) {
    (void)state;
    aura_authorities copy;
    aura_ext_genesis();
    assert_true(aura_ext_Authorities_get(&copy));
    assert_int_equal(copy.len, 0);
}

static void initialize_reads_the_copy(void **state) {
    (void)state;
    aura_authorities list = {keys, 3};
    aura_Authorities_put(&list);
    aura_ext_genesis();
    overlay_flush();
    runtime_reset();
    shim_reset_counters();
    weight cost = aura_ext_on_initialize();
    assert_true(cost.ref_time == READS(1) && cost.proof_size == 0);
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_READ], 1);
    assert_int_equal(shim_calls(), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(counts_blocks_in_a_relay_slot, fresh),
        cmocka_unit_test_setup(refuses_too_many_blocks, fresh),
        cmocka_unit_test_setup(refuses_an_older_relay_slot, fresh),
        cmocka_unit_test_setup(aura_slot_must_equal_the_relay_slots, fresh),
        cmocka_unit_test_setup(first_block_may_always_be_built, fresh),
        cmocka_unit_test_setup(building_needs_room_and_a_slot, fresh),
        cmocka_unit_test_setup(telling_and_checking_agree, fresh),
        cmocka_unit_test_setup(copies_authorities, fresh),
        cmocka_unit_test_setup(finalize_writes_only_changes, fresh),
        cmocka_unit_test_setup(no_authorities_are_an_empty_copy, fresh),
        cmocka_unit_test_setup(initialize_reads_the_copy, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
