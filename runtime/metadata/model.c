/* model.c - runtime.def as tables, and the outer types that are made of pallets. */
#include "metadata/model.h"

#include <string.h>

#include <blake2.h>

#include "api/api_types.h"
#include "jobs/jobs.h"
#include "models/models.h"
#include "transaction_payment/transaction_payment.h"

#define PALLET(i, n, p) extern const struct pallet_desc p##_pallet;
#include "pallet/runtime_keywords.inc"
#include "runtime.def"
#include "pallet/runtime_keywords_undef.inc"

#define PALLET(i, n, p) {.index = i, .name = #n, .c_name = #p, .desc = &p##_pallet},
#include "pallet/runtime_keywords.inc"
struct pallet_model pallets[] = {
#include "runtime.def"
};
#include "pallet/runtime_keywords_undef.inc"
const uint32_t pallet_count = COUNT_OF(pallets);

#define EXTENSION(n, explicit_t, implicit_t) {#n, &explicit_t##_type, &implicit_t##_type},
#include "pallet/runtime_keywords.inc"
const struct extension_model extensions[] = {
#include "runtime.def"
};
#include "pallet/runtime_keywords_undef.inc"
const uint32_t extension_count = COUNT_OF(extensions);

#define INPUT(n, t) {#n, &t##_type},
#define METHOD(api, n, d, output_t, ...)                                                                               \
    {.name = #n, .docs = d, .output = &output_t##_type, .inputs = (const struct input_model[]){__VA_ARGS__},           \
     .input_count = COUNT_OF(((const struct input_model[]){__VA_ARGS__}))},
#define METHOD0(api, n, d, output_t) {.name = #n, .docs = d, .output = &output_t##_type},
#define API(n, v, d, ...)                                                                                              \
    {.name = #n, .version = v, .docs = d, .methods = (const struct method_model[]){__VA_ARGS__},                       \
     .method_count = COUNT_OF(((const struct method_model[]){__VA_ARGS__}))},
#include "pallet/runtime_keywords.inc"
const struct api_model apis[] = {
#include "runtime.def"
};
#include "pallet/runtime_keywords_undef.inc"
const uint32_t api_count = COUNT_OF(apis);

struct extrinsic_model extrinsic_model;

/* Configuration that tools look for: subxt picks the hasher by System.Hashing, the node Aura's key by AuthorityId. */
struct associated_type associated_types[] = {
    {"System", "RuntimeEvent", NO_NODE}, {"System", "RuntimeCall", NO_NODE}, {"System", "Nonce", NO_NODE},
    {"System", "Hash", NO_NODE},         {"System", "Hashing", NO_NODE},     {"System", "AccountId", NO_NODE},
    {"System", "Lookup", NO_NODE},       {"System", "AccountData", NO_NODE}, {"Balances", "Balance", NO_NODE},
    {"Aura", "AuthorityId", NO_NODE},
};
const uint32_t associated_type_count = COUNT_OF(associated_types);

static uint32_t empty_struct(const char *path) {
    return graph_add(&(struct node){.kind = NODE_COMPOSITE, .path = path});
}

static void build_associated_types(void) {
    const uint32_t types[COUNT_OF(associated_types)] = {
        graph_runtime_event,          graph_runtime_call,
        graph_type(&u32_type),        graph_type(&h256_type),
        empty_struct("sp_runtime::traits::BlakeTwo256"), graph_type(&account_id_type),
        graph_type(&lookup_source_type), graph_type(&account_data_type),
        graph_type(&balance_type),    graph_type(&api_aura_public_type),
    };
    for (uint32_t i = 0; i < associated_type_count; i++)
        associated_types[i].type = types[i];
}

/* The Rust crate whose types a pallet mirrors. */
static const char *crate_of(const char *c_name) {
    static const char *const others[][2] = {{"system", "frame_system"},
                                            {"parachain_system", "cumulus_pallet_parachain_system"},
                                            {"parachain_info", "staging_parachain_info"},
                                            {"aura_ext", "cumulus_pallet_aura_ext"}};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (strcmp(others[i][0], c_name) == 0)
            return others[i][1];
    return must_format("pallet_%s", c_name);
}

/* RuntimeCall, RuntimeEvent or RuntimeError: one variant per pallet that has the part at `offset` of its model. */
static void fill_outer_enum(uint32_t node, const char *path, size_t offset) {
    struct node_variant *variants = must_alloc(pallet_count, sizeof *variants);
    uint32_t count = 0;
    for (uint32_t i = 0; i < pallet_count; i++) {
        uint32_t part;
        memcpy(&part, (const uint8_t *)&pallets[i] + offset, sizeof part);
        if (part == NO_NODE)
            continue;
        struct node_field *field = must_alloc(1, sizeof *field);
        *field = (struct node_field){NULL, NULL, part};
        variants[count++] = (struct node_variant){pallets[i].name, NULL, field, 1, pallets[i].index};
    }
    *graph_at(node) = (struct node){.kind = NODE_VARIANT, .path = path, .variants = variants, .count = count};
}

static void name_arguments(uint32_t node, const struct variant_desc *calls) {
    if (node == NO_NODE)
        return;
    struct node_variant *variants = graph_at(node)->variants;
    for (uint32_t i = 0; calls[i].name; i++)
        for (uint32_t k = 0; k < calls[i].count; k++)
            variants[i].fields[k].type_name = argument_type_name(&calls[i].fields[k]);
}

static void build_pallet(struct pallet_model *p) {
    const char *crate = crate_of(p->c_name);
    p->path = must_format("%s::pallet", crate);
    p->calls = graph_variants(must_format("%s::Call", p->path), p->desc->calls);
    name_arguments(p->calls, p->desc->calls);
    p->events = graph_variants(must_format("%s::Event", p->path), p->desc->events);
    p->errors = graph_variants(must_format("%s::Error", p->path), p->desc->errors);
    for (const struct storage_desc *const *s = p->desc->storage; *s; s++) {
        graph_type((*s)->value);
        p->storage_count++;
    }
    for (const struct constant_desc *c = p->desc->constants; c->name; c++) {
        graph_type(c->type);
        p->constant_count++;
    }
}

static void build_extrinsic(void) {
    uint32_t types[64];
    if (extension_count > COUNT_OF(types))
        fail("too many transaction extensions");
    for (uint32_t i = 0; i < extension_count; i++) {
        types[i] = graph_type(extensions[i].explicit_type);
        graph_type(extensions[i].implicit_type);
    }
    struct extrinsic_model *x = &extrinsic_model;
    x->extra = graph_tuple(types, extension_count);
    x->address = graph_type(&lookup_source_type);
    x->signature = graph_type(&multi_signature_type);
    x->extrinsic = graph_type(&api_extrinsic_type);
    struct node *node = graph_at(x->extrinsic);
    const struct node_param params[] = {
        {"Address", x->address}, {"Call", graph_runtime_call}, {"Signature", x->signature}, {"Extra", x->extra}};
    memcpy(node->params, params, sizeof params);
    node->param_count = COUNT_OF(params);
}

void model_build(void) {
    graph_runtime_call = graph_add(&(struct node){.kind = NODE_VARIANT});
    graph_runtime_event = graph_add(&(struct node){.kind = NODE_VARIANT});
    graph_runtime_error = graph_add(&(struct node){.kind = NODE_VARIANT});
    build_extrinsic();
    for (uint32_t i = 0; i < pallet_count; i++)
        build_pallet(&pallets[i]);
    fill_outer_enum(graph_runtime_call, "nalar_runtime::RuntimeCall", offsetof(struct pallet_model, calls));
    fill_outer_enum(graph_runtime_event, "nalar_runtime::RuntimeEvent", offsetof(struct pallet_model, events));
    fill_outer_enum(graph_runtime_error, "nalar_runtime::RuntimeError", offsetof(struct pallet_model, errors));
    for (uint32_t a = 0; a < api_count; a++)
        for (uint32_t m = 0; m < apis[a].method_count; m++) {
            const struct method_model *method = &apis[a].methods[m];
            graph_type(method->output);
            for (uint32_t i = 0; i < method->input_count; i++)
                graph_type(method->inputs[i].type);
        }
    for (uint32_t i = 0; i < pallet_count; i++)
        for (const struct storage_desc *const *s = pallets[i].desc->storage; *s; s++)
            if ((*s)->key_count)
                storage_key_node(*s);
    build_associated_types();
}

uint32_t storage_key_node(const struct storage_desc *item) {
    static struct {
        const struct storage_desc *item;
        uint32_t node;
    } tuples[512];
    static uint32_t tuple_count;
    if (item->key_count == 1)
        return graph_type(item->keys[0].type);
    for (uint32_t i = 0; i < tuple_count; i++)
        if (tuples[i].item == item)
            return tuples[i].node;
    if (tuple_count == COUNT_OF(tuples))
        fail("too many storage maps");
    uint32_t types[STORAGE_MAX_KEYS];
    for (uint32_t i = 0; i < item->key_count; i++)
        types[i] = graph_type(item->keys[i].type);
    tuples[tuple_count].item = item;
    tuples[tuple_count].node = graph_tuple(types, item->key_count);
    return tuples[tuple_count++].node;
}

/* --- values --- */

struct buffer model_encode(const struct type_desc *type, const void *value) {
    struct buffer out = {0};
    enum { LIMIT = 1 << 20 };
    if (type->kind == TYPE_SPECIAL) { /* the list of events */
        put_compact(&out, 0);
        return out;
    }
    if (type == &runtime_version_type && value)
        return model_runtime_version(true);
    uint8_t *room = must_alloc(LIMIT, 1);
    struct writer writer = writer_over(room, LIMIT);
    scale_encode(type, value ? value : must_alloc(type->size, 1), &writer);
    if (writer.overflow)
        fail("a value of type %s is too long", type->name);
    out = (struct buffer){room, writer_len(&writer), LIMIT};
    return out;
}

struct buffer storage_default(const struct storage_desc *item) {
    if (item->optional) {
        struct buffer none = {0};
        put_u8(&none, 0);
        return none;
    }
    return model_encode(item->value, item->empty);
}

void api_id(uint8_t id[static 8], const char *name) {
    if (blake2b(id, name, NULL, 8, strlen(name), 0) != 0)
        fail("blake2b failed");
}

struct buffer model_runtime_version(bool with_apis) {
    struct buffer b = {0};
    put_str(&b, SPEC_NAME);
    put_str(&b, IMPL_NAME);
    put_u32(&b, AUTHORING_VERSION);
    put_u32(&b, SPEC_VERSION);
    put_u32(&b, IMPL_VERSION);
    put_compact(&b, with_apis ? api_count : 0);
    for (uint32_t i = 0; with_apis && i < api_count; i++) {
        uint8_t id[8];
        api_id(id, apis[i].name);
        put_raw(&b, id, sizeof id);
        put_u32(&b, apis[i].version);
    }
    put_u32(&b, TRANSACTION_VERSION);
    put_u8(&b, SYSTEM_VERSION);
    return b;
}
