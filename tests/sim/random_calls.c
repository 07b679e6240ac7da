/* random_calls.c - see random_calls.h. */
#include "random_calls.h"

enum { CROWD = 24 };

static int someone(void) {
    const uint32_t kind = below(&player, 40);
    if (kind == 0)
        return AS_ROOT;
    if (kind == 1)
        return AS_NOBODY;
    if (kind < 5)
        return 1 + (int)below(&player, PEOPLE); /* also those with other parts */
    return ROGUE + (int)below(&player, CROWD);
}

static account_id some_account(void) {
    const uint32_t kind = below(&player, 20);
    if (kind == 0)
        return compute_pot.account;
    if (kind == 1)
        return person(TREASURY);
    if (kind == 2) { /* one that does not exist */
        account_id nobody = {{0}};
        store_u64(nobody.at, below(&player, 8));
        nobody.at[31] = 1;
        return nobody;
    }
    return person(ROGUE + (int)below(&player, CROWD));
}

static int some_server(void) {
    return server_count && percent(&player, 90) ? servers[below(&player, server_count)] : someone();
}

static uint64_t some_model(void) {
    return percent(&player, 95) ? ROOT_MODEL + below(&player, MODELS) : below(&player, 20);
}

/* From nothing to too much, odd amounts among them. */
static u128 some_amount(void) {
    switch (below(&player, 8)) {
    case 0:
        return below(&player, 3);
    case 1:
        return UNIT - 1 + below(&player, 3);
    case 2:
        return U128_MAX - below(&player, 2);
    case 3:
        return between(&player, 0, UNIT);
    case 4:
        return between(&player, 2000 * UNIT, 50000 * UNIT);
    default:
        return between(&player, UNIT, 3000 * UNIT);
    }
}

static uint64_t some_price(void) {
    return percent(&player, 90) ? (uint64_t)between(&player, MILLI_UNIT, 40 * MILLI_UNIT) : (uint64_t)some_amount();
}

static uint32_t some_pool(void) {
    return percent(&player, 90) ? pool_of(some_server() < 0 ? CRANK : some_server()) : below(&player, 60);
}

static u128 some_shares(int who, uint32_t pool) {
    compute_delegation delegation;
    account_id account = person(who < 0 ? CRANK : who);
    u128 all = compute_Delegations_get(&account, &pool, &delegation) ? delegation.shares : 0;
    return percent(&player, 30) ? all : percent(&player, 50) ? all / 3 : some_amount();
}

/* --- jobs --- */

static jobs_windows some_windows(void) {
    if (percent(&player, 5))
        return (jobs_windows){(uint16_t)below(&player, 3000), (uint16_t)below(&player, 20000),
                              (uint16_t)below(&player, 20000), (uint16_t)below(&player, 2)};
    return (jobs_windows){(uint16_t)(5 + below(&player, 30)), (uint16_t)(10 + below(&player, 200)),
                          (uint16_t)(10 + below(&player, 100)), 0};
}

void random_job_order(void) {
    static account_id allow[16];
    uint64_t deps[1] = {some_job()};
    static const jobs_mode modes[] = {jobs_mode_Redundant, jobs_mode_Redundant, jobs_mode_Redundant,
                                      jobs_mode_Direct,    jobs_mode_SealedBid, jobs_mode_Tee};
    jobs_spec spec = {.model = some_model(),
                      .version = percent(&player, 97) ? 1 : 2,
                      .mode = modes[below(&player, 6)],
                      .units_max = 1 + below(&player, 60),
                      .limit = (uint64_t)between(&player, 20 * MILLI_UNIT, UNIT),
                      .n = (uint8_t)(percent(&player, 95) ? 1 + below(&player, 4) : below(&player, 12)),
                      .windows = some_windows(),
                      .tip = percent(&player, 50) ? 0 : below(&player, 1000000000),
                      .min_rep_ppm = percent(&player, 10) ? below(&player, 700000) : 0,
                      .min_stake = percent(&player, 10) ? between(&player, 0, 9000 * UNIT) : 0,
                      .region_mask = percent(&player, 5) ? 1 + below(&player, 7) : 0};
    if (spec.mode == jobs_mode_Direct)
        spec.n = percent(&player, 95) ? 1 : spec.n;
    spec.q = (uint8_t)(percent(&player, 95) ? spec.n / 2u + 1 : below(&player, 10));
    if (percent(&player, 3))
        spec.deps = (jobs_deps){deps, 1};
    uint32_t listed = spec.mode == jobs_mode_Direct ? 1 : percent(&player, 20) ? 1 + below(&player, 5) : 0;
    int who = 0;
    for (uint32_t i = 0; i < listed && i < 16; i++) {
        int server = some_server();
        if (server <= who)
            continue;
        allow[spec.allow.len++] = person(who = server);
    }
    spec.allow.items = allow;
    u128 deposit = (u128)spec.n * spec.units_max * spec.limit + spec.tip + (percent(&player, 97) ? 0 : 1);
    ACT(someone(), jobs, submit_job, .spec = spec, .deposit = deposit);
}

static int client_of(uint64_t job) {
    jobs_job record = job_of(job);
    int who = person_of(&record.client);
    return who < 0 || percent(&player, 10) ? someone() : who;
}

static int operator_of(uint64_t job, uint8_t seat) {
    int who = sitting(job, seat);
    return who < 0 || percent(&player, 10) ? someone() : who;
}

void random_jobs_call(void) {
    const uint64_t job = some_job();
    const uint8_t seat = (uint8_t)below(&player, 4);
    jobs_result result = {.units = below(&player, 100), .result_root = hash_of(9, below(&player, 3))};
    switch (below(&player, 15)) {
    case 0:
        ACT(client_of(job), jobs, top_up, .job = job, .limit = (uint64_t)between(&player, 20 * MILLI_UNIT, 2 * UNIT));
        break;
    case 1:
        ACT(client_of(job), jobs, cancel_job, .job = job);
        break;
    case 2:
        ACT(someone(), jobs, assign, .job = job, .relay = percent(&player, 50) ? deciding_relay(job) : clock_relay());
        break;
    case 3:
        ACT(some_server(), jobs, bid, .job = job, .commit = hash_of(8, job));
        break;
    case 4:
        ACT(some_server(), jobs, reveal_bid, .job = job, .price = some_price());
        break;
    case 5:
        ACT(operator_of(job, seat), jobs, accept, .job = job, .seat = seat);
        break;
    case 6:
        if (percent(&player, 30))
            ACT(operator_of(job, seat), jobs, decline, .job = job, .seat = seat, .reason = jobs_decline_reason_Policy);
        break;
    case 7:
        ACT(someone(), jobs, redraw, .job = job, .seat = seat);
        break;
    case 8:
        ACT(operator_of(job, seat), jobs, commit, .job = job, .seat = seat, .hash = hash_of(7, job));
        break;
    case 9:
        ACT(operator_of(job, seat), jobs, reveal, .job = job, .seat = seat, .result = result);
        break;
    case 10:
        ACT(someone(), jobs, finalise, .job = job);
        break;
    case 11:
        ACT(someone(), jobs, claim_due, .who = some_account());
        break;
    case 12:
        ACT(client_of(job), jobs, rate, .job = job, .score = (uint8_t)below(&player, 120));
        break;
    case 13:
        ACT(client_of(job), jobs, remove_job, .job = job);
        break;
    default:
        ACT(someone(), jobs, sweep_due, .who = some_account());
    }
}

/* --- compute --- */

static void register_somebody(void) {
    const int who = someone();
    if (who < 1 || server_count >= 60)
        return;
    account_id operator= percent(&player, 90) ? person(who) : some_account();
    if (ACT(who, compute, register_provider, .operator= operator,
            .payout = percent(&player, 70) ? person(who) : some_account(), .region = (uint8_t)below(&player, 66),
            .slots = (uint16_t)below(&player, 12),
            .bond = percent(&player, 80) ? between(&player, 2000 * UNIT, 30000 * UNIT) : some_amount(),
            .commission_ppb = below(&player, 310000000)) == DISPATCH_OK) {
        servers[server_count++] = who;
        world_skip(COMPUTE_ACTIVATION_TICKS);
        for (uint32_t i = 0; i < 3; i++)
            ACT(who, compute, advertise, .model = some_model(),
                .ad = {.price = some_price(), .min_units = 1, .profile_mask = 7, .valid_until = UINT32_MAX});
    }
}

static void stake_call(uint32_t kind) {
    const int who = someone(), server = some_server();
    const uint32_t pool = some_pool();
    switch (kind) {
    case 0:
        ACT(server, compute, bond_more, .amount = some_amount());
        break;
    case 1:
        ACT(server, compute, request_unbond,
            .amount = percent(&player, 20) && server > 0 ? provider_of(server).self_bond : some_amount());
        break;
    case 2:
    case 3:
        ACT(who, compute, delegate, .pool = pool, .amount = some_amount());
        break;
    case 4:
        ACT(who, compute, undelegate, .pool = pool, .shares = some_shares(who, pool));
        break;
    case 5:
        ACT(who, compute, redelegate, .from = pool, .to = some_pool(), .shares = some_shares(who, pool));
        break;
    case 6:
        ACT(percent(&player, 50) ? who : server, compute, withdraw, .pool = pool, .max = (uint8_t)below(&player, 20));
        break;
    case 7:
        ACT(who, compute, claim, .pool = pool);
        break;
    default:
        ACT(who, compute, claim_due, .who = some_account());
    }
}

static void ask_call(uint32_t kind) {
    const int server = some_server();
    const uint64_t model = some_model();
    option_account_id evict = {percent(&player, 10), some_account()};
    switch (kind) {
    case 0:
    case 1:
        ACT(server, compute, advertise, .model = model,
            .ad = {.price = some_price(),
                   .min_units = below(&player, 4),
                   .profile_mask = (uint8_t)(percent(&player, 90) ? 7 : below(&player, 10)),
                   .valid_until = percent(&player, 90) ? UINT32_MAX : clock_now() + below(&player, 200)},
            .evict = evict);
        break;
    case 2:
        ACT(server, compute, update_price, .model = model, .price = some_price(), .evict = evict);
        break;
    case 3:
        ACT(server, compute, refresh_ask, .model = model);
        break;
    case 4:
        if (percent(&player, 40))
            ACT(server, compute, withdraw_ad, .model = model);
        break;
    default:
        ACT(someone(), compute, sweep_ad, .model = model, .provider = person(server < 0 ? CRANK : server));
    }
}

static void record_call(uint32_t kind) {
    const int server = some_server();
    compute_update update = {.region = {percent(&player, 20), (uint8_t)below(&player, 66)},
                             .slots = {percent(&player, 50), (uint16_t)below(&player, 12)},
                             .payout = {percent(&player, 30), some_account()}};
    switch (kind) {
    case 0:
        ACT(server, compute, update_provider, .update = update);
        break;
    case 1:
        ACT(server, compute, rotate_operator,
            .operator= percent(&player, 50) && server > 0 ? person(server) : some_account());
        break;
    case 2:
        ACT(server, compute, rotate_enc_key, .enc_key = {{1}});
        break;
    case 3:
        ACT(server, compute, set_commission, .ppb = below(&player, 310000000));
        break;
    case 4:
        ACT0(server, compute, heartbeat);
        break;
    case 5:
        if (percent(&player, 20))
            ACT0(server, compute, chill);
        break;
    case 6:
        ACT0(server, compute, resume);
        break;
    case 7:
        ACT0(server, compute, unjail);
        break;
    case 8:
        ACT(someone(), compute, apply_slash, .id = below(&player, 30));
        break;
    case 9:
        ACT(percent(&player, 20) ? AS_ROOT : someone(), compute, cancel_slash, .id = below(&player, 200));
        break;
    default:
        ACT(someone(), compute, sweep_provider, .owner = person(server < 0 ? CRANK : server));
    }
}

void random_compute_call(void) {
    const uint32_t kind = below(&player, 30);
    if (kind < 3) {
        if (percent(&player, 20))
            register_somebody();
    } else if (kind < 12)
        stake_call(kind - 3);
    else if (kind < 18)
        ask_call(kind - 12);
    else
        record_call(below(&player, 11));
}

/* --- rewards, models, balances --- */

void random_rewards_call(void) {
    const uint32_t now = clock_epoch(), epoch = now - below(&player, min_u32(now + 1, percent(&player, 90) ? 4 : 100));
    rewards_line lines[3];
    for (uint32_t i = 0; i < 3; i++)
        lines[i] = (rewards_line){epoch, some_account(), rewards_stream_Provider};
    rewards_fee_split split = {700000000, 120000000, 50000000, 30000000, 100000000};
    split.burn += percent(&player, 10);
    switch (below(&player, 7)) {
    case 0:
        ACT(someone(), rewards, settle, .epoch = epoch, .who = some_account(), .stream = rewards_stream_Client);
        break;
    case 1:
        ACT(someone(), rewards, settle_many, .lines = {lines, 3});
        break;
    case 2:
        ACT(someone(), rewards, expire, .epoch = now > 85 ? now - 85 - below(&player, 5) : 0,
            .max = (uint8_t)below(&player, 70));
        break;
    case 3:
        ACT(someone(), rewards, claim_due, .who = some_account());
        break;
    case 4:
        ACT(percent(&player, 30) ? AS_ROOT : someone(), rewards, set_schedule,
            .schedule = {below(&player, 1000000000), 50000 * UNIT, between(&player, 0, 20000 * UNIT)});
        break;
    case 5:
        ACT(percent(&player, 30) ? AS_ROOT : someone(), rewards, set_fee_split, .split = split);
        break;
    default:
        ACT(someone(), rewards, close_epoch, .epoch = epoch);
    }
}

void random_other_call(void) {
    const uint64_t model = some_model();
    const account_id to = some_account();
    switch (below(&player, 8)) {
    case 0:
        ACT(someone(), models, claim_ancestor, .child = model, .ancestor = some_model());
        break;
    case 1:
        if (model >= 1 && model <= MODELS)
            ACT(owner_of_model(model), models, claim_royalty, .model = model, .generation = 1);
        break;
    case 2:
        ACT(AS_ROOT, models, freeze, .model = model);
        break;
    case 3:
    case 4:
        ACT(AS_ROOT, models, unfreeze, .model = model);
        break;
    case 5:
        ACT(someone(), models, open_claim, .model = model, .version = 1, .bond = 100 * UNIT);
        break;
    case 6:
        ACT(someone(), balances, transfer_allow_death, .dest = {.tag = lookup_source_Id, .as.Id = {to}},
            .value = some_amount());
        break;
    default: /* an account dies, or nearly */
        if (percent(&player, 10)) {
            int who = ROGUE + (int)below(&player, CROWD);
            ACT(who, balances, transfer_all, .dest = {.tag = lookup_source_Id, .as.Id = {person(CRANK)}},
                .keep_alive = percent(&player, 50));
            ACT(CRANK, balances, transfer_allow_death, .dest = {.tag = lookup_source_Id, .as.Id = {person(who)}},
                .value = 100000 * UNIT);
        }
    }
}
