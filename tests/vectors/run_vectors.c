/* run_vectors.c - `run-vectors DIR...`: runs every vector file that it knows by name and format in each folder; the folder
 * `-` is rows of market.tsv on the input. Prints one line per file or formula and the sum last; exit code 1 when a row fails,
 * 2 when there is nothing to run. */
#define _POSIX_C_SOURCE 200809L /* opendir */
#include "shim.h"
#include "vectors.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    row_reader *row;
    const char *note; /* what of the file is left out, or NULL */
} known[] = {
    {"hashes.tsv", row_hashes, NULL},
    {"scale.tsv", row_scale, NULL},
    {"era.tsv", row_era, NULL},
    {"ss58.tsv", row_ss58, NULL},
    {"sr25519.tsv", row_sr25519, NULL},
    {"ed25519.tsv", row_ed25519, NULL},
    {"ecdsa_recover.tsv", row_ecdsa_recover, NULL},
    {"trie-roots.jsonl", row_trie_root, NULL},
    {"w3f-trie-roots.tsv", row_w3f_trie_root, NULL},
    {"compact-proofs.jsonl", row_compact_proof, NULL},
    {"proofs.jsonl", row_proof, NULL},
    {"known-genesis-roots.tsv", row_known_genesis_root, NULL},
    {"error-enums.txt", row_error_enum, NULL},
    {"metadata-digests.tsv", row_metadata_digest, NULL},
    {"market.tsv", row_market, NULL},
};

void tally_row(struct tally *t, bool good, const char *what) {
    if (good) {
        t->passed++;
        return;
    }
    if (t->failed++ < 10)
        printf("  %s:%u: %s\n", t->file, t->line, what);
}

void tally_skip(const struct tally *t, const char *reason) {
    if (t->line)
        printf("  %s:%u: skipped: %s\n", t->file, t->line, reason);
    else
        printf("  %s: skipped: %s\n", t->file, reason);
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

uint32_t hex_decode(uint8_t *out, uint32_t capacity, const char *hex) {
    if (hex[0] == '0' && hex[1] == 'x')
        hex += 2;
    size_t digits = strlen(hex);
    if (digits % 2 != 0 || digits / 2 > capacity)
        return UINT32_MAX;
    for (size_t i = 0; i < digits; i += 2) {
        int high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);
        if (high < 0 || low < 0)
            return UINT32_MAX;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    return (uint32_t)(digits / 2);
}

bool hex_bytes(struct bytes *out, const char *hex) {
    uint32_t capacity = (uint32_t)(strlen(hex) / 2);
    uint8_t *at = malloc(capacity + 1);
    uint32_t len = at ? hex_decode(at, capacity, hex) : UINT32_MAX;
    if (len == UINT32_MAX) {
        free(at);
        *out = (struct bytes){NULL, 0};
        return false;
    }
    *out = (struct bytes){at, len};
    return true;
}

void free_bytes(struct bytes b) { free((void *)(uintptr_t)b.at); }

uint32_t split_tabs(char *line, char **columns, uint32_t most) {
    uint32_t n = 0;
    for (char *at = line; at && n < most;) {
        columns[n++] = at;
        at = strchr(at, '\t');
        if (at)
            *at++ = 0;
    }
    return n;
}

/* A line of any length without its newline, in a buffer that grows. */
static bool next_line(FILE *in, char **line, size_t *capacity) {
    size_t len = 0;
    int c;
    while ((c = getc(in)) != EOF && c != '\n') {
        if (len + 2 > *capacity) {
            *capacity = *capacity ? 2 * *capacity : 4096;
            *line = realloc(*line, *capacity);
            if (!*line)
                abort();
        }
        (*line)[len++] = (char)c;
    }
    if (len == 0 && c == EOF)
        return false;
    if (!*line)
        *line = calloc(1, *capacity = 4096);
    (*line)[len] = 0;
    return true;
}

static bool run_file(struct tally *t, row_reader *row) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", t->dir, t->file) >= (int)sizeof path)
        return false;
    FILE *in = fopen(path, "r");
    if (!in)
        return false;
    char *line = NULL;
    size_t capacity = 0;
    while (next_line(in, &line, &capacity)) {
        t->line++;
        if (line[0] != '#' && line[0] != 0)
            row(t, line);
    }
    free(line);
    fclose(in);
    return true;
}

/* Rows on the input, counted by formula. */
static void run_input(struct tally *all) {
    struct tally t = {"", "-", 0, 0, 0};
    char *line = NULL, name[64] = "";
    size_t capacity = 0;
    for (bool more = true; more;) {
        more = next_line(stdin, &line, &capacity);
        size_t len = more ? strcspn(line, "\t") : 0;
        if (!more || len != strlen(name) || strncmp(line, name, len) != 0) {
            /* However many cases: a formula is one check, else they would drown all other counts. */
            if (t.line)
                printf("%s %s: %u of %u random cases\n", t.failed ? "FAIL" : "ok", name, t.passed, t.passed + t.failed);
            all->line += t.line;
            all->passed += t.line && t.failed == 0;
            all->failed += t.line && t.failed != 0;
            snprintf(name, sizeof name, "%.*s", (int)len, more ? line : "");
            t = (struct tally){name, "-", 0, 0, 0};
        }
        if (more) {
            t.line++;
            row_market(&t, line);
        }
    }
    free(line);
}

int main(int argc, char **argv) {
    uint32_t passed = 0, failed = 0, files = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 2) {
        fputs("usage: run-vectors DIR...\n", stderr);
        return 2;
    }
    shim_reset();
    shim_log_level(-1);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-") == 0) {
            struct tally t = {"", "-", 0, 0, 0};
            puts("random cases:");
            run_input(&t);
            files += t.line != 0;
            passed += t.passed;
            failed += t.failed;
            continue;
        }
        DIR *dir = opendir(argv[i]);
        if (!dir) {
            fprintf(stderr, "run-vectors: no folder %s\n", argv[i]);
            return 2;
        }
        closedir(dir);
        printf("%s:\n", argv[i]);
        for (size_t k = 0; k < COUNT_OF(known); k++) {
            struct tally t = {known[k].name, argv[i], 0, 0, 0};
            if (!run_file(&t, known[k].row))
                continue;
            files++;
            t.line = 0;
            if (known[k].note)
                tally_skip(&t, known[k].note);
            printf("%s: %u passed, %u failed\n", t.file, t.passed, t.failed);
            passed += t.passed;
            failed += t.failed;
        }
    }
    if (files == 0) {
        fputs("run-vectors: no known vector file there\n", stderr);
        return 2;
    }
    printf("vectors: %u passed, %u failed\n", passed, failed);
    return failed ? 1 : 0;
}
