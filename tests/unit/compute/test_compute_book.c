/* test_compute_book.c - a full price class and who must leave it; books after calls in any order. */
#include "compute/ask_fixture.h"

/* --- a full class --- */

enum { FIRST = 101, FULL = 64 };

/* 64 Active providers, accounts 101 to 164, ask in the class of PRICE. */
static void fill_class(void) {
    u128 wealth = BOND + 10 * UNIT;
    for (int n = FIRST; n < FIRST + FULL; n++) {
        account_id who = account(n);
        assert_int_equal(balances_mint(&who, wealth), DISPATCH_OK);
        candidate(n);
    }
    at_tick(clock_now() + COMPUTE_ACTIVATION_TICKS);
    for (int n = FIRST; n < FIRST + FULL; n++)
        DO(n, advertise, .model = model_id, .ad = ad(PRICE + (uint64_t)n, START + 1000));
    assert_int_equal(class_of(model_id, PRICE).len, FULL);
}

static void full_classes_give_way_to_the_living(void **state) {
    (void)state;
    uint32_t now;
    fill_class();
    now = clock_now();
    DENY(TickFull, ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    DENY(TickFull, ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(FIRST)); /* alive */
    DENY(TickFull, ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(BOB));   /* not in it */
    DENY(TickFull, ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(ALICE));
    DO(ALICE, advertise, .model = model_id, .ad = ad(8 * PRICE, EVER), .evict = NAMED(FIRST)); /* room elsewhere */
    assert_true(has_ad(FIRST, model_id));
    DENY(TickFull, ALICE, update_price, .model = model_id, .price = PRICE);
    DENY(TickFull, ALICE, update_price, .model = model_id, .price = PRICE, .evict = NAMED(ALICE));

    DO0(FIRST, chill); /* not Active */
    u128 before = free_of(FIRST);
    DO(ALICE, update_price, .model = model_id, .price = PRICE, .evict = NAMED(FIRST));
    SAW(AskEvicted, .model = model_id, .provider = account(FIRST));
    assert_true(free_of(FIRST) - before == AD_DEPOSIT && !has_ad(FIRST, model_id) && provider_of(FIRST).ads == 0);
    assert_true(class_of(model_id, PRICE).len == FULL && set_classes(model_id) == bit(PRICE));
    DO(ALICE, update_price, .model = model_id, .price = PRICE + 1); /* its own place is free while it moves */

    /* Weight: 7/8 of what was written is enough. Written 1,000,000. */
    server(BOB);
    SET(FIRST + 1, rep_bad, (1ull << 33) / 7); /* 437,500 ppm */
    compute_provider p = provider_of(FIRST + 1);
    assert_true(compute_weight(&p) == 875000);
    DENY(TickFull, BOB, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(FIRST + 1));
    SET(FIRST + 1, rep_bad, (1ull << 33) / 7 + 10000000);
    p = provider_of(FIRST + 1);
    assert_true(compute_weight(&p) < 875000);
    pause_ask_until(FIRST + 1, PRICE, clock_now() + 1);
    DENY(AdPaused, BOB, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(FIRST + 1));
    pause_ask_until(FIRST + 1, PRICE, clock_now());
    DO(BOB, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(FIRST + 1));

    /* Time: valid until START + 1000. */
    server(DAVE);
    at_tick(START + 1000);
    DENY(TickFull, DAVE, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(FIRST + 2));
    at_tick(START + 1001);
    DO(DAVE, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(FIRST + 2));
    assert_true(now < START + 1000 && class_of(model_id, PRICE).len == FULL);
    /* A Candidate is not Active yet. */
    DO0(DAVE, chill);
    DO0(DAVE, resume);
    server(EVE);
    at_tick(provider_of(DAVE).joined + COMPUTE_ACTIVATION_TICKS - 1);
    DO(EVE, advertise, .model = model_id, .ad = ad(PRICE, EVER), .evict = NAMED(DAVE));
    assert_false(has_ad(DAVE, model_id));
}

/* --- any order of calls --- */

static void random_books_stay_whole(void **state) {
    (void)state;
    uint64_t seed = 0x2545f4914f6cdd1dull;
    uint32_t done = 0;
    for (int n = 1; n <= 6; n++)
        server(n + 10);
    for (uint64_t id = 200; id < 203; id++)
        plain_model(id, models_kind_Weights, models_state_Active);
    for (int i = 0; i < 3000; i++) {
        int who = 11 + (int)(next_random(&seed) % 6);
        uint64_t model = 200 + next_random(&seed) % 3, price = MIN_PRICE + (next_random(&seed) >> (4 + i % 50));
        account_id other = account(11 + (int)(next_random(&seed) % 6));
        at_tick(clock_now() + (uint32_t)(next_random(&seed) % 200));
        switch (next_random(&seed) % 8) {
        case 0:
        case 1:
            done += CALLED(who, advertise, .model = model,
                           .ad = ad(price, clock_now() + (uint32_t)(price % 3000))) == DISPATCH_OK;
            break;
        case 2:
            done += CALLED(who, update_price, .model = model, .price = price) == DISPATCH_OK;
            break;
        case 3:
            done += CALLED(who, refresh_ask, .model = model) == DISPATCH_OK;
            break;
        case 4:
            done += CALLED(who, withdraw_ad, .model = model) == DISPATCH_OK;
            break;
        case 5:
            done += CALLED(who, sweep_ad, .model = model, .provider = other) == DISPATCH_OK;
            break;
        case 6:
            compute_pause_ask(&other, model, clock_now() + 100);
            check_all();
            break;
        default:
            done += (next_random(&seed) % 2 ? CALLED0(who, chill) : CALLED0(who, resume)) == DISPATCH_OK;
        }
        overlay_flush();
        if (i % 100 == 0)
            runtime_reset();
    }
    assert_true(done > 700);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, with_server)
    const struct CMUnitTest tests[] = {
        TEST(full_classes_give_way_to_the_living),
        TEST(random_books_stay_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
