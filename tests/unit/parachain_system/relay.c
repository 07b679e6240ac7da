/* relay.c - see relay.h. */
#include "relay.h"

#include "aura/aura.h"
#include "parachain_system/messages.h"

struct relay relay;

/* What the development node's mock shows. */
const host_configuration relay_config = {2097152, 1048576, 8, 1024, 256, 5, 5, 6, 6, {0, 0}};

static struct bytes item_key(uint8_t key[static 48], const char *pallet, const char *item) {
    shim_twox(key, 2, (struct bytes){(const uint8_t *)pallet, (uint32_t)strlen(pallet)});
    shim_twox(key + 16, 2, (struct bytes){(const uint8_t *)item, (uint32_t)strlen(item)});
    return (struct bytes){key, 32};
}

static struct bytes own_key(uint8_t key[static 48], const char *pallet, const char *item) {
    item_key(key, pallet, item);
    store_u32(key + 40, PARA);
    shim_twox(key + 32, 1, (struct bytes){key + 40, 4});
    return (struct bytes){key, 44};
}

static void remove_key(struct bytes key) {
    for (uint32_t i = 0; i < relay.count; i++)
        if (bytes_equal((struct bytes){relay.values[i].key, relay.values[i].key_len}, key))
            relay.values[i--] = relay.values[--relay.count];
}

void relay_put_key(struct bytes key, struct bytes value) {
    remove_key(key);
    assert_true(relay.count < RELAY_MAX_VALUES);
    struct ref_pair *pair = &relay.values[relay.count++];
    assert_true(key.len <= sizeof pair->key && value.len <= sizeof pair->value);
    memcpy(pair->key, key.at, key.len);
    pair->key_len = key.len;
    if (value.len)
        memcpy(pair->value, value.at, value.len);
    pair->value_len = value.len;
}

void relay_put(const char *pallet, const char *item, struct bytes value) {
    uint8_t key[48];
    relay_put_key(item_key(key, pallet, item), value);
}

void relay_put_own(const char *pallet, const char *item, struct bytes value) {
    uint8_t key[48];
    relay_put_key(own_key(key, pallet, item), value);
}

void relay_remove(const char *pallet, const char *item) {
    uint8_t key[48];
    remove_key(item_key(key, pallet, item));
}

void relay_remove_own(const char *pallet, const char *item) {
    uint8_t key[48];
    remove_key(own_key(key, pallet, item));
}

void relay_put_channel(uint32_t sender, uint32_t recipient, const hrmp_channel *channel) {
    uint8_t key[48];
    item_key(key, "Hrmp", "HrmpChannels");
    store_u32(key + 40, sender);
    store_u32(key + 44, recipient);
    shim_twox(key + 32, 1, (struct bytes){key + 40, 8});
    struct bytes value = scale_encode_in(&arena_scratch, &hrmp_channel_type, channel);
    relay_put_key((struct bytes){key, 48}, value);
}

void relay_put_index(const char *item, const uint32_t *ids, uint32_t count) {
    uint8_t value[64];
    struct writer out = writer_over(value, sizeof value);
    write_compact_u32(&out, count);
    write_raw(&out, ids, count * 4);
    relay_put_own("Hrmp", item, writer_bytes(&out));
}

void relay_init(uint32_t number, struct bytes included) {
    relay_free();
    memset(&relay, 0, sizeof relay);
    relay.number = number;
    relay.version = 1;
    uint8_t value[128], slot[8];
    store_u64(slot, number);
    relay_put("Babe", "CurrentSlot", (struct bytes){slot, 8});
    /* The relay chain's own structure is longer than what a parachain reads. */
    memset(value, 0xEE, sizeof value);
    memcpy(value, &relay_config, 44);
    relay_put("Configuration", "ActiveConfig", (struct bytes){value, 90});
    struct writer out = writer_over(value, sizeof value);
    write_bytes(&out, included);
    relay_put_own("Paras", "Heads", writer_bytes(&out));
    memset(value, 0x77, 33);
    value[0] = 1;
    relay_put("Babe", "AuthorVrfRandomness", (struct bytes){value, 33});
    relay_put("Babe", "NextRandomness", (struct bytes){value + 1, 32});
    relay.call.inbound_messages_data.downward_messages.full_messages.items = relay.downward;
    relay.call.inbound_messages_data.downward_messages.hashed_messages.items = relay.hashed_downward;
    relay.call.inbound_messages_data.horizontal_messages.full_messages.items = relay.horizontal;
    relay.call.inbound_messages_data.horizontal_messages.hashed_messages.items = relay.hashed_horizontal;
}

void relay_add_downward(uint32_t sent_at, struct bytes message) {
    uint32_t *len = &relay.call.inbound_messages_data.downward_messages.full_messages.len;
    relay.downward[(*len)++] = (inbound_downward_message){sent_at, message};
}

void relay_add_hashed_downward(uint32_t sent_at, struct bytes message) {
    uint32_t *len = &relay.call.inbound_messages_data.downward_messages.hashed_messages.len;
    relay.hashed_downward[*len].sent_at = sent_at;
    message_hash(&relay.hashed_downward[(*len)++].msg_hash, message);
}

void relay_add_horizontal(uint32_t sender, uint32_t sent_at, struct bytes message) {
    uint32_t *len = &relay.call.inbound_messages_data.horizontal_messages.full_messages.len;
    relay.horizontal[(*len)++] = (hrmp_message){sender, {sent_at, message}};
}

void relay_add_hashed_horizontal(uint32_t sender, uint32_t sent_at, struct bytes message) {
    uint32_t *len = &relay.call.inbound_messages_data.horizontal_messages.hashed_messages.len;
    relay.hashed_horizontal[*len].sender = sender;
    relay.hashed_horizontal[*len].message.sent_at = sent_at;
    message_hash(&relay.hashed_horizontal[(*len)++].message.msg_hash, message);
}

void relay_build(void) {
    ref_free(&relay.trie);
    ref_build(&relay.trie, relay.values, &relay.count, relay.version);
    basic_inherent_data *data = &relay.call.data;
    data->validation_data.relay_parent_number = relay.number;
    memcpy(data->validation_data.relay_parent_storage_root.at, relay.trie.root, 32);
    for (uint32_t i = 0; i < relay.trie.count; i++)
        relay.nodes[i] = (byte_vec){relay.trie.nodes[i].at, relay.trie.nodes[i].len};
    data->relay_chain_state.trie_nodes = (trie_nodes){relay.nodes, relay.trie.count};
}

static bool contains(struct bytes all, struct bytes part) {
    for (uint32_t i = 0; i + part.len <= all.len; i++)
        if (memcmp(all.at + i, part.at, part.len) == 0)
            return true;
    return false;
}

uint32_t relay_node_of(struct bytes value) {
    for (uint32_t i = 0; i < relay.trie.count; i++)
        if (contains((struct bytes){relay.trie.nodes[i].at, relay.trie.nodes[i].len}, value))
            return i;
    fail_msg("no node holds the value");
    return 0;
}

void relay_drop_node(uint32_t index) {
    trie_nodes *nodes = &relay.call.data.relay_chain_state.trie_nodes;
    nodes->items[index] = nodes->items[--nodes->len];
}

void relay_free(void) { ref_free(&relay.trie); }

struct bytes block_head(uint32_t number) {
    static char head[64];
    int len = snprintf(head, sizeof head, "head data of block %u, longer than a hash is", number);
    return (struct bytes){(const uint8_t *)head, (uint32_t)len};
}

h256 block_hash(uint32_t number) {
    h256 hash;
    shim_blake2(hash.at, 32, block_head(number));
    return hash;
}

void block_begin(uint32_t number, uint64_t slot, struct bytes digest) {
    static const uint8_t none;
    uint32_t before = number - 1;
    h256 parent = block_hash(before);
    const uint32_t id = PARA;
    system_Number_put(&before);
    parachain_info_ParachainId_put(&id);
    system_reset_events();
    system_initialize(number, &parent, digest.len ? digest : (struct bytes){&none, 1});
    weight used = parachain_system_on_initialize();
    assert_true(used.ref_time == READS(17) + WRITES(18) && used.proof_size == 0);
    aura_CurrentSlot_put(&slot);
}

dispatch_result block_inherent(void) {
    struct call call = {.pallet = pallet_index_parachain_system,
                        .index = parachain_system_call_index_set_validation_data,
                        .args = &relay.call};
    struct dispatch ctx = {.origin = {.kind = ORIGIN_NONE}};
    system_ExecutionPhase_put(&(execution_phase){.tag = execution_phase_ApplyExtrinsic, .as.ApplyExtrinsic.index = 1});
    return call_dispatch(&call, &ctx);
}

void block_end(void) { parachain_system_on_finalize(); }

void block_run(uint32_t number, uint32_t relay_number, uint32_t included) {
    relay_init(relay_number, block_head(included));
    relay_build();
    block_begin(number, relay_number, (struct bytes){NULL, 0});
    assert_int_equal(block_inherent(), DISPATCH_OK);
    block_end();
}

uint32_t event_count(void) {
    uint32_t count;
    system_EventCount_get(&count);
    return count;
}

bool has_event(uint8_t event, struct bytes fields) {
    struct bytes stored;
    uint8_t record[256] = {pallet_index_parachain_system, event};
    if (fields.len)
        memcpy(record + 2, fields.at, fields.len);
    overlay_flush();
    return shim_get((struct bytes){system_Events_storage.prefix, 32}, &stored) &&
           contains(stored, (struct bytes){record, 2 + fields.len});
}

int relay_setup(void **state) {
    fresh(state);
    relay_init(RELAY_NUMBER, block_head(0));
    return 0;
}

int relay_teardown(void **state) {
    (void)state;
    relay_free();
    return 0;
}
