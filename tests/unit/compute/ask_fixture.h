/* ask_fixture.h - Alice as an Active provider, and what the order book says. */
#ifndef NALAR_TESTS_ASK_FIXTURE_H
#define NALAR_TESTS_ASK_FIXTURE_H

#include "compute/serve_fixture.h"

#include "market/price_tick.h"

#define EVER UINT32_MAX
#define NAMED(n) {true, account(n)}
/* 0.1 UNIT and 65 bytes: price, units, mask, time, account, amount. */
#define AD_DEPOSIT (UNIT / 10 + MILLI_UNIT * (8 + 4 + 1 + 4 + 32 + 16))

static const uint32_t asset = 0;

UNUSED static compute_ad ad(uint64_t price, uint32_t valid_until) { return (compute_ad){price, 1, 1, valid_until}; }

UNUSED static int with_server(void **state) {
    if (serve_start(state))
        return -1;
    server(ALICE);
    return 0;
}

UNUSED static compute_asks class_of(uint64_t model, uint64_t price) {
    compute_asks asks;
    uint8_t class = price_tick(price);
    compute_AskTick_get(&model, &asset, &class, &asks);
    return asks;
}

/* The stored ask of a provider in the class of that price. */
UNUSED static compute_ask ask_of(int n, uint64_t price) {
    compute_asks asks = class_of(model_id, price);
    account_id who = account(n);
    for (uint32_t i = 0; i < asks.len; i++)
        if (equal_32(asks.items[i].provider.at, who.at))
            return asks.items[i];
    fail_msg("no ask of %d", n);
    return (compute_ask){.price = 0};
}

UNUSED static void pause_ask_until(int n, uint64_t price, uint32_t until) {
    compute_asks asks = class_of(model_id, price);
    uint8_t class = price_tick(price);
    account_id who = account(n);
    for (uint32_t i = 0; i < asks.len; i++)
        if (equal_32(asks.items[i].provider.at, who.at))
            asks.items[i].paused_until = until;
    compute_AskTick_put(&model_id, &asset, &class, &asks);
}

/* The classes whose bit is set, as a sum of (class + 1) * 1000^i in ascending order; 0 for none. */
UNUSED static uint64_t set_classes(uint64_t model) {
    bytes32 bits;
    uint64_t sum = 0, scale = 1;
    compute_AskBits_get(&model, &asset, &bits);
    for (uint32_t i = 0; i < 256; i++)
        if (bits.at[i / 8] >> i % 8 & 1) {
            sum += (i + 1) * scale;
            scale *= 1000;
        }
    return sum;
}
UNUSED static uint64_t bit(uint64_t price) { return price_tick(price) + 1u; }

/* A model that was put into storage without its ways. */
UNUSED static uint64_t plain_model(uint64_t id, models_kind kind, models_state state) {
    models_model model = {.owner = account(CAROL), .kind = kind, .state = state, .licence = 1};
    models_Models_put(&id, &model);
    return id;
}

#endif
