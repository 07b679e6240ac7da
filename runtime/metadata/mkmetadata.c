/* mkmetadata.c - native build tool: reads the declarations, which are linked in with names and docs, and writes what
 * the build and the readers need into the folder given as argument:
 *   prefixes.h, runs.h, metadata_bytes.h, metadata_digest.h, runtime_version.h    for the runtime
 *   metadata_v14.scale, _v15, _v16                                        for tests and tools
 *   interface.txt, PALLETS.md                                             compared with what is committed */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "metadata/digest.h"
#include "metadata/encode.h"
#include "metadata/join.h"
#include "metadata/layout.h"
#include "metadata/prefixes.h"
#include "metadata/runs.h"
#include "metadata/text.h"

/* #define NAME 0x01, 0x02, ... */
static void put_define(struct buffer *b, const char *name, const struct buffer *bytes) {
    put_text(b, "#define %s", name);
    for (size_t i = 0; i < bytes->len; i++)
        put_text(b, "%s%u%s", i % 24 ? "" : " \\\n", bytes->at[i], i + 1 < bytes->len ? "," : "");
    put_text(b, "\n");
}

/* The lines of an assembler section, as one string literal. */
static void put_section(struct buffer *b, const char *name, const struct buffer *bytes) {
    put_text(b, "#define %s \".byte ", name);
    for (size_t i = 0; i < bytes->len; i++)
        put_text(b, "%s%u", i ? "," : "", bytes->at[i]);
    put_text(b, "\\n\"\n");
}

static struct buffer header(const char *guard, const char *what) {
    struct buffer b = {0};
    put_text(&b, "/* Made by mkmetadata: %s */\n#ifndef %s\n#define %s\n\n", what, guard, guard);
    return b;
}

static void save_header(struct buffer *b, const char *folder, const char *name) {
    put_text(b, "\n#endif\n");
    buffer_save(b, folder, name);
}

static void save_version(const char *folder) {
    struct buffer full = model_runtime_version(true), short_form = model_runtime_version(false), records = {0};
    for (uint32_t i = 0; i < api_count; i++) {
        uint8_t id[8];
        api_id(id, apis[i].name);
        put_raw(&records, id, sizeof id);
        put_u32(&records, apis[i].version);
    }
    struct buffer b = header("NALAR_GEN_RUNTIME_VERSION_H", "the RuntimeVersion and the blob's custom sections.");
    put_define(&b, "RUNTIME_VERSION_BYTES", &full);
    put_section(&b, "RUNTIME_VERSION_SECTION", &short_form);
    put_section(&b, "RUNTIME_APIS_SECTION", &records);
    save_header(&b, folder, "runtime_version.h");
}

static void save_digest(const char *folder) {
    struct buffer digest = {0};
    uint8_t hash[32];
    metadata_digest(hash);
    put_raw(&digest, hash, sizeof hash);
    struct buffer b = header("NALAR_GEN_METADATA_DIGEST_H", "the RFC-78 digest that CheckMetadataHash knows.");
    put_define(&b, "METADATA_DIGEST", &digest);
    save_header(&b, folder, "metadata_digest.h");
}

/* Some(metadata), as metadata_at_version answers. */
static struct buffer some_of(const struct buffer *metadata) {
    struct buffer b = {0};
    put_u8(&b, 1);
    put_bytes(&b, metadata->at, metadata->len);
    return b;
}

static void save_metadata(const char *folder) {
    struct buffer pool = {0}, answers[3], runs[3] = {{0}};
    for (uint8_t i = 0; i < 3; i++) {
        struct buffer metadata = encode_metadata((uint8_t)(14 + i));
        char *name = must_format("metadata_v%u.scale", 14u + i);
        buffer_save(&metadata, folder, name);
        answers[i] = some_of(&metadata);
    }
    put_buffer(&pool, &answers[0]);
    for (int i = 1; i < 3; i++)
        runs[i] = join_runs(&pool, &answers[i]);
    for (int i = 1; i < 3; i++) {
        struct buffer again = join_play(&pool, &runs[i], answers[i].len);
        if (!buffer_equal(&again, &answers[i]))
            fail("the joined metadata does not give V%d back", 14 + i);
    }
    struct buffer b = header("NALAR_GEN_METADATA_BYTES_H", "metadata in the joined form of runtime/metadata/join.h.");
    put_define(&b, "METADATA_POOL", &pool);
    put_define(&b, "METADATA_V15_RUNS", &runs[1]);
    put_define(&b, "METADATA_V16_RUNS", &runs[2]);
    for (unsigned i = 0; i < 3; i++)
        put_text(&b, "#define METADATA_V%u_ANSWER %zuu\n", 14 + i, answers[i].len);
    save_header(&b, folder, "metadata_bytes.h");
    printf("metadata: %u types, V14 %zu, V15 %zu, V16 %zu bytes; stored %zu + %zu + %zu\n", graph_type_count(),
           answers[0].len, answers[1].len, answers[2].len, pool.len, runs[1].len, runs[2].len);
}

static void check_variants(const char *pallet, const struct variant_desc *variants) {
    for (; variants->name; variants++)
        if (!layout_fields_ok(variants->fields, variants->count))
            fail("the layout of %s.%s is not what the codec computes", pallet, variants->name);
}

static void check_layouts(void) {
    for (uint32_t i = 0; i < pallet_count; i++) {
        const struct pallet_model *p = &pallets[i];
        check_variants(p->name, p->desc->calls);
        check_variants(p->name, p->desc->events);
        for (const struct storage_desc *const *s = p->desc->storage; *s; s++)
            if (!layout_ok((*s)->value))
                fail("the layout of %s.%s is not what the codec computes", p->name, (*s)->name);
        for (const struct constant_desc *c = p->desc->constants; c->name; c++)
            if (!layout_ok(c->type))
                fail("the layout of %s.%s is not what the codec computes", p->name, c->name);
    }
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: mkmetadata FOLDER\n", stderr);
        return 2;
    }
    check_layouts();
    model_build();
    graph_number(encode_references);
    struct buffer prefixes = prefixes_header(), runs = runs_header(), interface = interface_text(), page = pallets_page();
    buffer_save(&prefixes, argv[1], "prefixes.h");
    buffer_save(&runs, argv[1], "runs.h");
    save_version(argv[1]);
    save_digest(argv[1]);
    save_metadata(argv[1]);
    buffer_save(&interface, argv[1], "interface.txt");
    buffer_save(&page, argv[1], "PALLETS.md");
    return 0;
}
