/* mkspec.c - writes chain specifications and what a relay chain's registration asks for. A native program: the runtime's
 * genesis code runs on host-shim, so no node is needed.
 *   mkspec presets BLOB FOLDER   for each preset a plain file (blob and patch, which a node turns into state itself) and
 *                                a raw one (the state); and a raw one for Chopsticks with a time in it. Prints each
 *                                state's root and the header's hash
 *   mkspec raw SPEC OUT          the raw form of a plain specification of this runtime, all else as it was written
 *   mkspec head SPEC             the genesis header as hexadecimal, for a plain or a raw specification
 *   mkspec wasm SPEC             its code as hexadecimal: the validation code */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "config.h"
#include "genesis/genesis.h"
#include "parachain_info/parachain_info.h"
#include "shim.h"
#include "specfile.h"
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

static FILE *open_output(const char *path) {
    FILE *out = fopen(path, "wb");
    if (!out)
        spec_quit("cannot write", path);
    return out;
}

static FILE *create(const char *folder, const char *name, const char *ending) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s%s", folder, name, ending) >= (int)sizeof path)
        errno = ENAMETOOLONG, spec_quit("cannot write", folder);
    return open_output(path);
}

static void finish(FILE *out, const char *name) {
    fputs("  }\n}\n", out);
    if (ferror(out) || fclose(out) != 0)
        spec_quit("cannot write", name);
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
static void put_raw_genesis(FILE *out) {
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
}

static void write_raw_spec(const char *folder, const struct spec *spec) {
    FILE *out = create(folder, spec->file, ".raw.json");
    put_head(out, spec);
    put_raw_genesis(out);
    finish(out, spec->file);
}

/* ---- states ---- */

struct job {
    const char *name; /* of the preset or file, for messages */
    struct bytes patch, code;
    uint64_t now;
    bool built;
};

static void build(void *context) {
    struct job *job = context;
    struct bytes error;
    job->built = genesis_build_state(job->patch, &error);
    if (!job->built) {
        fprintf(stderr, "mkspec: genesis of %s: %.*s\n", job->name, (int)error.len, (const char *)error.at);
        return;
    }
    if (job->now)
        timestamp_Now_put(&job->now);
    overlay_flush();
    shim_put(CODE_KEY, job->code);
}

/* Ends the program when the configuration is refused. */
static void build_state(struct job *job) {
    runtime_reset();
    shim_reset();
    if (!shim_guard(build, job))
        fprintf(stderr, "mkspec: genesis of %s: %s\n", job->name, shim_trap_message());
    if (!job->built)
        exit(1);
}

enum { HEADER_LENGTH = 98 };

/* Header of block 0: no parent, no extrinsics, no digest. */
static void genesis_header(uint8_t header[static HEADER_LENGTH]) {
    const uint8_t no_items = 0;
    memset(header, 0, HEADER_LENGTH);
    shim_root(header + 33, STATE_VERSION);
    host_ordered_root(header + 65, (struct bytes){&no_items, 1}, EXTRINSICS_ROOT_VERSION);
}

static void put_digits(struct bytes b) {
    fputs("0x", stdout);
    for (uint32_t i = 0; i < b.len; i++)
        printf("%02x", b.at[i]);
}

static void print_hashes(const struct spec *spec) {
    uint8_t header[HEADER_LENGTH], hash[32];
    genesis_header(header);
    shim_blake2(hash, sizeof hash, (struct bytes){header, sizeof header});
    printf("%-14s %u keys, state root ", spec->file, shim_key_count());
    put_digits((struct bytes){header + 33, 32});
    printf(", genesis hash ");
    put_digits((struct bytes){hash, sizeof hash});
    printf("\n");
}

static void write_presets(const char *blob, const char *folder) {
    struct bytes code = spec_read_file(blob);
    for (uint32_t i = 0; i < COUNT_OF(specs); i++) {
        runtime_reset(); /* a preset's text may lie in an arena */
        struct job job = {.name = specs[i].preset, .code = code, .now = specs[i].now};
        struct bytes name = {(const uint8_t *)specs[i].preset, (uint32_t)strlen(specs[i].preset)};
        if (!genesis_get_preset(true, name, &job.patch))
            spec_quit("no preset", specs[i].preset);
        build_state(&job);
        if (!specs[i].now)
            write_plain(folder, &specs[i], code, job.patch);
        write_raw_spec(folder, &specs[i]);
        print_hashes(&specs[i]);
    }
}

/* ---- a specification from a file ---- */

/* A raw specification's state. */
static void load_state(const char *path, struct bytes raw) {
    struct bytes top, children, name, value, key_bytes, value_bytes;
    if (!spec_member(raw, "top", &top))
        spec_quit("no genesis.raw.top in", path);
    if (spec_member(raw, "childrenDefault", &children)) {
        struct spec_members in = spec_members_of(children);
        if (spec_next_member(&in, &name, &value))
            spec_quit("this runtime has no child tries, but there are some in", path);
    }
    shim_reset();
    struct spec_members in = spec_members_of(top);
    while (spec_next_member(&in, &name, &value)) {
        if (!spec_unhex(name, &key_bytes) || !spec_string(value, &value) || !spec_unhex(value, &value_bytes))
            spec_quit("a key or value that is not 0x-hexadecimal in", path);
        shim_put(key_bytes, value_bytes);
    }
}

/* The id that the node is told must be the one that the state holds: they are read by different parts of a collator. */
static void check_para_id(const char *path, struct bytes spec) {
    struct bytes said;
    runtime_reset();
    uint32_t held = parachain_info_id();
    if (!spec_member(spec, "para_id", &said) && !spec_member(spec, "paraId", &said))
        spec_quit("no para_id in", path);
    char digits[16];
    if (snprintf(digits, sizeof digits, "%u", held) != (int)said.len || memcmp(digits, said.at, said.len) != 0) {
        fprintf(stderr, "mkspec: para_id in %s is %.*s, but parachainInfo.parachainId is %u\n", path, (int)said.len,
                (const char *)said.at, held);
        exit(1);
    }
}

/* Puts the state of the specification into the shim; returns the whole text. */
static struct bytes open_spec(const char *path) {
    struct bytes spec = spec_read_file(path), genesis, form, code;
    if (!spec_is_object(spec))
        spec_quit("no JSON object in", path);
    if (!spec_member(spec, "genesis", &genesis))
        spec_quit("no genesis in", path);
    if (spec_member(genesis, "raw", &form))
        load_state(path, form);
    else {
        struct job job = {.name = path};
        if (!spec_member(genesis, "runtimeGenesis", &form))
            spec_quit("neither genesis.raw nor genesis.runtimeGenesis in", path);
        if (!spec_member(form, "code", &code) || !spec_string(code, &code) || !spec_unhex(code, &job.code))
            spec_quit("no 0x-hexadecimal genesis.runtimeGenesis.code in", path);
        if (!spec_member(form, "patch", &job.patch) && !spec_member(form, "config", &job.patch))
            spec_quit("neither patch nor config in genesis.runtimeGenesis of", path);
        build_state(&job);
    }
    check_para_id(path, spec);
    return spec;
}

/* Every member as it was written, the genesis in its raw form at the end. */
static void convert(const char *path, const char *to) {
    struct bytes spec = open_spec(path), name, value;
    FILE *out = open_output(to);
    fputs("{\n", out);
    struct spec_members in = spec_members_of(spec);
    while (spec_next_member(&in, &name, &value))
        if (name.len != 7 || memcmp(name.at, "genesis", 7) != 0)
            fprintf(out, "  \"%.*s\": %.*s,\n", (int)name.len, (const char *)name.at, (int)value.len,
                    (const char *)value.at);
    fputs("  \"genesis\": {\n", out);
    put_raw_genesis(out);
    finish(out, to);
}

static void print_head(const char *path) {
    uint8_t header[HEADER_LENGTH];
    open_spec(path);
    genesis_header(header);
    put_digits((struct bytes){header, sizeof header});
}

static void print_wasm(const char *path) {
    struct bytes code;
    open_spec(path);
    if (!shim_get(CODE_KEY, &code))
        spec_quit("no code in the state of", path);
    put_digits(code);
}

int main(int argc, char **argv) {
    const char *command = argc > 1 ? argv[1] : "";
    errno = 0;
    if (argc == 4 && strcmp(command, "presets") == 0)
        write_presets(argv[2], argv[3]);
    else if (argc == 4 && strcmp(command, "raw") == 0)
        convert(argv[2], argv[3]);
    else if (argc == 3 && strcmp(command, "head") == 0)
        print_head(argv[2]);
    else if (argc == 3 && strcmp(command, "wasm") == 0)
        print_wasm(argv[2]);
    else {
        fprintf(stderr, "usage: mkspec presets BLOB FOLDER | raw SPEC OUT | head SPEC | wasm SPEC\n");
        return 2;
    }
    return 0;
}
