/* rows_market.c - the market's formulas: each row's inputs go to the runtime's own function, the answer is compared as
 * text. Rows come from market/market.tsv, or without end from `market/cases.py stream` (`run-vectors -`). */
#include "market_rows.h"
#include "api/api.h"
#include "vectors.h"
#include <stdio.h>
#include <string.h>

static char *next_cell(struct cells *in) {
    char *start = in->at, *end = start + strcspn(start, " ");
    in->bad = in->bad || start == end;
    in->at = *end ? end + 1 : end;
    *end = 0;
    return start;
}

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static u128 cell_below(struct cells *in, size_t digits) {
    const char *at = next_cell(in);
    u128 v = 0;
    in->bad = in->bad || strlen(at) > digits;
    for (; *at; at++) {
        in->bad = in->bad || digit(*at) < 0;
        v = v << 4 | (uint8_t)digit(*at);
    }
    return v;
}

u128 cell_u128(struct cells *in) { return cell_below(in, 32); }
uint64_t cell_u64(struct cells *in) { return (uint64_t)cell_below(in, 16); }
uint32_t cell_u32(struct cells *in) { return (uint32_t)cell_below(in, 8); }

uint32_t cell_count(struct cells *in, uint32_t most) {
    uint32_t count = cell_u32(in);
    in->bad = in->bad || count > most;
    return in->bad ? 0 : count;
}

struct bytes cell_bytes(struct cells *in, uint8_t *out, uint32_t capacity) {
    const char *at = next_cell(in);
    uint32_t len = strcmp(at, ".") == 0 ? 0 : hex_decode(out, capacity, at);
    in->bad = in->bad || len == UINT32_MAX;
    return (struct bytes){out, in->bad ? 0 : len};
}

void cell_32(struct cells *in, uint8_t out[static 32]) { in->bad = cell_bytes(in, out, 32).len != 32 || in->bad; }

static void put(struct answer *out, char c) {
    if (out->len < sizeof out->text - 1)
        out->text[out->len++] = c;
}

static void put_gap(struct answer *out) {
    if (out->len)
        put(out, ' ');
}

void answer_number(struct answer *out, u128 v) {
    int shift = 124;
    while (shift && v >> shift == 0)
        shift -= 4;
    put_gap(out);
    for (; shift >= 0; shift -= 4)
        put(out, "0123456789abcdef"[(uint32_t)(v >> shift) & 15]);
}

void answer_bytes(struct answer *out, struct bytes b) {
    put_gap(out);
    if (b.len == 0)
        put(out, '.');
    for (uint32_t i = 0; i < b.len; i++) {
        put(out, "0123456789abcdef"[b.at[i] >> 4]);
        put(out, "0123456789abcdef"[b.at[i] & 15]);
    }
}

void answer_32(struct answer *out, const uint8_t bytes[static 32]) { answer_bytes(out, (struct bytes){bytes, 32}); }

void answer_none(struct answer *out) {
    put_gap(out);
    put(out, '-');
}

void answer_if(struct answer *out, bool good, u128 v) {
    if (good)
        answer_number(out, v);
    else
        answer_none(out);
}

static const struct market_row *find(const char *name) {
    const struct market_row *lists[] = {market_math, market_pools, market_hashes};
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (const struct market_row *row = lists[i]; row->formula; row++)
            if (strcmp(row->formula, name) == 0)
                return row;
    return NULL;
}

/* formula, inputs, outputs */
void row_market(struct tally *t, char *line) {
    static struct answer answer;
    char *column[3], what[400];
    const struct market_row *row;
    if (split_tabs(line, column, 3) != 3 || !(row = find(column[0]))) {
        tally_row(t, false, "no row of a formula that is known here");
        return;
    }
    struct cells in = {column[1], false};
    answer.len = 0;
    row->answer(&in, &answer);
    answer.text[answer.len] = 0;
    bool good = !in.bad && *in.at == 0 && strcmp(answer.text, column[2]) == 0;
    if (!good)
        snprintf(what, sizeof what, "%s: %s%.120s instead of %.120s", column[0], in.bad ? "bad inputs, " : "", answer.text,
                 column[2]);
    tally_row(t, good, what);
    runtime_reset();
}
