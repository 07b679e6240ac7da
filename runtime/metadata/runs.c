/* runs.c - see runs.h. */
#include "metadata/runs.h"

#include "metadata/model.h"

enum { MAX_RUN = UINT8_MAX };

static void put_run(struct buffer *b, const char *prefix, const char *name, const struct field_desc *fields, uint32_t count) {
    uint32_t run = 0, size = 0;
    for (; run < count && run < MAX_RUN; run++) {
        const struct type_desc *t = fields[run].type;
        if (!t->flat || size % t->align != 0)
            break;
        size += t->size;
    }
    if (run && size <= UINT16_MAX)
        put_text(b, "#define %s%s_RUN , %u, %u\n", prefix, name, run, size);
}

static void put_payloads(struct buffer *b, const char *prefix, const struct variant_desc *list) {
    for (; list->name; list++)
        put_run(b, prefix, list->name, list->fields, list->count);
}

struct buffer runs_header(void) {
    struct buffer b = {0};
    put_text(&b, "/* Made by mkmetadata: the flat fields that structs begin with, `, fields, bytes` (scale/codec.h). */\n"
                 "#ifndef NALAR_GEN_RUNS_H\n#define NALAR_GEN_RUNS_H\n\n");
    const struct type_desc *type;
    for (uint32_t i = 0; graph_source(i, &type); i++)
        if (type && type->kind == TYPE_STRUCT && type->name)
            put_run(&b, "", type->name, type->fields, type->count);
    for (uint32_t i = 0; i < pallet_count; i++) {
        put_payloads(&b, must_format("%s_call_", pallets[i].c_name), pallets[i].desc->calls);
        put_payloads(&b, must_format("%s_event_", pallets[i].c_name), pallets[i].desc->events);
    }
    put_text(&b, "\n#endif\n");
    return b;
}
