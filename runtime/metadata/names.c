/* names.c - names that only wallets and code generators read: type names of fields, type parameters of types. */
#include <string.h>

#include "metadata/graph.h"
#include "pallet/types.h"

/* Field type names where the C name says more than the shape. Others are derived from the shape. */
static const struct {
    const struct type_desc *type;
    const char *name;
} known_names[] = {
    {&account_id_type, "T::AccountId"},
    {&balance_type, "T::Balance"},
    {&compact_balance_type, "T::Balance"},
    {&lookup_source_type, "AccountIdLookupOf<T>"},
    {&h256_type, "T::Hash"},
    {&dispatch_outcome_type, "DispatchResult"},
    {&runtime_call_type, "<T as Config>::RuntimeCall"},
    {&boxed_call_type, "Box<<T as Config>::RuntimeCall>"},
};

static const char *known_name(const struct type_desc *type) {
    for (size_t i = 0; i < COUNT_OF(known_names); i++)
        if (known_names[i].type == type)
            return known_names[i].name;
    return NULL;
}

/* "[u8; 32]", "Vec<u32>", "Option<Weight>", "Weight"; NULL where Rust would show nothing useful. */
static const char *shape_name(const struct type_desc *type) {
    const char *known = known_name(type);
    if (known)
        return known;
    if (type->path && strcmp(type->path, "Result") != 0) {
        const char *last = strrchr(type->path, ':');
        if (type->kind != TYPE_VEC && type->kind != TYPE_BYTES)
            return last ? last + 1 : type->path;
    }
    const char *inner;
    switch ((enum type_kind)type->kind) {
    case TYPE_UINT:
        return must_format("u%u", type->size * 8);
    case TYPE_BOOL:
        return "bool";
    case TYPE_STR:
        return "String";
    case TYPE_COMPACT: /* scale-info names the integer of a compact field */
        return shape_name(type->of);
    case TYPE_ARRAY:
        inner = shape_name(type->of);
        return inner ? must_format("[%s; %u]", inner, type->count) : NULL;
    case TYPE_BYTES:
        return "Vec<u8>";
    case TYPE_VEC:
        inner = shape_name(type->of);
        return inner ? must_format("Vec<%s>", inner) : NULL;
    case TYPE_OPTION:
        inner = shape_name(type->of);
        return inner ? must_format("Option<%s>", inner) : NULL;
    case TYPE_STRUCT:
    case TYPE_ENUM:
    case TYPE_CALL:
    case TYPE_UNIT:
    case TYPE_SPECIAL:
        return NULL;
    }
    return NULL;
}

/* Only amounts have one: an integer of 16 bytes says nothing by itself, and by "T::Balance" a wallet knows its unit. Every reader
 * has the other types themselves, and most of them by their paths. */
const char *field_type_name(const struct field_desc *field) {
    const char *name = field->type_name ? field->type_name : field->name ? known_name(field->type) : NULL;
    return name && strstr(name, "Balance") ? name : NULL;
}

/* Arguments of calls always have one: the Python clients look nowhere else. */
const char *argument_type_name(const struct field_desc *field) {
    const char *name = field->type_name ? field->type_name : shape_name(field->type);
    return name ? name : field->type->name;
}

/* Parameters that repeat the type of a field: polkadot.js, PAPI and subxt know the types by them. */
static const struct {
    const char *path;
    struct {
        const char *name;
        int field; /* index of the field whose type it is, or NO_TYPE */
    } params[NODE_MAX_PARAMS];
} known_params[] = {
#define NO_TYPE (-1)
    {"frame_system::AccountInfo", {{"Nonce", 0}, {"AccountData", 4}}},
    {"pallet_balances::types::AccountData", {{"Balance", 0}}},
    {"frame_support::dispatch::PerDispatchClass", {{"T", 0}}},
    {"frame_system::CodeUpgradeAuthorization", {{"T", NO_TYPE}}},
    {"pallet_transaction_payment::types::RuntimeDispatchInfo", {{"Balance", 2}}},
    {"pallet_transaction_payment::types::InclusionFee", {{"Balance", 0}}},
    {"pallet_transaction_payment::types::FeeDetails", {{"Balance", 1}}},
    {"frame_support::traits::tokens::misc::IdAmount", {{"Id", 0}, {"Balance", 1}}},
    {"sp_runtime::generic::header::Header", {{"Number", NO_TYPE}, {"Hash", NO_TYPE}}},
};

static void add_param(struct node *node, const char *name, uint32_t type) {
    if (node->param_count == NODE_MAX_PARAMS)
        fail("too many type parameters");
    node->params[node->param_count++] = (struct node_param){name, type};
}

static void add_known(struct node *node) {
    for (size_t i = 0; i < COUNT_OF(known_params); i++)
        if (strcmp(known_params[i].path, node->path) == 0)
            for (size_t p = 0; p < NODE_MAX_PARAMS && known_params[i].params[p].name; p++) {
                int field = known_params[i].params[p].field;
                if (field >= (int)node->count)
                    fail("%s has no field %d", node->path, field);
                add_param(node, known_params[i].params[p].name, field < 0 ? NO_NODE : node->fields[field].type);
            }
}

static const char *last_segment(const char *path) {
    const char *colon = strrchr(path, ':');
    return colon ? colon + 1 : path;
}

/* Wrappers of a vector: BoundedVec<T, S>, BTreeMap<K, V>, BTreeSet<T>, Cow<Vec<T>>. Others are plain newtypes. */
static void add_wrapper(struct node *node, const struct type_desc *type) {
    const char *name = last_segment(node->path);
    uint32_t inner = node->fields[0].type, item = graph_at(inner)->of;
    if (strcmp(name, "BoundedVec") == 0 || strcmp(name, "WeakBoundedVec") == 0) {
        add_param(node, "T", item);
        add_param(node, "S", NO_NODE);
    } else if (strcmp(name, "BTreeMap") == 0) {
        if (type->kind != TYPE_VEC || type->of->kind != TYPE_STRUCT || type->of->count != 2)
            fail("a BTreeMap needs a TUPLE of key and value: %s", type->name);
        add_param(node, "K", graph_type(type->of->fields[0].type));
        add_param(node, "V", graph_type(type->of->fields[1].type));
    } else if (strcmp(name, "BoundedBTreeMap") == 0) {
        fail("declare a BoundedBTreeMap as a BTreeMap: %s", type->name);
    } else if (strcmp(name, "Cow") == 0) {
        add_param(node, "T", inner);
    } else if (strcmp(name, "BTreeSet") == 0) {
        add_param(node, "T", item);
    }
}

void graph_add_params(struct node *node, const struct type_desc *type) {
    if (!node->path)
        return;
    if (type->kind == TYPE_VEC || type->kind == TYPE_BYTES) {
        add_wrapper(node, type);
    } else if (type == &lookup_source_type) {
        add_param(node, "AccountId", graph_type(&account_id_type));
        add_param(node, "AccountIndex", graph_type(&unit_type));
    } else if (strcmp(node->path, "Result") == 0) {
        if (node->kind != NODE_VARIANT || node->count != 2)
            fail("a Result needs Ok and Err: %s", type->name);
        for (uint32_t i = 0; i < 2; i++)
            add_param(node, i == 0 ? "T" : "E", node->variants[i].fields[0].type);
    } else if (node->kind == NODE_COMPOSITE) {
        add_known(node);
    }
}
