/* test_timestamp.c - the time: once a block, never back, inside the slot; what authors and importers do with it. */
#include "utility/event_log.h"

#include "aura/aura.h"
#include "timestamp/timestamp.h"

#define NOW (SLOT_DURATION_MS * 1000)

static int in_slot_1000(void **state) {
    at_block_one(state);
    const uint64_t slot = 1000;
    aura_CurrentSlot_put(&slot);
    return 0;
}

static dispatch_result set(struct dispatch ctx, uint64_t now) {
    const timestamp_call_set args = {now};
    const struct call call = CALL_WITH(timestamp, set, &args);
    return call_dispatch(&call, &ctx);
}
static void set_now(void *now) { (void)!set(as_none(), *(uint64_t *)now); }
static void finalize(void *unused) {
    (void)unused;
    timestamp_on_finalize();
}

static void sets_the_time(void **state) {
    (void)state;
    uint64_t now;
    assert_false(timestamp_Now_get(&now));
    assert_int_equal(set(as_none(), NOW + 5999), DISPATCH_OK);
    assert_true(timestamp_Now_get(&now));
    assert_int_equal(now, NOW + 5999);
    boolean updated;
    assert_true(timestamp_DidUpdate_get(&updated) && updated);
    timestamp_on_finalize();
    assert_false(timestamp_DidUpdate_exists());
    const struct event_log none = {.count = 0};
    assert_events(&none);
}

static void only_from_inherents(void **state) {
    (void)state;
    struct state_root before = root_now();
    assert_int_equal(set(as_root(), NOW), BAD_ORIGIN);
    assert_int_equal(set(as_signed((account_id){{1}}), NOW), BAD_ORIGIN);
    assert_unchanged(before);
}

static void once_a_block(void **state) {
    (void)state;
    uint64_t now = NOW;
    assert_int_equal(set(as_none(), now), DISPATCH_OK);
    assert_traps(set_now, &now, "Timestamp must be updated only once in the block");
}

static void never_back(void **state) {
    (void)state;
    uint64_t previous = NOW + 10, now = NOW + 9;
    timestamp_Now_put(&previous);
    assert_traps(set_now, &now, "Timestamp must increment by at least <MinimumPeriod>");
}

static void may_stay(void **state) {
    (void)state;
    const uint64_t previous = NOW;
    timestamp_Now_put(&previous);
    assert_int_equal(set(as_none(), NOW), DISPATCH_OK);
}

static void slot_before(void **state) {
    (void)state;
    uint64_t now = NOW - 1;
    assert_traps(set_now, &now, "Timestamp slot must match `CurrentSlot`");
}
static void slot_after(void **state) {
    (void)state;
    uint64_t now = NOW + SLOT_DURATION_MS;
    assert_traps(set_now, &now, "Timestamp slot must match `CurrentSlot`");
}

static void zero_is_slot_zero(void **state) {
    (void)state;
    const uint64_t slot = 0;
    aura_CurrentSlot_put(&slot);
    assert_int_equal(set(as_none(), 0), DISPATCH_OK);
}

static void block_without_time(void **state) {
    (void)state;
    assert_traps(finalize, NULL, "Timestamp must be updated once in the block");
}

static uint64_t clock_value;
static struct bytes clock_data(void) { return (struct bytes){(const uint8_t *)&clock_value, 8}; }

static void creates_inherent(void **state) {
    (void)state;
    clock_value = 77;
    assert_int_equal(timestamp_create_inherent(clock_data()), 77);
    const uint64_t previous = 78;
    timestamp_Now_put(&previous);
    assert_int_equal(timestamp_create_inherent(clock_data()), 78);
    clock_value = UINT64_MAX;
    assert_true(timestamp_create_inherent(clock_data()) == UINT64_MAX);
}

static void checks_inherent(void **state) {
    (void)state;
    const uint64_t previous = 100000;
    timestamp_Now_put(&previous);
    clock_value = 200000;
    assert_int_equal(timestamp_check_inherent(200000 + TIMESTAMP_MAX_DRIFT_MS, clock_data()), TIMESTAMP_OK);
    assert_int_equal(timestamp_check_inherent(200001 + TIMESTAMP_MAX_DRIFT_MS, clock_data()), TIMESTAMP_TOO_FAR_IN_FUTURE);
    assert_int_equal(timestamp_check_inherent(100000, clock_data()), TIMESTAMP_OK);
    assert_int_equal(timestamp_check_inherent(99999, clock_data()), TIMESTAMP_TOO_EARLY);
    clock_value = UINT64_MAX;
    assert_int_equal(timestamp_check_inherent(UINT64_MAX, clock_data()), TIMESTAMP_OK);
}

static void create_from(void *data) { (void)timestamp_create_inherent(*(struct bytes *)data); }
static void check_with(void *data) { (void)timestamp_check_inherent(1, *(struct bytes *)data); }
static void broken_inherent_data(void **state) {
    (void)state;
    struct bytes absent = {NULL, 0}, cut = {(const uint8_t *)&clock_value, 7};
    assert_traps(create_from, &absent, "Timestamp inherent data must be provided");
    assert_traps(check_with, &absent, "Timestamp inherent data must be provided");
    assert_traps(create_from, &cut, "Timestamp inherent data not correctly encoded");
    assert_traps(check_with, &cut, "Timestamp inherent data not correctly encoded");
}

static void weights(void **state) {
    (void)state;
    const timestamp_call_set args = {NOW};
    const struct call call = CALL_WITH(timestamp, set, &args);
    struct dispatch_info info = call_info(&call);
    assert_int_equal(info.class, CLASS_MANDATORY);
    assert_int_equal(info.call_weight.ref_time, 3816000 + 2 * 25000000 + 100000000);
    assert_int_equal(timestamp_on_initialize().ref_time, 3246000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sets_the_time, in_slot_1000),        cmocka_unit_test_setup(only_from_inherents, in_slot_1000),
        cmocka_unit_test_setup(once_a_block, in_slot_1000),         cmocka_unit_test_setup(never_back, in_slot_1000),
        cmocka_unit_test_setup(may_stay, in_slot_1000),             cmocka_unit_test_setup(slot_before, in_slot_1000),
        cmocka_unit_test_setup(slot_after, in_slot_1000),           cmocka_unit_test_setup(zero_is_slot_zero, in_slot_1000),
        cmocka_unit_test_setup(block_without_time, in_slot_1000),   cmocka_unit_test_setup(creates_inherent, in_slot_1000),
        cmocka_unit_test_setup(checks_inherent, in_slot_1000),      cmocka_unit_test_setup(broken_inherent_data, in_slot_1000),
        cmocka_unit_test_setup(weights, in_slot_1000),
    };
    return cmocka_run_group_tests_name("timestamp", tests, NULL, NULL);
}
