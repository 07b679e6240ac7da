/* attacks_draw.c - who gets seats: trying to bend draws, shutting others out, standing in their place, posing as many.
 */
#include "attacks.h"

/* A client and a provider of one hand; honest servers in the same price class. */
enum { CLIENT = ROGUE, OWN = ROGUE + 1, OTHER_OWN = ROGUE + 2, FRESH = ROGUE + 3 };
enum { PRICE = 0 };

void one_class(int first, uint32_t n, uint64_t model, u128 bond) {
    for (uint32_t i = 0; i < n; i++) {
        struct offer offer = {.bond = bond ? bond : between(&nature, 2000, 20000) * UNIT,
                              .model = model,
                              .price = 50000000000,
                              .min_units = 1,
                              .slots = 60000};
        provide(first + (int)i, &offer);
    }
    world_tick(1);
}

uint32_t own_seats(uint64_t job, uint32_t n, int first, uint32_t accounts) {
    uint32_t seats = 0;
    for (uint8_t i = 0; i < n; i++)
        seats += sitting(job, i) >= first && sitting(job, i) < first + (int)accounts;
    return seats;
}

/* --- once the randomness is known, try everything to get another draw --- */

void prepare_grind(void) {
    one_class(HONEST, 4, FREE_MODEL, 0);
    one_class(OWN, 2, FREE_MODEL, 0);
    for (int i = CLIENT; i <= FRESH; i++)
        join_coalition(i);
    world_next_epoch();
}

static void bend(uint64_t job) {
    switch (below(&player, 9)) {
    case 0:
        expect(ACT(CLIENT, jobs, cancel_job, .job = job) != DISPATCH_OK, "cancelled a draw that was known");
        break;
    case 1:
        expect(ACT(CLIENT, jobs, top_up, .job = job, .limit = 2000000000000) != DISPATCH_OK, "topped up a known draw");
        break;
    case 2:
        ACT(OWN, compute, update_price, .model = FREE_MODEL, .price = 1);
        break;
    case 3:
        ACT(OWN, compute, withdraw_ad, .model = FREE_MODEL);
        ACT(OWN, compute, advertise, .model = FREE_MODEL,
            .ad = {.price = 1, .min_units = 1, .profile_mask = 7, .valid_until = UINT32_MAX});
        break;
    case 4:
        ACT(OWN, compute, bond_more, .amount = 20000 * UNIT);
        ACT(OWN, compute, refresh_ask, .model = FREE_MODEL);
        break;
    case 5: {
        struct offer offer = {.bond = 40000 * UNIT, .model = FREE_MODEL, .price = 1, .min_units = 1, .slots = 9};
        if (!provider_of(FRESH).slots)
            provide(FRESH, &offer);
        break;
    }
    case 6:
        ACT(OWN, compute, update_provider, .update = {.payout = {true, person(HONEST + (int)below(&player, 4))}});
        break;
    case 7:
        ACT(OTHER_OWN, compute, update_provider, .update = {.payout = {true, person(HONEST + (int)below(&player, 4))}});
        break;
    default:
        ACT(CLIENT, compute, sweep_ad, .model = FREE_MODEL, .provider = person(HONEST));
    }
}

uint32_t foreseen_seats(uint64_t job, uint32_t n, int first, uint32_t accounts) {
    const struct chance saved = nature;
    u128 *const fees = fees_go_to;
    fees_go_to = NULL;
    world_mark();
    uint32_t seats = draw_seats(job) ? own_seats(job, n, first, accounts) : 0;
    world_back();
    fees_go_to = fees;
    nature = saved;
    return seats;
}

void play_grind(bool attack) {
    for (uint32_t i = 0; i < 4; i++) {
        struct order order = some_order(FREE_MODEL, 1 + below(&player, 3), 1000);
        order.units += 10; /* jobs of at least 0.01 NLR */
        uint64_t job = attack ? post(CLIENT, &order) : 0;
        if (!job)
            continue;
        beat_all();
        world_tick(CLOCK_SEED_DELAY);
        uint32_t seats = foreseen_seats(job, order.n, OWN, 3);
        for (uint32_t steps = 1 + below(&player, 3); steps; steps--)
            bend(job);
        if (draw_seats(job))
            expect(own_seats(job, order.n, OWN, 3) <= seats, "a known draw was bent");
        if (percent(&player, 50))
            ACT(CLIENT, jobs, cancel_job, .job = job);
        else
            serve(job);
    }
}

/* --- keeping others' asks out: by evicting them, by filling their class --- */

void prepare_eviction(void) {
    one_class(HONEST, 60, FREE_MODEL, 2000 * UNIT);
    for (int i = 0; i < 8; i++)
        join_coalition(ROGUE + i);
    for (int i = 0; i < 5; i++) {
        struct offer offer = {.bond = 2000 * UNIT, .min_units = 1, .slots = 9};
        provide(ROGUE + i, &offer);
    }
    world_tick(1);
}

void play_eviction(bool attack) {
    for (int i = 0; attack && i < 5; i++) {
        option_account_id victim = {true, person(HONEST + (int)below(&player, 60))};
        beat_all();
        dispatch_result result =
            ACT(ROGUE + i, compute, advertise, .model = FREE_MODEL,
                .ad = {.price = 50000000000, .min_units = 1, .profile_mask = 7, .valid_until = UINT32_MAX},
                .evict = victim);
        expect((result == DISPATCH_OK) == (i < 4), "a full class is 64 asks");
        compute_ad_record record;
        uint64_t model = FREE_MODEL;
        expect(compute_Ads_get(&model, &victim.value, &record), "a living ask was evicted");
        ACT(ROGUE + i, compute, sweep_ad, .model = FREE_MODEL, .provider = victim.value);
        expect(compute_Ads_get(&model, &victim.value, &record), "a living ask was swept");
    }
}

/* --- naming others as one's own payout, so that they count as one family --- */

void prepare_shut_out(void) {
    one_class(HONEST, 3, FREE_MODEL, 4000 * UNIT);
    one_class(OWN, 2, FREE_MODEL, 4000 * UNIT);
    world_next_epoch();
    for (int i = CLIENT; i <= OTHER_OWN; i++)
        join_coalition(i);
}

void play_shut_out(bool attack) {
    for (uint32_t i = 0; i < 3; i++) {
        struct order order = some_order(FREE_MODEL, 3, 1000);
        order.units += 10;
        beat_all();
        uint64_t job = post(HONEST_CLIENT, &order);
        world_tick(CLOCK_SEED_DELAY);
        uint32_t seats = job ? foreseen_seats(job, 3, OWN, 2) : 0;
        for (int k = 0; attack && k < 2; k++)
            ACT(OWN + k, compute, update_provider,
                .update = {.payout = {true, person(HONEST + (int)below(&player, 3))}});
        if (job && draw_seats(job))
            expect(own_seats(job, 3, OWN, 2) <= seats, "others were shut out of a draw");
        if (job)
            serve(job);
    }
}

/* --- one stake under many names: income of k accounts against that of one with all of it --- */

void prepare_split(void) {
    const uint32_t k = 2 + below(&nature, 19);
    one_class(HONEST, 3 + below(&nature, 4), FREE_MODEL, 0);
    one_class(OWN, 1, FREE_MODEL, k * 2000 * UNIT);
    one_class(OWN + 1, k, FREE_MODEL, 2000 * UNIT);
    world_next_epoch();
    for (uint32_t i = 0; i <= k; i++)
        join_coalition(OWN + (int)i);
    game.numbers[0] = k;
}

void play_split(bool attack) {
    const uint32_t k = (uint32_t)game.numbers[0];
    /* Those who do not play have no ask; equal chances: the same randomness decides nothing else. */
    for (uint32_t i = 0; i <= k; i++)
        if ((i == 0) == attack)
            ACT(OWN + (int)i, compute, withdraw_ad, .model = FREE_MODEL);
    for (uint32_t i = 0; i < 12; i++) {
        struct order order = some_order(FREE_MODEL, 1, 1);
        order.limit = UNIT;
        order.units = 100;
        play_job(HONEST_CLIENT, &order);
    }
}
