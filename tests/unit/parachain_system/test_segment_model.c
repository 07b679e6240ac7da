/* test_segment_model.c - random chains of unincluded blocks against a model that keeps every block and adds up anew. */
#include "relay.h"

#include "parachain_system/segment.h"

enum { MODEL_BLOCKS = 400, MODEL_CAPACITY = 9 };

static const para_channel channels[] = {{50, {10, 1000, 100, 4, 400, {false, {{0}}}}},
                                        {60, {3, 90, 90, 1, 30, {false, {{0}}}}}};

/* One block: what it sends, its own numbers, and the last block that the relay chain included. */
struct step {
    used_bandwidth used;
    uint32_t watermark, relay_parent, included;
};
static uint32_t height;
static dispatch_queue_capacity room;
/* What segment_open lowered the limits to. */
static messaging_state lowered;
static para_channel lowered_channels[2];

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

static struct {
    used_bandwidth used[MODEL_BLOCKS];
    para_channel_use uses[MODEL_BLOCKS][2];
    uint32_t first, count, watermark; /* blocks first .. count - 1 are unincluded */
    bool has_watermark;
} model;

static channel_use model_use(uint32_t para) {
    channel_use sum = {0, 0};
    for (uint32_t i = model.first; i < model.count; i++)
        for (uint32_t k = 0; k < model.used[i].hrmp_outgoing.len; k++)
            if (model.uses[i][k].para == para) {
                sum.msg_count += model.uses[i][k].use.msg_count;
                sum.total_bytes += model.uses[i][k].use.total_bytes;
            }
    return sum;
}
static used_bandwidth model_upward(void) {
    used_bandwidth sum = {0};
    for (uint32_t i = model.first; i < model.count; i++) {
        sum.ump_msg_count += model.used[i].ump_msg_count;
        sum.ump_total_bytes += model.used[i].ump_total_bytes;
    }
    return sum;
}

static const para_channel_uses *random_uses(uint64_t *seed) {
    para_channel_use *uses = model.uses[model.count];
    static para_channel_uses list;
    list = (para_channel_uses){uses, 0};
    for (uint32_t i = 0; i < 2; i++)
        if (next_random(seed) % 2)
            uses[list.len++] = (para_channel_use){channels[i].para, {1, (uint32_t)(next_random(seed) % 60)}};
    return &list;
}

/* Why the inherent must refuse the block, or NULL; what the block sends is cut down to what is left. */
static const char *model_verdict(struct step *step, uint32_t first) {
    uint32_t before = model.first;
    model.first = first;
    used_bandwidth sum = model_upward();
    const char *verdict = NULL;
    if (model.count - first >= MODEL_CAPACITY)
        verdict = "no space left";
    else if (model.has_watermark && step->watermark < step->relay_parent && step->watermark < model.watermark)
        verdict = "watermark went back";
    else if (sum.ump_msg_count > room.remaining_count || sum.ump_total_bytes > room.remaining_size)
        verdict = "limits exceeded";
    if (verdict) {
        model.first = before;
        return verdict;
    }
    step->used.ump_msg_count = min_u32(step->used.ump_msg_count, room.remaining_count - sum.ump_msg_count);
    step->used.ump_total_bytes = min_u32(step->used.ump_total_bytes, room.remaining_size - sum.ump_total_bytes);
    uint32_t kept = 0;
    for (uint32_t k = 0; k < step->used.hrmp_outgoing.len; k++) {
        para_channel_use use = step->used.hrmp_outgoing.items[k];
        const hrmp_channel *channel = &channels[use.para == 60].channel;
        channel_use others = model_use(use.para);
        if (channel->msg_count + others.msg_count + use.use.msg_count <= channel->max_capacity &&
            channel->total_size + others.total_bytes + use.use.total_bytes <= channel->max_total_size)
            step->used.hrmp_outgoing.items[kept++] = use;
    }
    step->used.hrmp_outgoing.len = kept;
    return NULL;
}

/* The limits that the block has to keep to are the relay chain's less what the model's blocks used. */
static void check_lowered(void) {
    used_bandwidth sum = model_upward();
    const dispatch_queue_capacity *left = &lowered.relay_dispatch_queue_remaining_capacity;
    assert_int_equal(left->remaining_count, room.remaining_count - sum.ump_msg_count);
    assert_int_equal(left->remaining_size, room.remaining_size - sum.ump_total_bytes);
    for (uint32_t i = 0; i < 2; i++) {
        channel_use used = model_use(channels[i].para);
        assert_int_equal(lowered_channels[i].channel.msg_count, channels[i].channel.msg_count + used.msg_count);
        assert_int_equal(lowered_channels[i].channel.total_size, channels[i].channel.total_size + used.total_bytes);
    }
}

static void model_append(void *context) {
    const struct step *step = context;
    struct segment segment;
    h256 parent = block_hash(height), included = block_hash(step->included);
    memcpy(lowered_channels, channels, sizeof channels);
    lowered = (messaging_state){.relay_dispatch_queue_remaining_capacity = room,
                                .egress_channels = {lowered_channels, 2}};
    segment_load(&segment, &parent, &included, MODEL_CAPACITY);
    segment_open(&segment, &lowered, &(option_upgrade_go_ahead){.some = false}, step->watermark, step->relay_parent);
    check_lowered();
    segment_add_used(&step->used);
}

static void check_model(void) {
    segment_tracker sum = total();
    used_bandwidth upward_sum = model_upward();
    assert_int_equal(stored().len, model.count - model.first);
    assert_int_equal(sum.used_bandwidth.ump_msg_count, upward_sum.ump_msg_count);
    assert_int_equal(sum.used_bandwidth.ump_total_bytes, upward_sum.ump_total_bytes);
    assert_int_equal(sum.hrmp_watermark.value, model.watermark);
    uint32_t found = 0;
    for (uint32_t i = 0; i < 2; i++) {
        channel_use expected = model_use(channels[i].para);
        for (uint32_t k = 0; k < sum.used_bandwidth.hrmp_outgoing.len; k++) {
            const para_channel_use *use = &sum.used_bandwidth.hrmp_outgoing.items[k];
            if (use->para != channels[i].para)
                continue;
            found++;
            assert_int_equal(use->use.msg_count, expected.msg_count);
            assert_int_equal(use->use.total_bytes, expected.total_bytes);
            expected = (channel_use){0, 0};
        }
        assert_int_equal(expected.msg_count + expected.total_bytes, 0);
    }
    assert_int_equal(found, sum.used_bandwidth.hrmp_outgoing.len);
}

static void follows_a_simple_model(void **state) {
    (void)state;
    uint32_t accepted = 0, refused[3] = {0};
    static const char *const reasons[] = {"no space left", "watermark went back", "limits exceeded"};
    for (uint64_t seed = 1, round = 0; round < 12; round++) {
        fresh(NULL);
        memset(&model, 0, sizeof model);
        height = 0;
        for (uint32_t block = 0; block < 100; block++) {
            room = (dispatch_queue_capacity){4 + (uint32_t)(next_random(&seed) % 5),
                                             60 + (uint32_t)(next_random(&seed) % 60)};
            uint32_t first = model.first + (uint32_t)(next_random(&seed) % 4) * (next_random(&seed) % 3 == 0);
            first = min_u32(first, model.count);
            struct step step = {.used = {(uint32_t)(next_random(&seed) % 3), (uint32_t)(next_random(&seed) % 30),
                                         *random_uses(&seed)},
                                .watermark = (uint32_t)(block + next_random(&seed) % 4),
                                .relay_parent = block + 3,
                                .included = first};
            const char *verdict = model_verdict(&step, first);
            overlay_flush();
            if (verdict) {
                /* The native trap leaves the state alone: nothing was flushed. */
                assert_traps(model_append, &step, verdict);
                runtime_reset();
                for (uint32_t i = 0; i < 3; i++)
                    refused[i] += strcmp(verdict, reasons[i]) == 0;
                continue;
            }
            model_append(&step);
            height++;
            model.used[model.count] = step.used;
            model.count++;
            model.watermark = step.watermark < step.relay_parent ? step.watermark : step.relay_parent;
            model.has_watermark = true;
            check_model();
            accepted++;
        }
    }
    /* Each verdict came up. */
    assert_true(accepted > 200 && refused[0] > 10 && refused[1] > 10 && refused[2] > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(follows_a_simple_model, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
