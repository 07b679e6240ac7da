/* rewards_view.c - see rewards_view.h. */
#include "rewards/rewards_view.h"

#include "rewards/rewards_internal.h"

void rewards_api_epoch(rewards_epoch_view *out, uint32_t epoch) {
    memset(out, 0, sizeof *out);
    out->current = clock_epoch();
    out->closed = epoch < out->current;
    out->until = saturating_add_u32(epoch, REWARDS_EXPIRY_EPOCHS);
    rewards_EpochBooks_get(&epoch, &out->book);
    rewards_Outstanding_get(&out->outstanding);
    out->issuance = balances_total_issuance();
}

void rewards_api_lines(rewards_line_views *out, const account_id *who) {
    static const uint8_t streams[] = {rewards_stream_Client, rewards_stream_Provider, rewards_stream_Model};
    uint32_t current = clock_epoch();
    rewards_line_view *lines =
        arena_alloc(&arena_scratch, REWARDS_EXPIRY_EPOCHS * COUNT_OF(streams) * sizeof *lines);
    *out = (rewards_line_views){lines, 0};
    for (uint32_t epoch = saturating_sub_u32(current, REWARDS_EXPIRY_EPOCHS); epoch < current; epoch++) {
        rewards_epoch_book book;
        balance points;
        if (!rewards_EpochBooks_get(&epoch, &book))
            continue;
        for (uint32_t i = 0; i < COUNT_OF(streams); i++)
            if (rewards_Points_get(&epoch, who, &streams[i], &points))
                lines[out->len++] = (rewards_line_view){epoch, (rewards_stream)streams[i], points,
                                                        work_due(book.budget, points, book.burned)};
    }
}

balance rewards_api_due(const account_id *who) {
    balance due;
    rewards_Due_get(who, &due);
    return due;
}

bool rewards_api_split_holds(void) {
    rewards_fee_split split;
    rewards_FeeSplit_get(&split);
    return rewards_check_split(&split) == DISPATCH_OK;
}

bool rewards_api_schedule_holds(void) {
    rewards_schedule schedule;
    rewards_Schedule_get(&schedule);
    return rewards_check_schedule(&schedule) == DISPATCH_OK;
}

bool rewards_api_book_holds(uint32_t epoch) {
    rewards_epoch_book book;
    return !rewards_EpochBooks_get(&epoch, &book) ||
           (book.minted <= book.budget && book.budget <= (epoch < clock_epoch() ? book.burned : 0));
}

bool rewards_api_lines_hold(uint32_t epoch) {
    rewards_epoch_book book;
    struct rewards_walk walk;
    account_id who;
    uint8_t stream;
    rewards_EpochBooks_get(&epoch, &book);
    rewards_lines_begin(&walk, &epoch);
    return (book.lines != 0) == rewards_lines_next(&walk, &who, &stream);
}
