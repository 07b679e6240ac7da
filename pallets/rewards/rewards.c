/* rewards.c - the pallet's accounts, points of burned fees, the end of an epoch and what Root may change. */
#include "rewards/rewards_internal.h"

const rewards_fee_split rewards_default_split = {780000000, 100000000, 0, 30000000, 90000000};
const rewards_schedule rewards_default_schedule = {REWARDS_KAPPA, REWARDS_WORK_CAP, REWARDS_CAPACITY};
const account_id rewards_treasury = {{'m', 'o', 'd', 'l', 'p', 'y', '/', 't', 'r', 's', 'r', 'y'}};
const struct balances_pot rewards_pot = {
    .account = {{'m', 'o', 'd', 'l', 'n', 'l', '/', 'r', 'e', 'w', 'r', 'd'}},
    .books = &rewards_Books_storage,
    .low_funds = REWARDS_ERROR(LowFunds),
    .below_ed = REWARDS_ERROR(BelowED),
};

void rewards_genesis(void) {
    struct balances_pot treasury = {.account = rewards_treasury};
    balances_pot_genesis(&rewards_pot);
    balances_pot_genesis(&treasury);
}

dispatch_result rewards_pay_treasury(const struct balances_pot *from, balance amount) {
    return balances_can_deposit(&rewards_treasury, amount, BALANCES_EXTANT) == DISPATCH_OK
               ? balances_pot_give(from, &rewards_treasury, amount)
               : balances_pot_burn(from, amount);
}

void rewards_model_key(account_id *key, uint64_t model) {
    *key = (account_id){{'m', 'o', 'd', 'e', 'l'}};
    store_u64(key->at + 24, model);
}

/* The C object's bytes up to its tail padding are its SCALE form. */
enum { BOOK_SIZE = offsetof(rewards_epoch_book, lines) + sizeof(uint32_t) };
_Static_assert(BOOK_SIZE == 3 * sizeof(balance) + sizeof(uint32_t), "a book without padding inside");

struct overlay_entry *rewards_book_at(uint32_t epoch) {
    static struct storage_slot memo;
    static uint32_t memo_epoch;
    if (memo.generation != overlay_generation || memo_epoch != epoch) {
        memo = (struct storage_slot){storage_entry(&rewards_EpochBooks_storage, &epoch), overlay_generation};
        memo_epoch = epoch;
    }
    return memo.entry;
}

bool rewards_book_get(struct overlay_entry *at, rewards_epoch_book *book) {
    struct bytes stored;
    memset(book, 0, sizeof *book);
    if (!overlay_entry_get(at, &stored) || stored.len != BOOK_SIZE)
        return false;
    memcpy(book, stored.at, BOOK_SIZE);
    return true;
}

void rewards_book_put(struct overlay_entry *at, const rewards_epoch_book *book) {
    overlay_entry_put(at, (struct bytes){(const uint8_t *)book, BOOK_SIZE});
}

struct overlay_entry *rewards_points_at(uint32_t epoch, const account_id *who, rewards_stream stream) {
    uint8_t number = (uint8_t)stream;
    const void *keys[] = {&epoch, who, &number};
    return storage_entry(&rewards_Points_storage, keys);
}

balance rewards_points_get(struct overlay_entry *at) {
    struct bytes stored;
    return overlay_entry_get(at, &stored) && stored.len == sizeof(balance) ? load_u128(stored.at) : 0;
}

void rewards_note_burn(balance amount, uint32_t lines) {
    rewards_epoch_book book;
    struct overlay_entry *at = rewards_book_at(clock_epoch());
    if (amount == 0)
        return;
    rewards_book_get(at, &book);
    book.burned += amount; /* issuance had all of it */
    book.lines += lines;
    rewards_book_put(at, &book);
}

bool rewards_credit(const account_id *who, rewards_stream stream, balance points) {
    uint32_t epoch = clock_epoch();
    if (points < REWARDS_MIN_POINTS)
        return false;
    struct overlay_entry *line = rewards_points_at(epoch, who, stream);
    balance before = rewards_points_get(line), sum = before + points; /* at most what was burned */
    overlay_entry_put(line, (struct bytes){(const uint8_t *)&sum, sizeof sum});
    DEPOSIT(rewards, PointsCredited, .epoch = epoch, .who = *who, .stream = stream, .points = points);
    return before == 0;
}

/* The budget is cut to what may still be issued, so that settling never meets the limit. */
static void set_budget(rewards_epoch_book *book, const rewards_schedule *schedule) {
    balance outstanding;
    rewards_Outstanding_get(&outstanding);
    balance room = saturating_sub_u128(saturating_sub_u128(REWARDS_MAX_SUPPLY, balances_total_issuance()), outstanding);
    book->budget = min_u128(work_budget(schedule->work_cap, schedule->kappa, book->burned), room);
    outstanding += book->budget;
    rewards_Outstanding_put(&outstanding);
}

void rewards_end_epoch(uint32_t epoch) {
    rewards_epoch_book book;
    rewards_schedule schedule, next;
    rewards_fee_split split;
    rewards_Schedule_get(&schedule);
    struct overlay_entry *at = rewards_book_at(epoch);
    if (rewards_book_get(at, &book)) {
        set_budget(&book, &schedule);
        rewards_book_put(at, &book);
    }
    DEPOSIT(rewards, EpochClosed, .epoch = epoch, .burned = book.burned, .budget = book.budget,
            .capacity = schedule.capacity);

    schedule.capacity = capacity_after(schedule.capacity);
    if (rewards_NextSchedule_get(&next)) {
        next.capacity = min_u128(next.capacity, schedule.capacity);
        schedule = next;
        rewards_NextSchedule_kill();
    }
    rewards_Schedule_put(&schedule);
    if (rewards_NextFeeSplit_get(&split)) {
        rewards_FeeSplit_put(&split);
        rewards_NextFeeSplit_kill();
    }
}

dispatch_result rewards_check_split(const rewards_fee_split *split) {
    uint64_t loss = (uint64_t)split->treasury + split->burn;
    REQUIRE((uint64_t)split->provider + split->model + split->auditors + loss == PPB, SplitNot1e9);
    REQUIRE(split->burn >= REWARDS_MIN_BURN && loss >= REWARDS_MIN_LOSS, BurnTooLow);
    return DISPATCH_OK;
}

dispatch_result rewards_check_schedule(const rewards_schedule *schedule) {
    REQUIRE(schedule->kappa <= PPB, KappaTooHigh);
    REQUIRE(schedule->work_cap <= REWARDS_MAX_WORK_CAP, CapTooHigh);
    return DISPATCH_OK;
}

dispatch_result rewards_set_schedule(struct dispatch *ctx, const rewards_call_set_schedule *args) {
    rewards_schedule present;
    TRY(ensure_root(&ctx->origin));
    TRY(rewards_check_schedule(&args->schedule));
    rewards_Schedule_get(&present);
    REQUIRE(args->schedule.capacity <= present.capacity, CapacityRises);
    rewards_NextSchedule_put(&args->schedule);
    DEPOSIT(rewards, ScheduleSet, .schedule = args->schedule);
    return DISPATCH_OK;
}

dispatch_result rewards_set_fee_split(struct dispatch *ctx, const rewards_call_set_fee_split *args) {
    TRY(ensure_root(&ctx->origin));
    TRY(rewards_check_split(&args->split));
    rewards_NextFeeSplit_put(&args->split);
    DEPOSIT(rewards, FeeSplitSet, .split = args->split);
    return DISPATCH_OK;
}
