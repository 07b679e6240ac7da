/* relay_state.c - see relay_state.h. */
#include "parachain_system/relay_state.h"

#include "host/host.h"

enum relay_item {
    BABE_CURRENT_SLOT,
    ACTIVE_CONFIG,
    PARA_HEADS,
    DMQ_HEADS,
    DISPATCH_QUEUE_SIZE,
    INGRESS_INDEX,
    EGRESS_INDEX,
    HRMP_CHANNELS,
    GO_AHEAD,
    RESTRICTION,
    AUTHOR_RANDOMNESS,
    EPOCH_RANDOMNESS,
};

/* twox128(pallet) ++ twox128(item) of the relay chain's storage. */
static const uint8_t prefixes[][STORAGE_PREFIX_SIZE] = {
    /* Babe.CurrentSlot */
    [BABE_CURRENT_SLOT] = {
        0x1c, 0xb6, 0xf3, 0x6e, 0x02, 0x7a, 0xbb, 0x20, 0x91, 0xcf, 0xb5, 0x11, 0x0a, 0xb5, 0x08, 0x7f,
        0x06, 0x15, 0x5b, 0x3c, 0xd9, 0xa8, 0xc9, 0xe5, 0xe9, 0xa2, 0x3f, 0xd5, 0xdc, 0x13, 0xa5, 0xed,
    },
    /* Configuration.ActiveConfig */
    [ACTIVE_CONFIG] = {
        0x06, 0xde, 0x3d, 0x8a, 0x54, 0xd2, 0x7e, 0x44, 0xa9, 0xd5, 0xce, 0x18, 0x96, 0x18, 0xf2, 0x2d,
        0xb4, 0xb4, 0x9d, 0x95, 0x32, 0x0d, 0x90, 0x21, 0x99, 0x4c, 0x85, 0x0f, 0x25, 0xb8, 0xe3, 0x85,
    },
    /* Paras.Heads */
    [PARA_HEADS] = {
        0xcd, 0x71, 0x0b, 0x30, 0xbd, 0x2e, 0xab, 0x03, 0x52, 0xdd, 0xcc, 0x26, 0x41, 0x7a, 0xa1, 0x94,
        0x1b, 0x3c, 0x25, 0x2f, 0xcb, 0x29, 0xd8, 0x8e, 0xff, 0x4f, 0x3d, 0xe5, 0xde, 0x44, 0x76, 0xc3,
    },
    /* Dmp.DownwardMessageQueueHeads */
    [DMQ_HEADS] = {
        0x63, 0xf7, 0x8c, 0x98, 0x72, 0x3d, 0xdc, 0x90, 0x73, 0x52, 0x3e, 0xf3, 0xbe, 0xef, 0xda, 0x0c,
        0x4d, 0x7f, 0xef, 0xc4, 0x08, 0xaa, 0xc5, 0x9d, 0xbf, 0xe8, 0x0a, 0x72, 0xac, 0x8e, 0x3c, 0xe5,
    },
    /* Ump.RelayDispatchQueueSize */
    [DISPATCH_QUEUE_SIZE] = {
        0xf5, 0x20, 0x7f, 0x03, 0xcf, 0xdc, 0xe5, 0x86, 0x30, 0x10, 0x14, 0x70, 0x0e, 0x2c, 0x25, 0x93,
        0xfa, 0xd1, 0x57, 0xe4, 0x61, 0xd7, 0x1f, 0xd4, 0xc1, 0xf9, 0x36, 0x83, 0x9a, 0x5f, 0x1f, 0x3e,
    },
    /* Hrmp.HrmpIngressChannelsIndex */
    [INGRESS_INDEX] = {
        0x6a, 0x0d, 0xa0, 0x5c, 0xa5, 0x99, 0x13, 0xbc, 0x38, 0xa8, 0x63, 0x05, 0x90, 0xf2, 0x62, 0x7c,
        0x1d, 0x37, 0x19, 0xf5, 0xb0, 0xb1, 0x2c, 0x71, 0x05, 0xc0, 0x73, 0xc5, 0x07, 0x44, 0x59, 0x48,
    },
    /* Hrmp.HrmpEgressChannelsIndex */
    [EGRESS_INDEX] = {
        0x6a, 0x0d, 0xa0, 0x5c, 0xa5, 0x99, 0x13, 0xbc, 0x38, 0xa8, 0x63, 0x05, 0x90, 0xf2, 0x62, 0x7c,
        0xf1, 0x2b, 0x74, 0x6d, 0xcf, 0x32, 0xe8, 0x43, 0x35, 0x45, 0x83, 0xc9, 0x70, 0x2c, 0xc0, 0x20,
    },
    /* Hrmp.HrmpChannels */
    [HRMP_CHANNELS] = {
        0x6a, 0x0d, 0xa0, 0x5c, 0xa5, 0x99, 0x13, 0xbc, 0x38, 0xa8, 0x63, 0x05, 0x90, 0xf2, 0x62, 0x7c,
        0xb6, 0x60, 0x4c, 0xff, 0x82, 0x8a, 0x6e, 0x3f, 0x57, 0x9c, 0xa6, 0xc5, 0x9a, 0xce, 0x01, 0x3d,
    },
    /* Paras.UpgradeGoAheadSignal */
    [GO_AHEAD] = {
        0xcd, 0x71, 0x0b, 0x30, 0xbd, 0x2e, 0xab, 0x03, 0x52, 0xdd, 0xcc, 0x26, 0x41, 0x7a, 0xa1, 0x94,
        0x9e, 0x94, 0xc0, 0x40, 0xf5, 0xe7, 0x3d, 0x9b, 0x7a, 0xdd, 0xd6, 0xcb, 0x60, 0x3d, 0x15, 0xd3,
    },
    /* Paras.UpgradeRestrictionSignal */
    [RESTRICTION] = {
        0xcd, 0x71, 0x0b, 0x30, 0xbd, 0x2e, 0xab, 0x03, 0x52, 0xdd, 0xcc, 0x26, 0x41, 0x7a, 0xa1, 0x94,
        0xf2, 0x7b, 0xbb, 0x46, 0x02, 0x70, 0x64, 0x2b, 0x5b, 0xca, 0xf0, 0x32, 0xea, 0x04, 0xd5, 0x6a,
    },
    /* Babe.AuthorVrfRandomness */
    [AUTHOR_RANDOMNESS] = {
        0x1c, 0xb6, 0xf3, 0x6e, 0x02, 0x7a, 0xbb, 0x20, 0x91, 0xcf, 0xb5, 0x11, 0x0a, 0xb5, 0x08, 0x7f,
        0xd0, 0x77, 0xdf, 0xdb, 0x8a, 0xdb, 0x10, 0xf7, 0x8f, 0x10, 0xa5, 0xdf, 0x87, 0x42, 0xc5, 0x45,
    },
    /* Babe.NextRandomness */
    [EPOCH_RANDOMNESS] = {
        0x1c, 0xb6, 0xf3, 0x6e, 0x02, 0x7a, 0xbb, 0x20, 0x91, 0xcf, 0xb5, 0x11, 0x0a, 0xb5, 0x08, 0x7f,
        0x7c, 0xe6, 0x78, 0x79, 0x9d, 0x3e, 0xff, 0x02, 0x42, 0x53, 0xb9, 0x0e, 0x84, 0x92, 0x7c, 0xc6,
    },
};

static const uint8_t remaining_capacity[] = ":relay_dispatch_queue_remaining_capacity";

enum { KEY_SIZE = STORAGE_PREFIX_SIZE + 16, CAPACITY_KEY_SIZE = sizeof remaining_capacity - 1 };

#define MALFORMED "the relay chain proof is malformed"

/* False when the proof shows that there is no value. */
static bool answered(enum trie_read read) {
    switch (read) {
    case TRIE_READ_FOUND:
        return true;
    case TRIE_READ_ABSENT:
        return false;
    case TRIE_READ_INCOMPLETE:
        PANIC("the relay chain proof is incomplete");
    case TRIE_READ_MALFORMED:
    default:
        PANIC(MALFORMED);
    }
}

void relay_state_open(struct relay_state *state, struct bytes proof, const h256 *root, uint32_t para) {
    struct reader in = reader_over(proof, &arena_scratch);
    struct trie_proof *nodes = arena_alloc(&arena_scratch, sizeof *nodes);
    enum trie_read read = TRIE_READ_INCOMPLETE;
    state->trie = arena_alloc(&arena_scratch, sizeof *state->trie);
    state->root = *root;
    state->para = para;
    if (trie_proof_open(nodes, &in, &arena_scratch))
        read = partial_trie_open(state->trie, nodes, root->at, &arena_scratch);
    if (read == TRIE_READ_INCOMPLETE)
        PANIC("the relay chain proof does not hold its root");
    answered(read);
}

enum trie_read relay_state_look_up(const struct relay_state *state, struct bytes key, struct bytes *value) {
    return partial_trie_read(state->trie, key, value);
}

static bool read_key(const struct relay_state *state, struct bytes key, struct bytes *value) {
    return answered(relay_state_look_up(state, key, value));
}

static bool read_item(const struct relay_state *state, enum relay_item item, struct bytes *value) {
    return read_key(state, (struct bytes){prefixes[item], STORAGE_PREFIX_SIZE}, value);
}

/* Map entries are hashed with twox_64_concat. `id` is one para id or a pair of them. */
static bool read_entry(const struct relay_state *state, enum relay_item item, const uint8_t *id, uint32_t size,
                       struct bytes *value) {
    uint8_t key[KEY_SIZE];
    memcpy(key, prefixes[item], STORAGE_PREFIX_SIZE);
    store_u64(key + STORAGE_PREFIX_SIZE, twox_64((struct bytes){id, size}));
    memcpy(key + STORAGE_PREFIX_SIZE + 8, id, size);
    return read_key(state, (struct bytes){key, STORAGE_PREFIX_SIZE + 8 + size}, value);
}

static bool read_own(const struct relay_state *state, enum relay_item item, struct bytes *value) {
    uint8_t id[4];
    store_u32(id, state->para);
    return read_entry(state, item, id, sizeof id, value);
}

/* For what every relay chain has: the slot, the included head, the configuration, a channel that is listed. */
static void must(bool found) {
    if (!found)
        PANIC("the relay chain proof lacks a value");
}

/* The relay chain may append fields to its types, so bytes after the known ones are ignored. */
static void decode(const struct type_desc *type, struct bytes value, void *out) {
    struct reader in = reader_over(value, &arena_scratch);
    if (!scale_decode(type, &in, out))
        PANIC(MALFORMED);
}

uint64_t relay_state_slot(const struct relay_state *state) {
    struct bytes value;
    uint64_t slot;
    must(read_item(state, BABE_CURRENT_SLOT, &value));
    decode(&u64_type, value, &slot);
    return slot;
}

void relay_state_included_head(const struct relay_state *state, h256 *hash) {
    struct bytes value, head;
    must(read_own(state, PARA_HEADS, &value));
    decode(&head_data_type, value, &head);
    host_blake2_256(hash->at, head);
}

void relay_state_go_ahead(const struct relay_state *state, option_upgrade_go_ahead *signal) {
    struct bytes value;
    *signal = (option_upgrade_go_ahead){.some = read_own(state, GO_AHEAD, &value)};
    if (signal->some)
        decode(&upgrade_go_ahead_type, value, &signal->value);
}

void relay_state_restriction(const struct relay_state *state, option_upgrade_restriction *signal) {
    struct bytes value;
    *signal = (option_upgrade_restriction){.some = read_own(state, RESTRICTION, &value)};
    if (signal->some)
        decode(&upgrade_restriction_type, value, &signal->value);
}

void relay_state_host_configuration(const struct relay_state *state, host_configuration *out) {
    struct bytes value;
    must(read_item(state, ACTIVE_CONFIG, &value));
    decode(&host_configuration_type, value, out);
}

/* Newer relay chains keep what is left; of older ones only the size of the queue can be read. */
static void read_capacity(const struct relay_state *state, dispatch_queue_capacity *out,
                          const host_configuration *config) {
    uint8_t key[CAPACITY_KEY_SIZE + 4];
    struct bytes value;
    memcpy(key, remaining_capacity, CAPACITY_KEY_SIZE);
    store_u32(key + CAPACITY_KEY_SIZE, state->para);
    if (read_key(state, (struct bytes){key, sizeof key}, &value)) {
        decode(&dispatch_queue_capacity_type, value, out);
        return;
    }
    dispatch_queue_capacity used = {0, 0};
    if (read_own(state, DISPATCH_QUEUE_SIZE, &value))
        decode(&dispatch_queue_capacity_type, value, &used);
    out->remaining_count = saturating_sub_u32(config->max_upward_queue_count, used.remaining_count);
    out->remaining_size = saturating_sub_u32(config->max_upward_queue_size, used.remaining_size);
}

/* The channels of one direction. The relay chain keeps their index sorted. */
static void read_channels(const struct relay_state *state, para_channels *out, enum relay_item index, bool inbound) {
    struct bytes value;
    para_ids others = {NULL, 0};
    if (read_own(state, index, &value))
        decode(&para_ids_type, value, &others);
    out->len = others.len;
    out->items = arena_alloc(&arena_scratch, others.len * sizeof *out->items);
    for (uint32_t i = 0; i < others.len; i++) {
        uint8_t id[8]; /* sender, recipient */
        store_u32(id, inbound ? others.items[i] : state->para);
        store_u32(id + 4, inbound ? state->para : others.items[i]);
        must(read_entry(state, HRMP_CHANNELS, id, sizeof id, &value));
        out->items[i].para = others.items[i];
        decode(&hrmp_channel_type, value, &out->items[i].channel);
    }
}

void relay_state_messaging(const struct relay_state *state, messaging_state *out, const host_configuration *config) {
    struct bytes value;
    memset(&out->dmq_mqc_head, 0, sizeof out->dmq_mqc_head);
    if (read_own(state, DMQ_HEADS, &value))
        decode(&h256_type, value, &out->dmq_mqc_head);
    read_capacity(state, &out->relay_dispatch_queue_remaining_capacity, config);
    read_channels(state, &out->ingress_channels, INGRESS_INDEX, true);
    read_channels(state, &out->egress_channels, EGRESS_INDEX, false);
}

para_channel *relay_state_channel(const para_channels *channels, uint32_t para) {
    uint32_t from = 0, to = channels->len;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        para_channel *channel = &channels->items[middle];
        if (channel->para == para)
            return channel;
        if (channel->para < para)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static void read_randomness(const struct relay_state *state, enum relay_item item, struct clock_relay_value *out) {
    *out = (struct clock_relay_value){CLOCK_NOT_SHOWN, {NULL, 0}};
    switch (relay_state_look_up(state, (struct bytes){prefixes[item], STORAGE_PREFIX_SIZE}, &out->value)) {
    case TRIE_READ_FOUND:
        out->proof = CLOCK_SHOWN;
        return;
    case TRIE_READ_ABSENT:
        out->proof = CLOCK_ABSENT;
        return;
    case TRIE_READ_INCOMPLETE:
    case TRIE_READ_MALFORMED:
    default:
        return;
    }
}

void relay_state_randomness(const struct relay_state *state, struct clock_relay_value *vrf,
                            struct clock_relay_value *one_epoch_ago) {
    read_randomness(state, AUTHOR_RANDOMNESS, vrf);
    read_randomness(state, EPOCH_RANDOMNESS, one_epoch_ago);
}
