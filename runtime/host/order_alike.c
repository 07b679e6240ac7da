/* order_alike.c - the order of a module's functions: each beside those that share most of its code, because a compressor
 * says a repetition the shorter the nearer it is. */
#include "host/order_wasm.h"

enum {
    GRAM = 4,    /* bytes of the runs that are compared */
    COMMON = 60, /* runs in so many functions or more say nothing */
    NEAR = 4,    /* functions before a place that count for it */
    SMALL = 30,  /* keeps tiny functions from winning every comparison */
};

static struct function *functions;
static uint32_t function_count;

static int compare_grams(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static uint32_t sort_unique(uint32_t *grams, uint32_t count) {
    qsort(grams, count, sizeof *grams, compare_grams);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || grams[i] != grams[kept - 1])
            grams[kept++] = grams[i];
    return kept;
}

static void find_grams(struct function *f) {
    uint32_t count = f->text.len < GRAM ? 0 : (uint32_t)(f->text.len - GRAM + 1);
    f->grams = calloc(count + 1u, sizeof *f->grams);
    if (!f->grams)
        fail("out of memory");
    for (uint32_t i = 0; i < count; i++)
        memcpy(&f->grams[i], f->text.at + i, GRAM);
    f->gram_count = sort_unique(f->grams, count);
}

/* What two functions share: rare runs weigh more. `spread` holds all runs of all functions, sorted. */
static uint64_t shared(const struct function *a, const struct function *b, const uint32_t *spread, const uint32_t *holders,
                       uint32_t spread_count) {
    uint64_t sum = 0;
    for (uint32_t i = 0, j = 0; i < a->gram_count && j < b->gram_count;) {
        if (a->grams[i] != b->grams[j]) {
            if (a->grams[i] < b->grams[j])
                i++;
            else
                j++;
            continue;
        }
        const uint32_t *at = bsearch(&a->grams[i], spread, spread_count, sizeof *spread, compare_grams);
        uint32_t n = holders[at - spread];
        sum += n < COMMON ? (1u << 16) / n : 0;
        i++, j++;
    }
    return sum;
}

static uint32_t *all_grams(uint32_t **holders, uint32_t *count) {
    size_t total = 0, at = 0;
    for (uint32_t i = 0; i < function_count; i++)
        total += functions[i].gram_count;
    uint32_t *all = calloc(total + 1, sizeof *all);
    *holders = calloc(total + 1, sizeof **holders);
    if (!all || !*holders)
        fail("out of memory");
    for (uint32_t i = 0; i < function_count; at += functions[i++].gram_count)
        memcpy(all + at, functions[i].grams, functions[i].gram_count * sizeof *all);
    qsort(all, total, sizeof *all, compare_grams);
    *count = 0;
    for (size_t i = 0; i < total; i++) {
        if (i == 0 || all[i] != all[*count - 1])
            all[(*count)++] = all[i];
        (*holders)[*count - 1]++;
    }
    return all;
}

/* Which of the functions that wait is most like the last ones placed. */
static uint32_t most_alike(uint64_t rows[NEAR][MAX_FUNCTIONS], uint32_t placed, const bool *waits) {
    static const uint64_t weight[NEAR] = {12, 6, 4, 3};
    uint32_t best = function_count;
    uint64_t best_score = 0, best_size = 1;
    for (uint32_t i = 0; i < function_count; i++) {
        if (!waits[i])
            continue;
        uint64_t score = 0, size = functions[i].gram_count + SMALL;
        for (uint32_t back = 0; back < NEAR && back < placed; back++)
            score += rows[(placed - 1 - back) % NEAR][i] * weight[back];
        if (placed == 0)
            score = size * size; /* the first place is the largest one's */
        if (best == function_count || score * best_size > best_score * size)
            best = i, best_score = score, best_size = size;
    }
    return best;
}

static int more_called(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    if (functions[x].calls != functions[y].calls)
        return functions[x].calls > functions[y].calls ? -1 : 1;
    return x < y ? -1 : 1;
}

void order_functions(struct function *all, uint32_t count, uint32_t front, uint32_t *order) {
    static uint64_t rows[NEAR][MAX_FUNCTIONS];
    static uint32_t by_calls[MAX_FUNCTIONS];
    functions = all;
    function_count = count;
    for (uint32_t i = 0; i < count; i++) {
        find_grams(&functions[i]);
        by_calls[i] = i;
    }
    uint32_t *holders, spread_count, *spread = all_grams(&holders, &spread_count), placed = 0;
    qsort(by_calls, count, sizeof *by_calls, more_called);
    for (int group = 0; group < 2; group++) {
        bool waits[MAX_FUNCTIONS] = {false};
        for (uint32_t i = 0; i < count; i++)
            waits[by_calls[i]] = (i < front) == (group == 0);
        for (uint32_t next; (next = most_alike(rows, placed, waits)) < count; placed++) {
            waits[next] = false;
            order[placed] = next;
            for (uint32_t i = 0; i < count; i++)
                rows[placed % NEAR][i] = i == next ? 0 : shared(&functions[next], &functions[i], spread, holders, spread_count);
        }
    }
    free(spread);
    free(holders);
}
