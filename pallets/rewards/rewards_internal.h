/* rewards_internal.h - what the files of pallet Rewards share. */
#ifndef NALAR_PALLETS_REWARDS_INTERNAL_H
#define NALAR_PALLETS_REWARDS_INTERNAL_H

#include "rewards/rewards.h"
#include "state/overlay.h"

#define REWARDS_ERROR(name) PALLET_ERROR(rewards, name)
#define REQUIRE(condition, name)                                                                                       \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return REWARDS_ERROR(name);                                                                                \
    } while (0)

/* SplitNot1e9, BurnTooLow. */
MUST_USE dispatch_result rewards_check_split(const rewards_fee_split *split);
/* KappaTooHigh, CapTooHigh. */
MUST_USE dispatch_result rewards_check_schedule(const rewards_schedule *schedule);

/* The place of an epoch's book, which one call reads and writes for every seat of a job: found once. */
struct overlay_entry *rewards_book_at(uint32_t epoch);
/* False and zeros when there is none. */
bool rewards_book_get(struct overlay_entry *at, rewards_epoch_book *book);
void rewards_book_put(struct overlay_entry *at, const rewards_epoch_book *book);
/* The place of a line; its value is read with rewards_points_get, 0 when there is none. */
struct overlay_entry *rewards_points_at(uint32_t epoch, const account_id *who, rewards_stream stream);
balance rewards_points_get(struct overlay_entry *at);

/* Walks the lines of points of one epoch. `next` begins as the prefix itself (rewards_lines_begin). */
struct rewards_walk {
    uint8_t prefix[STORAGE_KEY_SIZE];
    struct bytes within, next;
};
void rewards_lines_begin(struct rewards_walk *walk, const uint32_t *epoch);
/* The next line's key in walk->next, whose it is and its stream; false at the end. */
bool rewards_lines_next(struct rewards_walk *walk, account_id *who, uint8_t *stream);

#endif
