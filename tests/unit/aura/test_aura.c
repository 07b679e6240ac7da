/* test_aura.c - slots from the digest, authorities, the time's slot. */
#include "utility/event_log.h"

#include "aura/aura.h"
#include "timestamp/timestamp.h"

/* The block's digest from encoded items. */
static void put_digest(const char *hex) {
    uint8_t bytes[256];
    uint32_t len = 0;
    for (; *hex; hex += 2, len++) {
        unsigned value;
        assert_int_equal(sscanf(hex, "%2x", &value), 1);
        bytes[len] = (uint8_t)value;
    }
    overlay_put((struct bytes){system_Digest_storage.prefix, STORAGE_PREFIX_SIZE}, (struct bytes){bytes, len});
}
#define AURA_SLOT_7 "066175726120" "0700000000000000"
#define AURA_SLOT_9 "066175726120" "0900000000000000"

static uint64_t current_slot(void) {
    uint64_t slot;
    aura_CurrentSlot_get(&slot);
    return slot;
}
static void put_slot(uint64_t slot) { aura_CurrentSlot_put(&slot); }
static void initialize(void *unused) {
    (void)unused;
    aura_on_initialize();
}

static void takes_the_slot(void **state) {
    (void)state;
    put_digest("04" AURA_SLOT_7);
    assert_int_equal(aura_on_initialize().ref_time, 2 * 25000000 + 100000000);
    assert_int_equal(current_slot(), 7);
}

static void same_slot_again(void **state) {
    (void)state;
    put_slot(7);
    put_digest("04" AURA_SLOT_7);
    aura_on_initialize();
    assert_int_equal(current_slot(), 7);
}

static void slot_must_not_decrease(void **state) {
    (void)state;
    put_slot(8);
    put_digest("04" AURA_SLOT_7);
    assert_traps(initialize, NULL, "Slot must not decrease");
}

static void no_item_changes_nothing(void **state) {
    (void)state;
    put_slot(8);
    struct state_root before = root_now();
    assert_int_equal(aura_on_initialize().ref_time, 25000000);
    assert_unchanged(before);
    uint64_t slot;
    assert_false(aura_digest_slot(&slot));
}

static void short_or_foreign_items(void **state) {
    (void)state;
    uint64_t slot;
    put_digest("04066175726118" "07000000000000"); /* six of the eight bytes it claims are a slot's */
    assert_false(aura_digest_slot(&slot));
    put_digest("0406" "6175726120" "0700000000000000");
    assert_true(aura_digest_slot(&slot));
    put_digest("04056175726120" "0700000000000000"); /* a seal is no pre-runtime item */
    assert_false(aura_digest_slot(&slot));
    put_digest("08" "06434d4c5308" "0201" AURA_SLOT_7); /* after another engine's item */
    assert_true(aura_digest_slot(&slot));
    assert_int_equal(slot, 7);
}

static void first_of_two_counts(void **state) {
    (void)state;
    put_digest("08" AURA_SLOT_9 AURA_SLOT_7);
    aura_on_initialize();
    assert_int_equal(current_slot(), 9);
}

static aura_id ids[3] = {{{1}}, {{2}}, {{3}}};

static void counts_authorities(void **state) {
    (void)state;
    assert_int_equal(aura_authority_count(), 0);
    const aura_authorities some = {ids, 3};
    aura_Authorities_put(&some);
    assert_int_equal(aura_authority_count(), 3);
}

static void initialize_again(void *unused) {
    (void)unused;
    const aura_authorities some = {ids, 1};
    aura_genesis(&some);
}

static void genesis_authorities(void **state) {
    (void)state;
    const aura_authorities none = {NULL, 0}, some = {ids, 2};
    aura_genesis(&none);
    assert_false(aura_Authorities_exists());
    aura_genesis(&some);
    assert_int_equal(aura_authority_count(), 2);
    aura_genesis(&none); /* nothing to set is no second time */
    assert_traps(initialize_again, NULL, "Authorities are already initialized!");
}

static void change_is_announced(void **state) {
    (void)state;
    const aura_authorities none = {NULL, 0}, some = {ids, 2};
    struct state_root before = root_now();
    aura_change_authorities(&none);
    assert_unchanged(before);
    aura_change_authorities(&some);
    assert_int_equal(aura_authority_count(), 2);
    block_digest stored;
    assert_true(system_Digest_get(&stored));
    assert_int_equal(stored.logs.len, 1);
    const digest_item *item = &stored.logs.items[0];
    assert_int_equal(item->tag, digest_item_Consensus);
    assert_memory_equal(item->as.Consensus.engine.at, "aura", 4);
    assert_int_equal(item->as.Consensus.data.len, 2 + 2 * 32);
    assert_int_equal(item->as.Consensus.data.at[0], 1); /* AuthoritiesChange */
    assert_int_equal(item->as.Consensus.data.at[1], 2 << 2);
    assert_memory_equal(item->as.Consensus.data.at + 2, ids, 64);
    before = root_now();
    aura_change_authorities(&some); /* they are that already */
    assert_unchanged(before);
}

static void check_time(void *now) { aura_check_timestamp(*(uint64_t *)now); }

static void time_in_slot(void **state) {
    (void)state;
    put_slot(7);
    uint64_t first = 7 * SLOT_DURATION_MS, last = first + SLOT_DURATION_MS - 1, early = first - 1, late = last + 1;
    aura_check_timestamp(first);
    aura_check_timestamp(last);
    assert_traps(check_time, &early, "Timestamp slot must match `CurrentSlot`");
    assert_traps(check_time, &late, "Timestamp slot must match `CurrentSlot`");
}

static void upgrade_follows_the_time(void **state) {
    (void)state;
    const uint64_t now = 12 * SLOT_DURATION_MS + 1;
    timestamp_Now_put(&now);
    put_slot(99);
    assert_int_equal(aura_on_runtime_upgrade().ref_time, 2 * 25000000 + 100000000);
    assert_int_equal(current_slot(), 12);
    assert_int_equal(aura_on_runtime_upgrade().ref_time, 2 * 25000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(takes_the_slot, at_block_one),
        cmocka_unit_test_setup(same_slot_again, at_block_one),
        cmocka_unit_test_setup(slot_must_not_decrease, at_block_one),
        cmocka_unit_test_setup(no_item_changes_nothing, at_block_one),
        cmocka_unit_test_setup(short_or_foreign_items, at_block_one),
        cmocka_unit_test_setup(first_of_two_counts, at_block_one),
        cmocka_unit_test_setup(counts_authorities, at_block_one),
        cmocka_unit_test_setup(genesis_authorities, at_block_one),
        cmocka_unit_test_setup(change_is_announced, at_block_one),
        cmocka_unit_test_setup(time_in_slot, at_block_one),
        cmocka_unit_test_setup(upgrade_follows_the_time, at_block_one),
    };
    return cmocka_run_group_tests_name("aura", tests, NULL, NULL);
}
