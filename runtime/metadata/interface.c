/* interface.c - the runtime's interface as text that reviewers read: one line for each thing callers depend on. */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "metadata/prefixes.h"
#include "metadata/text.h"

static void put_hex(struct buffer *b, const uint8_t *at, size_t n) {
    put_text(b, "0x");
    for (size_t i = 0; i < n; i++)
        put_text(b, "%02x", at[i]);
}

static void put_variants(struct buffer *b, const char *what, uint32_t node_index) {
    if (node_index == NO_NODE)
        return;
    const struct node *node = graph_at(node_index);
    for (uint32_t i = 0; i < node->count; i++) {
        put_text(b, "  %s %u %s", what, node->variants[i].index, node->variants[i].name);
        put_fields_text(b, node->variants[i].fields, node->variants[i].count, true);
        put_text(b, "\n");
    }
}

static void put_pallet(struct buffer *b, const struct pallet_model *p) {
    put_text(b, "pallet %u %s\n", p->index, p->name);
    put_variants(b, "call", p->calls);
    put_variants(b, "event", p->events);
    put_variants(b, "error", p->errors);
    for (const struct constant_desc *c = p->desc->constants; c->name; c++) {
        struct buffer value = model_encode(c->type, c->value);
        put_text(b, "  constant %s: ", c->name);
        put_type_text(b, graph_type(c->type), true);
        put_text(b, " = ");
        put_hex(b, value.at, value.len);
        put_text(b, "\n");
    }
    for (const struct storage_desc *const *s = p->desc->storage; *s; s++) {
        uint8_t prefix[32];
        name_prefix(prefix, p->name, (*s)->name);
        struct buffer value = storage_default(*s);
        put_text(b, "  storage %s: ", (*s)->name);
        put_storage_text(b, *s, true);
        put_text(b, " default ");
        put_hex(b, value.at, value.len);
        put_text(b, " at ");
        put_hex(b, prefix, sizeof prefix);
        put_text(b, "\n");
    }
}

static void put_api(struct buffer *b, const struct api_model *api) {
    uint8_t id[8];
    api_id(id, api->name);
    put_text(b, "api %s %u ", api->name, api->version);
    put_hex(b, id, sizeof id);
    put_text(b, "\n");
    for (uint32_t m = 0; m < api->method_count; m++) {
        const struct method_model *method = &api->methods[m];
        put_text(b, "  method %s(", method->name);
        for (uint32_t i = 0; i < method->input_count; i++) {
            put_text(b, "%s%s: ", i ? ", " : "", method->inputs[i].name);
            put_type_text(b, graph_type(method->inputs[i].type), true);
        }
        put_text(b, ") -> ");
        put_type_text(b, graph_type(method->output), true);
        put_text(b, "\n");
    }
}

/* The shape of one named type. */
static char *shape_line(uint32_t id) {
    const struct node *node = graph_by_id(id);
    struct buffer b = {0};
    uint32_t self = 0;
    while (graph_id(self) != id)
        self++;
    put_text(&b, "type ");
    put_type_text(&b, self, true);
    put_text(&b, " =");
    if (node->kind == NODE_VARIANT && node->count > 200) {
        put_text(&b, " %u variants, %s ... %s", node->count, node->variants[0].name,
                 node->variants[node->count - 1].name);
    } else if (node->kind == NODE_VARIANT) {
        for (uint32_t i = 0; i < node->count; i++) {
            put_text(&b, "%s %u %s", i ? " |" : "", node->variants[i].index, node->variants[i].name);
            put_fields_text(&b, node->variants[i].fields, node->variants[i].count, true);
        }
    } else {
        put_text(&b, " ");
        put_fields_text(&b, node->fields, node->count, true);
    }
    put_text(&b, "\n");
    put_u8(&b, 0);
    return (char *)b.at;
}

static int compare_lines(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void put_shapes(struct buffer *b) {
    uint32_t count = 0;
    char **lines = must_alloc(graph_type_count(), sizeof *lines);
    for (uint32_t id = 0; id < graph_type_count(); id++) {
        const char *path = graph_by_id(id)->path;
        if (path && strcmp(path, "Option") != 0 && strcmp(path, "Result") != 0)
            lines[count++] = shape_line(id);
    }
    qsort(lines, count, sizeof *lines, compare_lines);
    for (uint32_t i = 0; i < count; i++)
        put_raw(b, lines[i], strlen(lines[i]));
}

struct buffer interface_text(void) {
    struct buffer b = {0};
    put_text(&b, "# The runtime's interface: what callers, wallets and stored data depend on. Made by mkmetadata.\n");
    put_text(&b, "# A change needs a new spec version, one of calls or extensions also a new transaction version.\n");
    put_text(&b, "version spec %u transaction %u system %u\n", (unsigned)SPEC_VERSION, (unsigned)TRANSACTION_VERSION,
             (unsigned)SYSTEM_VERSION);
    for (uint32_t i = 0; i < pallet_count; i++)
        put_pallet(&b, &pallets[i]);
    for (uint32_t i = 0; i < extension_count; i++) {
        put_text(&b, "extension %u %s explicit ", i, extensions[i].name);
        put_type_text(&b, graph_type(extensions[i].explicit_type), true);
        put_text(&b, " implicit ");
        put_type_text(&b, graph_type(extensions[i].implicit_type), true);
        put_text(&b, "\n");
    }
    for (uint32_t i = 0; i < api_count; i++)
        put_api(&b, &apis[i]);
    put_shapes(&b);
    return b;
}
