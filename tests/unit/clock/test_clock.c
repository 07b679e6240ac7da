/* test_clock.c - ticks and epochs by relay parents; the ring of relay randomness; who may read which entry. */
#include "unit.h"

#include "clock/clock.h"
#include "commit/tagged.h"
#include "system/system.h"

static const struct clock_relay_value not_shown = {CLOCK_NOT_SHOWN, {NULL, 0}}, absent = {CLOCK_ABSENT, {NULL, 0}};

static int start(void **state) {
    fresh(state);
    uint32_t block = 1;
    system_Number_put(&block);
    return 0;
}

static int start_mock(void **state) {
    start(state);
    clock_genesis(true);
    return 0;
}

/* Some(32 x fill), valid until the next call. */
static struct clock_relay_value vrf(uint8_t fill) {
    static uint8_t raw[33];
    memset(raw, fill, sizeof raw);
    raw[0] = 1;
    return (struct clock_relay_value){CLOCK_SHOWN, {raw, sizeof raw}};
}

static void note(uint32_t relay, uint8_t fill) {
    clock_note_relay_parent(relay, vrf(fill), not_shown);
    assert_null(clock_try_state());
}

static uint32_t events(void) {
    uint32_t count;
    system_EventCount_get(&count);
    return count;
}

static void ticks_follow_relay_parents(void **state) {
    (void)state;
    note(1000, 1);
    assert_int_equal(clock_now(), 20); /* the first step is capped like any other */
    assert_int_equal(clock_relay(), 1000);
    note(1001, 2);
    assert_int_equal(clock_now(), 21);
    for (int block = 0; block < 12; block++) /* 500 ms blocks share a tick */
        note(1001, 3);
    assert_int_equal(clock_now(), 21);
    note(1004, 4); /* skipped relay blocks keep real time */
    assert_int_equal(clock_now(), 24);
    note(1024, 5);
    assert_int_equal(clock_now(), 44);
    note(1045, 6);
    assert_int_equal(clock_now(), 64); /* 21 would be one too many */
    note(1045 + 3 * 14400, 7);         /* an outage of three days costs 20 ticks */
    assert_int_equal(clock_now(), 84);
    note(5, 8); /* an older relay parent changes nothing */
    assert_int_equal(clock_now(), 84);
    assert_int_equal(clock_relay(), 1045 + 3 * 14400);
}

static void epochs_begin_once(void **state) {
    (void)state;
    clock_Time_put(&(clock_time){14399, 100, 0});
    uint32_t before = events();
    note(100, 1);
    assert_int_equal(clock_epoch(), 0);
    assert_int_equal(events(), before);
    note(101, 1);
    assert_int_equal(clock_now(), 14400);
    assert_int_equal(clock_epoch(), 1);
    assert_int_equal(events(), before + 2); /* EpochStarted, and Rewards closes the old one */
    note(102, 1);
    assert_int_equal(events(), before + 2);
    clock_Time_put(&(clock_time){28799, 200, 102});
    note(500, 1);
    assert_int_equal(clock_now(), 28819);
    assert_int_equal(clock_epoch(), 2);
    assert_int_equal(events(), before + 4);
}

static void time_stops_at_its_end(void **state) {
    (void)state;
    clock_Time_put(&(clock_time){UINT32_MAX - 3, 100, 0});
    note(110, 1);
    assert_int_equal(clock_now(), UINT32_MAX);
}

static void first_randomness_after_the_delay_is_right(void **state) {
    (void)state;
    h256 value = {{0}}, expected;
    for (uint32_t relay = 100; relay <= 110; relay++)
        note(relay, (uint8_t)relay);
    for (uint32_t relay = 95; relay <= 115; relay++) {
        enum clock_lookup found = clock_find_rand(100, relay, &value);
        assert_int_equal(found, relay == 106 ? CLOCK_RIGHT : CLOCK_WRONG);
    }
    memset(expected.at, 106, sizeof expected.at);
    assert_int_equal(clock_find_rand(100, 106, &value), CLOCK_RIGHT);
    assert_memory_equal(&value, &expected, sizeof value);
    /* A gap: whatever comes first at or after the delay decides. */
    note(120, 120);
    assert_int_equal(clock_find_rand(105, 111, &value), CLOCK_WRONG);
    assert_int_equal(clock_find_rand(105, 120, &value), CLOCK_RIGHT);
    assert_int_equal(clock_find_rand(114, 120, &value), CLOCK_RIGHT);
    assert_int_equal(clock_find_rand(115, 120, &value), CLOCK_WRONG);
    assert_int_equal(clock_find_rand(UINT32_MAX - 2, 120, &value), CLOCK_WRONG);
}

static void one_write_a_relay_parent(void **state) {
    (void)state;
    h256 value;
    note(100, 1);
    note(106, 6);
    note(106, 7); /* a second block on the same relay parent */
    assert_int_equal(clock_find_rand(100, 106, &value), CLOCK_RIGHT);
    assert_int_equal(value.at[0], 6);
}

static void the_ring_forgets(void **state) {
    (void)state;
    h256 value;
    for (uint32_t relay = 4000; relay <= 4006 + CLOCK_RAND_RING; relay++)
        clock_note_relay_parent(relay, vrf((uint8_t)relay), not_shown);
    assert_null(clock_try_state());
    assert_int_equal(clock_find_rand(4000, 4006, &value), CLOCK_GONE);
    assert_int_equal(clock_find_rand(4001, 4007, &value), CLOCK_RIGHT);
    assert_int_equal(clock_find_rand(4001, 4006, &value), CLOCK_WRONG);
}

static void missing_randomness_waits(void **state) {
    (void)state;
    h256 value;
    note(100, 1);
    uint32_t before = events();
    clock_note_relay_parent(106, absent, absent);
    assert_int_equal(events(), before + 1);
    assert_int_equal(clock_now(), 26);
    assert_int_equal(clock_find_rand(100, 106, &value), CLOCK_WRONG);
    clock_note_relay_parent(106, absent, absent);
    assert_int_equal(events(), before + 1);
    static const uint8_t none[1] = {0}, broken[33] = {2}, short_[32] = {1};
    clock_note_relay_parent(107, (struct clock_relay_value){CLOCK_SHOWN, {none, 1}}, absent);
    clock_note_relay_parent(108, (struct clock_relay_value){CLOCK_SHOWN, {broken, 33}}, absent);
    clock_note_relay_parent(109, (struct clock_relay_value){CLOCK_SHOWN, {short_, 32}}, absent);
    assert_int_equal(events(), before + 4);
    for (uint32_t relay = 106; relay < 110; relay++)
        assert_int_equal(clock_find_rand(100, relay, &value), CLOCK_WRONG);
    note(110, 9);
    assert_int_equal(clock_find_rand(100, 110, &value), CLOCK_RIGHT);
    assert_null(clock_try_state());
}

static void hide(void *context) {
    (void)context;
    clock_note_relay_parent(100, not_shown, absent);
}

static void hidden_randomness_refuses_the_block(void **state) {
    (void)state;
    assert_traps(hide, NULL, "does not show the block randomness");
}

static void development_chains_make_it_up(void **state) {
    (void)state;
    h256 value, expected;
    uint8_t epoch[32], preimage[1 + 16 + 32 + 4];
    memset(epoch, 0x5a, sizeof epoch);
    preimage[0] = 16;
    memcpy(preimage + 1, "deai/rand/mock/1", 16);
    memcpy(preimage + 17, epoch, 32);
    store_u32(preimage + 49, 106);
    shim_blake2(expected.at, 32, (struct bytes){preimage, sizeof preimage});

    clock_note_relay_parent(100, not_shown, not_shown);
    clock_note_relay_parent(106, not_shown, (struct clock_relay_value){CLOCK_SHOWN, {epoch, 32}});
    assert_int_equal(clock_find_rand(100, 106, &value), CLOCK_RIGHT);
    assert_memory_equal(&value, &expected, sizeof value);
    /* Zeros stand in for what is not there, also when it is proven absent; what is there counts. */
    memset(preimage + 17, 0, 32);
    store_u32(preimage + 49, 107);
    shim_blake2(expected.at, 32, (struct bytes){preimage, sizeof preimage});
    clock_note_relay_parent(107, absent, absent);
    assert_int_equal(clock_find_rand(101, 107, &value), CLOCK_RIGHT);
    assert_memory_equal(&value, &expected, sizeof value);
    note(108, 0x77);
    assert_int_equal(clock_find_rand(102, 108, &value), CLOCK_RIGHT);
    assert_int_equal(value.at[31], 0x77);
    assert_null(clock_try_state());
}

static void the_flag_is_off_by_default(void **state) {
    (void)state;
    clock_genesis(false);
    assert_false(clock_MockRelay_exists());
    assert_int_equal(clock_now(), 0);
    assert_int_equal(clock_epoch(), 0);
    assert_null(clock_try_state());
}

static void seeds_bind_object_and_arming(void **state) {
    (void)state;
    h256 value, seed, other;
    uint8_t preimage[1 + 11 + 32 + 1 + 8 + 4], expected[32];
    memset(&value, 3, sizeof value);
    preimage[0] = 11;
    memcpy(preimage + 1, "deai/rand/1", 11);
    memcpy(preimage + 12, &value, 32);
    preimage[44] = 1;
    store_u64(preimage + 45, 77);
    store_u32(preimage + 53, 2);
    shim_blake2(expected, 32, (struct bytes){preimage, sizeof preimage});
    clock_seed(&seed, &value, 1, 77, 2);
    assert_memory_equal(&seed, expected, 32);
    clock_seed(&other, &value, 1, 77, 3);
    assert_memory_not_equal(&seed, &other, sizeof seed);
    clock_seed(&other, &value, 2, 77, 2);
    assert_memory_not_equal(&seed, &other, sizeof seed);
}

static void the_check_sees_broken_states(void **state) {
    (void)state;
    uint16_t slot = 5;
    clock_Time_put(&(clock_time){0, 5, 6});
    assert_non_null(clock_try_state());
    clock_Time_put(&(clock_time){0, 9, 5});
    assert_non_null(clock_try_state()); /* the newest is missing */
    clock_Rand_put(&slot, &(clock_rand){5, 0, {{0}}});
    assert_null(clock_try_state());
    clock_Rand_put(&slot, &(clock_rand){5, 5, {{0}}});
    assert_non_null(clock_try_state());
    clock_Rand_put(&slot, &(clock_rand){6, 5, {{0}}});
    assert_non_null(clock_try_state());
}

static void the_hook_is_constant_work(void **state) {
    (void)state;
    note(100, 1);
    note(101, 1);
    overlay_flush();
    for (uint32_t relay = 102; relay < 110; relay++) {
        overlay_reset();
        shim_reset_counters();
        clock_note_relay_parent(relay * 5, vrf(1), not_shown);
        overlay_flush();
        assert_int_equal(shim_calls(), 3); /* Time read and written, Rand written */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ticks_follow_relay_parents, start),
        cmocka_unit_test_setup(epochs_begin_once, start),
        cmocka_unit_test_setup(time_stops_at_its_end, start),
        cmocka_unit_test_setup(first_randomness_after_the_delay_is_right, start),
        cmocka_unit_test_setup(one_write_a_relay_parent, start),
        cmocka_unit_test_setup(the_ring_forgets, start),
        cmocka_unit_test_setup(missing_randomness_waits, start),
        cmocka_unit_test_setup(hidden_randomness_refuses_the_block, start),
        cmocka_unit_test_setup(development_chains_make_it_up, start_mock),
        cmocka_unit_test_setup(the_flag_is_off_by_default, start),
        cmocka_unit_test_setup(seeds_bind_object_and_arming, start),
        cmocka_unit_test_setup(the_check_sees_broken_states, start),
        cmocka_unit_test_setup(the_hook_is_constant_work, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
