/* openings.c - see openings.h. */
#include "openings.h"

enum { FIRST = 200, SECOND, LEAVER, BACKER, CLIENT, GHOST };
enum { REGION = 5, MODEL = FREE_MODEL };
#define PRICE (20 * (uint64_t)MILLI_UNIT)

static const int both[] = {FIRST, SECOND};
static const struct order usual = {.model = MODEL,
                                   .limit = PRICE + 1,
                                   .mode = jobs_mode_Redundant,
                                   .n = 2,
                                   .q = 2,
                                   .units = 100,
                                   .allow = both,
                                   .allowed = 2};

static void ends_as(uint64_t job, jobs_state state) {
    expect(job && job_of(job).state == state, "job %" PRIu64 " ends as %u", job, (uint32_t)job_of(job).state);
}

/* --- providers and their asks --- */

static void found(void) {
    const struct offer offer = {.bond = 4000 * UNIT,
                                .model = MODEL,
                                .price = PRICE,
                                .commission_ppb = 100000000,
                                .min_units = 1,
                                .slots = 9};
    const compute_ad brief = {.price = PRICE, .min_units = 1, .profile_mask = 7, .valid_until = clock_now() + 1000};
    provide(FIRST, &offer);
    provide(SECOND, &offer);
    MUST(ACT(SECOND, compute, update_provider, .update = {.region = {true, REGION}}));
    MUST(ACT(FIRST, compute, rotate_operator, .operator= person(FIRST)));
    MUST(ACT(FIRST, compute, rotate_enc_key, .enc_key = {{1}}));
    MUST(ACT(FIRST, compute, set_commission, .ppb = 50000000));
    MUST(ACT(FIRST, compute, bond_more, .amount = 1000 * UNIT));
    MUST(ACT(FIRST, compute, request_unbond, .amount = 10 * UNIT));
    MUST(ACT(FIRST, compute, update_price, .model = MODEL, .price = PRICE));
    MUST(ACT(FIRST, compute, refresh_ask, .model = MODEL));
    advertise(FIRST, PLAIN_MODEL, PRICE, 1);
    MUST(ACT(FIRST, compute, withdraw_ad, .model = PLAIN_MODEL));
    MUST(ACT(FIRST, compute, advertise, .model = CHILD_MODEL, .ad = brief));
    world_skip_to(brief.valid_until + 1);
    MUST(ACT(CRANK, compute, sweep_ad, .model = CHILD_MODEL, .provider = person(FIRST)));
    MUST(ACT0(FIRST, compute, chill));
    MUST(ACT0(FIRST, compute, resume));
    MUST(ACT(BACKER, compute, delegate, .pool = pool_of(FIRST), .amount = 1000 * UNIT));
    world_next_epoch();
}

/* --- jobs --- */

/* Submitted, topped up, drawn, taken, worked on, ended, rated; what the draw left of the limit goes back. */
static void play_to_the_end(void) {
    uint64_t job = post(CLIENT, &usual);
    MUST(ACT(CLIENT, jobs, top_up, .job = job, .limit = PRICE + 2));
    if (draw_seats(job))
        serve(job);
    ends_as(job, jobs_state_Settled);
    MUST(ACT(CLIENT, jobs, rate, .job = job, .score = 90));
    MUST(ACT(CRANK, jobs, claim_due, .who = person(FIRST)));
    MUST(ACT(CRANK, compute, claim_due, .who = person(FIRST)));
    world_skip(JOBS_KEEP_CLIENT_TICKS);
    MUST(ACT(CLIENT, jobs, remove_job, .job = job));
}

static void end_otherwise(void) {
    struct order direct = usual, sealed = usual;
    uint64_t job = post(CLIENT, &usual);
    MUST(ACT(CLIENT, jobs, cancel_job, .job = job));
    sealed.mode = jobs_mode_SealedBid;
    ends_as(play_job(CLIENT, &sealed), jobs_state_Settled);
    direct.mode = jobs_mode_Direct;
    direct.n = direct.q = 1;
    direct.allowed = 1;
    conduct[FIRST] = DECLINE;
    ends_as(play_job(CLIENT, &direct), jobs_state_Refunded);
    conduct[FIRST] = GOOD;
}

/* Who posted a job and closed the account is due too little to open it again. */
static void leave_dust(void) {
    uint64_t job = play_job(GHOST, &usual);
    ends_as(job, jobs_state_Settled);
    MUST(ACT(GHOST, balances, transfer_all, .dest = {.tag = lookup_source_Id, .as.Id = {person(CRANK)}}));
    MUST(ACT(CRANK, jobs, sweep_due, .who = person(GHOST)));
}

static void be_jailed(void) {
    struct order region = usual;
    region.n = region.q = 1;
    region.allowed = 0;
    region.region_mask = 1ull << REGION;
    conduct[SECOND] = IGNORE;
    for (uint32_t i = 0; i < COMPUTE_MAX_STRIKES; i++) {
        ends_as(play_job(CLIENT, &region), jobs_state_Refunded);
        world_skip(2 * JOBS_SILENCE_PAUSE);
    }
    conduct[SECOND] = GOOD;
    world_skip(COMPUTE_JAIL_TICKS);
    MUST(ACT0(SECOND, compute, unjail));
    world_skip(COMPUTE_ACTIVATION_TICKS);
}

static void be_slashed(void) {
    uint32_t next;
    conduct[SECOND] = NO_REVEAL;
    ends_as(play_job(CLIENT, &usual), jobs_state_Inconclusive);
    compute_NextSlash_get(&next);
    MUST(ACT(AS_ROOT, compute, cancel_slash, .id = next - 1));
    world_next_epoch();
    ends_as(play_job(CLIENT, &usual), jobs_state_Inconclusive);
    conduct[SECOND] = GOOD;
    compute_NextSlash_get(&next);
    world_skip((COMPUTE_SLASH_DELAY + 1) * CLOCK_EPOCH_TICKS);
    MUST(ACT(CRANK, compute, apply_slash, .id = next - 1));
}

/* --- rewards --- */

static bool settle_a_line(bool alone) {
    struct bytes key;
    struct walk walk = {&rewards_Points_storage, 0};
    rewards_line line;
    if (!walk_next(&walk, &key))
        return false;
    line.epoch = load_u32(key.at + 8);
    memcpy(line.who.at, key.at + 28, 32);
    line.stream = (rewards_stream)key.at[68];
    return alone ? MUST(ACT(CRANK, rewards, settle, .epoch = line.epoch, .who = line.who, .stream = line.stream))
                 : MUST(ACT(CRANK, rewards, settle_many, .lines = {&line, 1}));
}

static void settle_all(void) {
    world_next_epoch();
    expect(settle_a_line(true), "no points after work");
    while (settle_a_line(false))
        ;
    MUST(ACT(CRANK, rewards, claim_due, .who = person(CLIENT)));
    MUST(ACT(CRANK, rewards, close_epoch, .epoch = clock_epoch() - 1));
}

/* What stands is set again, so that the world stays as it is. */
static void set_rules(void) {
    rewards_schedule schedule;
    rewards_fee_split split;
    rewards_Schedule_get(&schedule);
    schedule.capacity /= 2; /* it decays: the present one may be too high for the next epoch */
    rewards_FeeSplit_get(&split);
    MUST(ACT(AS_ROOT, rewards, set_schedule, .schedule = schedule));
    MUST(ACT(AS_ROOT, rewards, set_fee_split, .split = split));
}

/* --- leaving, and what is long past --- */

static void leave(void) {
    const struct offer offer = {.bond = 2000 * UNIT, .slots = 1};
    const uint32_t from = pool_of(FIRST), to = pool_of(SECOND);
    provide(LEAVER, &offer);
    MUST(ACT(BACKER, compute, claim, .pool = from));
    MUST(ACT(BACKER, compute, undelegate, .pool = from, .shares = 100 * UNIT));
    MUST(ACT(BACKER, compute, redelegate, .from = from, .to = to, .shares = 100 * UNIT));
    MUST(ACT0(LEAVER, compute, chill));
    MUST(ACT(LEAVER, compute, request_unbond, .amount = offer.bond));
    world_skip((COMPUTE_UNBOND_EPOCHS + 1) * CLOCK_EPOCH_TICKS);
    MUST(ACT(BACKER, compute, withdraw, .pool = from, .max = 16));
    MUST(ACT(LEAVER, compute, withdraw, .pool = pool_of(LEAVER), .max = 16));
    MUST(ACT(CRANK, compute, sweep_provider, .owner = person(LEAVER)));
    server_count--; /* the last that was added */
}

static void forget_points(void) {
    ends_as(play_job(CLIENT, &usual), jobs_state_Settled);
    const uint32_t epoch = clock_epoch();
    world_skip((REWARDS_EXPIRY_EPOCHS + 1) * CLOCK_EPOCH_TICKS);
    MUST(ACT(CRANK, rewards, expire, .epoch = epoch, .max = REWARDS_MAX_LINES));
}

void openings_play(void) {
    found();
    play_to_the_end();
    end_otherwise();
    leave_dust();
    settle_all();
    set_rules();
    be_jailed();
    be_slashed();
    leave();
    forget_points();
    beat_all();
}
