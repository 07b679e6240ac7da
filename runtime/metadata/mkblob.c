/* mkblob.c - build step: the compressed form of the blob as chains store it, and the hashes by which it is known.
 *   mkblob MODULE COMPRESSED [BYTES]     BYTES: the most the compressed form may have
 * Form: polkadot-sdk stable2609 sp-maybe-compressed-blob. The same zstd library gives the same bytes. */
#include <blake2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

static const uint8_t magic[8] = {0x52, 0xBC, 0x53, 0x76, 0x46, 0xDB, 0x8E, 0x05};
enum { LEVEL = 22, LIMIT = 16 << 20 };

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
    size_t packed = ZSTD_compress(out + sizeof magic, ZSTD_COMPRESSBOUND(LIMIT), module, size, LEVEL);
    if (ZSTD_isError(packed) || size == LIMIT)
        fail("cannot compress", argv[1]);
    packed += sizeof magic;
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
