/* trie_compact.c - see trie_compact.h. */
#include "trie/trie_compact.h"
#include "trie/partial_trie.h"

/* A node some of whose children are still to come. */
struct frame {
    struct frame *below;
    struct trie_node node;
    struct bytes item;
    uint32_t next;  /* the child that is awaited */
    bool completed; /* differs from its item by what came after it */
};

struct decoder {
    struct trie_proof *nodes;
    struct reader *in;
    struct frame *unused;
    uint32_t left; /* items */
};

static bool next_item(struct decoder *d, struct bytes *item) {
    if (d->left == 0)
        return false;
    d->left--;
    *item = trie_proof_next(d->in);
    return !d->in->failed;
}

/* Reads a node and, behind the escape 01, the value that it names by hash. */
static enum trie_compact read_node(struct decoder *d, struct frame *f) {
    if (!next_item(d, &f->item))
        return TRIE_COMPACT_TRUNCATED;
    f->next = 0;
    f->completed = f->item.len && f->item.at[0] == 1;
    struct bytes plain = f->item;
    if (f->completed)
        plain = (struct bytes){plain.at + 1, plain.len - 1};
    if (trie_node_decode(&f->node, plain) != TRIE_OK)
        return TRIE_COMPACT_MALFORMED;
    if (f->completed) {
        struct bytes value;
        if (f->node.value_kind != TRIE_INLINE || f->node.value.len)
            return TRIE_COMPACT_MALFORMED;
        if (!next_item(d, &value))
            return TRIE_COMPACT_TRUNCATED;
        struct trie_item *item = trie_item_new(d->nodes->arena, value);
        trie_proof_add(d->nodes, item);
        f->node.value_kind = TRIE_HASHED;
        f->node.value = (struct bytes){item->hash, TRIE_HASH};
    }
    return TRIE_COMPACT_OK;
}

/* Whether the frame awaits a child; it is then f->next. */
static bool awaits(struct frame *f) {
    while (f->next < 16 && ((f->node.bitmap >> f->next & 1) == 0 || f->node.children[f->next].len))
        f->next++;
    return f->next < 16;
}

/* One trie in pre-order. Nodes are complete after their children, so the root is the last. */
static enum trie_compact read_trie(struct decoder *d, const uint8_t **root) {
    struct frame *top = NULL;
    for (;;) {
        struct frame *f = d->unused;
        if (f)
            d->unused = f->below;
        else
            f = arena_alloc(d->nodes->arena, sizeof *f);
        f->below = top;
        enum trie_compact read = read_node(d, f);
        if (read != TRIE_COMPACT_OK)
            return read;
        for (top = f; !awaits(top);) {
            f = top;
            struct trie_item *item =
                f->completed ? trie_item_encode(d->nodes->arena, &f->node) : trie_item_new(d->nodes->arena, f->item);
            trie_proof_add(d->nodes, item);
            top = f->below;
            f->below = d->unused;
            d->unused = f;
            if (!top) {
                *root = item->hash;
                return TRIE_COMPACT_OK;
            }
            top->node.children[top->next] = (struct bytes){item->hash, TRIE_HASH};
            top->completed = true;
        }
    }
}

/* What is left after the main trie: tries of the roots that it holds as child storage, in the order of their keys, each
 * there or not. Roots outside the proof are passed over. */
static enum trie_compact read_child_tries(struct decoder *d, const uint8_t *root) {
    static const char prefix[] = ":child_storage:default:";
    struct bytes key = {(const uint8_t *)prefix, sizeof prefix - 1}, value;
    const uint8_t *child = NULL;
    struct partial_trie trie;
    if (partial_trie_open(&trie, d->nodes, root, d->nodes->arena) != TRIE_READ_FOUND)
        return TRIE_COMPACT_MALFORMED;
    trie.skip_missing = true;
    while (partial_trie_next_key(&trie, key, &key) == TRIE_READ_FOUND && key.len >= sizeof prefix - 1 &&
           memcmp(key.at, prefix, sizeof prefix - 1) == 0) {
        if (partial_trie_read(&trie, key, &value) != TRIE_READ_FOUND)
            continue;
        if (value.len != TRIE_HASH)
            return TRIE_COMPACT_CHILD;
        if (!child && d->left) {
            enum trie_compact read = read_trie(d, &child);
            if (read != TRIE_COMPACT_OK)
                return read;
        }
        if (child && trie_hash_equal(child, value.at))
            child = NULL;
    }
    if (child)
        return TRIE_COMPACT_CHILD;
    return d->left ? TRIE_COMPACT_EXTRA : TRIE_COMPACT_OK;
}

enum trie_compact trie_compact_decode(struct trie_proof *nodes, struct reader *in, const uint8_t root[static TRIE_HASH],
                                      struct arena *arena) {
    struct decoder d = {nodes, in, NULL, trie_proof_start(nodes, in, arena)};
    const uint8_t *found;
    if (in->failed)
        return TRIE_COMPACT_TRUNCATED;
    enum trie_compact read = read_trie(&d, &found);
    if (read != TRIE_COMPACT_OK)
        return read;
    if (!trie_hash_equal(found, root))
        return TRIE_COMPACT_ROOT;
    return d.left ? read_child_tries(&d, found) : TRIE_COMPACT_OK;
}
