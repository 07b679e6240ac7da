/* ending.c - everything is ended, settled, claimed and withdrawn: see market.h. */
#include "market.h"

enum { EPOCH_AT = 8, WHO_AT = 8 + 4 + 16, STREAM_AT = WHO_AT + 32 + 8 };

/* Lets time end what nobody ends. */
static void end_job(uint64_t job) {
    for (uint32_t tries = 0; tries < 40 && !is_over(job); tries++) {
        jobs_job record = job_of(job);
        if (ACT(CRANK, jobs, finalise, .job = job) == DISPATCH_OK)
            continue;
        if (record.state == jobs_state_Bidding)
            ACT(CRANK, jobs, assign, .job = job, .relay = 0);
        for (uint8_t i = 0; record.state == jobs_state_Offered && i < record.n; i++)
            ACT(CRANK, jobs, redraw, .job = job, .seat = i);
        world_skip(tries < 20 ? 300 : CLOCK_EPOCH_TICKS);
    }
    expect(is_over(job), "job %" PRIu64 " does not end", job);
}

static void end_jobs(void) {
    uint64_t next;
    jobs_NextJob_get(&next);
    for (uint64_t job = 1; job < next; job++)
        if (!is_over(job))
            end_job(job);
    world_skip(JOBS_KEEP_CLIENT_TICKS);
    for (uint64_t job = 1; job < next; job++) {
        jobs_job record = job_of(job);
        int client = person_of(&record.client);
        if (client >= 0)
            MUST(ACT(client, jobs, remove_job, .job = job));
    }
}

static void settle_points(void) {
    struct bytes key;
    account_id who;
    world_next_epoch();
    for (struct walk walk = {&rewards_Points_storage, 0}; walk_next(&walk, &key);
         walk = (struct walk){&rewards_Points_storage, 0}) {
        uint32_t epoch = load_u32(key.at + EPOCH_AT);
        uint8_t stream = key.at[STREAM_AT];
        memcpy(who.at, key.at + WHO_AT, 32);
        dispatch_result result = ACT(CRANK, rewards, settle, .epoch = epoch, .who = who, .stream = stream);
        if (!MUST(result))
            return;
    }
}

static void take_royalties(void) {
    for (uint64_t child = 1; child <= MODELS; child++)
        for (uint64_t ancestor = 1; ancestor < child; ancestor++)
            ACT(CRANK, models, claim_ancestor, .child = child, .ancestor = ancestor);
    for (uint64_t model = 1; model <= MODELS; model++)
        for (uint32_t generation = 1; generation <= 2; generation++)
            ACT(owner_of_model(model), models, claim_royalty, .model = model, .generation = generation);
}

static void apply_slashes(void) {
    uint32_t next;
    compute_NextSlash_get(&next);
    for (uint32_t id = 1; id < next; id++)
        ACT(CRANK, compute, apply_slash, .id = id);
}

static void leave_pools(int who) {
    uint32_t next;
    account_id account = person(who);
    compute_NextPool_get(&next);
    for (uint32_t pool = 1; pool < next; pool++) {
        compute_delegation delegation;
        if (!compute_Delegations_get(&account, &pool, &delegation))
            continue;
        ACT(who, compute, claim, .pool = pool);
        MUST(ACT(who, compute, undelegate, .pool = pool, .shares = U128_MAX));
        ACT(who, compute, claim, .pool = pool);
    }
}

static void stop_serving(int who) {
    compute_provider provider = provider_of(who);
    if (!provider.slots)
        return;
    for (uint64_t model = 1; model <= MODELS; model++)
        ACT(who, compute, withdraw_ad, .model = model);
    if (provider.state != compute_state_Jailed && provider.state != compute_state_Leaving)
        ACT0(who, compute, chill);
    ACT(who, compute, request_unbond, .amount = provider.self_bond);
}

static void withdraw_all(int who) {
    uint32_t next;
    compute_NextPool_get(&next);
    account_id account = person(who);
    for (uint32_t pool = 1; pool < next; pool++)
        if (compute_Unbonding_exists(&account, &pool))
            MUST(ACT(who, compute, withdraw, .pool = pool, .max = 16));
    if (provider_of(who).slots)
        MUST(ACT(CRANK, compute, sweep_provider, .owner = account));
}

static void take_dues(int who) {
    account_id account = person(who);
    ACT(CRANK, jobs, claim_due, .who = account);
    ACT(CRANK, compute, claim_due, .who = account);
    ACT(CRANK, rewards, claim_due, .who = account);
}

void (*between_endings)(void);

static void meanwhile(void) {
    if (between_endings)
        between_endings();
}

void wind_down(const int *people, uint32_t count) {
    meanwhile();
    end_jobs();
    meanwhile();
    settle_points();
    meanwhile();
    world_skip((COMPUTE_SLASH_DELAY + 1) * CLOCK_EPOCH_TICKS);
    apply_slashes();
    world_skip(COMPUTE_JAIL_TICKS); /* of those whose bond is too small now */
    meanwhile();
    take_royalties();
    for (uint32_t i = 0; i < count; i++)
        if (people[i] != TREASURY)
            leave_pools(people[i]);
    for (uint32_t i = 0; i < count; i++)
        if (people[i] != TREASURY)
            stop_serving(people[i]);
    world_skip((COMPUTE_UNBOND_EPOCHS + 1) * CLOCK_EPOCH_TICKS);
    for (uint32_t i = 0; i < count; i++)
        if (people[i] != TREASURY)
            withdraw_all(people[i]);
    for (uint32_t i = 0; i < count; i++) /* what went to another pool only joins there yet */
        if (people[i] != TREASURY)
            leave_pools(people[i]);
    meanwhile();
    for (uint32_t i = 0; i < count; i++)
        take_dues(people[i]);
    meanwhile();
}

bool has_nothing_left(int who) {
    uint32_t next;
    account_id account = person(who);
    bool delegates = false, waits = false;
    compute_NextPool_get(&next);
    for (uint32_t pool = 1; pool < next; pool++) {
        delegates = delegates || compute_Delegations_exists(&account, &pool);
        waits = waits || compute_Unbonding_exists(&account, &pool);
    }
    return expect(!delegates, "%d still delegates in the end", who) &&
           expect(!waits, "%d still unbonds in the end", who) &&
           expect(!compute_Providers_exists(&account), "%d is still a provider in the end", who);
}

u128 wealth_of(const int *people, uint32_t count) {
    u128 sum = 0, due;
    for (uint32_t i = 0; i < count; i++) {
        account_id who = person(people[i]);
        sum += money_of(people[i]);
        jobs_Due_get(&who, &due);
        sum += due;
        compute_Due_get(&who, &due);
        sum += due;
        rewards_Due_get(&who, &due);
        sum += due;
    }
    return sum;
}
