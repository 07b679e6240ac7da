/* rewards_settle.c - points of closed epochs become money, one line at a time, by whoever asks; what nobody asks for in
 * 84 epochs is never minted. */
#include "rewards/rewards_internal.h"

#include "compute/compute.h"
#include "models/models.h"

/* Where a line's key has the account and the stream: behind the item's prefix and the epoch's, blake2_128_concat(who),
 * twox_64_concat(stream). */
enum { WHO_AT = STORAGE_PREFIX_SIZE + 8 + 4 + 16, STREAM_AT = WHO_AT + 32 + 8 };

void rewards_lines_begin(struct rewards_walk *walk, const uint32_t *epoch) {
    const void *keys[] = {epoch};
    walk->within = walk->next = storage_key(&rewards_Points_storage, keys, epoch ? 1 : 0, walk->prefix);
}

bool rewards_lines_next(struct rewards_walk *walk, account_id *who, uint8_t *stream) {
    if (!overlay_next_key(walk->within, walk->next, &walk->next))
        return false;
    memcpy(who->at, walk->next.at + WHO_AT, sizeof who->at);
    *stream = walk->next.at[STREAM_AT];
    return true;
}

static void less_outstanding(balance minus) {
    balance outstanding;
    rewards_Outstanding_get(&outstanding);
    outstanding -= minus; /* holds what every budget has left */
    rewards_Outstanding_put(&outstanding);
}

/* New money for whom the line stands. */
static dispatch_result mint(const account_id *who, rewards_stream stream, balance amount) {
    if (stream == rewards_stream_Provider) { /* also with 0: it closes the line there */
        TRY(balances_pot_mint(&compute_pot, amount));
        compute_pay_points(who, amount);
        return DISPATCH_OK;
    }
    if (amount == 0)
        return DISPATCH_OK;
    if (stream == rewards_stream_Model) {
        TRY(balances_mint(&models_account, amount));
        return models_book_revenue(load_u64(who->at + 24), 0, amount);
    }
    balance due;
    TRY(balances_pot_mint(&rewards_pot, amount));
    rewards_Due_get(who, &due);
    due += amount;
    rewards_Due_put(who, &due);
    return DISPATCH_OK;
}

static dispatch_result settle(uint32_t epoch, const account_id *who, rewards_stream stream) {
    rewards_epoch_book book;
    uint32_t current = clock_epoch();
    REQUIRE(epoch < current, EpochOpen);
    REQUIRE(current - epoch <= REWARDS_EXPIRY_EPOCHS, Expired);
    struct overlay_entry *line = rewards_points_at(epoch, who, stream), *at = rewards_book_at(epoch);
    balance points = rewards_points_get(line);
    REQUIRE(points != 0, NoPoints);
    rewards_book_get(at, &book);
    balance amount = work_due(book.budget, points, book.burned);
    book.minted += amount;
    book.lines--;
    rewards_book_put(at, &book);
    overlay_entry_remove(line);
    if (amount)
        less_outstanding(amount);
    DEPOSIT(rewards, Settled, .epoch = epoch, .who = *who, .stream = stream, .amount = amount);
    return mint(who, stream, amount);
}

dispatch_result rewards_settle(struct dispatch *ctx, const rewards_call_settle *args) {
    account_id signer;
    TRY(ensure_signed(&ctx->origin, &signer));
    return settle(args->epoch, &args->who, args->stream);
}

dispatch_result rewards_settle_many(struct dispatch *ctx, const rewards_call_settle_many *args) {
    account_id signer;
    TRY(ensure_signed(&ctx->origin, &signer));
    for (uint32_t i = 0; i < args->lines.len; i++) {
        const rewards_line *line = &args->lines.items[i];
        overlay_begin();
        dispatch_result result = settle(line->epoch, &line->who, line->stream);
        if (result == DISPATCH_OK) {
            overlay_commit();
            continue;
        }
        overlay_rollback();
        DEPOSIT(rewards, SettleSkipped, .epoch = line->epoch, .who = line->who, .stream = line->stream,
                .error = dispatch_error_value(result));
    }
    return DISPATCH_OK;
}

dispatch_result rewards_expire(struct dispatch *ctx, const rewards_call_expire *args) {
    rewards_epoch_book book;
    struct rewards_walk walk;
    account_id who, signer;
    uint8_t stream;
    uint32_t removed = 0;
    TRY(ensure_signed(&ctx->origin, &signer));
    REQUIRE(args->max >= 1 && args->max <= REWARDS_MAX_LINES, BadMax);
    REQUIRE(saturating_sub_u32(clock_epoch(), args->epoch) > REWARDS_EXPIRY_EPOCHS, NotExpired);
    struct overlay_entry *at = rewards_book_at(args->epoch);
    REQUIRE(rewards_book_get(at, &book), NoPoints);
    rewards_lines_begin(&walk, &args->epoch);
    for (; removed < args->max && rewards_lines_next(&walk, &who, &stream); removed++) {
        overlay_remove(walk.next);
        if (stream == rewards_stream_Provider)
            compute_pay_points(&who, 0);
    }
    if (removed)
        DEPOSIT(rewards, Expired, .epoch = args->epoch, .lines = removed);
    book.lines -= removed;
    if (book.lines) {
        rewards_book_put(at, &book);
        return DISPATCH_OK;
    }
    overlay_entry_remove(at);
    less_outstanding(book.budget - book.minted);
    DEPOSIT(rewards, EpochRemoved, .epoch = args->epoch, .unminted = book.budget - book.minted);
    return DISPATCH_OK;
}

dispatch_result rewards_claim_due(struct dispatch *ctx, const rewards_call_claim_due *args) {
    account_id signer;
    balance due;
    TRY(ensure_signed(&ctx->origin, &signer));
    REQUIRE(rewards_Due_get(&args->who, &due), NothingToClaim);
    rewards_Due_kill(&args->who);
    DEPOSIT(rewards, DuePaid, .who = args->who, .amount = due);
    return balances_pot_give(&rewards_pot, &args->who, due);
}

dispatch_result rewards_close_epoch(struct dispatch *ctx, const rewards_call_close_epoch *args) {
    account_id signer;
    TRY(ensure_signed(&ctx->origin, &signer));
    REQUIRE(args->epoch < clock_epoch(), EpochOpen);
    return DISPATCH_OK;
}
