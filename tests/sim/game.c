/* game.c - see game.h. */
#include "game.h"

#include "books.h"

struct game game;

void join_coalition(int who) {
    for (uint32_t i = 0; i < game.member_count; i++)
        if (game.members[i] == who)
            return;
    game.members[game.member_count++] = who;
    pays_fees[who] = true;
}

u128 fees_of(uint64_t job) {
    jobs_escrow escrow;
    if (job_of(job).state != jobs_state_Settled || !jobs_Escrow_get(&job, &escrow))
        return 0;
    return escrow.paid;
}

void background(void) {
    static const struct order usual = {
        .model = OTHER_MODEL, .limit = 1000000000000, .mode = jobs_mode_Redundant, .n = 3, .q = 2, .units = 100};
    const u128 before = money_of(TREASURY);
    if (percent(&nature, 50))
        play_job(OUTSIDE_CLIENT, &usual);
    for (uint32_t i = 0; i < game.member_count; i++)
        if (game.members[i] == TREASURY) /* its part of others' fees is no profit */
            game.worked += (money)(money_of(TREASURY) - before);
}

struct outcome {
    money gross, fees;
    uint64_t calls;
};

static struct outcome run(const struct attack *attack, bool on) {
    const uint64_t before = acts_done + acts_refused;
    struct chance saved_nature = nature, saved_player = player;
    uint32_t saved_servers = server_count;
    world_mark();
    game.worked = game.allowed = 0;
    game.fees = 0;
    memset(conduct, GOOD, sizeof conduct);
    memset(units_of, 0, sizeof units_of);
    units_done = 0;
    fees_go_to = &game.fees;
    attack->play(on);
    fees_go_to = NULL;
    struct outcome out = {.calls = acts_done + acts_refused - before};
    wind_down(game.members, game.member_count);
    between_endings = NULL;
    for (uint32_t i = 0; i < game.member_count; i++)
        has_nothing_left(game.members[i]);
    out.gross = (money)wealth_of(game.members, game.member_count) - game.worked;
    out.fees = (money)game.fees;
    if (on)
        world_check();
    world_back();
    nature = saved_nature;
    player = saved_player;
    server_count = saved_servers;
    return out;
}

bool play_game(const struct attack *attack, uint64_t seed, uint32_t index, struct tally *tally) {
    uint32_t failed = checks_failed, saved_servers = server_count;
    game_seed = seed;
    game_name = attack->name;
    nature.state = seed * 2 + 1;
    player.state = seed * 2 + 2;
    game = (struct game){.index = index};
    memset(pays_fees, 0, sizeof pays_fees);
    world_mark();
    attack->prepare();
    const struct outcome before = run(attack, false), after = run(attack, true);
    world_back();
    server_count = saved_servers;
    const money gross = after.gross - before.gross, profit = gross - (after.fees - before.fees);
    if (!tally->games || profit > tally->best)
        tally->best = profit;
    if (!tally->games || profit < tally->worst)
        tally->worst = profit;
    tally->games++;
    tally->idle += after.calls == before.calls;
    tally->sum += profit;
    double in_units = (double)profit / 1e12;
    tally->squares += in_units * in_units;
    if (!attack->by_chance && !attack->control)
        check(profit <= 0 && gross <= game.allowed, "a profit of %.12f NLR, %.12f before fees", in_units,
              (double)gross / 1e12);
    return checks_failed == failed;
}
