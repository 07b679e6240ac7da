/* main.c - games against the market, and random operations on it. SEED, GAMES, OPERATIONS and ATTACK (a part of a name)
 * in the environment; the page to rewrite as argument. Ends with 1 when something paid or an invariant broke. */
#include "game.h"
#include "limits.h"
#include "operations.h"
#include "report.h"

enum { USUAL_SEED = 1, USUAL_GAMES = 6000, USUAL_OPERATIONS = 20000, MOST_SHOWN = 20 };

static uint64_t number(const char *name, uint64_t otherwise) {
    const char *found = getenv(name);
    return found && *found ? strtoull(found, NULL, 10) : otherwise;
}

static void judge_chance(const struct attack *attack, const struct tally *tally) {
    const double mean = (double)tally->sum / 1e12 / tally->games, error = report_error(tally);
    game_seed = 0;
    check(mean <= 4 * error, "a mean profit of %.6f NLR with an error of %.6f", mean, error);
    printf("%-100.100s mean %12.4f +- %.4f NLR\n", attack->name, mean, error);
}

static bool selected(const struct attack *attack) {
    const char *wanted = getenv("ATTACK");
    return !wanted || !*wanted || strstr(attack->name, wanted);
}

static void play_all(uint64_t seed, uint64_t games, struct tally *tallies) {
    uint32_t total = 0, whole = 0;
    for (uint32_t i = 0; i < attack_count; i++)
        total += attacks[i].share;
    for (uint32_t i = 0; i < attack_count; i++) {
        const struct attack *attack = &attacks[i];
        uint32_t count = (uint32_t)((games * attack->share + total - 1) / total), failed = checks_failed;
        if (!selected(attack))
            continue;
        for (uint32_t k = 0; k < count && checks_failed - failed < MOST_SHOWN; k++, whole++)
            play_game(attack, seed * 1000000 + i * 10000 + k, k, &tallies[i]);
        game_name = attack->name;
        check(tallies[i].idle < tallies[i].games, "the strategy does nothing");
        if (attack->control)
            check(tallies[i].worst > 0, "honest work does not pay");
        if (attack->by_chance)
            judge_chance(attack, &tallies[i]);
        else
            printf("%-100.100s best %12.4f, mean %12.4f NLR in %u games\n", attack->name,
                   (double)tallies[i].best / 1e12, (double)tallies[i].sum / 1e12 / tallies[i].games, tallies[i].games);
        fflush(stdout);
    }
    printf("%u games, %" PRIu64 " calls, %" PRIu64 " of them refused\n", whole, acts_done + acts_refused, acts_refused);
}

int main(int argc, char **argv) {
    const uint64_t seed = number("SEED", USUAL_SEED), games = number("GAMES", USUAL_GAMES);
    const uint64_t steps = number("OPERATIONS", USUAL_OPERATIONS);
    struct tally *tallies = calloc(attack_count, sizeof *tallies);
    printf("seed %" PRIu64 "\n", seed);
    game_name = "the world";
    nature.state = seed;
    world_start();
    market_start();
    world_check();
    limits_check(seed);
    if (games)
        play_all(seed, games, tallies);
    if (steps)
        operations_run(seed, (uint32_t)steps);
    game_name = "report";
    if (argc > 1)
        check(report_write(argv[1], tallies), "%s has no place for the table", argv[1]);
    free(tallies);
    printf("sim: %u passed, %u failed\n", checks_passed, checks_failed);
    return checks_failed != 0;
}
