/* attacks_seat.c - what a seat, a bidder, a client or a model's owner may do to a job that is under way. */
#include "attacks.h"

/* Honest servers of a model and one rogue among them; all of them get seats. */
enum { RIVALS, EXTRA };

static void rogue_among(uint64_t model, uint32_t least, uint32_t most) {
    const uint32_t n = least + below(&nature, most - least + 1);
    servers_at(HONEST, n, model);
    servers_at(ROGUE, 1, model);
    if (percent(&nature, 50))
        put_behind(ROGUE + 20, ROGUE, between(&nature, 1, 20000) * UNIT);
    world_next_epoch();
    join_coalition(ROGUE);
    join_coalition(ROGUE + 20);
    game.numbers[RIVALS] = n;
}

static uint64_t any_model(void) { return ROOT_MODEL + below(&nature, FUZZY_MODEL); }

/* Jobs in which every server of the model has a seat; `rogue` behaves in one of the given ways. */
static void jobs_with(uint64_t model, uint32_t jobs, const uint8_t *ways, uint32_t count) {
    for (; jobs; jobs--) {
        struct order order = some_order(model, (uint32_t)game.numbers[RIVALS] + 1, 3000);
        conduct[ROGUE] = ways[below(&player, count)];
        play_job(HONEST_CLIENT, &order);
    }
}

#define PLAY_WAYS(...)                                                                                                 \
    static const uint8_t ways[] = {__VA_ARGS__};                                                                       \
    if (attack)                                                                                                        \
    jobs_with((uint64_t)game.numbers[EXTRA], 1 + below(&player, 4), ways, COUNT_OF(ways))

static void prepare_seat(void) {
    uint64_t model = any_model();
    rogue_among(model, 2, 4);
    game.numbers[EXTRA] = model;
}

void prepare_copy(void) { prepare_seat(); }
void play_copy(bool attack) { PLAY_WAYS(COPY_COMMIT, COPY_REVEAL); }
void prepare_lazy(void) { prepare_seat(); }
void play_lazy(bool attack) { PLAY_WAYS(GUESS, LIE); }
void prepare_equivocate(void) { prepare_seat(); }
void play_equivocate(bool attack) { PLAY_WAYS(SWAP); }
void prepare_no_show(void) { prepare_seat(); }
void play_no_show(bool attack) { PLAY_WAYS(IGNORE, DECLINE, NO_COMMIT, NO_REVEAL); }

/* --- more units than the others report, where results need not be equal --- */

void prepare_inflate(void) {
    rogue_among(FUZZY_MODEL, 1, 4);
    game.numbers[EXTRA] = FUZZY_MODEL;
}

void play_inflate(bool attack) {
    static const uint8_t good[] = {GOOD};
    units_done = 1 + below(&player, 20);
    units_of[ROGUE] = attack ? UINT32_MAX : 0;
    if (attack)
        ACT(ROGUE, jobs, claim_due, .who = person(ROGUE));
    jobs_with(FUZZY_MODEL, 1 + below(&player, 4), good, 1);
}

/* --- a control: honest work, which must pay --- */

void prepare_honest(void) { prepare_seat(); }
void play_honest(bool attack) { PLAY_WAYS(GOOD); }

/* --- jobs that fail whatever one does, or need every seat: a guess against honest work in the same seat --- */

void prepare_lazy_fee(void) { prepare_seat(); }

/* What the two of the coalition have outside of pools. */
static u128 in_hand(void) {
    static const int hands[] = {ROGUE, ROGUE + 20};
    return wealth_of(hands, 2);
}

void play_lazy_fee(bool attack) {
    for (uint32_t jobs = 1 + below(&player, 4); jobs; jobs--) {
        struct order order = some_order((uint64_t)game.numbers[EXTRA], (uint32_t)game.numbers[RIVALS] + 1, 3000);
        bool unanimous = percent(&player, 50);
        if (unanimous)
            order.q = order.n;
        conduct[ROGUE] = attack ? GUESS : GOOD;
        conduct[HONEST] = unanimous ? GOOD : percent(&player, 50) ? NO_REVEAL : NO_COMMIT; /* one of the others fails */
        conduct[HONEST + 1] = unanimous || percent(&player, 70) ? GOOD : NO_COMMIT;
        u128 before = in_hand();
        uint64_t job = play_job(HONEST_CLIENT, &order);
        u128 most = (u128)order.units * order.limit;
        if (attack && job)
            expect(in_hand() <= before + (job_of(job).state == jobs_state_Inconclusive
                                              ? min_u128(most / 100, JOBS_MAX_ACCEPT_FEE)
                                              : 0),
                   "a guess took more than the accept fee");
    }
}

/* --- the model's owner withdraws, freezes or deprecates it while others work for the coalition's client --- */

void prepare_owner_stops(void) {
    game.numbers[RIVALS] = 3;
    servers_at(HONEST, 3, PLAIN_MODEL);
    join_coalition(ROGUE);
    join_coalition(PLAIN_OWNER);
}

static void stop_model(void) {
    if (percent(&player, 50))
        ACT(PLAIN_OWNER, models, yank_version, .model = PLAIN_MODEL, .number = 1, .reason = 1);
    else if (percent(&player, 50))
        ACT(AS_ROOT, models, freeze, .model = PLAIN_MODEL);
    else
        ACT(PLAIN_OWNER, models, deprecate, .model = PLAIN_MODEL);
}

void play_owner_stops(bool attack) {
    struct order order = some_order(PLAIN_MODEL, 1 + below(&player, 3), 3000);
    uint64_t job = attack ? post(ROGUE, &order) : 0;
    if (!job)
        return;
    u128 at_stake = (u128)order.units * order.limit;
    bool early = percent(&player, 30);
    if (early)
        stop_model();
    bool seated = draw_seats(job);
    if (!early)
        stop_model();
    if (!seated)
        return;
    serve(job);
    expect(at_stake == 0 || fees_of(job) > 0, "work on a stopped model was not paid");
    ACT(AS_ROOT, models, unfreeze, .model = PLAIN_MODEL);
}

/* --- the cheapest ask that is never served, to drive clients to one's own second ask --- */

void prepare_bait(void) {
    struct offer bait = {.bond = 2000 * UNIT, .model = FREE_MODEL, .price = 1, .min_units = 1, .slots = 60000};
    servers_at(HONEST, 3, FREE_MODEL);
    servers_at(ROGUE, 1, FREE_MODEL);
    provide(ROGUE + 1, &bait);
    world_next_epoch();
    join_coalition(ROGUE);
    join_coalition(ROGUE + 1);
}

void play_bait(bool attack) {
    for (uint32_t i = 0; i < 6; i++) {
        struct order order = some_order(FREE_MODEL, 1 + below(&player, 3), 1000);
        conduct[ROGUE + 1] = attack ? (percent(&player, 60) ? IGNORE : DECLINE) : GOOD;
        if (!attack)
            ACT(ROGUE + 1, compute, withdraw_ad, .model = FREE_MODEL);
        play_job(HONEST_CLIENT, &order);
        world_skip(200);
    }
}

/* --- bids without intent, to fill the list or to be bought off --- */

void prepare_junk_bids(void) {
    servers_at(HONEST, 2, ROOT_MODEL);
    servers_at(ROGUE, 6, ROOT_MODEL);
    world_next_epoch();
    for (int i = 0; i < 6; i++)
        join_coalition(ROGUE + i);
}

void play_junk_bids(bool attack) {
    for (int i = 0; i < 6; i++)
        conduct[ROGUE + i] = percent(&player, 70) ? NO_BID_REVEAL : IGNORE;
    for (uint32_t i = 0; attack && i < 3; i++) {
        struct order order = some_order(ROOT_MODEL, 1 + below(&player, 2), 1000);
        order.mode = jobs_mode_SealedBid;
        play_job(HONEST_CLIENT, &order);
    }
}

/* --- a client whose input nobody can fetch, to pause or trap the competitors of its own provider --- */

void prepare_fake_input(void) {
    servers_at(HONEST, 3, ROOT_MODEL);
    servers_at(ROGUE + 1, 1, ROOT_MODEL);
    world_next_epoch();
    join_coalition(ROGUE);
    join_coalition(ROGUE + 1);
}

void play_fake_input(bool attack) {
    for (uint32_t i = 0; attack && i < 4; i++) {
        struct order order = some_order(ROOT_MODEL, 3, 3000);
        for (int h = 0; h < 3; h++) /* they look before they accept; some do not */
            conduct[HONEST + h] = percent(&player, 80) ? DECLINE : percent(&player, 50) ? NO_COMMIT : NO_REVEAL;
        conduct[ROGUE + 1] = percent(&player, 50) ? LIE : DECLINE;
        uint64_t job = post(ROGUE, &order);
        if (job && draw_seats(job)) {
            if (percent(&player, 30))
                ACT(ROGUE, jobs, cancel_job, .job = job);
            else
                serve(job);
        }
    }
}
