/* report.c - see report.h. */
#define _POSIX_C_SOURCE 200809L /* open_memstream */
#include "report.h"

#include <math.h>

#include "limits.h"

#define BEGIN "<!-- make sim writes from here -->\n"
#define BEGIN_LIMITS "<!-- make sim writes limits from here -->\n"
#define END "<!-- to here -->\n"

const char *report_amount(money amount) {
    static char texts[8][64];
    static uint32_t next;
    char *to = texts[next++ % 8];
    const u128 size = amount < 0 ? (u128)-amount : (u128)amount;
    const uint64_t whole = (uint64_t)(size / UNIT), part = (uint64_t)(size % UNIT);
    if (size == 0)
        snprintf(to, sizeof texts[0], "0");
    else
        snprintf(to, sizeof texts[0], "%s%" PRIu64 ".%012" PRIu64, amount < 0 ? "-" : "", whole, part);
    return to;
}

double report_error(const struct tally *tally) {
    const double n = tally->games, mean = (double)tally->sum / 1e12 / n;
    return n < 2 ? 0 : sqrt(fmax(tally->squares / n - mean * mean, 0) / (n - 1));
}

/* What a row may show at most. */
static const char *bound_of(const struct attack *attack, const struct tally *tally) {
    static char bound[64];
    snprintf(bound, sizeof bound, attack->control ? "above 0" : "0 in each game");
    if (attack->by_chance)
        snprintf(bound, sizeof bound, "mean %.3f: 4 errors", 4 * report_error(tally));
    return bound;
}

void report_print(FILE *out, const struct tally *tallies) {
    fputs("| attack | games | best profit found (NLR) | mean ± error (NLR) | bound (NLR) | why |\n"
          "| --- | ---: | ---: | ---: | ---: | --- |\n",
          out);
    for (uint32_t i = 0; i < attack_count; i++) {
        const struct tally *t = &tallies[i];
        if (t->games)
            fprintf(out, "| %s | %u | %s%s | %.3f ± %.3f | %s | %s |\n", attacks[i].name, t->games,
                    report_amount(t->best), attacks[i].by_chance ? ", by luck" : "",
                    (double)t->sum / 1e12 / t->games, report_error(t), bound_of(&attacks[i], t), attacks[i].bound);
    }
}

static char *whole_file(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    fseek(in, 0, SEEK_END);
    long size = ftell(in);
    rewind(in);
    char *all = malloc((size_t)size + 1);
    if (!all || fread(all, 1, (size_t)size, in) != (size_t)size)
        abort();
    all[size] = 0;
    fclose(in);
    return all;
}

/* The page up to and with `mark`; then what stood behind the next end is `*rest`. */
static bool copy_to(FILE *out, const char *page, const char *mark, const char **rest) {
    const char *begin = strstr(page, mark), *end = begin ? strstr(begin, END) : NULL;
    if (end)
        fwrite(page, 1, (size_t)(begin - page) + strlen(mark), out);
    *rest = end;
    return end;
}

bool report_write(const char *path, const struct tally *tallies) {
    char *page = whole_file(path), *made = NULL;
    size_t size;
    const char *rest;
    FILE *out = page ? open_memstream(&made, &size) : NULL;
    bool fine = out && copy_to(out, page, BEGIN, &rest);
    if (fine) {
        report_print(out, tallies);
        fine = copy_to(out, rest, BEGIN_LIMITS, &rest);
    }
    if (fine) {
        limits_print(out);
        fputs(rest, out);
    }
    if (out)
        fclose(out);
    FILE *file = fine ? fopen(path, "wb") : NULL;
    fine = file && fwrite(made, 1, size, file) == size && fclose(file) == 0;
    free(page);
    free(made);
    return fine;
}
