/* draw_fixture.h - what a draw must give, computed from its definition. */
#ifndef NALAR_TESTS_JOBS_DRAW_FIXTURE_H
#define NALAR_TESTS_JOBS_DRAW_FIXTURE_H

#include "jobs/jobs_fixture.h"

#include "market/draw.h"
#include "market/price_tick.h"

enum { FIRST = FIRST_PROVIDER };

UNUSED static int setup(void **state) { return market_start(state); }

UNUSED static h256 seed_of(uint64_t id, uint32_t relay) {
    clock_rand entry;
    uint16_t slot = (uint16_t)(relay % CLOCK_RAND_RING);
    h256 seed;
    assert_true(clock_Rand_get(&slot, &entry));
    assert_int_equal(entry.relay, relay);
    clock_seed(&seed, &entry.value, 1, id, draw_of(id).arm);
    return seed;
}

UNUSED static u128 key_of(const h256 *seed, int provider) {
    account_id who = person(provider);
    compute_provider record = record_of(provider);
    return draw_key(seed->at, who.at, compute_weight(&record));
}

/* Sorts providers by their keys, in place. */
UNUSED static void by_key(const h256 *seed, int *list, int count) {
    for (int i = 0; i < count; i++)
        for (int k = i; k > 0 && key_of(seed, list[k]) < key_of(seed, list[k - 1]); k--) {
            int other = list[k];
            list[k] = list[k - 1];
            list[k - 1] = other;
        }
}

UNUSED static int sitting(uint64_t id, uint8_t number) {
    jobs_seat seat = seat_of(id, number);
    return person_number(&seat.provider);
}
UNUSED static int reserve(uint64_t id, uint32_t number) {
    jobs_draw draw = draw_of(id);
    assert_true(number < draw.picks.len);
    return person_number(&draw.picks.items[number].provider);
}

UNUSED static void set_record(int provider, compute_provider record) {
    account_id who = person(provider);
    compute_Providers_put(&who, &record);
}

/* Registers `count` providers that are Active but ask for nothing. */
UNUSED static void idle_providers(int count) {
    market_unchecked = true;
    for (int i = 0; i < count; i++)
        market_provider(FIRST + i, COMPUTE_MIN_SELF_BOND);
    pass_ticks(COMPUTE_ACTIVATION_TICKS);
    for (int i = 0; i < count; i++)
        market_beat(FIRST + i);
}

#endif
