/* limits.c - see limits.h. */
#include "limits.h"

#include <math.h>

#include "market/draw.h"
#include "market/reputation.h"

enum { MOST_NAMES = 12, SAMPLES = 20000, WEIGHT_CASES = 50000, CAP_NAMES = COMPUTE_WEIGHT_CAP };

static uint64_t weighed(u128 bond, uint64_t good, uint64_t bad) {
    return compute_weight(&(compute_provider){.self_bond = bond, .rep_good = good, .rep_bad = bad});
}

/* --- draws without replacement --- */

struct field {
    uint32_t count, own; /* the first `own` are one hand's */
    uint64_t weights[MOST_NAMES];
};

/* Expected seats of the own names among `n`, over all orders: by subsets that were drawn already. */
static double expected_seats(const struct field *f, uint32_t n) {
    static double chance[1u << MOST_NAMES];
    double seats = 0;
    memset(chance, 0, sizeof chance);
    chance[0] = 1;
    for (uint32_t set = 0; set < 1u << f->count; set++) {
        double left = 0;
        uint32_t drawn = (uint32_t)__builtin_popcount(set),
                 own = (uint32_t)__builtin_popcount(set & ((1u << f->own) - 1));
        if (drawn == n || drawn == f->count) {
            seats += chance[set] * own;
            continue;
        }
        for (uint32_t i = 0; i < f->count; i++)
            left += set >> i & 1 ? 0 : (double)f->weights[i];
        for (uint32_t i = 0; i < f->count; i++)
            if (!(set >> i & 1))
                chance[set | 1u << i] += chance[set] * (double)f->weights[i] / left;
    }
    return seats;
}

/* The same by the runtime's own keys. */
static double sampled_seats(const struct field *f, uint32_t n, uint32_t samples) {
    uint64_t own = 0;
    for (uint32_t s = 0; s < samples; s++) {
        h256 seed = hash_of(draw_number(&nature), s);
        uint32_t taken = 0;
        for (uint32_t seat = 0; seat < n; seat++) {
            uint32_t best = MOST_NAMES;
            u128 least = U128_MAX;
            for (uint32_t i = 0; i < f->count; i++) {
                account_id who = person(1 + (int)i);
                u128 key = draw_key(seed.at, who.at, f->weights[i]);
                if (!(taken >> i & 1) && (best == MOST_NAMES || key < least)) {
                    best = i;
                    least = key;
                }
            }
            taken |= 1u << best;
            own += best < f->own;
        }
    }
    return (double)own / samples;
}

/* One hand with `share` percent of all stake under `names` names, against four equal others. */
static struct field field_of(uint32_t share, uint32_t names) {
    struct field f = {.count = names + 4, .own = names};
    for (uint32_t i = 0; i < f.count; i++)
        f.weights[i] = i < names ? 100000u * share / names : 100000u * (100 - share) / 4;
    return f;
}

static void check_weights(void) {
    uint32_t worse = 0;
    for (uint32_t i = 0; i < WEIGHT_CASES; i++) {
        uint32_t names = 2 + below(&nature, CAP_NAMES - 1);
        u128 rest = between(&nature, names * COMPUTE_MIN_SELF_BOND, CAP_NAMES * COMPUTE_MIN_SELF_BOND);
        const uint64_t good = draw_number(&nature) >> 28, bad = draw_number(&nature) >> 28,
                       whole = weighed(rest, good, bad);
        uint64_t parts = 0;
        for (; names > 1; names--) {
            u128 part = between(&nature, COMPUTE_MIN_SELF_BOND, rest - (names - 1) * COMPUTE_MIN_SELF_BOND);
            parts += weighed(part, good, bad);
            rest -= part;
        }
        worse += parts + weighed(rest, good, bad) > whole;
    }
    check(worse == 0, "%u split stakes weigh more than whole ones", worse);
    /* Above the cap, a hundred names weigh no more than the five full ones that the same stake makes. */
    check(100 * weighed(COMPUTE_MIN_SELF_BOND, 0, 0) <= 5 * weighed(CAP_NAMES * COMPUTE_MIN_SELF_BOND, 0, 0),
          "a hundred least bonds weigh more than five full ones");
}

void limits_check(uint64_t seed) {
    static const uint32_t shares[] = {10, 25, 40}, names[] = {1, 2, 4, 8}, seats[] = {1, 2, 3};
    game_name = "draws";
    game_seed = seed;
    nature.state = seed + 7;
    check_weights();
    for (uint32_t i = 0; i < 36; i++) {
        struct field f = field_of(shares[i % 3], names[i / 3 % 4]);
        const uint32_t n = seats[i / 12];
        const double exact = expected_seats(&f, n), sampled = sampled_seats(&f, n, SAMPLES);
        check(n > 1 || exact < shares[i % 3] / 100.0 + 1e-9, "one seat, %u names: %.6f", f.own, exact);
        /* Seats of a draw are at most n; their deviation is below n/2. */
        check(fabs(exact - sampled) <= 4.5 * n / 2 / sqrt(SAMPLES), "%u seats, %u names: %.4f expected, %.4f drawn", n,
              f.own, exact, sampled);
    }
}

/* --- what a reputation costs --- */

/* Fees of own jobs until the score is reached, in NLR. */
static double fees_for(uint32_t wanted_ppm, u128 each) {
    struct reputation score = {0, 0};
    u128 average = COMPUTE_FIRST_FEE, paid = 0;
    while (reputation_ppm(score) < wanted_ppm && paid < 1000000 * UNIT) {
        score = reputation_after(score, true, each, average);
        average = ema_after(average, each);
        paid += each;
    }
    return (double)paid / 1e12;
}

static double cheapest(uint32_t wanted_ppm) {
    double best = 1e12;
    for (u128 each = COMPUTE_MIN_FEE; each <= 10000 * UNIT; each = each * 5 / 4)
        best = fmin(best, fees_for(wanted_ppm, each));
    return best;
}

/* At least q of n seats, each with that chance: names without end. */
static double quorum(uint32_t n, uint32_t q, double share) {
    double sum = 0;
    for (uint32_t k = q; k <= n; k++)
        sum += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) * pow(share, k) * pow(1 - share, n - k);
    return sum;
}

void limits_print(FILE *out) {
    static const uint32_t names[] = {1, 2, 4, 8}, scores[] = {600000, 700000, 800000, 900000};
    static const uint32_t jobs[][2] = {{1, 1}, {3, 2}, {5, 3}, {9, 5}, {3, 3}};
    fputs("Expected seats of one hand with a quarter of all stake, against four equal others:\n\n"
          "| names | of 1 seat | of 2 seats | of 3 seats |\n| ---: | ---: | ---: | ---: |\n",
          out);
    for (uint32_t i = 0; i < COUNT_OF(names); i++) {
        struct field f = field_of(25, names[i]);
        fprintf(out, "| %u | %.3f | %.3f | %.3f |\n", names[i], expected_seats(&f, 1), expected_seats(&f, 2),
                expected_seats(&f, 3));
    }
    fputs("\nChance that a hand with a share of all stake under very many names holds a quorum:\n\n"
          "| share | 1 of 1 | 2 of 3 | 3 of 5 | 5 of 9 | 3 of 3 |\n| ---: | ---: | ---: | ---: | ---: | ---: |\n",
          out);
    for (uint32_t share = 10; share <= 50; share += 10) {
        fprintf(out, "| %u %%", share);
        for (uint32_t i = 0; i < COUNT_OF(jobs); i++)
            fprintf(out, " | %.4f", quorum(jobs[i][0], jobs[i][1], share / 100.0));
        fputs(" |\n", out);
    }
    fputs(
        "\nPrice of a newcomer's reputation by own jobs, in the cheapest way found (a mean fee of 10 NLR at first):\n\n"
        "| from 50 % to | fees (NLR) | lost of them by client and provider of a free model, after emission (3.9 %) | "
        "and with the treasury (0.9 %) |\n| ---: | ---: | ---: | ---: |\n",
        out);
    for (uint32_t i = 0; i < COUNT_OF(scores); i++) {
        double fees = cheapest(scores[i]);
        fprintf(out, "| %u %% | %.1f | %.2f | %.2f |\n", scores[i] / 10000, fees, fees * 0.039, fees * 0.009);
    }
}
