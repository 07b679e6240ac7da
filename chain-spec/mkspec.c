/* mkspec.c - writes the chain specifications: `mkspec BLOB FOLDER`. A native program: the runtime's genesis code runs
 * on host-shim, so no node is needed. For each preset a plain file (blob and patch, which a node turns into state
 * itself) and a raw one (the state); and a raw one for Chopsticks with a time in it. Prints each state's root and the
 * header's hash. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "config.h"
#include "genesis/genesis.h"
#include "shim.h"
#include "state/overlay.h"
#include "timestamp/timestamp.h"

struct spec {
    const char *preset, *name, *id, *type, *file;
    uint64_t now; /* Timestamp.Now in milliseconds, 0: none */
};

/* Chopsticks reads its clock twice for the first block of a chain without a time, and fails when a slot begins in
 * between. The time is any multiple of the slot duration. */
#define CHOPSTICKS_NOW 1767225600000ull /* 2026-01-01 */
_Static_assert(CHOPSTICKS_NOW % SLOT_DURATION_MS == 0, "a slot's beginning");

static const struct spec specs[] = {
    {"development", "Nalar Development", "nalar_dev", "Development", "development", 0},
    {"local_testnet", "Nalar Local Testnet", "nalar_local", "Local", "local_testnet", 0},
    {"development", "Nalar in Chopsticks", "nalar_chopsticks", "Development", "chopsticks", CHOPSTICKS_NOW},
};

#define RELAY_CHAIN "rococo-local"
#define CODE_KEY ((struct bytes){(const uint8_t *)":code", 5})

static NORETURN void quit(const char *what, const char *file) {
    fprintf(stderr, "mkspec: %s %s: %s\n", what, file, strerror(errno));
    exit(1);
}

static struct bytes read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file)
        quit("cannot read", path);
    if (fseek(file, 0, SEEK_END) != 0)
        quit("cannot read", path);
    long size = ftell(file);
    rewind(file);
    uint8_t *at = size > 0 ? malloc((size_t)size) : NULL;
    if (!at || fread(at, 1, (size_t)size, file) != (size_t)size)
        quit("cannot read", path);
    fclose(file);
    return (struct bytes){at, (uint32_t)size};
}

static void put_hex(FILE *out, struct bytes b) {
    fputs("\"0x", out);
    for (uint32_t i = 0; i < b.len; i++)
        fprintf(out, "%02x", b.at[i]);
    fputc('"', out);
}

/* Everything before the genesis. */
static void put_head(FILE *out, const struct spec *spec) {
    fprintf(out,
            "{\n  \"name\": \"%s\",\n  \"id\": \"%s\",\n  \"chainType\": \"%s\",\n  \"bootNodes\": [],\n"
            "  \"telemetryEndpoints\": null,\n  \"protocolId\": \"%s\",\n"
            "  \"properties\": {\n    \"ss58Format\": %d,\n    \"tokenDecimals\": %d,\n    \"tokenSymbol\": \"%s\"\n  },\n"
            "  \"relay_chain\": \"%s\",\n  \"para_id\": %u,\n  \"codeSubstitutes\": {},\n  \"genesis\": {\n",
            spec->name, spec->id, spec->type, spec->id, SS58_PREFIX, TOKEN_DECIMALS, TOKEN_SYMBOL, RELAY_CHAIN,
            DEFAULT_PARA_ID);
}

static FILE *create(const char *folder, const char *name, const char *ending) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s%s", folder, name, ending) >= (int)sizeof path)
        errno = ENAMETOOLONG, quit("cannot write", folder);
    FILE *out = fopen(path, "wb");
    if (!out)
        quit("cannot write", path);
    return out;
}

static void finish(FILE *out, const char *name) {
    fputs("  }\n}\n", out);
    if (ferror(out) || fclose(out) != 0)
        quit("cannot write", name);
}

static void write_plain(const char *folder, const struct spec *spec, struct bytes code, struct bytes patch) {
    FILE *out = create(folder, spec->file, ".json");
    put_head(out, spec);
    fputs("    \"runtimeGenesis\": {\n      \"code\": ", out);
    put_hex(out, code);
    fputs(",\n      \"patch\": ", out);
    fwrite(patch.at, 1, patch.len, out);
    fputs("\n    }\n", out);
    finish(out, spec->file);
}

/* The state in key order, as Chopsticks wants it. */
static void write_raw_spec(const char *folder, const struct spec *spec) {
    FILE *out = create(folder, spec->file, ".raw.json");
    put_head(out, spec);
    fputs("    \"raw\": {\n      \"top\": {\n", out);
    uint32_t count = shim_key_count();
    for (uint32_t i = 0; i < count; i++) {
        struct bytes key, value;
        shim_entry(i, &key, &value);
        fputs("        ", out);
        put_hex(out, key);
        fputs(": ", out);
        put_hex(out, value);
        fputs(i + 1 < count ? ",\n" : "\n", out);
    }
    fputs("      },\n      \"childrenDefault\": {}\n    }\n", out);
    finish(out, spec->file);
}

struct job {
    const struct spec *spec;
    struct bytes patch, code;
    bool built;
};

static void build(void *context) {
    struct job *job = context;
    struct bytes error;
    job->built = genesis_build_state(job->patch, &error);
    if (!job->built) {
        fprintf(stderr, "mkspec: preset %s: %.*s\n", job->spec->preset, (int)error.len, (const char *)error.at);
        return;
    }
    if (job->spec->now)
        timestamp_Now_put(&job->spec->now);
    overlay_flush();
    shim_put(CODE_KEY, job->code);
}

/* Header of block 0: no parent, no extrinsics, no digest. */
static void print_hashes(const struct spec *spec) {
    uint8_t header[98] = {0}, hash[32], *state_root = header + 33, *extrinsics_root = header + 65;
    const uint8_t no_items = 0;
    shim_root(state_root, STATE_VERSION);
    host_ordered_root(extrinsics_root, (struct bytes){&no_items, 1}, EXTRINSICS_ROOT_VERSION);
    shim_blake2(hash, sizeof hash, (struct bytes){header, sizeof header});
    printf("%-14s %u keys, state root 0x", spec->file, shim_key_count());
    for (uint32_t i = 0; i < 32; i++)
        printf("%02x", state_root[i]);
    printf(", genesis hash 0x");
    for (uint32_t i = 0; i < 32; i++)
        printf("%02x", hash[i]);
    printf("\n");
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: mkspec BLOB FOLDER\n");
        return 2;
    }
    struct bytes code = read_file(argv[1]);
    for (uint32_t i = 0; i < COUNT_OF(specs); i++) {
        runtime_reset();
        shim_reset();
        struct job job = {.spec = &specs[i], .code = code};
        struct bytes name = {(const uint8_t *)specs[i].preset, (uint32_t)strlen(specs[i].preset)};
        if (!genesis_get_preset(true, name, &job.patch)) {
            fprintf(stderr, "mkspec: no preset %s\n", specs[i].preset);
            return 1;
        }
        if (!shim_guard(build, &job)) {
            fprintf(stderr, "mkspec: preset %s: %s\n", specs[i].preset, shim_trap_message());
            return 1;
        }
        if (!job.built)
            return 1;
        if (!specs[i].now)
            write_plain(argv[2], &specs[i], code, job.patch);
        write_raw_spec(argv[2], &specs[i]);
        print_hashes(&specs[i]);
    }
    return 0;
}
