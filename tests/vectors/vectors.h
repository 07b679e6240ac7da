/* vectors.h - known-answer tables: what the runner and the per-format readers share. A row either passes or fails;
 * what cannot be checked here is skipped with a reason and not counted. */
#ifndef NALAR_TEST_VECTORS_H
#define NALAR_TEST_VECTORS_H

#include "core/platform.h"

struct tally {
    const char *file; /* base name, for messages */
    const char *dir;
    uint32_t line;
    uint32_t passed, failed;
};

/* Counts a row; the first failures of a file are printed with `what`. */
void tally_row(struct tally *t, bool good, const char *what);
/* Says on the output what is not checked and why; counts nothing. */
void tally_skip(const struct tally *t, const char *reason);

/* Decodes hex with or without 0x into `out`; the length, or UINT32_MAX when it is not hex or does not fit. */
uint32_t hex_decode(uint8_t *out, uint32_t capacity, const char *hex);
/* Allocates the decoded bytes (to be freed through `.at`); false when not hex. */
MUST_USE bool hex_bytes(struct bytes *out, const char *hex);
void free_bytes(struct bytes b);
/* Cuts `line` at tabs in place; returns the number of columns found, at most `most`. */
uint32_t split_tabs(char *line, char **columns, uint32_t most);

/* One text row without its newline. */
typedef void row_reader(struct tally *t, char *line);
row_reader row_hashes, row_scale, row_era, row_ss58, row_sr25519, row_ed25519, row_ecdsa_recover;
row_reader row_trie_root, row_w3f_trie_root, row_compact_proof, row_proof, row_known_genesis_root;
row_reader row_error_enum, row_metadata_digest, row_market;

#endif
