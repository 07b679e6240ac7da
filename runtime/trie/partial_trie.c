/* partial_trie.c - see partial_trie.h. Nodes know their parents, so every walk is a loop without a stack. A changed
 * node is marked together with all nodes above it; whatever is not marked still is what its parent's reference says. */
#include "trie/partial_trie.h"
#include "host/host.h"

struct partial_node {
    struct partial_node *parent; /* NULL: the root */
    uint8_t index;               /* which child of the parent */
    bool dirty;                  /* changed since the last root; what the parent holds of it is void */
    bool fresh;                  /* the value is new: the state version decides how it is stored */
    struct trie_node node;
    /* From node.children on only in branches. */
    struct partial_node *child[16]; /* those visited */
};
enum { LEAF_SIZE = offsetof(struct partial_node, node.children) };

static uint32_t nibble_of(const struct trie_nibbles *nibbles, uint32_t i) {
    return trie_nibble(nibbles->at, nibbles->first + i);
}

static void put_nibble(uint8_t *to, uint32_t i, uint32_t nibble) {
    to[i >> 1] = (uint8_t)(to[i >> 1] | nibble << (4 * (~i & 1)));
}

/* Makes `node` what its parent (NULL: the trie) has at `index`. */
static void attach(struct partial_trie *trie, struct partial_node *node, struct partial_node *parent, uint32_t index) {
    node->parent = parent;
    node->index = (uint8_t)index;
    if (!parent) {
        trie->root = node;
        return;
    }
    parent->child[index] = node;
    parent->node.bitmap = (uint16_t)(parent->node.bitmap | 1u << index);
}

/* The node behind a parent's reference. */
static enum trie_read load(struct partial_trie *trie, struct bytes reference, struct partial_node *parent,
                           uint32_t index) {
    if (reference.len == TRIE_HASH) {
        const struct trie_item *item = trie_proof_find(trie->nodes, reference.at);
        if (!item)
            return TRIE_READ_INCOMPLETE;
        reference = item->data;
    }
    struct partial_node *node = (void *)arena_reserve(trie->arena, sizeof *node);
    /* Below the root there is no empty trie. */
    if (trie_node_decode(&node->node, reference) != TRIE_OK || node->node.kind == TRIE_EMPTY)
        return TRIE_READ_MALFORMED;
    node->dirty = node->fresh = false;
    if (node->node.kind == TRIE_BRANCH)
        memset(node->child, 0, sizeof node->child);
    arena_take(trie->arena, node->node.kind == TRIE_BRANCH ? sizeof *node : LEAF_SIZE);
    attach(trie, node, parent, index);
    return TRIE_READ_FOUND;
}

/* From *node to its child at `index`, which must be one. */
static enum trie_read visit(struct partial_trie *trie, struct partial_node **node, uint32_t index) {
    if (!(*node)->child[index]) {
        enum trie_read read = load(trie, (*node)->node.children[index], *node, index);
        if (read != TRIE_READ_FOUND)
            return read;
    }
    *node = (*node)->child[index];
    return TRIE_READ_FOUND;
}

enum trie_read partial_trie_open(struct partial_trie *trie, struct trie_proof *nodes,
                                 const uint8_t root[static TRIE_HASH], struct arena *arena) {
    *trie = (struct partial_trie){nodes, NULL, trie_empty_root, arena, false};
    if (trie_hash_equal(root, trie_empty_root))
        return TRIE_READ_FOUND;
    enum trie_read read = load(trie, (struct bytes){root, TRIE_HASH}, NULL, 0);
    if (read == TRIE_READ_FOUND)
        trie->hash = trie_proof_find(nodes, root)->hash;
    return read;
}

/* Where a walk along a key ended. */
struct place {
    struct partial_node *node; /* the last node reached; NULL in the empty trie */
    uint32_t at, end;          /* nibbles of the key that led there and through its partial; all of the key's */
    uint32_t shared;           /* nibbles of the partial that the key follows */
};

static uint32_t count_shared(const uint8_t *key, const struct place *place, const struct trie_nibbles *partial) {
    uint32_t limit = min_u32(place->end - place->at, partial->count), i = 0, at = place->at, first = partial->first;
    while (i < limit) {
        /* Whole bytes when both sides are aligned alike, which holds for every second level of a trie. */
        if (((at + i) & 1) == 0 && ((first + i) & 1) == 0 && i + 1 < limit &&
            key[(at + i) >> 1] == partial->at[(first + i) >> 1])
            i += 2;
        else if (trie_nibble(key, at + i) == trie_nibble(partial->at, first + i))
            i++;
        else
            break;
    }
    return i;
}

/* Follows `key` as far as the trie does. FOUND: the place's node has a value for exactly this key. */
static enum trie_read walk(struct partial_trie *trie, struct bytes key, struct place *place) {
    struct partial_node *node = trie->root;
    *place = (struct place){node, 0, 2 * key.len, 0};
    while (node) {
        place->node = node;
        place->shared = count_shared(key.at, place, &node->node.partial);
        place->at += place->shared;
        if (place->shared < node->node.partial.count)
            break;
        if (place->at == place->end)
            return node->node.value_kind == TRIE_NO_VALUE ? TRIE_READ_ABSENT : TRIE_READ_FOUND;
        uint32_t index = trie_nibble(key.at, place->at);
        if ((node->node.bitmap >> index & 1) == 0)
            break;
        enum trie_read read = visit(trie, &node, index);
        if (read != TRIE_READ_FOUND)
            return read;
        place->at++;
    }
    return TRIE_READ_ABSENT;
}

enum trie_read partial_trie_read(struct partial_trie *trie, struct bytes key, struct bytes *value) {
    struct place place;
    enum trie_read read = walk(trie, key, &place);
    if (read != TRIE_READ_FOUND || !value)
        return read;
    *value = place.node->node.value;
    if (place.node->node.value_kind == TRIE_HASHED) {
        const struct trie_item *item = trie_proof_find(trie->nodes, value->at);
        if (!item)
            return TRIE_READ_INCOMPLETE;
        *value = item->data;
    }
    return TRIE_READ_FOUND;
}

/* The key that leads to `node`. */
static enum trie_read key_of(const struct partial_trie *trie, const struct partial_node *node, struct bytes *key) {
    uint32_t count = 0;
    for (const struct partial_node *n = node; n; n = n->parent)
        count += n->node.partial.count + (n->parent != NULL);
    if (count & 1)
        return TRIE_READ_MALFORMED;
    uint8_t *to = arena_zalloc(trie->arena, count / 2);
    *key = (struct bytes){to, count / 2};
    for (const struct partial_node *n = node; n; n = n->parent) {
        for (uint32_t i = n->node.partial.count; i--;)
            put_nibble(to, --count, nibble_of(&n->node.partial, i));
        if (n->parent)
            put_nibble(to, --count, n->index);
    }
    return TRIE_READ_FOUND;
}

enum trie_read partial_trie_next_key(struct partial_trie *trie, struct bytes key, struct bytes *next) {
    struct place place;
    enum trie_read read = walk(trie, key, &place);
    struct partial_node *node = place.node;
    if (read > TRIE_READ_ABSENT || !node)
        return read;
    /* Children of `node` from this one on come next; before them the node itself when `whole`. */
    uint32_t from = 0;
    bool whole = place.shared < node->node.partial.count;
    if (place.at < place.end) {
        uint32_t nibble = trie_nibble(key.at, place.at);
        if (!whole) {
            from = nibble + 1;
        } else if (nibble > nibble_of(&node->node.partial, place.shared)) {
            from = 16;
            whole = false;
        }
    }
    while (!whole || node->node.value_kind == TRIE_NO_VALUE) {
        uint32_t bits = (uint32_t)node->node.bitmap >> from;
        if (bits == 0) {
            from = node->index + 1u;
            node = node->parent;
            if (!node)
                return TRIE_READ_ABSENT;
            whole = false;
            continue;
        }
        from += (uint32_t)__builtin_ctz(bits);
        read = visit(trie, &node, from);
        if (trie->skip_missing && read == TRIE_READ_INCOMPLETE) {
            from++;
            whole = false;
            continue;
        }
        if (read != TRIE_READ_FOUND)
            return read;
        from = 0;
        whole = true;
    }
    return key_of(trie, node, next);
}

/* Marks a node and all above it as changed. */
static void touch(struct partial_node *node) {
    for (; node && !node->dirty; node = node->parent)
        node->dirty = true;
}

static struct partial_node *new_node(const struct partial_trie *trie, enum trie_node_kind kind) {
    struct partial_node *node = arena_zalloc(trie->arena, kind == TRIE_BRANCH ? sizeof *node : LEAF_SIZE);
    node->node.kind = (uint8_t)kind;
    node->dirty = true;
    return node;
}

/* A branch in the place of `node`, which is to become a child of it or is copied into it. */
static struct partial_node *new_branch(struct partial_trie *trie, const struct partial_node *node, size_t copied) {
    struct partial_node *branch = new_node(trie, TRIE_BRANCH);
    memcpy(branch, node, copied);
    branch->node.kind = TRIE_BRANCH;
    attach(trie, branch, node->parent, node->index);
    return branch;
}

enum trie_read partial_trie_insert(struct partial_trie *trie, struct bytes key, struct bytes value) {
    struct place place;
    enum trie_read before = walk(trie, key, &place);
    if (before > TRIE_READ_ABSENT)
        return before;
    struct partial_node *node = place.node;
    touch(node);
    if (node && place.shared < node->node.partial.count) { /* part the ways inside the partial */
        struct partial_node *branch = new_branch(trie, node, 0);
        struct trie_nibbles *partial = &node->node.partial;
        branch->node.partial = (struct trie_nibbles){partial->at, partial->first, place.shared};
        attach(trie, node, branch, nibble_of(partial, place.shared));
        partial->first += place.shared + 1;
        partial->count -= place.shared + 1;
        node = branch;
    }
    if (!node || place.at < place.end) {
        if (node && node->node.kind == TRIE_LEAF)
            node = new_branch(trie, node, LEAF_SIZE);
        struct partial_node *leaf = new_node(trie, TRIE_LEAF);
        attach(trie, leaf, node, node ? trie_nibble(key.at, place.at++) : 0);
        leaf->node.partial = (struct trie_nibbles){key.at, place.at, place.end - place.at};
        node = leaf;
    }
    node->node.value = value;
    node->node.value_kind = TRIE_INLINE;
    node->fresh = true;
    return before;
}

/* Gives a branch that lost its value or a child the one form it may have. */
static enum trie_read settle(struct partial_trie *trie, struct partial_node *node) {
    uint32_t bits = node->node.bitmap;
    if (node->node.value_kind != TRIE_NO_VALUE) {
        if (bits == 0)
            node->node.kind = TRIE_LEAF;
        return TRIE_READ_FOUND;
    }
    if (bits == 0) /* it had one child and no value before */
        return TRIE_READ_MALFORMED;
    if (bits & (bits - 1))
        return TRIE_READ_FOUND;
    uint32_t index = (uint32_t)__builtin_ctz(bits);
    struct partial_node *child = node;
    enum trie_read read = visit(trie, &child, index);
    if (read != TRIE_READ_FOUND)
        return read;
    /* The child takes the branch's place with a longer partial. */
    uint32_t before = node->node.partial.count, count = before + 1 + child->node.partial.count;
    uint8_t *to = arena_zalloc(trie->arena, count / 2 + 1);
    put_nibble(to, before, index);
    for (uint32_t i = 0; i < before; i++)
        put_nibble(to, i, nibble_of(&node->node.partial, i));
    for (uint32_t i = before + 1; i < count; i++)
        put_nibble(to, i, nibble_of(&child->node.partial, i - before - 1));
    child->node.partial = (struct trie_nibbles){to, 0, count};
    child->dirty = true;
    attach(trie, child, node->parent, node->index);
    return TRIE_READ_FOUND;
}

enum trie_read partial_trie_remove(struct partial_trie *trie, struct bytes key) {
    struct place place;
    enum trie_read before = walk(trie, key, &place);
    struct partial_node *node = place.node;
    /* trie-db 0.32 triedbmut.rs#remove_inspector takes a branch for the key's own when the key ends before its partial.
     * Authors' roots are made so, hence the same here. */
    bool beside = before == TRIE_READ_ABSENT && node && node->node.kind == TRIE_BRANCH && place.at == place.end &&
                  place.shared == 0 && node->node.value_kind != TRIE_NO_VALUE;
    if (before != TRIE_READ_FOUND && !beside)
        return before;
    touch(node);
    node->node.value_kind = TRIE_NO_VALUE;
    node->fresh = false;
    if (node->node.kind == TRIE_LEAF) {
        uint32_t index = node->index;
        node = node->parent;
        if (!node) {
            trie->root = NULL;
            return TRIE_READ_FOUND;
        }
        node->child[index] = NULL;
        node->node.bitmap = (uint16_t)(node->node.bitmap & ~(1u << index));
    }
    enum trie_read settled = settle(trie, node);
    return settled == TRIE_READ_FOUND ? before : settled;
}

/* Encodes a changed node whose children are done; what its parent shall hold of it. The node is decoded anew from its
 * own encoding, so that nothing of it is borrowed any more. */
static struct bytes finish(struct partial_trie *trie, struct partial_node *n, uint8_t version, bool keep) {
    uint8_t hash[TRIE_HASH];
    struct bytes value = n->node.value;
    if (n->fresh && version == 1 && value.len > TRIE_VALUE_LIMIT) {
        const uint8_t *at = hash;
        if (keep) {
            struct trie_item *copy =
                trie_item_new(trie->arena, (struct bytes){arena_copy(trie->arena, value), value.len});
            trie_proof_add(trie->nodes, copy);
            at = copy->hash;
        } else {
            host_blake2_256(hash, value);
        }
        n->node.value_kind = TRIE_HASHED;
        n->node.value = (struct bytes){at, TRIE_HASH};
    }
    n->fresh = n->dirty = false;
    struct trie_item *item = trie_item_encode(trie->arena, &n->node);
    bool decoded = trie_node_decode(&n->node, item->data) == TRIE_OK;
    ASSERT(decoded);
    if (item->data.len < TRIE_HASH && n->parent)
        return item->data;
    if (keep)
        trie_proof_add(trie->nodes, item);
    else
        host_blake2_256(item->hash, item->data);
    return (struct bytes){item->hash, TRIE_HASH};
}

void partial_trie_root(struct partial_trie *trie, uint8_t root[static TRIE_HASH], uint8_t version, bool keep) {
    struct partial_node *node = trie->root;
    uint32_t from = 0;
    if (!node)
        trie->hash = trie_empty_root;
    while (node && trie->root->dirty) { /* children first */
        while (from < 16 && node->node.bitmap >> from != 0 && !(node->child[from] && node->child[from]->dirty))
            from++;
        if (from < 16 && node->node.bitmap >> from != 0) {
            node = node->child[from];
            from = 0;
            continue;
        }
        struct bytes reference = finish(trie, node, version, keep);
        from = node->index + 1u;
        node = node->parent;
        if (node)
            node->node.children[from - 1] = reference;
        else
            trie->hash = reference.at;
    }
    memcpy(root, trie->hash, TRIE_HASH);
}
