/* attacks_stake.c - coming and going with money at the right moment, and what divisions of shares leave. */
#include "attacks.h"

/* A rogue provider with rogue and honest delegators, in one pool. */
enum { PROVIDER = ROGUE + 1, BACKER = ROGUE + 20, SECOND_BACKER = ROGUE + 21 };

static void rogue_pool(bool honest_backer) {
    servers_at(PROVIDER, 1, ROOT_MODEL);
    servers_at(HONEST, 2, ROOT_MODEL);
    put_behind(BACKER, PROVIDER, between(&nature, 1, 8000) * UNIT + between(&nature, 0, UNIT));
    put_behind(SECOND_BACKER, PROVIDER, between(&nature, 1, 8000) * UNIT);
    if (honest_backer)
        put_behind(FRIEND, PROVIDER, between(&nature, 1, 8000) * UNIT);
    world_next_epoch();
    /* What has joined is liable from the first touch on: before it weighs and earns nothing. */
    MUST(ACT(SECOND_BACKER, compute, undelegate, .pool = pool_of(PROVIDER), .shares = 1000));
}

/* What joined but was not touched since became one share a unit, unless the pool was slashed before. */
static u128 shares_of(int who, uint32_t pool) {
    compute_delegation delegation;
    account_id account = person(who);
    bool there = compute_Delegations_get(&account, &pool, &delegation);
    return !there                                     ? 0
           : delegation.joining.epoch < clock_epoch() ? delegation.shares + delegation.joining.tokens
                                                      : delegation.shares;
}

/* The offences of today take less than the owner's first loss covers; later ones will not. */
static void make_slashes_hard(uint32_t ppb) {
    uint32_t next;
    compute_slash slash;
    compute_NextSlash_get(&next);
    for (uint32_t id = 1; id < next; id++)
        if (compute_Slashes_get(&id, &slash)) {
            slash.ppb = ppb;
            compute_Slashes_put(&id, &slash);
        }
    world_flush();
}

/* A slash is spread in whole units: where one that does not divide falls, depends on who is where. */
enum { SLASH_DUST = 8 };

/* Any way out, refused or not. */
static void try_to_leave(bool own) {
    uint32_t pool = pool_of(PROVIDER);
    compute_provider provider = provider_of(PROVIDER);
    int backer = percent(&player, 50) ? BACKER : SECOND_BACKER;
    u128 shares = shares_of(backer, pool);
    switch (below(&player, own ? 7 : 3)) {
    case 0:
        ACT(backer, compute, undelegate, .pool = pool, .shares = shares);
        break;
    case 1:
        ACT(backer, compute, redelegate, .from = pool, .to = pool_of(HONEST), .shares = shares / 2);
        break;
    case 2:
        ACT(backer, compute, withdraw, .pool = pool, .max = 16);
        break;
    case 3:
        ACT(PROVIDER, compute, request_unbond, .amount = provider.self_bond - 2000 * UNIT);
        break;
    case 4:
        ACT0(PROVIDER, compute, chill);
        ACT(PROVIDER, compute, request_unbond, .amount = provider.self_bond);
        break;
    case 5:
        ACT(PROVIDER, compute, withdraw, .pool = pool, .max = 16);
        ACT(CRANK, compute, sweep_provider, .owner = person(PROVIDER));
        break;
    default:
        ACT(PROVIDER, compute, update_provider, .update = {.payout = {true, person(ROGUE + 30)}});
    }
}

/* A fault at a known time in both runs; with the strategy, ways out at every step from accepting on. */
static void fault_and_leave(bool attack, bool own) {
    struct order order = some_order(ROOT_MODEL, 3, 3000);
    bool reveals = percent(&player, 30);
    uint32_t hard = percent(&player, 50) ? below(&player, 900000001) : 0;
    conduct[PROVIDER] = reveals ? NO_REVEAL : NO_COMMIT;
    uint64_t job = post(HONEST_CLIENT, &order);
    if (!job || !draw_seats(job))
        return;
    for (uint8_t i = 0; i < 3; i++)
        ACT(sitting(job, i), jobs, accept, .job = job, .seat = i);
    for (uint32_t i = 0; attack && i < 3; i++)
        try_to_leave(own);
    commit_now(job);
    world_skip_to(job_of(job).deadline + 1);
    for (uint32_t i = 0; attack && i < 3; i++)
        try_to_leave(own);
    uint32_t wait = below(&player, 4); /* nobody ends the job for a while */
    for (uint32_t i = 0; i < wait; i++) {
        world_next_epoch();
        if (attack)
            try_to_leave(own);
    }
    serve(job);
    if (hard)
        make_slashes_hard(hard);
    game.allowed = SLASH_DUST;
    for (uint32_t i = 0; i < 5; i++) {
        if (attack)
            try_to_leave(own);
        if (i == 2)
            world_next_epoch();
    }
}

void prepare_run(void) {
    rogue_pool(true);
    join_coalition(PROVIDER);
    join_coalition(BACKER);
    join_coalition(SECOND_BACKER);
    join_coalition(ROGUE + 30);
}
void play_run(bool attack) { fault_and_leave(attack, true); }

void prepare_front_run(void) {
    rogue_pool(true);
    join_coalition(BACKER);
    join_coalition(SECOND_BACKER);
}
void play_front_run(bool attack) { fault_and_leave(attack, false); }

/* --- money that comes just before a settlement --- */

/* A job of the rogue pool's provider up to where anybody may end it. */
static uint64_t nearly_done(int client) {
    struct order order = some_order(ROOT_MODEL, 1, 9000);
    int row[] = {PROVIDER};
    order.allow = row;
    order.allowed = 1;
    uint64_t job = post(client, &order);
    if (!job || !draw_seats(job) || ACT(PROVIDER, jobs, accept, .job = job, .seat = 0) != DISPATCH_OK)
        return 0;
    jobs_result result = result_of(job, PROVIDER, 0, GOOD);
    MUST(show(job, 0, PROVIDER, &result, GOOD));
    return job;
}

void prepare_joiner(void) {
    servers_at(PROVIDER, 1, ROOT_MODEL);
    put_behind(FRIEND, PROVIDER, 1000 * UNIT);
    world_next_epoch();
    join_coalition(ROGUE);
    join_coalition(BACKER);
}

void play_joiner(bool attack) {
    uint64_t job = nearly_done(HONEST_CLIENT);
    uint32_t pool = pool_of(PROVIDER);
    if (attack)
        put_behind(BACKER, PROVIDER, between(&player, 1, 15000) * UNIT);
    if (job)
        MUST(ACT(ROGUE, jobs, finalise, .job = job));
    if (attack && percent(&player, 50))
        ACT(BACKER, compute, undelegate, .pool = pool, .shares = 0); /* it still joins: back at once */
    world_next_epoch();
    /* Points of the job wait: nobody may come in before they are shared. */
    if (attack)
        expect(put_behind(ROGUE, PROVIDER, 100 * UNIT) ==
                   (!job || provider_of(PROVIDER).points_open + provider_of(PROVIDER).points_closed == 0),
               "joined between earning and sharing");
}

void prepare_late_bond(void) {
    servers_at(PROVIDER, 1, ROOT_MODEL);
    for (int i = 0; i < 3; i++)
        put_behind(FRIEND + i, PROVIDER, between(&nature, 1000, 8000) * UNIT);
    world_next_epoch();
    join_coalition(PROVIDER);
}

void play_late_bond(bool attack) {
    uint64_t job = nearly_done(HONEST_CLIENT);
    if (attack)
        ACT(PROVIDER, compute, bond_more, .amount = between(&player, 1000, 100000) * UNIT);
    if (attack && percent(&player, 50))
        ACT(PROVIDER, compute, set_commission, .ppb = provider_of(PROVIDER).commission_ppb + 5000000);
    if (job)
        MUST(ACT(HONEST_CLIENT, jobs, finalise, .job = job));
    world_next_epoch();
    if (attack && percent(&player, 50))
        ACT(PROVIDER, compute, bond_more, .amount = between(&player, 1000, 100000) * UNIT);
}

/* --- thousands of small steps in shares and sub-pools whose rates a slash has made crooked --- */

void prepare_rounding(void) {
    rogue_pool(true);
    struct order order = some_order(ROOT_MODEL, 3, 3000);
    conduct[PROVIDER] = NO_REVEAL;
    play_job(HONEST_CLIENT, &order);
    conduct[PROVIDER] = GOOD;
    make_slashes_hard(100000000 + below(&nature, 300000000));
    world_skip((COMPUTE_SLASH_DELAY + 1) * CLOCK_EPOCH_TICKS);
    ACT(CRANK, compute, apply_slash, .id = 1);
    for (int i = 0; i < 6; i++)
        join_coalition(BACKER + i);
}

void play_rounding(bool attack) {
    uint32_t pool = pool_of(PROVIDER);
    for (uint32_t i = 0; attack && i < 250; i++) {
        int who = BACKER + (int)below(&player, 6);
        u128 shares = shares_of(who, pool), few = between(&player, 1, 1000);
        switch (below(&player, 5)) {
        case 0:
            ACT(who, compute, delegate, .pool = pool, .amount = UNIT + few);
            break;
        case 1:
            if (shares > few + UNIT)
                ACT(who, compute, undelegate, .pool = pool, .shares = percent(&player, 50) ? few : shares / 3);
            break;
        case 2:
            ACT(who, compute, undelegate, .pool = pool, .shares = 1);
            break;
        case 3:
            ACT(who, compute, withdraw, .pool = pool, .max = 1);
            break;
        default:
            if (percent(&player, 10))
                world_next_epoch();
        }
    }
}

/* --- the same stake and time in one passive account and in five that claim and split without end --- */

void prepare_twin(void) {
    servers_at(PROVIDER, 1, GRAND_MODEL);
    u128 each = between(&nature, 20, 300) * UNIT + between(&nature, 0, UNIT);
    MUST(ACT(FRIEND, compute, delegate, .pool = pool_of(PROVIDER), .amount = 5 * each));
    for (int i = 0; i < 5; i++) {
        MUST(ACT(BACKER + i, compute, delegate, .pool = pool_of(PROVIDER), .amount = each));
        join_coalition(BACKER + i);
    }
    world_next_epoch();
}

void play_twin(bool attack) {
    const int passive[] = {FRIEND};
    if (!attack)
        return;
    u128 before = money_of(FRIEND);
    uint32_t pool = pool_of(PROVIDER);
    compute_delegation delegation;
    account_id friend = person(FRIEND);
    compute_Delegations_get(&friend, &pool, &delegation);
    u128 put_in = delegation.shares + delegation.joining.tokens; /* 1:1 in a pool without slashes */
    for (uint32_t i = 0; i < 30; i++) {
        struct order order = some_order(GRAND_MODEL, 1, 1);
        order.limit = (uint64_t)between(&player, UNIT, UNIT + 1000003);
        play_job(HONEST_CLIENT, &order);
        for (int b = 0; b < 5; b++)
            if (percent(&player, 50))
                ACT(BACKER + b, compute, claim, .pool = pool);
    }
    /* What the passive one gets, by leaving in a world of its own. */
    world_mark();
    wind_down(passive, 1);
    game.worked = (money)wealth_of(passive, 1) - (money)before - (money)put_in;
    world_back();
}

/* --- claiming twice, for others, too early, too late, all the time --- */

static void storm_claims(void) {
    struct bytes key;
    rewards_line lines[8];
    uint32_t n = 0;
    for (struct walk walk = {&rewards_Points_storage, 0}; n < 4 && walk_next(&walk, &key); n++) {
        lines[2 * n].epoch = load_u32(key.at + 8);
        memcpy(lines[2 * n].who.at, key.at + 28, 32);
        lines[2 * n].stream = (rewards_stream)key.at[68];
        lines[2 * n + 1] = lines[2 * n];
    }
    ACT(ROGUE, rewards, settle_many, .lines = {lines, 2 * n});
    for (uint32_t i = 0; i < 2 * n; i++)
        ACT(ROGUE, rewards, settle, .epoch = lines[i].epoch, .who = lines[i].who, .stream = lines[i].stream);
    ACT(ROGUE, rewards, expire, .epoch = clock_epoch() - 1, .max = 64);
    for (uint64_t job = 1; job < 6; job++) {
        ACT(ROGUE, jobs, finalise, .job = job);
        ACT(ROGUE, jobs, cancel_job, .job = job);
        ACT(ROGUE, jobs, remove_job, .job = job);
    }
    static const int people[] = {ROGUE, PROVIDER, BACKER, SECOND_BACKER, HONEST, HONEST_CLIENT, FRIEND, TREASURY};
    for (uint32_t i = 0; i < COUNT_OF(people); i++)
        for (uint32_t twice = 0; twice < 2; twice++) {
            ACT(ROGUE, jobs, claim_due, .who = person(people[i]));
            ACT(ROGUE, jobs, sweep_due, .who = person(people[i]));
            ACT(ROGUE, compute, claim_due, .who = person(people[i]));
            ACT(ROGUE, rewards, claim_due, .who = person(people[i]));
            ACT(ROGUE, compute, sweep_provider, .owner = person(people[i]));
        }
    for (uint32_t pool = 1; pool <= pool_of(PROVIDER) + 1; pool++) {
        ACT(ROGUE, compute, claim, .pool = pool);
        ACT(BACKER, compute, claim, .pool = pool);
        ACT(BACKER, compute, withdraw, .pool = pool, .max = 16);
        ACT(ROGUE, compute, undelegate, .pool = pool, .shares = 1);
    }
    for (uint64_t model = 1; model <= MODELS; model++) {
        ACT(ROGUE, models, claim_ancestor, .child = model, .ancestor = 1);
        ACT(ROGUE, models, claim_royalty, .model = model, .generation = 1);
        ACT(owner_of_model(model), models, claim_royalty, .model = model, .generation = 1);
    }
}

static void storm_in_the_end(void) {
    fees_go_to = &game.fees;
    storm_claims();
    fees_go_to = NULL;
}

void prepare_storm(void) {
    rogue_pool(true);
    static const int all[] = {ROGUE, PROVIDER, BACKER, SECOND_BACKER, ROOT_OWNER};
    for (uint32_t i = 0; i < COUNT_OF(all); i++)
        join_coalition(all[i]);
}

void play_storm(bool attack) {
    compute_pool pool;
    uint32_t id = pool_of(PROVIDER);
    compute_Pools_get(&id, &pool);
    /* A unit of the accumulator is shares / 2^48 base units; so much may wait for the next income, or not yet. */
    game.allowed = (money)((pool.shares + pool.joining.tokens) >> 48) + 1;
    between_endings = attack ? storm_in_the_end : NULL;
    for (uint32_t i = 0; i < 3; i++) {
        struct order order = some_order(ROOT_MODEL, 1 + below(&player, 3), 3000);
        play_job(i == 1 ? ROGUE : HONEST_CLIENT, &order);
        if (attack)
            storm_claims();
        world_next_epoch();
        if (attack)
            storm_claims();
    }
}
