/* mkblob.c - build step: the compressed form of the blob as chains store it, and the hashes by which it is known.
 *   mkblob MODULE COMPRESSED [BYTES]     BYTES: the most the compressed form may have
 * Form: polkadot-sdk stable2609 sp-maybe-compressed-blob. The same zstd library gives the same bytes. One frame; its blocks
 * end where that helps most, which the library does not try out by itself: code, text and tables have tables of their own. */
#include <blake2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

static const uint8_t magic[8] = {0x52, 0xBC, 0x53, 0x76, 0x46, 0xDB, 0x8E, 0x05};
enum { LEVEL = 22, LIMIT = 16 << 20, STEP = 8192, MAX_CUTS = 4 };

static void fail(const char *what, const char *path) {
    fprintf(stderr, "mkblob: %s %s\n", what, path);
    exit(1);
}

static void print_hash(const char *path, const uint8_t *at, size_t size) {
    uint8_t hash[32];
    if (blake2b(hash, at, NULL, sizeof hash, size, 0) != 0)
        fail("cannot hash", path);
    printf("%s %zu bytes, blake2-256 0x", path, size);
    for (size_t i = 0; i < sizeof hash; i++)
        printf("%02x", hash[i]);
    printf("\n");
}

/* One frame of which each part, up to the next of `cuts` or the end, begins a block. */
static size_t compress(uint8_t *out, const uint8_t *module, size_t size, const size_t *cuts, size_t count) {
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (!context || ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL)) ||
        ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context, size)))
        fail("cannot set up", "zstd");
    ZSTD_outBuffer to = {out, ZSTD_COMPRESSBOUND(LIMIT), 0};
    for (size_t i = 0, from = 0; i <= count; i++) {
        size_t end = i < count ? cuts[i] : size;
        ZSTD_inBuffer part = {module + from, end - from, 0};
        if (ZSTD_compressStream2(context, &to, &part, i < count ? ZSTD_e_flush : ZSTD_e_end) != 0)
            fail("cannot compress with", "zstd");
        from = end;
    }
    ZSTD_freeCCtx(context);
    return to.pos;
}

/* Adds the cut that saves most, until none does. */
static size_t compress_best(uint8_t *out, const uint8_t *module, size_t size) {
    size_t cuts[MAX_CUTS] = {0}, count = 0, best = compress(out, module, size, cuts, 0);
    for (bool better = true; better && count < MAX_CUTS;) {
        size_t chosen[MAX_CUTS] = {0};
        better = false;
        for (size_t at = STEP; at < size; at += STEP) {
            size_t tried[MAX_CUTS] = {0}, n = 0;
            for (; n < count && cuts[n] < at; n++)
                tried[n] = cuts[n];
            tried[n] = at;
            for (size_t i = n; i < count; i++)
                tried[i + 1] = cuts[i];
            size_t packed = compress(out, module, size, tried, count + 1);
            if (packed < best) {
                best = packed;
                better = true;
                memcpy(chosen, tried, sizeof chosen);
            }
        }
        if (better)
            memcpy(cuts, chosen, ++count * sizeof *cuts);
    }
    return compress(out, module, size, cuts, count);
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4) {
        fputs("usage: mkblob MODULE COMPRESSED [BYTES]\n", stderr);
        return 2;
    }
    uint8_t *module = malloc(LIMIT), *out = malloc(sizeof magic + ZSTD_COMPRESSBOUND(LIMIT));
    FILE *in = fopen(argv[1], "rb");
    if (!module || !out || !in)
        fail("cannot read", argv[1]);
    size_t size = fread(module, 1, LIMIT, in);
    fclose(in);
    for (size_t i = 0; i < sizeof magic; i++)
        out[i] = magic[i];
    if (size == LIMIT)
        fail("cannot compress", argv[1]);
    size_t packed = sizeof magic + compress_best(out + sizeof magic, module, size);
    FILE *f = fopen(argv[2], "wb");
    if (!f || fwrite(out, 1, packed, f) != packed || fclose(f) != 0)
        fail("cannot write", argv[2]);
    print_hash(argv[1], module, size);
    print_hash(argv[2], out, packed);
    if (argc == 4 && packed > strtoull(argv[3], NULL, 10)) {
        fprintf(stderr, "mkblob: %s: %zu bytes, more than the budget of %s\n", argv[2], packed, argv[3]);
        return 1;
    }
    return 0;
}
