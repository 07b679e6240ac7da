/* page.c - docs/PALLETS.md from the declarations. */
#include <string.h>

#include "metadata/text.h"

/* Docs as one paragraph, line breaks as spaces. */
static void put_paragraph(struct buffer *b, const char *docs) {
    for (; docs && *docs; docs++)
        if (*docs != '\n')
            put_raw(b, docs, 1);
        else if (docs[1] && docs[1] != '\n' && docs[1] != ' ')
            put_text(b, " ");
}

static void put_variants(struct buffer *b, const char *title, uint32_t node_index) {
    if (node_index == NO_NODE)
        return;
    const struct node *node = graph_at(node_index);
    put_text(b, "\n### %s\n\n", title);
    for (uint32_t i = 0; i < node->count; i++) {
        put_text(b, "- %u `%s", node->variants[i].index, node->variants[i].name);
        put_fields_text(b, node->variants[i].fields, node->variants[i].count, false);
        put_text(b, "`: ");
        put_paragraph(b, node->variants[i].docs);
        put_text(b, "\n");
    }
}

/* Plain integers are shown; bigger values are in the metadata. */
static void put_value(struct buffer *b, const struct constant_desc *c) {
    if (c->type->kind != TYPE_UINT)
        return;
    u128 v = 0;
    memcpy(&v, c->value, c->type->size);
    char digits[40];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + (int)(v % 10));
        v /= 10;
    } while (v);
    put_text(b, " = %.*s", (int)(sizeof digits - at), digits + at);
}

static void put_pallet(struct buffer *b, const struct pallet_model *p) {
    put_text(b, "\n## %s (index %u)\n", p->name, p->index);
    if (p->desc->docs) {
        put_text(b, "\n");
        put_paragraph(b, p->desc->docs);
        put_text(b, "\n");
    }
    put_variants(b, "Calls", p->calls);
    put_variants(b, "Events", p->events);
    put_variants(b, "Errors", p->errors);
    if (p->storage_count)
        put_text(b, "\n### Storage\n\n");
    for (const struct storage_desc *const *s = p->desc->storage; *s; s++) {
        put_text(b, "- `%s: ", (*s)->name);
        put_storage_text(b, *s, false);
        put_text(b, "`: ");
        put_paragraph(b, (*s)->docs);
        put_text(b, "\n");
    }
    if (p->constant_count)
        put_text(b, "\n### Constants\n\n");
    for (const struct constant_desc *c = p->desc->constants; c->name; c++) {
        put_text(b, "- `%s: ", c->name);
        put_type_text(b, graph_type(c->type), false);
        put_value(b, c);
        put_text(b, "`: ");
        put_paragraph(b, c->docs);
        put_text(b, "\n");
    }
}

static void put_apis(struct buffer *b) {
    put_text(b, "\n## Runtime APIs\n");
    for (uint32_t a = 0; a < api_count; a++) {
        put_text(b, "\n### %s (version %u)\n\n", apis[a].name, apis[a].version);
        if (*apis[a].docs) /* those of the SDK are documented there */
            put_text(b, "%s\n\n", apis[a].docs);
        for (uint32_t m = 0; m < apis[a].method_count; m++) {
            const struct method_model *method = &apis[a].methods[m];
            put_text(b, "- `%s(", method->name);
            for (uint32_t i = 0; i < method->input_count; i++) {
                put_text(b, "%s%s: ", i ? ", " : "", method->inputs[i].name);
                put_type_text(b, graph_type(method->inputs[i].type), false);
            }
            put_text(b, ") -> ");
            put_type_text(b, graph_type(method->output), false);
            put_text(b, *method->docs ? "`: " : "`");
            put_paragraph(b, method->docs);
            put_text(b, "\n");
        }
    }
}

struct buffer pallets_page(void) {
    struct buffer b = {0};
    put_text(&b, "# Pallets\n\nMade by mkmetadata from the declarations in `pallets/*/*.def` and "
                 "`runtime/runtime.def`; `make golden` renews it. Do not edit.\n\n");
    for (uint32_t i = 0; i < pallet_count; i++) {
        const struct pallet_model *p = &pallets[i];
        uint32_t calls = p->calls == NO_NODE ? 0 : graph_at(p->calls)->count;
        uint32_t events = p->events == NO_NODE ? 0 : graph_at(p->events)->count;
        put_text(&b, "- %u %s: %u calls, %u events, %u storage items\n", p->index, p->name, calls, events,
                 p->storage_count);
    }
    for (uint32_t i = 0; i < pallet_count; i++)
        put_pallet(&b, &pallets[i]);
    put_text(&b, "\n## Transaction extensions\n\n");
    for (uint32_t i = 0; i < extension_count; i++) {
        put_text(&b, "%u. `%s`: in the extrinsic `", i + 1, extensions[i].name);
        put_type_text(&b, graph_type(extensions[i].explicit_type), false);
        put_text(&b, "`, signed over `");
        put_type_text(&b, graph_type(extensions[i].implicit_type), false);
        put_text(&b, "`\n");
    }
    put_apis(&b);
    return b;
}
