/* rewards_check.c - rewards_try_state: what must hold between any two calls. Walks the whole storage, for tests only. */
#include "rewards/rewards_internal.h"

#include "compute/compute.h"

#define CHECK(condition, message)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return message;                                                                                            \
    } while (0)

static const char *check_parameters(void) {
    rewards_fee_split split;
    rewards_schedule schedule, next;
    rewards_FeeSplit_get(&split);
    CHECK(rewards_check_split(&split) == DISPATCH_OK, "the fee split is not whole");
    if (rewards_NextFeeSplit_get(&split))
        CHECK(rewards_check_split(&split) == DISPATCH_OK, "the next fee split is not whole");
    rewards_Schedule_get(&schedule);
    CHECK(rewards_check_schedule(&schedule) == DISPATCH_OK, "the schedule is out of bounds");
    if (rewards_NextSchedule_get(&next))
        CHECK(rewards_check_schedule(&next) == DISPATCH_OK && next.capacity <= REWARDS_CAPACITY,
              "the next schedule is out of bounds");
    CHECK(schedule.capacity <= REWARDS_CAPACITY, "the capacity rose");
    return NULL;
}

/* The lines of one epoch against its book; *lines counts them all. */
static const char *check_epoch(uint32_t epoch, bool closed, const rewards_epoch_book *book, uint32_t *lines) {
    struct rewards_walk walk;
    account_id who;
    uint8_t stream;
    uint32_t count = 0;
    balance sum = 0, worth = 0;
    rewards_lines_begin(&walk, &epoch);
    for (; rewards_lines_next(&walk, &who, &stream); count++) {
        balance points;
        CHECK(rewards_Points_get(&epoch, &who, &stream, &points) && points >= REWARDS_MIN_POINTS, "a line without points");
        CHECK(stream == rewards_stream_Client || stream == rewards_stream_Provider || stream == rewards_stream_Model,
              "points of a stream that does not exist");
        sum += points;
        worth += work_due(book->budget, points, book->burned);
    }
    *lines += count;
    CHECK(count == book->lines, "a book counts its lines wrong");
    CHECK(book->burned > 0 && sum <= book->burned, "more points than were burned");
    CHECK(closed || (book->budget == 0 && book->minted == 0), "money of an open epoch");
    CHECK(book->budget <= book->burned && book->budget <= REWARDS_MAX_WORK_CAP, "a budget above what was burned");
    CHECK(book->minted <= book->budget && worth <= book->budget - book->minted, "more is minted than budgeted");
    return NULL;
}

/* Lines of a provider against what its record says of them. */
static const char *check_provider(const account_id *owner, const compute_provider *provider) {
    struct rewards_walk walk;
    account_id who;
    uint8_t stream;
    uint32_t lines = 0;
    rewards_lines_begin(&walk, NULL);
    while (rewards_lines_next(&walk, &who, &stream))
        lines += stream == rewards_stream_Provider && memcmp(&who, owner, sizeof who) == 0;
    CHECK(lines == provider->points_open + provider->points_closed, "a provider's count of open points is wrong");
    return NULL;
}

const char *rewards_try_state(void) {
    uint8_t buffer[STORAGE_KEY_SIZE];
    struct bytes prefix, key;
    struct rewards_walk walk;
    account_id who;
    uint8_t stream;
    const char *wrong = check_parameters();
    uint32_t lines = 0, all = 0, epoch, current = clock_epoch();
    balance left = 0, owed = 0, books, outstanding;
    if (wrong)
        return wrong;

    key = prefix = storage_key(&rewards_EpochBooks_storage, NULL, 0, buffer);
    while (overlay_next_key(prefix, key, &key)) {
        rewards_epoch_book book;
        epoch = load_u32(key.at + prefix.len + 8);
        CHECK(rewards_EpochBooks_get(&epoch, &book) && epoch <= current, "a book of the future");
        if ((wrong = check_epoch(epoch, epoch < current, &book, &lines)))
            return wrong;
        left += book.budget - book.minted;
    }
    rewards_lines_begin(&walk, NULL);
    while (rewards_lines_next(&walk, &who, &stream))
        all++;
    CHECK(all == lines, "points without a book");
    rewards_Outstanding_get(&outstanding);
    CHECK(left == outstanding, "what is not minted does not add up");

    key = prefix = storage_key(&rewards_Due_storage, NULL, 0, buffer);
    while (overlay_next_key(prefix, key, &key)) {
        balance due;
        memcpy(&who, key.at + prefix.len + 16, sizeof who);
        CHECK(rewards_Due_get(&who, &due) && due > 0, "an empty due");
        owed += due;
    }
    rewards_Books_get(&books);
    CHECK(owed == books, "what is due does not add up");
    CHECK(balances_pot_covers(&rewards_pot), "the account does not cover the books");

    key = prefix = storage_key(&compute_Providers_storage, NULL, 0, buffer);
    while (overlay_next_key(prefix, key, &key)) {
        compute_provider provider;
        memcpy(&who, key.at + prefix.len + 16, sizeof who);
        if (compute_Providers_get(&who, &provider) && (wrong = check_provider(&who, &provider)))
            return wrong;
    }
    return NULL;
}
