/* compute_check.c - compute_try_state: what must hold between any two calls. Walks the whole storage, for tests only. */
#include "compute/compute_internal.h"

#include "market/accumulator.h"
#include "market/price_tick.h"
#include "state/overlay.h"

#define CHECK(condition, message)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return message;                                                                                            \
    } while (0)

/* Goes over the entries of an item; the keys stand in the key at fixed places. */
struct walk {
    struct bytes prefix, key;
    uint8_t buffer[STORAGE_KEY_SIZE];
};
static void walk_begin(struct walk *walk, const struct storage_desc *item) {
    walk->prefix = walk->key = storage_key(item, NULL, 0, walk->buffer);
}
static bool walk_next(struct walk *walk) { return overlay_next_key(walk->prefix, walk->key, &walk->key); }
static const uint8_t *key_at(const struct walk *walk, uint32_t at) { return walk->key.at + walk->prefix.len + at; }
static account_id account_at(const struct walk *walk, uint32_t at) {
    account_id who;
    memcpy(&who, key_at(walk, at), sizeof who);
    return who;
}
enum { TWOX = 8, BLAKE2 = 16, ACCOUNT = BLAKE2 + 32, ID4 = TWOX + 4, ID8 = TWOX + 8 }; /* hashes, keys with their hash */

/* A sum kept for a pool (epoch 0) or for one of its epochs. */
struct tally {
    uint32_t pool, epoch;
    balance shares, joining, due;
    uint32_t open; /* of claims: the owner's own */
};
struct tallies {
    struct tally *at;
    uint32_t len, room;
};
/* What everything that refers to the state adds up to. */
struct sums {
    balance owed, bonded, delegated, unbonding;
    uint32_t providers, operators, ads, slashes;
    struct tallies pools, cohorts, claims;
};

static struct tally *tally(struct tallies *list, uint32_t pool, uint32_t epoch) {
    for (uint32_t i = 0; i < list->len; i++)
        if (list->at[i].pool == pool && list->at[i].epoch == epoch)
            return &list->at[i];
    if (list->len == list->room) {
        struct tally *more = arena_alloc(&arena_scratch, (2 * list->room + 16) * sizeof *more);
        memcpy(more, list->at ? list->at : more, list->len * sizeof *more);
        *list = (struct tallies){more, list->len, 2 * list->room + 16};
    }
    list->at[list->len] = (struct tally){.pool = pool, .epoch = epoch};
    return &list->at[list->len++];
}

/* --- providers --- */

static const char *check_slashes(const account_id *owner, struct sums *sums) {
    compute_open_slashes open;
    compute_slash slash;
    uint32_t next;
    compute_NextSlash_get(&next);
    compute_OpenSlashes_get(owner, &open);
    sums->slashes += open.len;
    for (uint32_t i = 0; i < open.len; i++) {
        const compute_open_slash *line = &open.items[i];
        CHECK(line->id < next && compute_Slashes_get(&line->id, &slash) && compute_same(&slash.provider, owner) &&
                  slash.fault_epoch == line->fault_epoch && slash.apply_epoch == line->apply_epoch,
              "an open slash is not the provider's");
        CHECK(line->apply_epoch > line->fault_epoch && slash.ppb != 0, "an impossible slash");
        for (uint32_t k = 0; k < i; k++)
            CHECK(open.items[k].fault_epoch != line->fault_epoch, "two slashes for one epoch");
    }
    return NULL;
}

static const char *check_provider(const account_id *owner, const compute_provider *provider, struct sums *sums) {
    account_id name;
    compute_pool pool;
    uint32_t now = clock_now();
    bool serving = provider->state == compute_state_Candidate || provider->state == compute_state_Draining;
    CHECK(compute_OperatorOf_get(&provider->operator, &name) && compute_same(&name, owner),
          "an operator does not work for its owner");
    CHECK(compute_same(&provider->operator, owner) || !compute_OperatorOf_exists(owner), "an owner works for another");
    CHECK(compute_Pools_get(&provider->pool, &pool) && compute_same(&pool.owner, owner), "a provider without its pool");
    CHECK(serving || provider->state == compute_state_Leaving || provider->state == compute_state_Jailed,
          "a state that is never stored");
    CHECK(!serving || provider->self_bond >= COMPUTE_MIN_SELF_BOND, "a bond below the minimum");
    CHECK(provider->state != compute_state_Leaving || (provider->self_bond == 0 && provider->busy == 0),
          "one who leaves has a bond or seats");
    CHECK(provider->slots != 0 && provider->busy <= provider->slots && provider->region < COMPUTE_MAX_REGION,
          "slots or region out of bounds");
    CHECK(provider->commission_ppb <= COMPUTE_MAX_COMMISSION &&
              (!provider->pending_commission.some ||
               provider->pending_commission.value.ppb <= COMPUTE_MAX_COMMISSION),
          "a commission above the maximum");
    CHECK(provider->joined <= now && provider->last_seen <= now && provider->points_epoch <= clock_epoch() &&
              provider->struck <= clock_now(),
          "something of a provider is in the future");
    CHECK(provider->rep_good >> 38 == 0 && provider->rep_bad >> 38 == 0, "reputation out of bounds");
    CHECK(provider->ads <= COMPUTE_MAX_ADS, "too many ads");
    sums->owed += provider->self_bond + provider->deposit.amount;
    sums->bonded += provider->self_bond;
    sums->ads += provider->ads;
    sums->providers++;
    return check_slashes(owner, sums);
}

static const char *check_providers(struct sums *sums) {
    struct walk walk;
    const char *wrong;
    uint32_t operators = 0;
    walk_begin(&walk, &compute_Providers_storage);
    while (walk_next(&walk)) {
        compute_provider provider;
        account_id owner = account_at(&walk, BLAKE2);
        CHECK(compute_Providers_get(&owner, &provider), "a provider that does not decode");
        if ((wrong = check_provider(&owner, &provider, sums)))
            return wrong;
    }
    for (walk_begin(&walk, &compute_OperatorOf_storage); walk_next(&walk);)
        operators++;
    CHECK(operators == sums->providers, "operators of nobody");
    uint32_t slashes = 0;
    for (walk_begin(&walk, &compute_Slashes_storage); walk_next(&walk);)
        slashes++;
    CHECK(slashes == sums->slashes, "slashes of nobody");
    return NULL;
}

/* --- pools. First what refers to them is added up, then they are held against it. --- */

static const char *sum_delegations(struct sums *sums) {
    struct walk walk;
    walk_begin(&walk, &compute_Delegations_storage);
    while (walk_next(&walk)) {
        compute_delegation delegation;
        compute_pool pool;
        account_id who = account_at(&walk, BLAKE2);
        uint32_t id = load_u32(key_at(&walk, ACCOUNT + TWOX));
        balance due;
        CHECK(compute_Delegations_get(&who, &id, &delegation) && compute_Pools_get(&id, &pool),
              "a delegation to no pool");
        CHECK(delegation.shares || delegation.joining.tokens, "an empty delegation");
        CHECK(delegation.acc <= pool.acc && accumulator_due(&due, delegation.shares, pool.acc, delegation.acc),
              "a delegation is ahead of its pool");
        struct tally *sum = tally(&sums->pools, id, 0);
        sum->shares += delegation.shares;
        sum->due += delegation.due + due;
        if (delegation.joining.tokens == 0)
            continue;
        if (pool.joining.tokens && pool.joining.epoch == delegation.joining.epoch)
            sum->joining += delegation.joining.tokens;
        else
            tally(&sums->cohorts, id, delegation.joining.epoch)->joining += delegation.joining.tokens;
    }
    return NULL;
}

static const char *check_cohorts(struct sums *sums) {
    struct walk walk;
    uint32_t count = 0;
    walk_begin(&walk, &compute_JoinRates_storage);
    for (; walk_next(&walk); count++) {
        compute_join_rate rate;
        compute_pool pool;
        uint32_t id = load_u32(key_at(&walk, TWOX)), epoch = load_u32(key_at(&walk, ID4 + TWOX));
        balance due;
        CHECK(compute_JoinRates_get(&id, &epoch, &rate) && compute_Pools_get(&id, &pool) && rate.left,
              "a cohort of no pool");
        CHECK(tally(&sums->cohorts, id, epoch)->joining == rate.left, "a cohort's money is not its members'");
        CHECK(rate.acc <= pool.acc && accumulator_due(&due, rate.shares, pool.acc, rate.acc),
              "a cohort is ahead of its pool");
        struct tally *sum = tally(&sums->pools, id, 0);
        sum->shares += rate.shares;
        sum->due += rate.shares ? due : rate.left;
        sum->open += rate.shares == 0;
    }
    CHECK(count == sums->cohorts.len, "money joins in a cohort that is not there");
    return NULL;
}

static const char *sum_claims(struct sums *sums) {
    struct walk walk;
    walk_begin(&walk, &compute_Unbonding_storage);
    while (walk_next(&walk)) {
        compute_unbondings list;
        compute_pool pool;
        account_id who = account_at(&walk, BLAKE2);
        uint32_t id = load_u32(key_at(&walk, ACCOUNT + TWOX));
        compute_Unbonding_get(&who, &id, &list);
        bool there = compute_Pools_get(&id, &pool);
        CHECK(list.len, "an empty list of claims");
        for (uint32_t i = 0; i < list.len; i++) {
            const compute_unbonding *entry = &list.items[i];
            CHECK(i == 0 || entry[-1].epoch <= entry->epoch, "claims out of order");
            bool own = there && compute_same(&who, &pool.owner);
            struct tally *sum = tally(&sums->claims, id, entry->epoch);
            CHECK(!there || own == (entry->shares == 0), "a claim without shares");
            sum->shares += entry->shares;
            sum->open += own;
        }
    }
    return NULL;
}

static const char *check_leaving(struct sums *sums) {
    struct walk walk;
    walk_begin(&walk, &compute_UnbondPools_storage);
    while (walk_next(&walk)) {
        compute_unbond_pool sub;
        uint32_t id = load_u32(key_at(&walk, TWOX)), epoch = load_u32(key_at(&walk, ID4 + TWOX));
        CHECK(compute_UnbondPools_get(&id, &epoch, &sub) && compute_Pools_exists(&id), "a sub-pool of no pool");
        const struct tally *claims = tally(&sums->claims, id, epoch);
        CHECK(sub.shares || sub.tokens == 0, "leaving money without shares");
        CHECK(claims->shares == sub.shares, "claims are not the sub-pool's shares");
        CHECK(sub.self_tokens == 0 || claims->open == 1, "an owner's leaving money without a claim");
        CHECK(sub.mature_epoch == epoch + COMPUTE_UNBOND_EPOCHS, "a sub-pool matures at another time");
        tally(&sums->pools, id, 0)->open++;
        sums->owed += sub.tokens + sub.self_tokens;
        sums->unbonding += sub.tokens + sub.self_tokens;
    }
    return NULL;
}

static const char *check_pools(struct sums *sums) {
    struct walk walk;
    const char *wrong;
    uint32_t next;
    if ((wrong = sum_delegations(sums)) || (wrong = check_cohorts(sums)) || (wrong = sum_claims(sums)) ||
        (wrong = check_leaving(sums)))
        return wrong;
    compute_NextPool_get(&next);
    walk_begin(&walk, &compute_Pools_storage);
    while (walk_next(&walk)) {
        compute_pool pool;
        compute_provider provider;
        uint32_t id = load_u32(key_at(&walk, TWOX));
        CHECK(compute_Pools_get(&id, &pool) && id < next, "a pool that cannot be");
        const struct tally *sum = tally(&sums->pools, id, 0);
        CHECK(sum->shares == pool.shares, "shares of delegations are not the pool's");
        CHECK(sum->joining == pool.joining.tokens, "joining money is not its owners'");
        CHECK(sum->open == pool.open, "a pool counts what is open wrong");
        CHECK(pool.shares || pool.tokens == 0, "tokens without shares");
        CHECK(pool.income >= pool.carry && sum->due <= pool.income - pool.carry, "a pool cannot pay its delegators");
        CHECK(pool.shares || pool.joining.tokens || pool.open || compute_provider_of(id, &pool, &provider),
              "a pool that nobody needs");
        sums->owed += pool.tokens + pool.joining.tokens + pool.income;
        sums->delegated += pool.tokens + pool.joining.tokens;
    }
    return NULL;
}

/* --- the order book --- */

static const char *check_ads(struct sums *sums) {
    struct walk walk;
    uint32_t count = 0, asset = 0;
    walk_begin(&walk, &compute_Ads_storage);
    for (; walk_next(&walk); count++) {
        compute_ad_record record;
        compute_asks asks;
        uint64_t model = load_u64(key_at(&walk, TWOX));
        account_id owner = account_at(&walk, ID8 + BLAKE2);
        uint32_t at = 0;
        CHECK(compute_Ads_get(&model, &owner, &record) && compute_Providers_exists(&owner), "an ad of nobody");
        CHECK(record.ad.price && record.ad.min_units && record.ad.profile_mask, "an impossible ad");
        uint8_t class = price_tick(record.ad.price);
        compute_AskTick_get(&model, &asset, &class, &asks);
        while (at < asks.len && !compute_same(&asks.items[at].provider, &owner))
            at++;
        CHECK(at < asks.len && asks.items[at].price == record.ad.price, "an ad without its ask");
        sums->owed += record.deposit.amount;
    }
    CHECK(count == sums->ads, "providers count their ads wrong");
    return NULL;
}

static uint32_t bits_of(const bytes32 *bits) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < 256; i++)
        count += bits->at[i / 8] >> i % 8 & 1;
    return count;
}

static const char *check_book(const struct sums *sums) {
    struct walk walk;
    uint32_t asks_in_all = 0, classes = 0, bits_in_all = 0, asset = 0;
    walk_begin(&walk, &compute_AskTick_storage);
    for (; walk_next(&walk); classes++) {
        compute_asks asks;
        bytes32 bits;
        uint64_t model = load_u64(key_at(&walk, TWOX));
        uint8_t class = *key_at(&walk, ID8 + ID4 + TWOX);
        CHECK(load_u32(key_at(&walk, ID8 + TWOX)) == asset, "asks in another asset");
        CHECK(compute_AskTick_get(&model, &asset, &class, &asks) && asks.len && asks.len <= 64, "a class without asks");
        compute_AskBits_get(&model, &asset, &bits);
        CHECK(bits.at[class / 8] >> class % 8 & 1, "asks without a bit");
        for (uint32_t i = 0; i < asks.len; i++)
            CHECK(price_tick(asks.items[i].price) == class && asks.items[i].weight &&
                      compute_Ads_exists(&model, &asks.items[i].provider),
                  "an ask that cannot be");
        asks_in_all += asks.len;
    }
    walk_begin(&walk, &compute_AskBits_storage);
    while (walk_next(&walk)) {
        bytes32 bits;
        uint64_t model = load_u64(key_at(&walk, TWOX));
        compute_AskBits_get(&model, &asset, &bits);
        CHECK(bits_of(&bits), "bits without asks");
        bits_in_all += bits_of(&bits);
    }
    CHECK(bits_in_all == classes, "a bit without asks");
    CHECK(asks_in_all == sums->ads, "asks are not as many as ads");
    return NULL;
}

/* --- money --- */

static const char *check_money(struct sums *sums) {
    struct walk walk;
    compute_totals totals;
    balance books;
    account_info account;
    walk_begin(&walk, &compute_Due_storage);
    while (walk_next(&walk)) {
        account_id who = account_at(&walk, BLAKE2);
        balance due;
        CHECK(compute_Due_get(&who, &due) && due, "an empty due");
        sums->owed += due;
    }
    compute_Totals_get(&totals);
    CHECK(totals.providers == sums->providers, "the number of providers is wrong");
    CHECK(totals.bonded == sums->bonded, "bonds do not add up");
    CHECK(totals.delegated == sums->delegated, "delegations do not add up");
    CHECK(totals.unbonding == sums->unbonding, "leaving money does not add up");
    compute_Books_get(&books);
    CHECK(books == sums->owed, "what is owed does not add up");
    CHECK(balances_pot_covers(&compute_pot), "the account does not cover the books");
    system_account_get(&compute_pot.account, &account);
    CHECK(account.providers >= 2, "the account could be reaped");
    return NULL;
}

const char *compute_try_state(void) {
    struct sums sums = {0};
    struct arena_mark mark = arena_mark(&arena_scratch);
    const char *wrong;
    (void)((wrong = check_providers(&sums)) || (wrong = check_pools(&sums)) || (wrong = check_ads(&sums)) ||
           (wrong = check_book(&sums)) || (wrong = check_money(&sums)));
    arena_rewind(&arena_scratch, mark);
    return wrong;
}
