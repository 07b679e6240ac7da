/* market_rows.h - what the rows of market.tsv are read with: cells of one row in, the runtime's answer as text out. */
#ifndef NALAR_TEST_MARKET_ROWS_H
#define NALAR_TEST_MARKET_ROWS_H

#include "core/ints.h"
#include "core/platform.h"

/* The inputs of a row; `bad` once a cell is not what was asked for. */
struct cells {
    char *at;
    bool bad;
};
u128 cell_u128(struct cells *in);
uint64_t cell_u64(struct cells *in);
uint32_t cell_u32(struct cells *in);
/* The length of a list, at most `most`. */
uint32_t cell_count(struct cells *in, uint32_t most);
/* Bytes, at most `capacity` of them; they are written to `out`. */
struct bytes cell_bytes(struct cells *in, uint8_t *out, uint32_t capacity);
/* Exactly 32 bytes. */
void cell_32(struct cells *in, uint8_t out[static 32]);

/* The outputs, a space before each but the first. */
struct answer {
    char text[1 << 16];
    uint32_t len;
};
void answer_number(struct answer *out, u128 v);
void answer_bytes(struct answer *out, struct bytes b);
void answer_32(struct answer *out, const uint8_t bytes[static 32]);
/* The formula refuses. */
void answer_none(struct answer *out);
/* A number, or a refusal. */
void answer_if(struct answer *out, bool good, u128 v);

struct market_row {
    const char *formula;
    void (*answer)(struct cells *in, struct answer *out);
};
/* Closed by an entry without a name. */
extern const struct market_row market_math[], market_pools[], market_hashes[];

#endif
