/* test_compute_ask.c - advertisements: made, moved, refreshed, paused, withdrawn, swept. */
#include "compute/ask_fixture.h"

/* --- advertise --- */

static void advertising_writes_ad_and_ask(void **state) {
    (void)state;
    uint32_t now = clock_now();
    u128 before = free_of(ALICE), owed = books_of();
    DO(ALICE, advertise, .model = model_id, .ad = {PRICE, 3, 5, now});
    SAW(Advertised, .model = model_id, .provider = account(ALICE), .price = PRICE, .weight = 1000000);
    compute_ad_record record = ad_record(ALICE, model_id);
    assert_true(record.ad.price == PRICE && record.ad.min_units == 3 && record.ad.profile_mask == 5 &&
                record.ad.valid_until == now && record.deposit.amount == AD_DEPOSIT);
    assert_is(record.deposit.depositor, ALICE);
    assert_true(before - free_of(ALICE) == AD_DEPOSIT && books_of() - owed == AD_DEPOSIT);
    compute_ask ask = ask_of(ALICE, PRICE);
    assert_true(ask.price == PRICE && ask.live_from == now + 1 && ask.weight == 1000000);
    assert_true(class_of(model_id, PRICE).len == 1 && set_classes(model_id) == bit(PRICE));
    assert_true(provider_of(ALICE).ads == 1);
}

static void advertising_refuses(void **state) {
    (void)state;
    uint32_t now = clock_now();
    DENY_AS(BAD_ORIGIN, UNSIGNED, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    DENY_AS(BAD_ORIGIN, ROOT, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    DENY(NotProvider, BOB, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    DENY(UnknownModel, ALICE, advertise, .model = model_id + 1, .ad = ad(PRICE, EVER));
    DENY(AdExpired, ALICE, advertise, .model = model_id, .ad = ad(PRICE, now - 1));
    DENY(BadPrice, ALICE, advertise, .model = model_id, .ad = {0, 1, 1, now});
    DENY(PriceBelowLicenceMin, ALICE, advertise, .model = model_id, .ad = {MIN_PRICE - 1, 1, 1, now});
    DENY(BadUnits, ALICE, advertise, .model = model_id, .ad = {PRICE, 0, 1, now});
    DENY(BadProfileMask, ALICE, advertise, .model = model_id, .ad = {PRICE, 1, 0, now});
    DENY(BadProfileMask, ALICE, advertise, .model = model_id, .ad = {PRICE, 1, 8, now});
    DENY(BadProfileMask, ALICE, advertise, .model = model_id, .ad = {PRICE, 1, 255, now});
    compute_provider p = provider_of(ALICE), changed = p;
    changed.rep_bad = UINT64_MAX >> 27; /* 2^37: 0.01 of the weight and more */
    changed.self_bond = 999999999;
    put_provider(ALICE, changed);
    DENY(NoWeight, ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    static const compute_state refused[] = {compute_state_Draining, compute_state_Leaving, compute_state_Jailed};
    for (uint32_t i = 0; i < COUNT_OF(refused); i++) {
        changed = p;
        changed.state = refused[i];
        put_provider(ALICE, changed);
        DENY(BadState, ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    }
    put_provider(ALICE, p);
    account_id alice = account(ALICE), bob = account(BOB);
    u128 left = EXISTENTIAL_DEPOSIT + AD_DEPOSIT;
    assert_int_equal(balances_transfer(&alice, &bob, free_of(ALICE) - left + 1, BALANCES_PRESERVE), DISPATCH_OK);
    DENY(LowFunds, ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    assert_int_equal(balances_transfer(&bob, &alice, 1, BALANCES_PRESERVE), DISPATCH_OK);
    DO(ALICE, advertise, .model = model_id, .ad = ad(MIN_PRICE, EVER));
    DENY(AdExists, ALICE, advertise, .model = model_id, .ad = ad(2 * MIN_PRICE, EVER));
}

static void only_models_that_can_be_served(void **state) {
    (void)state;
    uint64_t id = 100;
    for (uint8_t kind = 0; kind <= models_kind_Tokenizer; kind++)
        for (uint8_t at = 0; at <= models_state_Retired; at++) {
            bool served = (kind == models_kind_Weights || kind == models_kind_Adapter || kind == models_kind_Pipeline) &&
                          (at == models_state_Active || at == models_state_Deprecated);
            assert_int_equal(CALLED(ALICE, advertise, .model = plain_model(id, kind, at), .ad = ad(PRICE, EVER)),
                             served ? DISPATCH_OK : PALLET_ERROR(compute, UnknownModel));
            assert_int_equal(set_classes(id++), served ? bit(PRICE) : 0);
        }
    assert_int_equal(provider_of(ALICE).ads, 6);
    models_model lost = {.kind = models_kind_Weights, .state = models_state_Active, .licence = 99};
    models_Models_put(&id, &lost);
    DENY(UnknownModel, ALICE, advertise, .model = id, .ad = ad(PRICE, EVER));
}

static void at_most_32_ads(void **state) {
    (void)state;
    for (uint64_t i = 0; i < COMPUTE_MAX_ADS; i++)
        DO(ALICE, advertise, .model = plain_model(100 + i, models_kind_Weights, models_state_Active),
           .ad = ad((uint64_t)MIN_PRICE << i, EVER));
    DENY(TooManyAds, ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    DO(ALICE, withdraw_ad, .model = 117);
    DO(ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    assert_int_equal(provider_of(ALICE).ads, COMPUTE_MAX_ADS);
}

static void bits_follow_the_classes(void **state) {
    (void)state;
    server(BOB);
    server(DAVE);
    DO(ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    DO(BOB, advertise, .model = model_id, .ad = ad(PRICE + 1, EVER)); /* the same class */
    DO(DAVE, advertise, .model = model_id, .ad = ad(UINT64_MAX, EVER));
    assert_true(set_classes(model_id) == bit(PRICE) + 1000 * 256 && class_of(model_id, PRICE).len == 2);
    DO(ALICE, withdraw_ad, .model = model_id);
    SAW(AdWithdrawn, .model = model_id, .provider = account(ALICE));
    assert_true(set_classes(model_id) == bit(PRICE) + 1000 * 256 && class_of(model_id, PRICE).len == 1);
    DO(BOB, withdraw_ad, .model = model_id);
    assert_true(set_classes(model_id) == 256);
    DO(DAVE, withdraw_ad, .model = model_id);
    assert_true(set_classes(model_id) == 0 && !compute_AskBits_exists(&model_id, &asset));
    assert_false(has_ad(DAVE, model_id));
    assert_int_equal(provider_of(DAVE).ads, 0);
    DENY(AdMissing, DAVE, withdraw_ad, .model = model_id);
    DENY(NotProvider, EVE, withdraw_ad, .model = model_id);
    DENY_AS(BAD_ORIGIN, ROOT, withdraw_ad, .model = model_id);
    assert_true(free_of(BOB) + BOND + provider_of(BOB).deposit.amount == RICH); /* the ad's deposit is back */
}

/* An operator pays the deposit of what it advertises, and gets it back whoever takes the ad away. */
static void deposits_go_back_to_who_paid(void **state) {
    (void)state;
    account_id alice = account(ALICE), eve = account(EVE);
    compute_OperatorOf_kill(&alice);
    compute_OperatorOf_put(&eve, &alice);
    SET(ALICE, operator, eve);
    u128 owner = free_of(ALICE), worker = free_of(EVE);
    DO(EVE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    assert_true(free_of(ALICE) == owner && worker - free_of(EVE) == AD_DEPOSIT);
    assert_is(ask_of(ALICE, PRICE).provider, ALICE);
    at_tick(clock_now() + 1);
    DO(EVE, update_price, .model = model_id, .price = 2 * PRICE);
    DO(EVE, refresh_ask, .model = model_id);
    DO(ALICE, withdraw_ad, .model = model_id);
    assert_true(free_of(ALICE) == owner && free_of(EVE) == worker);
}

/* --- prices, weights, pauses --- */

static void prices_move_at_once(void **state) {
    (void)state;
    server(BOB);
    DENY(AdMissing, ALICE, update_price, .model = model_id, .price = PRICE);
    DO(ALICE, advertise, .model = model_id, .ad = (compute_ad){PRICE, 4, 1, EVER});
    DO(BOB, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    at_tick(clock_now() + 10);
    uint32_t now = clock_now();
    SET(ALICE, rep_good, 1ull << 32); /* 2 of 3 */
    DO(ALICE, update_price, .model = model_id, .price = 4 * PRICE);
    SAW(Advertised, .model = model_id, .provider = account(ALICE), .price = 4 * PRICE, .weight = 1333332);
    assert_true(set_classes(model_id) == bit(PRICE) + 1000 * bit(4 * PRICE));
    compute_ask ask = ask_of(ALICE, 4 * PRICE);
    assert_true(ask.price == 4 * PRICE && ask.live_from == now + 1 && ask.weight == 1333332);
    assert_true(ad_record(ALICE, model_id).ad.price == 4 * PRICE && ad_record(ALICE, model_id).ad.min_units == 4);
    at_tick(now + 5);
    DO(ALICE, update_price, .model = model_id, .price = 4 * PRICE + 1); /* within the class */
    assert_true(ask_of(ALICE, 4 * PRICE).price == 4 * PRICE + 1 && ask_of(ALICE, 4 * PRICE).live_from == now + 6);
    assert_true(class_of(model_id, 4 * PRICE).len == 1 && provider_of(ALICE).ads == 1);
    DO(ALICE, update_price, .model = model_id, .price = PRICE);
    assert_true(set_classes(model_id) == bit(PRICE) && class_of(model_id, PRICE).len == 2);

    DENY_AS(BAD_ORIGIN, ROOT, update_price, .model = model_id, .price = PRICE);
    DENY(NotProvider, EVE, update_price, .model = model_id, .price = PRICE);
    DENY(BadPrice, ALICE, update_price, .model = model_id, .price = 0);
    DENY(PriceBelowLicenceMin, ALICE, update_price, .model = model_id, .price = MIN_PRICE - 1);
    DO(BOB, withdraw_ad, .model = model_id);
    DO(BOB, advertise, .model = model_id, .ad = ad(PRICE, now + 5));
    at_tick(now + 6);
    DENY(AdExpired, BOB, update_price, .model = model_id, .price = 2 * PRICE);
    compute_provider p = provider_of(ALICE), changed = p;
    changed.self_bond = 0;
    put_provider(ALICE, changed);
    DENY(NoWeight, ALICE, update_price, .model = model_id, .price = 2 * PRICE);
    changed = p;
    changed.state = compute_state_Jailed;
    put_provider(ALICE, changed);
    DENY(BadState, ALICE, update_price, .model = model_id, .price = 2 * PRICE);
    put_provider(ALICE, p);
    plain_model(model_id, models_kind_Weights, models_state_Frozen);
    DENY(UnknownModel, ALICE, update_price, .model = model_id, .price = 2 * PRICE);
}

static void refreshing_writes_the_weight(void **state) {
    (void)state;
    DENY(AdMissing, ALICE, refresh_ask, .model = model_id);
    DENY(NotProvider, BOB, refresh_ask, .model = model_id);
    DENY_AS(BAD_ORIGIN, ROOT, refresh_ask, .model = model_id);
    DO(ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    at_tick(clock_now() + 7);
    SET(ALICE, rep_bad, 1ull << 32);
    DO(ALICE, refresh_ask, .model = model_id);
    SAW(Advertised, .model = model_id, .provider = account(ALICE), .price = PRICE, .weight = 666666);
    assert_true(ask_of(ALICE, PRICE).weight == 666666 && ask_of(ALICE, PRICE).live_from == clock_now() + 1);
    compute_provider p = provider_of(ALICE), changed = p;
    changed.self_bond = 5;
    put_provider(ALICE, changed);
    DENY(NoWeight, ALICE, refresh_ask, .model = model_id);
    put_provider(ALICE, p);
}

static void pauses_hold(void **state) {
    (void)state;
    account_id alice = account(ALICE), bob = account(BOB);
    uint32_t now = clock_now();
    compute_pause_ask(&alice, model_id, now + 50); /* no ask: nothing */
    compute_pause_ask(&bob, model_id, now + 50);   /* no provider either */
    DO(ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    compute_pause_ask(&alice, model_id, now + 100);
    check_all();
    assert_true(ask_of(ALICE, PRICE).paused_from == now && ask_of(ALICE, PRICE).paused_until == now + 100);
    at_tick(now + 5);
    compute_pause_ask(&alice, model_id, now + 20); /* a shorter one changes nothing */
    DO(ALICE, refresh_ask, .model = model_id);
    DO(ALICE, update_price, .model = model_id, .price = 3 * PRICE);
    compute_ask ask = ask_of(ALICE, 3 * PRICE);
    assert_true(ask.paused_from == now && ask.paused_until == now + 100 && ask.live_from == now + 6);
    DENY(AdPaused, ALICE, withdraw_ad, .model = model_id);
    compute_pause_ask(&alice, model_id, now + 103); /* a longer one goes on from the first */
    assert_true(ask_of(ALICE, 3 * PRICE).paused_from == now && ask_of(ALICE, 3 * PRICE).paused_until == now + 103);
    at_tick(now + 102);
    DENY(AdPaused, ALICE, withdraw_ad, .model = model_id);
    at_tick(now + 103);
    DO(ALICE, withdraw_ad, .model = model_id);
    DO(ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    compute_pause_ask(&alice, model_id, now + 110);
    assert_true(ask_of(ALICE, PRICE).paused_from == now + 103 && ask_of(ALICE, PRICE).live_from == now + 104);
    at_tick(now + 300);
    DO(ALICE, refresh_ask, .model = model_id);
    assert_true(ask_of(ALICE, PRICE).live_from == now + 301);
}

/* --- sweeping --- */

static void expired_ads_are_swept(void **state) {
    (void)state;
    uint32_t now = clock_now();
    DO(ALICE, advertise, .model = model_id, .ad = ad(PRICE, now + 10));
    DENY_AS(BAD_ORIGIN, ROOT, sweep_ad, .model = model_id, .provider = account(ALICE));
    DENY(NotProvider, BOB, sweep_ad, .model = model_id, .provider = account(BOB));
    DENY(AdMissing, BOB, sweep_ad, .model = model_id + 1, .provider = account(ALICE));
    at_tick(now + 10);
    DENY(AdAlive, BOB, sweep_ad, .model = model_id, .provider = account(ALICE));
    at_tick(now + 11);
    pause_ask_until(ALICE, PRICE, now + 12); /* else a pause would end with the ad */
    DENY(AdPaused, BOB, sweep_ad, .model = model_id, .provider = account(ALICE));
    pause_ask_until(ALICE, PRICE, now + 11);
    u128 before = free_of(ALICE);
    DO(BOB, sweep_ad, .model = model_id, .provider = account(ALICE));
    SAW(AdWithdrawn, .model = model_id, .provider = account(ALICE));
    assert_true(free_of(ALICE) - before == AD_DEPOSIT && provider_of(ALICE).ads == 0 && !has_ad(ALICE, model_id));
}

static void ads_of_those_who_are_away_are_swept(void **state) {
    (void)state;
    account_id alice = account(ALICE), bob = account(BOB);
    server(BOB);
    uint32_t now = clock_now();
    DO(ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    DO(BOB, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    DO0(ALICE, chill);
    for (int i = 0; i < COMPUTE_MAX_STRIKES; i++)
        compute_strike(&bob, compute_offence_BidNotRevealed, clock_now(), (compute_object){COMPUTE_JOB, 1});
    assert_int_equal(provider_of(BOB).state, compute_state_Jailed);
    at_tick(now + CLOCK_EPOCH_TICKS - 1);
    DENY(AdAlive, EVE, sweep_ad, .model = model_id, .provider = alice);
    DENY(AdAlive, EVE, sweep_ad, .model = model_id, .provider = bob);
    at_tick(now + CLOCK_EPOCH_TICKS);
    DO(EVE, sweep_ad, .model = model_id, .provider = alice);
    DO(EVE, sweep_ad, .model = model_id, .provider = bob);
    DO0(ALICE, resume);
    DO(ALICE, advertise, .model = model_id, .ad = ad(PRICE, EVER));
    at_tick(now + 3 * CLOCK_EPOCH_TICKS);
    DENY(AdAlive, EVE, sweep_ad, .model = model_id, .provider = alice);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, with_server)
    const struct CMUnitTest tests[] = {
        TEST(advertising_writes_ad_and_ask),
        TEST(advertising_refuses),
        TEST(only_models_that_can_be_served),
        TEST(at_most_32_ads),
        TEST(bits_follow_the_classes),
        TEST(deposits_go_back_to_who_paid),
        TEST(prices_move_at_once),
        TEST(refreshing_writes_the_weight),
        TEST(pauses_hold),
        TEST(expired_ads_are_swept),
        TEST(ads_of_those_who_are_away_are_swept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
