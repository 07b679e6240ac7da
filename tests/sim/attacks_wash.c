/* attacks_wash.c - trading with oneself: for emission, for reputation, for what divisions leave. */
#include "attacks.h"

/* --- what strategies share --- */

void servers_at(int first, uint32_t n, uint64_t model) {
    uint64_t price = (uint64_t)between(&nature, MILLI_UNIT, UNIT / 2);
    for (uint32_t i = 0; i < n; i++) {
        struct offer offer = {.bond = between(&nature, 2000, 40000) * UNIT + between(&nature, 0, UNIT),
                              .model = model,
                              .price = price + (uint64_t)between(&nature, 0, price - 1),
                              .commission_ppb = below(&nature, 300000001),
                              .min_units = 1,
                              .slots = 60000};
        provide(first + (int)i, &offer);
    }
    world_tick(1);
}

struct order some_order(uint64_t model, uint32_t n, uint32_t most) {
    struct order order = {.model = model, .mode = jobs_mode_Redundant, .n = (uint8_t)n, .q = (uint8_t)(n / 2 + 1)};
    order.limit = 1000000000000;
    order.units = 1 + below(&player, most / n ? most / n : 1);
    return order;
}

const int *row_of(int first, uint32_t n) {
    static int row[16];
    for (uint32_t i = 0; i < n; i++)
        row[i] = first + (int)i;
    return row;
}

bool put_behind(int who, int provider, u128 amount) {
    compute_provider record = provider_of(provider);
    compute_pool pool;
    compute_Pools_get(&record.pool, &pool);
    u128 room = saturating_sub_u128(9 * record.self_bond, pool.tokens + pool.joining.tokens);
    return ACT(who, compute, delegate, .pool = record.pool, .amount = min_u128(amount, room)) == DISPATCH_OK;
}

/* --- wash trading by every coalition of the six roles --- */

enum { CLIENT = 1, PROVIDER = 2, DELEGATOR = 4, OWNER = 8, ANCESTORS = 16, THE_TREASURY = 32, ALL_ROLES = 63 };
enum { MASK, MODEL, FIRST, SERVERS, CLIENT_IS };

void prepare_wash(void) {
    const uint32_t mask = 1 + game.index % ALL_ROLES, n = 1 + below(&nature, 3);
    const uint64_t model = ROOT_MODEL + below(&nature, FUZZY_MODEL);
    const int first = mask & PROVIDER ? ROGUE + 1 : HONEST, delegator = mask & DELEGATOR ? ROGUE + 20 : FRIEND;
    const int client = mask & CLIENT ? ROGUE : HONEST_CLIENT;
    servers_at(first, n, model);
    for (uint32_t i = 0; i < n; i++)
        if (mask & DELEGATOR || percent(&nature, 60))
            put_behind(delegator + (int)i, first + (int)i, between(&nature, 1, 40000) * UNIT);
    world_next_epoch();
    if (mask & CLIENT)
        join_coalition(client);
    for (uint32_t i = 0; i < n; i++) {
        if (mask & PROVIDER)
            join_coalition(first + (int)i);
        if (mask & DELEGATOR)
            join_coalition(delegator + (int)i);
    }
    if (mask & OWNER)
        join_coalition(owner_of_model(model));
    if (mask & ANCESTORS)
        for (uint64_t a = ROOT_MODEL; a < model && model <= GRAND_MODEL; a++)
            join_coalition(owner_of_model(a));
    if (mask & THE_TREASURY)
        join_coalition(TREASURY);
    if (!game.member_count)
        join_coalition(ROGUE);
    game.numbers[MASK] = mask;
    game.numbers[MODEL] = model;
    game.numbers[FIRST] = (u128)first;
    game.numbers[SERVERS] = n;
    game.numbers[CLIENT_IS] = (u128)client;
}

/* A coalition with all seats and the client may fail on purpose as well. */
static void misbehave(int first, uint32_t n) {
    static const uint8_t ways[] = {GOOD, GUESS, LIE, IGNORE, DECLINE, NO_COMMIT, NO_REVEAL, SWAP};
    for (uint32_t i = 0; i < n; i++)
        conduct[first + (int)i] = percent(&player, 70) ? GOOD : ways[below(&player, 8)];
}

static void wash_once(void) {
    const uint32_t n = (uint32_t)game.numbers[SERVERS], mask = (uint32_t)game.numbers[MASK];
    const int first = (int)game.numbers[FIRST], client = (int)game.numbers[CLIENT_IS];
    static const uint32_t sizes[] = {1, 20, 1000, 9000};
    struct order order = some_order(game.numbers[MODEL] & 0xff, 1 + below(&player, n), sizes[below(&player, 4)]);
    switch (below(&player, 4)) {
    case 0:
        order.mode = jobs_mode_Direct;
        order.n = order.q = 1;
        order.allow = row_of(first + (int)below(&player, n), 1);
        order.allowed = 1;
        break;
    case 1:
        order.mode = jobs_mode_SealedBid; /* fallthrough */
    case 2:
        order.allow = row_of(first, n);
        order.allowed = n;
        break;
    default:
        break;
    }
    order.tip = percent(&player, 50) ? 0 : between(&player, 1, 900 * UNIT);
    units_done = percent(&player, 30) ? 1 + below(&player, order.units) : 0;
    if (mask & CLIENT && mask & PROVIDER && percent(&player, 25))
        misbehave(first, n);
    uint64_t job = play_job(client, &order);
    if (!(mask & CLIENT) && job)
        game.worked += (money)fees_of(job); /* the outsider got its work */
    memset(conduct, GOOD, sizeof conduct);
}

void play_wash(bool attack) {
    for (uint32_t epoch = 1 + below(&player, 2); epoch; epoch--) {
        background();
        for (uint32_t jobs = 1 + below(&player, 5); jobs; jobs--)
            if (attack)
                wash_once();
            else
                world_skip(300);
        world_next_epoch();
    }
}

/* --- reputation by jobs of one's own: cheap ones must not move it, dear ones must cost --- */

void prepare_reputation(void) {
    servers_at(ROGUE + 1, 1, FREE_MODEL);
    join_coalition(ROGUE);
    join_coalition(ROGUE + 1);
    if (percent(&nature, 50))
        join_coalition(FREE_OWNER);
}

void play_reputation(bool attack) {
    struct order order = some_order(FREE_MODEL, 1, 1);
    bool dust = percent(&player, 50);
    if (!attack)
        return;
    conduct[ROGUE + 1] = NO_REVEAL; /* something to wash away */
    order.units = 100;
    play_job(ROGUE, &order);
    conduct[ROGUE + 1] = GOOD;
    compute_provider before = provider_of(ROGUE + 1);
    u128 paid = 0;
    for (uint32_t i = 0; i < 40; i++) {
        order.units = dust ? 1 : 50;
        order.limit = dust ? (uint64_t)UNIT - 1 : (uint64_t)UNIT;
        uint64_t job = play_job(ROGUE, &order);
        paid += job ? fees_of(job) : 0;
    }
    compute_provider after = provider_of(ROGUE + 1);
    if (dust)
        expect(before.rep_good == after.rep_good && before.rep_bad == after.rep_bad, "dust moved a reputation");
    game.numbers[0] = paid;
}

/* --- jobs as small as they may be, with amounts that never divide --- */

void prepare_tiny_jobs(void) {
    servers_at(ROGUE + 1, 3, GRAND_MODEL);
    for (int i = 0; i < 3; i++)
        put_behind(ROGUE + 20 + i, ROGUE + 1 + i, between(&nature, 1, 100) * UNIT + between(&nature, 0, UNIT));
    world_next_epoch();
    static const int all[] = {ROGUE + 1,  ROGUE + 2,   ROGUE + 3,   ROGUE + 20, ROGUE + 21,
                              ROGUE + 22, GRAND_OWNER, CHILD_OWNER, ROOT_OWNER};
    for (uint32_t i = 0; i < COUNT_OF(all); i++)
        join_coalition(all[i]);
    if (percent(&nature, 50))
        join_coalition(ROGUE);
}

void play_tiny_jobs(bool attack) {
    bool own = game.members[game.member_count - 1] == ROGUE;
    for (uint32_t i = 0; attack && i < 40; i++) {
        struct order order = some_order(GRAND_MODEL, 1 + below(&player, 3), 1);
        order.limit = (uint64_t)between(&player, UNIT, UNIT + 1000003);
        order.tip = below(&player, 1000);
        uint64_t job = play_job(own ? ROGUE : HONEST_CLIENT, &order);
        if (job && !own)
            game.worked += (money)fees_of(job);
        for (uint64_t a = ROOT_MODEL; a < GRAND_MODEL; a++) {
            ACT(ROGUE, models, claim_ancestor, .child = GRAND_MODEL, .ancestor = a);
            ACT(owner_of_model(a), models, claim_royalty, .model = a, .generation = 1);
        }
        for (int d = 0; d < 3; d++)
            ACT(ROGUE + 20 + d, compute, claim, .pool = pool_of(ROGUE + 1 + d));
        if (i % 10 == 9)
            world_next_epoch();
    }
}

/* --- who ends a job chooses its epoch; burned fees of others are no prey --- */

void prepare_late_settlement(void) { prepare_wash(); }

void play_late_settlement(bool attack) {
    struct order order = some_order(game.numbers[MODEL] & 0xff, 1, 5000);
    const int client = (int)game.numbers[CLIENT_IS];
    beat_all();
    uint64_t job = attack ? post(client, &order) : 0;
    background();
    if (!job || !draw_seats(job))
        return;
    int who = sitting(job, 0);
    jobs_result result = result_of(job, who, 0, GOOD);
    ACT(who, jobs, accept, .job = job, .seat = 0);
    MUST(show(job, 0, who, &result, GOOD));
    for (uint32_t epochs = below(&player, 5); epochs; epochs--) {
        world_next_epoch();
        background();
    }
    ACT(ROGUE, jobs, finalise, .job = job);
    if (!((uint32_t)game.numbers[MASK] & CLIENT))
        game.worked += (money)fees_of(job);
}
