/* compute_ask.c - advertisements, and the order book that they make: asks by price class, dead ones removed by whoever
 * meets them. An ask counts only in draws armed after it was written, so nothing that is brought in later can win. */
#include "compute/compute_internal.h"

#include "market/price_tick.h"
#include "models/models.h"

enum { CLASS_SIZE = 64, ALL_PROFILES = 7 };

static const uint32_t native = 0; /* the only asset of the book */

/* Loads a class; the provider's ask in it, or NULL. */
static compute_ask *find_ask(uint64_t model, uint8_t class, const account_id *owner, compute_asks *asks) {
    compute_AskTick_get(&model, &native, &class, asks);
    for (uint32_t i = 0; i < asks->len; i++)
        if (compute_same(&asks->items[i].provider, owner))
            return &asks->items[i];
    return NULL;
}

/* Writes a class, and its bit when it became or ceased to be empty. */
static void put_class(uint64_t model, uint8_t class, const compute_asks *asks) {
    static const bytes32 none;
    bytes32 bits;
    uint8_t bit = (uint8_t)(1u << class % 8);
    if (asks->len)
        compute_AskTick_put(&model, &native, &class, asks);
    else
        compute_AskTick_kill(&model, &native, &class);
    compute_AskBits_get(&model, &native, &bits);
    if (((bits.at[class / 8] & bit) != 0) == (asks->len != 0))
        return;
    bits.at[class / 8] ^= bit;
    if (equal_32(bits.at, none.at))
        compute_AskBits_kill(&model, &native);
    else
        compute_AskBits_put(&model, &native, &bits);
}

/* Takes the provider's ask out of its class; the order of asks means nothing. */
static void take_out(uint64_t model, uint8_t class, const account_id *owner, compute_ask *ask) {
    compute_asks asks;
    compute_ask *found = find_ask(model, class, owner, &asks);
    ASSERT(found);
    *ask = *found;
    *found = asks.items[--asks.len];
    put_class(model, class, &asks);
}

/* Whether an ask can win no draw for long: its provider is not Active, its ad has expired, or its weight has fallen. */
static bool is_dead(const compute_ask *ask, const compute_provider *provider, const compute_ad *ad, uint32_t now) {
    return compute_state_at(provider, now) != compute_state_Active || ad->valid_until < now ||
           !compute_keeps_weight(compute_weight(provider), ask->weight);
}

static dispatch_result evict(uint64_t model, uint8_t class, const option_account_id *named, uint32_t now) {
    compute_asks asks;
    compute_provider provider;
    compute_ad_record record;
    const account_id *owner = &named->value;
    const compute_ask *ask = named->some ? find_ask(model, class, owner, &asks) : NULL;
    REQUIRE(ask, TickFull);
    compute_Providers_get(owner, &provider);
    compute_Ads_get(&model, owner, &record);
    REQUIRE(is_dead(ask, &provider, &record.ad, now), TickFull);
    TRY(compute_remove_ad(owner, &provider, model));
    compute_Providers_put(owner, &provider);
    DEPOSIT(compute, AskEvicted, .model = model, .provider = *owner);
    return DISPATCH_OK;
}

static dispatch_result put_in(uint64_t model, const compute_ask *ask, const option_account_id *named, uint32_t now) {
    compute_asks asks;
    uint8_t class = price_tick(ask->price);
    compute_AskTick_get(&model, &native, &class, &asks);
    if (asks.len == CLASS_SIZE) {
        TRY(evict(model, class, named, now));
        compute_AskTick_get(&model, &native, &class, &asks);
    }
    compute_ask *items = arena_alloc(&arena_scratch, (asks.len + 1) * sizeof *items);
    items[0] = *ask;
    if (asks.len)
        memcpy(items + 1, asks.items, asks.len * sizeof *items);
    put_class(model, class, &(compute_asks){items, asks.len + 1});
    return DISPATCH_OK;
}

dispatch_result compute_remove_ad(const account_id *owner, compute_provider *provider, uint64_t model) {
    compute_ad_record record;
    compute_ask ask;
    REQUIRE(compute_Ads_get(&model, owner, &record), AdMissing);
    take_out(model, price_tick(record.ad.price), owner, &ask);
    /* Else the pause would end with a new ad. */
    REQUIRE(ask.paused_until <= clock_now(), AdPaused);
    compute_Ads_kill(&model, owner);
    provider->ads--;
    return balances_pot_give(&compute_pot, &record.deposit.depositor, record.deposit.amount);
}

void compute_pause_ask(const account_id *owner, uint64_t model, uint32_t until) {
    compute_ad_record record;
    compute_asks asks;
    uint32_t now = clock_now();
    if (!compute_Ads_get(&model, owner, &record))
        return;
    uint8_t class = price_tick(record.ad.price);
    compute_ask *ask = find_ask(model, class, owner, &asks);
    ASSERT(ask);
    if (ask->paused_until <= now)
        ask->paused_from = now;
    if (ask->paused_until < until)
        ask->paused_until = until;
    compute_AskTick_put(&model, &native, &class, &asks);
}

/* Whether the provider may offer this, for advertise and update_price. */
static dispatch_result check_ad(const compute_provider *provider, uint64_t id, const compute_ad *ad, uint32_t now) {
    models_model model;
    models_licence licence;
    REQUIRE(provider->state == compute_state_Candidate, BadState);
    REQUIRE(models_Models_get(&id, &model) && models_Licences_get(&model.licence, &licence) &&
                (model.state == models_state_Active || model.state == models_state_Deprecated) &&
                (model.kind == models_kind_Weights || model.kind == models_kind_Adapter ||
                 model.kind == models_kind_Pipeline),
            UnknownModel);
    REQUIRE(ad->valid_until >= now, AdExpired);
    REQUIRE(ad->price != 0, BadPrice);
    REQUIRE(ad->price >= licence.min_price, PriceBelowLicenceMin);
    REQUIRE(ad->min_units != 0, BadUnits);
    REQUIRE(ad->profile_mask != 0 && ad->profile_mask <= ALL_PROFILES, BadProfileMask);
    return DISPATCH_OK;
}

static dispatch_result weigh(const compute_provider *provider, uint64_t *out) {
    *out = compute_weight(provider);
    REQUIRE(*out != 0, NoWeight);
    return DISPATCH_OK;
}

static void deposit_advertised(uint64_t model, const compute_ask *ask) {
    DEPOSIT(compute, Advertised, .model = model, .provider = ask->provider, .price = ask->price, .weight = ask->weight);
}

dispatch_result compute_advertise(struct dispatch *ctx, const compute_call_advertise *args) {
    account_id owner;
    compute_provider provider;
    uint32_t now = clock_now();
    TRY(compute_as_any(ctx, &owner, &provider));
    TRY(check_ad(&provider, args->model, &args->ad, now));
    REQUIRE(!compute_Ads_exists(&args->model, &owner), AdExists);
    REQUIRE(provider.ads < COMPUTE_MAX_ADS, TooManyAds);
    compute_ask ask = {.provider = owner, .price = args->ad.price, .live_from = now + 1};
    TRY(weigh(&provider, &ask.weight));
    TRY(put_in(args->model, &ask, &args->evict, now));
    compute_ad_record record = {args->ad, {ctx->origin.who, COMPUTE_DEPOSIT(COMPUTE_AD_BYTES)}};
    TRY(balances_pot_take(&compute_pot, &ctx->origin.who, record.deposit.amount));
    compute_Ads_put(&args->model, &owner, &record);
    provider.ads++;
    compute_Providers_put(&owner, &provider);
    deposit_advertised(args->model, &ask);
    return DISPATCH_OK;
}

/* Writes the ask of an ad anew, in another class when its price has changed. */
static dispatch_result rewrite(const account_id *owner, const compute_provider *provider, uint64_t model, uint64_t from,
                               uint64_t to, const option_account_id *named, uint32_t now) {
    compute_ask ask;
    take_out(model, price_tick(from), owner, &ask);
    TRY(weigh(provider, &ask.weight));
    ask.price = to;
    ask.live_from = now + 1; /* a pause goes on */
    TRY(put_in(model, &ask, named, now));
    deposit_advertised(model, &ask);
    return DISPATCH_OK;
}

dispatch_result compute_update_price(struct dispatch *ctx, const compute_call_update_price *args) {
    account_id owner;
    compute_provider provider;
    compute_ad_record record;
    uint32_t now = clock_now();
    TRY(compute_as_any(ctx, &owner, &provider));
    REQUIRE(compute_Ads_get(&args->model, &owner, &record), AdMissing);
    uint64_t before = record.ad.price;
    record.ad.price = args->price;
    TRY(check_ad(&provider, args->model, &record.ad, now));
    TRY(rewrite(&owner, &provider, args->model, before, args->price, &args->evict, now));
    compute_Ads_put(&args->model, &owner, &record);
    return DISPATCH_OK;
}

dispatch_result compute_refresh_ask(struct dispatch *ctx, const compute_call_refresh_ask *args) {
    static const option_account_id nobody;
    account_id owner;
    compute_provider provider;
    compute_ad_record record;
    TRY(compute_as_any(ctx, &owner, &provider));
    REQUIRE(compute_Ads_get(&args->model, &owner, &record), AdMissing);
    return rewrite(&owner, &provider, args->model, record.ad.price, record.ad.price, &nobody, clock_now());
}

static dispatch_result withdraw_ad(const account_id *owner, compute_provider *provider, uint64_t model) {
    TRY(compute_remove_ad(owner, provider, model));
    compute_Providers_put(owner, provider);
    DEPOSIT(compute, AdWithdrawn, .model = model, .provider = *owner);
    return DISPATCH_OK;
}

dispatch_result compute_withdraw_ad(struct dispatch *ctx, const compute_call_withdraw_ad *args) {
    account_id owner;
    compute_provider provider;
    TRY(compute_as_any(ctx, &owner, &provider));
    return withdraw_ad(&owner, &provider, args->model);
}

dispatch_result compute_sweep_ad(struct dispatch *ctx, const compute_call_sweep_ad *args) {
    account_id caller;
    compute_provider provider;
    compute_ad_record record;
    uint32_t now = clock_now();
    TRY(ensure_signed(&ctx->origin, &caller));
    REQUIRE(compute_Providers_get(&args->provider, &provider), NotProvider);
    REQUIRE(compute_Ads_get(&args->model, &args->provider, &record), AdMissing);
    REQUIRE(record.ad.valid_until < now ||
                (provider.state != compute_state_Candidate && now - provider.joined >= CLOCK_EPOCH_TICKS),
            AdAlive);
    return withdraw_ad(&args->provider, &provider, args->model);
}
