/* compute_seat.c - what pallet Jobs and pallet Rewards do to a provider: whether it can serve, its slots, strikes,
 * reputation, points and income. Each call reads a record once and writes it once. */
#include "compute/compute_internal.h"

#include "market/reputation.h"

void compute_touch_commission(compute_provider *provider, uint32_t epoch) {
    option_compute_pending_commission *pending = &provider->pending_commission;
    if (!pending->some || epoch < pending->value.epoch)
        return;
    provider->commission_ppb = pending->value.ppb;
    pending->some = false;
}

uint8_t compute_strikes_at(const compute_provider *provider, uint32_t epoch) {
    uint32_t clean = saturating_sub_u32(epoch, provider->struck / CLOCK_EPOCH_TICKS + 1); /* whole epochs in between */
    return (uint8_t)saturating_sub_u32(provider->strikes, clean);
}

void compute_roll_points(compute_provider *provider, uint32_t epoch) {
    if (provider->points_epoch == epoch)
        return;
    provider->points_closed += provider->points_open;
    provider->points_open = 0;
    provider->points_epoch = epoch;
}

bool compute_can_serve(const account_id *owner, const struct compute_need *need, compute_provider *provider,
                       compute_ad *ad) {
    compute_ad_record record;
    if (!compute_Providers_get(owner, provider) ||
        compute_state_at(provider, need->now) != compute_state_Active || provider->busy >= provider->slots ||
        need->now - provider->last_seen > COMPUTE_HEARTBEAT_TICKS ||
        (need->region_mask && !(need->region_mask >> provider->region & 1)) ||
        compute_rep_ppm(provider) < need->min_rep_ppm || compute_in_family(owner, provider, need->client) ||
        !compute_Ads_get(&need->model, owner, &record))
        return false;
    *ad = record.ad;
    if (ad->valid_until < need->now || !(ad->profile_mask >> need->profile & 1) || ad->min_units > need->units_max)
        return false;
    /* Often the own bond is enough, and the pool need not be read. */
    if (provider->self_bond >= need->min_stake &&
        compute_keeps_weight(compute_weight_with(provider, 0), need->ask_weight))
        return true;
    balance tokens = compute_tokens(provider);
    return provider->self_bond + tokens >= need->min_stake &&
           compute_keeps_weight(compute_weight_with(provider, tokens), need->ask_weight);
}

void compute_strike(const account_id *owner, compute_offence offence, uint32_t when, compute_object object) {
    compute_provider provider;
    uint32_t now = clock_now();
    if (!compute_Providers_get(owner, &provider) ||
        (offence == compute_offence_NoAccept && provider.strikes && when < provider.struck + COMPUTE_ABSENCE))
        return;
    provider.strikes = (uint8_t)min_u32(compute_strikes_at(&provider, now / CLOCK_EPOCH_TICKS) + 1u, UINT8_MAX);
    if (provider.struck < when)
        provider.struck = when;
    DEPOSIT(compute, Struck, .provider = *owner, .offence = offence, .object = object, .strikes = provider.strikes);
    if (provider.strikes >= COMPUTE_MAX_STRIKES &&
        (provider.state == compute_state_Candidate || provider.state == compute_state_Draining)) {
        compute_set_state(owner, &provider, compute_state_Jailed, compute_state_reason_Strikes);
        provider.jail_until = now + COMPUTE_JAIL_TICKS;
    }
    compute_Providers_put(owner, &provider);
}

enum compute_slot compute_take_slot(const account_id *owner) {
    compute_provider provider;
    if (!compute_Providers_get(owner, &provider) ||
        compute_state_at(&provider, clock_now()) != compute_state_Active)
        return COMPUTE_NOT_ACTIVE;
    if (provider.busy >= provider.slots)
        return COMPUTE_NO_SLOT;
    provider.busy++;
    compute_Providers_put(owner, &provider);
    return COMPUTE_SLOT_TAKEN;
}

/* Dust moves no reputation, so nobody can wash a failure away by cheap jobs; only fees that were paid move the mean. */
static void judge(const account_id *owner, compute_provider *provider, bool good, balance fee) {
    balance average;
    if (fee < COMPUTE_MIN_FEE)
        return;
    if (good)
        provider->strikes = 0;
    compute_FeeAverage_get(&average);
    struct reputation score =
        reputation_after((struct reputation){provider->rep_good, provider->rep_bad}, good, fee, average);
    provider->rep_good = score.good;
    provider->rep_bad = score.bad;
    if (good) {
        average = ema_after(average, fee);
        compute_FeeAverage_put(&average);
    }
    DEPOSIT(compute, RepChanged, .provider = *owner, .rep_ppm = reputation_ppm(score));
}

void compute_end_seat(const account_id *owner, const struct compute_seat_end *end) {
    compute_provider provider;
    if (!compute_Providers_get(owner, &provider)) {
        compute_add_due(owner, end->pay);
        return;
    }
    if (end->seated && provider.busy)
        provider.busy--;
    /* A failure counts whatever the family is called by now; what one pays oneself is no merit. */
    if (end->judged == COMPUTE_BAD ||
        (end->judged == COMPUTE_GOOD && !compute_in_family(owner, &provider, end->client)))
        judge(owner, &provider, end->judged == COMPUTE_GOOD, end->fee);
    if (end->points) {
        compute_roll_points(&provider, clock_epoch());
        provider.points_open++;
    }
    if (end->pay)
        compute_distribute(owner, &provider, end->pay);
    compute_Providers_put(owner, &provider);
}

void compute_pay_points(const account_id *owner, u128 amount) {
    compute_provider provider;
    if (!compute_Providers_get(owner, &provider)) {
        compute_add_due(owner, amount);
        return;
    }
    compute_roll_points(&provider, clock_epoch());
    if (amount) /* while the line still counts as unpaid: money that joined later has no part in it */
        compute_distribute(owner, &provider, amount);
    provider.points_closed -= provider.points_closed != 0;
    compute_Providers_put(owner, &provider);
}
