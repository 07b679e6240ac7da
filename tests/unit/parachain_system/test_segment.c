/* test_segment.c - the unincluded segment: sums and limits, dropping included blocks, what a block sent; and whole
 * chains of blocks until the segment is full. */
#include "relay.h"

#include "parachain_system/segment.h"

static int setup(void **state) { return fresh(state); }
static int teardown(void **state) {
    (void)state;
    relay_free();
    return 0;
}

static segment_blocks stored(void) {
    segment_blocks blocks;
    parachain_system_UnincludedSegment_get(&blocks);
    return blocks;
}
static segment_tracker total(void) {
    segment_tracker tracker;
    parachain_system_AggregatedUnincludedSegment_get(&tracker);
    return tracker;
}

static void size_after_counts_from_the_included_block(void **state) {
    (void)state;
    h256 hashes[4];
    segment_block blocks[3] = {{.consumed_go_ahead_signal = {true, 1}}, {.used_bandwidth = {1, 2, {NULL, 0}}}};
    for (uint32_t i = 0; i < 4; i++)
        hashes[i] = block_hash(i);
    assert_int_equal(parachain_system_unincluded_size_after(&hashes[0]), 0);
    for (uint32_t i = 0; i < 3; i++)
        blocks[i].para_head_hash = (option_h256){true, hashes[i]};
    parachain_system_UnincludedSegment_put(&(segment_blocks){blocks, 3});
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(parachain_system_unincluded_size_after(&hashes[i]), 2 - i);
    assert_int_equal(parachain_system_unincluded_size_after(&hashes[3]), 3);
    /* The newest block's hash is not known before its child's inherent. */
    blocks[2].para_head_hash.some = false;
    parachain_system_UnincludedSegment_put(&(segment_blocks){blocks, 3});
    assert_int_equal(parachain_system_unincluded_size_after(&hashes[2]), 3);
}

/* --- limits --- */

static const para_channel channels[] = {{50, {10, 1000, 100, 4, 400, {false, {{0}}}}},
                                        {60, {3, 90, 90, 3, 90, {false, {{0}}}}}};

/* One block: the numbers of the relay chain, its own watermark, what it sends. */
struct step {
    used_bandwidth used;
    option_upgrade_go_ahead consumed;
    uint32_t watermark, relay_parent, included;
};
static uint32_t height;
static dispatch_queue_capacity room;

/* What segment_open lowered the limits to. */
static messaging_state lowered;
static para_channel lowered_channels[2];

static void append(void *context) {
    const struct step *step = context;
    struct segment segment;
    h256 parent = block_hash(height), included = block_hash(step->included);
    memcpy(lowered_channels, channels, sizeof channels);
    lowered = (messaging_state){.relay_dispatch_queue_remaining_capacity = room,
                                .egress_channels = {lowered_channels, 2}};
    segment_load(&segment, &parent, &included, 100);
    segment_open(&segment, &lowered, &step->consumed, step->watermark, step->relay_parent);
    if (step->used.ump_msg_count || step->used.ump_total_bytes || step->used.hrmp_outgoing.len)
        segment_add_used(&step->used);
    height++;
}
static int fresh_tracker(void **state) {
    height = 0;
    room = (dispatch_queue_capacity){5, 100};
    return fresh(state);
}
static struct step upward(uint32_t count, uint32_t bytes) {
    return (struct step){.used = {count, bytes, {NULL, 0}}};
}

static void what_blocks_used_is_added_up(void **state) {
    (void)state;
    struct step step = upward(3, 60);
    append(&step);
    step = upward(2, 40);
    append(&step);
    assert_int_equal(total().used_bandwidth.ump_msg_count, 5);
    assert_int_equal(total().used_bandwidth.ump_total_bytes, 100);
    assert_int_equal(stored().items[0].used_bandwidth.ump_msg_count, 3);
    assert_int_equal(stored().items[1].used_bandwidth.ump_total_bytes, 40);
    /* No block after them finds room. */
    struct step none = {0};
    append(&none);
    assert_int_equal(lowered.relay_dispatch_queue_remaining_capacity.remaining_count, 0);
    assert_int_equal(lowered.relay_dispatch_queue_remaining_capacity.remaining_size, 0);
    fresh_tracker(NULL);
    para_channel_use later = {60, {0, 1}}, earlier = {50, {1, 300}};
    step = (struct step){.used.hrmp_outgoing = {&later, 1}};
    append(&step);
    step.used.hrmp_outgoing.items = &earlier;
    append(&step);
    append(&step);
    /* Sorted by para id. */
    para_channel_uses uses = total().used_bandwidth.hrmp_outgoing;
    assert_int_equal(uses.len, 2);
    assert_true(uses.items[0].para == 50 && uses.items[0].use.msg_count == 2 && uses.items[0].use.total_bytes == 600);
    assert_true(uses.items[1].para == 60 && uses.items[1].use.msg_count == 0 && uses.items[1].use.total_bytes == 1);
}

static void watermark_may_not_fall_below_the_segments(void **state) {
    (void)state;
    struct step step = {.watermark = 8, .relay_parent = 8};
    append(&step);
    assert_int_equal(total().hrmp_watermark.value, 8);
    step = (struct step){.watermark = 8, .relay_parent = 10}; /* equal is fine */
    append(&step);
    step.watermark = 9;
    append(&step);
    assert_int_equal(total().hrmp_watermark.value, 9);
    step.watermark = 8;
    assert_traps(append, &step, "watermark went back");
    /* At or over the relay parent's number it is the relay parent's number, which is always fine. */
    fresh_tracker(NULL);
    step = (struct step){.watermark = 12, .relay_parent = 10};
    append(&step);
    assert_int_equal(total().hrmp_watermark.value, 10);
    step = (struct step){.watermark = 4, .relay_parent = 4};
    append(&step);
    assert_int_equal(total().hrmp_watermark.value, 4);
}

static void one_block_consumes_the_upgrade_signal(void **state) {
    (void)state;
    struct step step = {.consumed = {true, upgrade_go_ahead_Abort}};
    append(&step);
    assert_true(total().consumed_go_ahead_signal.some);
    assert_int_equal(total().consumed_go_ahead_signal.value, upgrade_go_ahead_Abort);
    struct step none = {0};
    append(&none);
    assert_true(total().consumed_go_ahead_signal.some);
}

static void limits_are_lowered_by_what_the_segment_used(void **state) {
    (void)state;
    para_channel_use uses[] = {{50, {2, 300}}};
    struct step step = {.used = {2, 60, {uses, 1}}}, none = {0};
    append(&none);
    assert_int_equal(lowered.relay_dispatch_queue_remaining_capacity.remaining_count, 5);
    append(&step);
    assert_int_equal(lowered.relay_dispatch_queue_remaining_capacity.remaining_size, 100); /* before this block */
    append(&none);
    assert_int_equal(lowered.relay_dispatch_queue_remaining_capacity.remaining_count, 3);
    assert_int_equal(lowered.relay_dispatch_queue_remaining_capacity.remaining_size, 40);
    assert_int_equal(lowered_channels[0].channel.msg_count, 6);
    assert_int_equal(lowered_channels[0].channel.total_size, 700);
    assert_int_equal(lowered_channels[1].channel.msg_count, 3);
    /* The relay chain's own numbers rose meanwhile: never over the channel's limits. */
    segment_tracker sum = total();
    sum.used_bandwidth.hrmp_outgoing.items[0].use = (channel_use){9, 900};
    parachain_system_AggregatedUnincludedSegment_put(&sum);
    append(&none);
    assert_int_equal(lowered_channels[0].channel.msg_count, 10);
    assert_int_equal(lowered_channels[0].channel.total_size, 1000);
    /* A closed channel is left alone. */
    sum.used_bandwidth.hrmp_outgoing.items[0].para = 55;
    parachain_system_AggregatedUnincludedSegment_put(&sum);
    append(&none);
    assert_int_equal(lowered_channels[0].channel.msg_count, 4);
}

static void relay_limits_below_what_was_sent_stall(void **state) {
    (void)state;
    struct step step = upward(3, 60), none = {0};
    append(&step);
    room.remaining_count = 3;
    append(&none);
    room.remaining_count = 2;
    assert_traps(append, &none, "limits exceeded");
    fresh_tracker(NULL);
    append(&step);
    room.remaining_size = 59;
    assert_traps(append, &none, "limits exceeded");
}

/* --- dropping --- */

static void drop(void *context) {
    struct segment segment;
    h256 included = block_hash(*(uint32_t *)context), parent = block_hash(1);
    segment_load(&segment, &parent, &included, 10);
}

static void dropping_takes_back_what_the_blocks_used(void **state) {
    (void)state;
    para_channel_use use = {50, {1, 20}};
    struct step steps[3] = {{.used = {1, 10, {&use, 1}}, .consumed = {true, upgrade_go_ahead_GoAhead}}, upward(2, 20),
                            upward(1, 5)};
    for (uint32_t i = 0; i < 3; i++)
        append(&steps[i]);
    segment_blocks blocks = stored();
    assert_int_equal(blocks.len, 3);
    assert_int_equal(blocks.items[1].used_bandwidth.ump_total_bytes, 20);
    assert_memory_equal(blocks.items[1].para_head_hash.value.at, block_hash(2).at, 32);
    assert_false(blocks.items[2].para_head_hash.some);
    /* An unknown head drops nothing. */
    struct segment segment;
    h256 parent = block_hash(3), included = block_hash(9);
    weight used = segment_load(&segment, &parent, &included, 4);
    assert_true(used.ref_time == READS(2) + WRITES(1));
    assert_int_equal(segment.blocks.len, 3);
    assert_int_equal(segment.tracker.used_bandwidth.ump_total_bytes, 35);
    included = block_hash(2);
    used = segment_load(&segment, &parent, &included, 2);
    assert_true(used.ref_time == READS(3) + WRITES(2));
    assert_int_equal(segment.blocks.len, 1);
    assert_memory_equal(segment.blocks.items[0].para_head_hash.value.at, parent.at, 32);
    assert_int_equal(segment.tracker.used_bandwidth.ump_msg_count, 1);
    assert_int_equal(segment.tracker.used_bandwidth.ump_total_bytes, 5);
    assert_int_equal(segment.tracker.used_bandwidth.hrmp_outgoing.len, 0);
    assert_false(segment.tracker.consumed_go_ahead_signal.some);
    /* All of it. */
    segment_load(&segment, &parent, &parent, 1);
    assert_int_equal(segment.blocks.len, 0);
    assert_int_equal(segment.tracker.used_bandwidth.ump_msg_count, 0);
}

static void channels_are_kept_while_a_block_uses_them(void **state) {
    (void)state;
    para_channel_use first[] = {{50, {1, 20}}}, second[] = {{50, {2, 30}}, {60, {0, 0}}};
    struct step steps[2] = {{.used.hrmp_outgoing = {first, 1}}, {.used.hrmp_outgoing = {second, 2}}};
    append(&steps[0]);
    append(&steps[1]);
    struct segment segment;
    h256 parent = block_hash(2), included = block_hash(1);
    segment_load(&segment, &parent, &included, 2);
    para_channel_uses left = segment.tracker.used_bandwidth.hrmp_outgoing;
    assert_int_equal(left.len, 1); /* 60 was not used at all */
    assert_int_equal(left.items[0].para, 50);
    assert_true(left.items[0].use.msg_count == 2 && left.items[0].use.total_bytes == 30);
}

static void refuses_a_segment_that_does_not_add_up(void **state) {
    (void)state;
    uint32_t one = 1;
    segment_block block = {.used_bandwidth = {2, 3, {NULL, 0}}, .para_head_hash = {true, block_hash(1)}};
    segment_tracker sum = {.used_bandwidth = {1, 9, {NULL, 0}}};
    parachain_system_UnincludedSegment_put(&(segment_blocks){&block, 1});
    assert_traps(drop, &one, "does not add up");
    fresh(NULL), parachain_system_UnincludedSegment_put(&(segment_blocks){&block, 1});
    parachain_system_AggregatedUnincludedSegment_put(&sum);
    assert_traps(drop, &one, "does not add up");
    para_channel_use use = {4, {1, 1}};
    block.used_bandwidth = (used_bandwidth){0, 0, {&use, 1}};
    fresh(NULL), parachain_system_UnincludedSegment_put(&(segment_blocks){&block, 1});
    parachain_system_AggregatedUnincludedSegment_put(&sum);
    assert_traps(drop, &one, "does not add up");
    block = (segment_block){.para_head_hash = {true, block_hash(1)}, .consumed_go_ahead_signal = {true, 1}};
    fresh(NULL), parachain_system_UnincludedSegment_put(&(segment_blocks){&block, 1});
    parachain_system_AggregatedUnincludedSegment_put(&sum);
    assert_traps(drop, &one, "does not add up");
    /* Only the last block may wait for its hash. */
    segment_block two[2] = {{.para_head_hash = {false, {{0}}}}, {.para_head_hash = {false, {{0}}}}};
    fresh(NULL), parachain_system_UnincludedSegment_put(&(segment_blocks){two, 2});
    assert_traps(drop, &one, "does not add up");
}

/* --- whole blocks --- */

static void one_more(UNUSED void *context) {
    block_run(UNINCLUDED_SEGMENT_CAPACITY + 1, 999 + UNINCLUDED_SEGMENT_CAPACITY, 0);
}

static void segment_fills_up_and_empties(void **state) {
    (void)state;
    /* So many blocks on one included head, each on a relay parent of its own: full. */
    for (uint32_t number = 1; number <= UNINCLUDED_SEGMENT_CAPACITY; number++) {
        block_run(number, 998 + number, 0);
        assert_int_equal(stored().len, number);
        /* Each knows the hash of all but itself. */
        for (uint32_t i = 0; i < number; i++)
            assert_int_equal(stored().items[i].para_head_hash.some, i + 1 < number);
    }
    assert_int_equal(total().hrmp_watermark.value, 998 + UNINCLUDED_SEGMENT_CAPACITY);
    assert_traps(one_more, NULL, "no space left");
}

static void included_blocks_make_room(void **state) {
    (void)state;
    for (uint32_t number = 1; number <= 3; number++)
        block_run(number, 999 + number, 0);
    block_run(4, 1003, 2);
    assert_int_equal(stored().len, 2);
    assert_memory_equal(stored().items[0].para_head_hash.value.at, block_hash(3).at, 32);
    block_run(5, 1004, 4);
    assert_int_equal(stored().len, 1);
    for (uint32_t number = 6; number < 40; number++)
        block_run(number, 999 + number, number - 1 - number % 3);
    assert_true(stored().len <= 3);
    uint32_t last = parachain_system_last_relay_block_number();
    assert_int_equal(last, 999 + 39);
}

/* Twelve blocks on each relay parent, and the relay chain includes those of two relay blocks ago. */
static void twelve_blocks_of_each_relay_parent_fit(void **state) {
    (void)state;
    uint32_t number = 0;
    for (uint32_t relay_block = 0; relay_block < 6; relay_block++)
        for (uint32_t i = 0; i < 12; i++)
            block_run(++number, 1000 + relay_block, relay_block < 2 ? 0 : (relay_block - 2) * 12);
    assert_int_equal(stored().len, 36);
    assert_int_equal(UNINCLUDED_SEGMENT_CAPACITY, 36);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(size_after_counts_from_the_included_block, setup),
        cmocka_unit_test_setup(what_blocks_used_is_added_up, fresh_tracker),
        cmocka_unit_test_setup(watermark_may_not_fall_below_the_segments, fresh_tracker),
        cmocka_unit_test_setup(one_block_consumes_the_upgrade_signal, fresh_tracker),
        cmocka_unit_test_setup(limits_are_lowered_by_what_the_segment_used, fresh_tracker),
        cmocka_unit_test_setup(relay_limits_below_what_was_sent_stall, fresh_tracker),
        cmocka_unit_test_setup(dropping_takes_back_what_the_blocks_used, fresh_tracker),
        cmocka_unit_test_setup(channels_are_kept_while_a_block_uses_them, fresh_tracker),
        cmocka_unit_test_setup(refuses_a_segment_that_does_not_add_up, setup),
        cmocka_unit_test_setup_teardown(segment_fills_up_and_empties, setup, teardown),
        cmocka_unit_test_setup_teardown(included_blocks_make_room, setup, teardown),
        cmocka_unit_test_setup_teardown(twelve_blocks_of_each_relay_parent_fit, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
