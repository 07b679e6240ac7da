/* graph.c - nodes from descriptors. Shapes: scale-info 2.11's TypeInfo of the Rust type of the same path. */
#include "metadata/graph.h"

#include <string.h>

#include "api/api_types.h"

enum { MAX_NODES = 8192 };
static struct node nodes[MAX_NODES];
static const struct type_desc *sources[MAX_NODES];
static uint32_t node_count;
uint32_t graph_runtime_call, graph_runtime_event, graph_runtime_error;

struct node *graph_at(uint32_t node) { return &nodes[node]; }

bool graph_source(uint32_t node, const struct type_desc **type) {
    *type = node < node_count ? sources[node] : NULL;
    return node < node_count;
}

uint32_t graph_add(const struct node *node) {
    if (node_count == MAX_NODES)
        fail("more than %d types", MAX_NODES);
    nodes[node_count] = *node;
    return node_count++;
}

struct node_field *graph_fields(const struct field_desc *fields, uint32_t count) {
    struct node_field *out = must_alloc(count, sizeof *out);
    for (uint32_t i = 0; i < count; i++)
        out[i] = (struct node_field){fields[i].name, field_type_name(&fields[i]), graph_type(fields[i].type)};
    return out;
}

static struct node_variant *variants_of(const struct variant_desc *variants, uint32_t count) {
    struct node_variant *out = must_alloc(count, sizeof *out);
    for (uint32_t i = 0; i < count; i++) {
        const struct variant_desc *v = &variants[i];
        out[i] = (struct node_variant){v->name, v->docs, graph_fields(v->fields, v->count), v->count, v->index};
    }
    return out;
}

uint32_t graph_variants(const char *path, const struct variant_desc *variants) {
    uint32_t count = 0;
    while (variants[count].name)
        count++;
    if (count == 0)
        return NO_NODE;
    return graph_add(
        &(struct node){.kind = NODE_VARIANT, .path = path, .variants = variants_of(variants, count), .count = count});
}

uint32_t graph_tuple(const uint32_t *types, uint32_t count) {
    struct node_field *fields = must_alloc(count, sizeof *fields);
    for (uint32_t i = 0; i < count; i++)
        fields[i].type = types[i];
    return graph_add(&(struct node){.kind = NODE_TUPLE, .fields = fields, .count = count});
}

static struct node primitive_node(uint32_t size) {
    switch (size) {
    case 1:
        return (struct node){.kind = NODE_PRIMITIVE, .count = PRIMITIVE_U8};
    case 2:
        return (struct node){.kind = NODE_PRIMITIVE, .count = PRIMITIVE_U16};
    case 4:
        return (struct node){.kind = NODE_PRIMITIVE, .count = PRIMITIVE_U32};
    case 8:
        return (struct node){.kind = NODE_PRIMITIVE, .count = PRIMITIVE_U64};
    case 16:
        return (struct node){.kind = NODE_PRIMITIVE, .count = PRIMITIVE_U128};
    default:
        fail("no primitive of %u bytes", size);
    }
}

static struct node_field *one_field(uint32_t type, const char *type_name) {
    struct node_field *field = must_alloc(1, sizeof *field);
    *field = (struct node_field){NULL, type_name, type};
    return field;
}

/* Option<of>. */
static struct node option_node(uint32_t of) {
    struct node_variant *variants = must_alloc(2, sizeof *variants);
    variants[0] = (struct node_variant){"None", NULL, NULL, 0, 0};
    variants[1] = (struct node_variant){"Some", NULL, one_field(of, NULL), 1, 1};
    return (struct node){.kind = NODE_VARIANT, .path = "Option", .variants = variants, .count = 2,
                         .params = {{"T", of}}, .param_count = 1};
}

/* Vec<of>, or with a path a wrapper of one field that holds it. */
static struct node sequence_node(uint32_t of, const char *path) {
    struct node sequence = {.kind = NODE_SEQUENCE, .of = of};
    if (!path)
        return sequence;
    uint32_t inner = graph_add(&sequence);
    return (struct node){.kind = NODE_COMPOSITE, .path = path, .fields = one_field(inner, NULL), .count = 1};
}

/* sp_runtime::generic::Era: Immortal, and one variant for each first byte of a mortal era. */
static struct node era_node(const char *path) {
    struct node_variant *variants = must_alloc(256, sizeof *variants);
    uint32_t u8_node = graph_type(&u8_type);
    variants[0] = (struct node_variant){"Immortal", NULL, NULL, 0, 0};
    for (uint32_t i = 1; i < 256; i++)
        variants[i] = (struct node_variant){must_format("Mortal%u", i), NULL, one_field(u8_node, NULL), 1, (uint8_t)i};
    return (struct node){.kind = NODE_VARIANT, .path = path, .variants = variants, .count = 256};
}

/* Vec<EventRecord<RuntimeEvent, Hash>>. */
static struct node event_records_node(const char *path) {
    uint32_t hash = graph_type(&h256_type);
    uint32_t topics = graph_add(&(struct node){.kind = NODE_SEQUENCE, .of = hash});
    struct node_field *fields = must_alloc(3, sizeof *fields);
    fields[0] = (struct node_field){"phase", "Phase", graph_type(&execution_phase_type)};
    fields[1] = (struct node_field){"event", "E", graph_runtime_event};
    fields[2] = (struct node_field){"topics", "Vec<T>", topics};
    uint32_t record = graph_add(&(struct node){.kind = NODE_COMPOSITE, .path = path, .fields = fields, .count = 3,
                                               .params = {{"E", graph_runtime_event}, {"T", hash}}, .param_count = 2});
    return (struct node){.kind = NODE_SEQUENCE, .of = record};
}

static struct node extrinsic_node(const char *path) {
    return (struct node){.kind = NODE_COMPOSITE, .path = path, .fields = one_field(graph_type(&byte_vec_type), NULL),
                         .count = 1};
}

/* Types without C form, by path; a path that is not known is an empty struct. */
static struct node special_node(const char *path) {
    const char *name = strrchr(path, ':');
    name = name ? name + 1 : path;
    if (strcmp(name, "Era") == 0)
        return era_node(path);
    if (strcmp(name, "EventRecord") == 0)
        return event_records_node(path);
    if (strcmp(name, "UncheckedExtrinsic") == 0)
        return extrinsic_node(path);
    return (struct node){.kind = NODE_COMPOSITE, .path = path};
}

static struct node struct_node(const struct type_desc *type) {
    struct node node = {.kind = NODE_COMPOSITE, .path = type->path, .count = type->count,
                        .fields = graph_fields(type->fields, type->count)};
    if (!type->path && type->count && !type->fields[0].name) {
        node.kind = NODE_TUPLE;
        for (uint32_t i = 0; i < type->count; i++)
            node.fields[i].type_name = NULL;
    }
    return node;
}

static struct node make_node(const struct type_desc *type) {
    switch ((enum type_kind)type->kind) {
    case TYPE_UINT:
        return primitive_node(type->size);
    case TYPE_BOOL:
        return (struct node){.kind = NODE_PRIMITIVE, .count = PRIMITIVE_BOOL};
    case TYPE_STR:
        return (struct node){.kind = NODE_PRIMITIVE, .count = PRIMITIVE_STR};
    case TYPE_COMPACT:
        return (struct node){.kind = NODE_COMPACT, .of = graph_type(type->of)};
    case TYPE_UNIT:
        if (type->of)
            return (struct node){.kind = NODE_COMPACT, .of = graph_type(type->of)};
        return (struct node){.kind = NODE_TUPLE};
    case TYPE_ARRAY:
        return (struct node){.kind = NODE_ARRAY, .of = graph_type(type->of), .count = type->count};
    case TYPE_BYTES:
        return sequence_node(graph_type(&u8_type), type->path);
    case TYPE_VEC:
        return sequence_node(graph_type(type->of), type->path);
    case TYPE_OPTION:
        return option_node(graph_type(type->of));
    case TYPE_STRUCT:
        return struct_node(type);
    case TYPE_ENUM:
        return (struct node){.kind = NODE_VARIANT, .path = type->path, .count = type->count,
                             .variants = variants_of(type->variants, type->count)};
    case TYPE_SPECIAL:
        return special_node(type->path);
    case TYPE_CALL:
        break;
    }
    fail("a type of unknown kind %u", type->kind);
}

uint32_t graph_type(const struct type_desc *type) {
    if (type->kind == TYPE_CALL)
        return graph_runtime_call;
    for (uint32_t i = 0; i < node_count; i++)
        if (sources[i] == type)
            return i;
    /* The place is taken first: types may refer to themselves through a call. */
    uint32_t at = graph_add(&(struct node){.kind = NODE_TUPLE});
    sources[at] = type;
    struct node made = make_node(type);
    graph_add_params(&made, type);
    nodes[at] = made;
    return at;
}

/* --- numbering --- */

static uint32_t ids[MAX_NODES];          /* node -> type id */
static uint32_t representative[MAX_NODES]; /* type id -> node */
static uint32_t id_count;
static uint32_t uses[MAX_NODES]; /* by id */

uint32_t graph_type_count(void) { return id_count; }
const struct node *graph_by_id(uint32_t id) { return &nodes[representative[id]]; }
uint32_t graph_id(uint32_t node) { return ids[node]; }

void put_type(struct buffer *b, uint32_t node) {
    if (node >= node_count)
        fail("a reference to no type");
    uses[ids[node]]++;
    put_compact(b, ids[node]);
}

static void put_fields(struct buffer *b, const struct node_field *fields, uint32_t count) {
    put_compact(b, count);
    for (uint32_t i = 0; i < count; i++) {
        put_option_str(b, fields[i].name);
        put_type(b, fields[i].type);
        put_option_str(b, fields[i].type_name);
        put_no_docs(b);
    }
}

/* scale-info's Type; element docs are not used. */
static void put_node(struct buffer *b, const struct node *node) {
    put_path(b, node->path);
    put_compact(b, node->param_count);
    for (uint32_t i = 0; i < node->param_count; i++) {
        put_str(b, node->params[i].name);
        put_u8(b, node->params[i].type != NO_NODE);
        if (node->params[i].type != NO_NODE)
            put_type(b, node->params[i].type);
    }
    put_u8(b, (uint8_t)node->kind);
    switch (node->kind) {
    case NODE_COMPOSITE:
        put_fields(b, node->fields, node->count);
        break;
    case NODE_VARIANT:
        put_compact(b, node->count);
        for (uint32_t i = 0; i < node->count; i++) {
            put_str(b, node->variants[i].name);
            put_fields(b, node->variants[i].fields, node->variants[i].count);
            put_u8(b, node->variants[i].index);
            put_no_docs(b);
        }
        break;
    case NODE_TUPLE:
        put_compact(b, node->count);
        for (uint32_t i = 0; i < node->count; i++)
            put_type(b, node->fields[i].type);
        break;
    case NODE_ARRAY:
        put_u32(b, node->count);
        put_type(b, node->of);
        break;
    case NODE_SEQUENCE:
    case NODE_COMPACT:
        put_type(b, node->of);
        break;
    case NODE_PRIMITIVE:
        put_u8(b, (uint8_t)node->count);
        break;
    }
    put_no_docs(b);
}

void put_registry(struct buffer *b) {
    put_compact(b, id_count);
    for (uint32_t i = 0; i < id_count; i++) {
        put_compact(b, i);
        put_node(b, graph_by_id(i));
    }
}

/* One round of refinement: nodes get the same id when their bytes agree, written with the ids of the round before. */
static uint32_t refine(void) {
    static uint32_t next[MAX_NODES];
    struct buffer *seen = must_alloc(node_count, sizeof *seen);
    uint32_t count = 0;
    for (uint32_t i = 0; i < node_count; i++) {
        struct buffer bytes = {0};
        put_node(&bytes, &nodes[i]);
        uint32_t class = 0;
        while (class < count && !buffer_equal(&seen[class], &bytes))
            class++;
        if (class == count) {
            seen[count++] = bytes;
            representative[class] = i;
        }
        next[i] = class;
    }
    memcpy(ids, next, node_count * sizeof *ids);
    return count;
}

/* Renumbers so that often used types have small ids. */
enum { ONE_BYTE_IDS = 64 };
static void sort_by_use(void) {
    static uint32_t order[MAX_NODES], place[MAX_NODES], sorted[MAX_NODES];
    for (uint32_t i = 0; i < id_count; i++) {
        uint32_t at = i; /* insertion sort: stable, so that equal counts keep the order of declaration */
        while (at > 0 && uses[order[at - 1]] < uses[i]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    /* Ids from 64 on take two bytes anyhow: there the order of declaration keeps like beside like. */
    for (uint32_t i = ONE_BYTE_IDS; i < id_count; i++)
        for (uint32_t at = i; at > ONE_BYTE_IDS && order[at - 1] > order[at]; at--) {
            uint32_t moved = order[at];
            order[at] = order[at - 1];
            order[at - 1] = moved;
        }
    for (uint32_t i = 0; i < id_count; i++) {
        place[order[i]] = i;
        sorted[i] = representative[order[i]];
    }
    memcpy(representative, sorted, id_count * sizeof *sorted);
    for (uint32_t i = 0; i < node_count; i++)
        ids[i] = place[ids[i]];
}

void graph_number(void (*visit)(struct buffer *)) {
    uint32_t before;
    do {
        before = id_count;
        id_count = refine();
    } while (id_count != before);
    memset(uses, 0, sizeof uses);
    struct buffer b = {0};
    put_registry(&b);
    visit(&b);
    sort_by_use();
}
