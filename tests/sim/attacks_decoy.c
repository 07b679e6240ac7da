/* attacks_decoy.c - tiny jobs of one's own that are posted for what they do to rivals: asks that rest, strikes. Both
 * runs post them; with the strategy they are drawn at the worst moment. All that follows is decided by the same
 * randomness. */
#include "attacks.h"

enum { CLIENT = ROGUE, OWN = ROGUE + 1 };
enum { RIVALS = 8, OWN_REGION = 1, DECOYS = 4, TINY_JOBS = 3 };

/* The least that a job may be worth, for providers of some regions. */
static uint64_t post_tiny(uint64_t model, uint64_t region_mask) {
    const struct order order = {.model = model,
                                .limit = 60000000000,
                                .mode = jobs_mode_Redundant,
                                .n = 1,
                                .q = 1,
                                .units = 1,
                                .region_mask = region_mask};
    return post(CLIENT, &order);
}

static void move_to_region(int who, uint8_t region) {
    MUST(ACT(who, compute, update_provider, .update = {.region = {true, region}}));
}

/* A job worth having, of an outsider. */
static struct order dear_job(void) {
    struct order order = {.model = FREE_MODEL, .limit = UNIT, .mode = jobs_mode_Redundant};
    order.n = (uint8_t)(1 + below(&player, 3));
    order.q = order.n / 2 + 1;
    order.units = 100 + below(&player, 900);
    return order;
}

/* --- decoys: rivals decline them, and their asks rest while a dear job waits for its randomness --- */

void prepare_decoys(void) {
    one_class(HONEST, RIVALS, FREE_MODEL, 4000 * UNIT);
    one_class(OWN, 1, FREE_MODEL, 4000 * UNIT);
    move_to_region(OWN, OWN_REGION);
    join_coalition(CLIENT);
    join_coalition(OWN);
    world_next_epoch();
}

/* Draws the job; whoever is offered it finds no input. */
static void spring(uint64_t job) {
    ACT(CLIENT, jobs, assign, .job = job, .relay = deciding_relay(job));
    while (job_of(job).state == jobs_state_Offered)
        if (!MUST(ACT(sitting(job, 0), jobs, decline, .job = job, .seat = 0,
                      .reason = jobs_decline_reason_InputUnavailable)))
            return;
}

void play_decoys(bool attack) {
    for (uint32_t i = 0; i < 3; i++) {
        const uint32_t begun = clock_now();
        const struct order order = dear_job();
        uint64_t decoys[DECOYS];
        beat_all();
        for (uint32_t k = 0; k < DECOYS; k++)
            decoys[k] = post_tiny(FREE_MODEL, ~(1ull << OWN_REGION));
        world_tick(CLOCK_SEED_DELAY);
        uint64_t job = post(HONEST_CLIENT, &order);
        world_tick(1);
        const uint32_t seats = foreseen_seats(job, order.n, OWN, 1);
        for (uint32_t k = 0; attack && k < DECOYS; k++)
            spring(decoys[k]);
        if (draw_seats(job)) {
            expect(own_seats(job, order.n, OWN, 1) == seats, "decoys bent a draw that was armed before");
            serve(job);
        }
        world_skip_to(begun + 1500);
    }
}

/* --- jail for a rival by one absence: as many tiny jobs as make a jail, all at once; for one ask
 * or for three, reported at once or one after the other --- */

enum { VICTIM = HONEST, VICTIMS_REGION = 2 };

void prepare_jail(void) {
    one_class(HONEST, 2, FREE_MODEL, 4000 * UNIT);
    one_class(OWN, 1, FREE_MODEL, 4000 * UNIT);
    for (uint64_t model = ROOT_MODEL; model < FREE_MODEL; model++)
        advertise(VICTIM, model, 50000000000, 1);
    move_to_region(VICTIM, VICTIMS_REGION);
    join_coalition(CLIENT);
    join_coalition(OWN);
    world_next_epoch();
}

void play_jail(bool attack) {
    uint64_t tiny[TINY_JOBS];
    const bool many_asks = percent(&player, 50);
    const uint32_t begun = clock_now(), apart = percent(&player, 50) ? 0 : 150;
    beat_all();
    for (uint32_t k = 0; k < TINY_JOBS; k++)
        tiny[k] = post_tiny(many_asks ? ROOT_MODEL + k : (uint64_t)FREE_MODEL, 1ull << VICTIMS_REGION);
    world_tick(CLOCK_SEED_DELAY);
    for (uint32_t k = 0; attack && k < TINY_JOBS; k++)
        ACT(CLIENT, jobs, assign, .job = tiny[k], .relay = deciding_relay(tiny[k]));
    world_skip(21); /* the victim is away */
    for (uint32_t k = 0; k < TINY_JOBS; k++) {
        if (attack)
            MUST(ACT(CLIENT, jobs, redraw, .job = tiny[k], .seat = 0));
        world_skip(apart);
    }
    world_skip_to(begun + 1000);
    beat_all();
    expect(provider_of(VICTIM).state == compute_state_Candidate, "one absence jailed a rival");
    for (uint32_t i = 0; i < 3; i++) {
        const struct order order = dear_job();
        play_job(HONEST_CLIENT, &order);
        world_skip_to(begun + 2500 + 1500 * i);
    }
}
