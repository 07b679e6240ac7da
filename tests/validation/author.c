/* author.c - see author.h: blocks. */
#include "author.h"

struct outside outside;

/* The whole chain, by block number. */
static struct {
    struct bytes head;
    uint32_t downward_taken; /* all messages up to this block */
    uint32_t watermark;
} history[HISTORY];

/* The block and the proof of validity being made. */
static struct {
    struct pov *pov;
    uint32_t flags;
    struct bytes *extrinsics;
    uint32_t count, capacity, unsealed_items;
} making;

/* --- the relay chain --- */

void outside_send(struct queue *queue, struct bytes data) {
    uint8_t chained[68];
    uint32_t sent_at = (uint32_t)chain.slot + 1;
    assert_true(queue->len < MOST_MESSAGES);
    queue->at[queue->len++] = (struct message){sent_at, chain_keep(data)};
    memcpy(chained, queue->head.at, 32);
    store_u32(chained + 32, sent_at);
    shim_blake2(chained + 36, 32, tx_frame(data));
    shim_blake2(queue->head.at, 32, (struct bytes){chained, sizeof chained});
}

static bool any(const message_queue_chain *head) {
    static const message_queue_chain none;
    return memcmp(head, &none, sizeof none) != 0;
}

enum { FIRST_CHANNEL = 2001 };

static void show_channels(void) {
    uint32_t ids[CHANNELS];
    for (uint32_t i = 0; i < CHANNELS; i++) {
        hrmp_channel channel = {1000, 1 << 20, 100000, 0, 0, {any(&outside.channel[i].head), {{0}}}};
        memcpy(channel.mqc_head.value.at, outside.channel[i].head.at, 32);
        ids[i] = FIRST_CHANNEL + i;
        relay_put_channel(ids[i], PARA, &channel);
    }
    relay_put_index("HrmpIngressChannelsIndex", ids, CHANNELS);
}

static void show_relay(struct bytes included) {
    relay_init((uint32_t)chain.slot, TEXT("x"));
    relay_put_own("Paras", "Heads", tx_frame(included));
    if (any(&outside.downward.head))
        relay_put_own("Dmp", "DownwardMessageQueueHeads", (struct bytes){outside.downward.head.at, 32});
    show_channels();
    if (outside.go_ahead)
        relay_put_own("Paras", "UpgradeGoAheadSignal", (struct bytes){&(uint8_t){(uint8_t)(outside.go_ahead - 1)}, 1});
    if (outside.restricted)
        relay_put_own("Paras", "UpgradeRestrictionSignal", TEXT("\0"));
    relay_build();
    runtime_reset();
    shim_drop_guest_memory();
}

static void write_messages(struct writer *out, const struct queue *queue, uint32_t from) {
    write_compact_u32(out, queue->len - from);
    for (uint32_t i = from; i < queue->len; i++) {
        write_u32(out, queue->at[i].sent_at);
        write_bytes(out, queue->at[i].data);
    }
}

/* `sysi1338` and the time. */
static struct bytes inherent_data(uint32_t included) {
    static uint8_t relay_data[1 << 22], all[1 << 22];
    struct writer in = writer_over(relay_data, sizeof relay_data), out = writer_over(all, sizeof all);
    scale_encode(&persisted_validation_data_type, &relay.call.data.validation_data, &in);
    scale_encode(&storage_proof_type, &relay.call.data.relay_chain_state, &in);
    write_messages(&in, &outside.downward, history[included].downward_taken);
    write_compact_u32(&in, CHANNELS);
    for (uint32_t i = 0; i < CHANNELS; i++) {
        uint32_t from = 0;
        while (from < outside.channel[i].len && outside.channel[i].at[from].sent_at <= history[included].watermark)
            from++;
        write_u32(&in, FIRST_CHANNEL + i);
        write_messages(&in, &outside.channel[i], from);
    }
    write_u8(&in, 0); /* no descendants */
    write_u8(&in, outside.peer);
    if (outside.peer)
        write_bytes(&in, TEXT("\0\44\10\1\22\40a peer's name of thirty-two bytes."));
    write_compact_u32(&out, 2);
    write_raw(&out, "sysi1338", 8);
    write_bytes(&out, writer_bytes(&in));
    write_raw(&out, "timstap0", 8);
    write_compact_u32(&out, 8);
    write_u64(&out, chain.slot * SLOT_DURATION_MS);
    assert_false(in.overflow || out.overflow);
    return writer_bytes(&out);
}

/* --- blocks --- */

void author_genesis(void) {
    h256 root = chain_root();
    memcpy(chain_edit_bytes(chain.head) + 33, root.at, 32); /* behind the parent's hash and the number 0 */
    shim_blake2(chain.hash.at, 32, chain.head);
    chain.genesis = chain.hash;
    history[0].head = chain.head;
}

int author_start(void) {
    if (chain_start(NULL) != 0)
        return -1;
    memset(&outside, 0, sizeof outside);
    memset(history, 0, sizeof history);
    shim_put(TEXT(":code"), TEXT("the code at genesis, which nobody runs"));
    author_genesis();
    return 0;
}

/* A header's digest: where its compact count stands. */
static uint32_t digest_at(struct bytes header) {
    struct reader in = reader_over(header, NULL);
    read_raw(&in, 32);
    read_compact_u32(&in);
    read_raw(&in, 64);
    assert_false(in.failed);
    return (uint32_t)(in.at - header.at);
}

static struct bytes with_digest(struct bytes header, uint32_t count, struct bytes items) {
    uint8_t head[5];
    struct writer out = writer_over(head, sizeof head);
    write_compact_u32(&out, count);
    struct bytes front = chain_join((struct bytes){header.at, digest_at(header)}, writer_bytes(&out));
    return chain_join(front, items);
}

void author_begin(struct pov *pov, uint32_t flags) {
    memset(pov, 0, sizeof *pov);
    making.pov = pov;
    making.flags = flags;
    chain.slot++;
    uint32_t included = chain.number > outside.lag ? chain.number - outside.lag : 0;
    show_relay(history[included].head);
    relay.call.data.validation_data.parent_head = (byte_vec){chain.head.at, chain.head.len};
    relay.call.data.validation_data.max_pov_size = 10 << 20;
    pov->parent_head = chain.head;
    pov->relay_number = relay.number;
    memcpy(pov->relay_root.at, relay.trie.root, 32);
    making.unsealed_items = included; /* until the block opens */
    record_start();
}

static struct answer recorded(const char *function, struct bytes input) {
    bool record = (making.flags & AUTHOR_FROM_IMPORT) == 0;
    if (record)
        record_resume();
    struct answer out = chain_call(function, input);
    record_pause();
    if (!out.returned)
        fail_msg("%s: %s", function, shim_trap_message());
    return out;
}

static struct bytes opening_header(bool last) {
    uint8_t items[64];
    struct writer out = writer_over(items, sizeof items);
    uint32_t count = 1;
    if (making.flags & AUTHOR_BUNDLE) {
        const uint8_t core[] = {6, 'C', 'M', 'L', 'S', 4 << 2, 1, 0, 0, 1 << 2};
        const uint8_t place[] = {6, 'C', 'M', 'L', 'S', 3 << 2, 2, (uint8_t)making.pov->count, last};
        write_raw(&out, core, sizeof core);
        write_raw(&out, place, sizeof place);
        count += 2;
    }
    write_raw(&out, "\6aura\40", 6);
    write_u64(&out, chain.slot);
    struct bytes plain = chain_header(chain.number + 1, &chain.hash, chain.slot);
    return with_digest(plain, count, writer_bytes(&out));
}

void author_open(bool last) {
    static uint32_t included;
    if (making.pov->count == 0)
        included = making.unsealed_items;
    making.count = 0;
    if ((making.flags & AUTHOR_FROM_IMPORT) == 0) {
        record_block();
        record_pause();
    }
    struct bytes header = opening_header(last && !(making.flags & AUTHOR_ENDS_CORE));
    shim_begin();
    recorded("Core_initialize_block", header);
    struct bytes all = chain_get("BlockBuilder_inherent_extrinsics", inherent_data(included));
    struct reader in = reader_over(all, NULL);
    uint32_t count = read_compact_u32(&in);
    assert_int_equal(count, 2);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *from = in.at;
        bool failed;
        read_bytes(&in, UINT32_MAX);
        assert_true(author_apply((struct bytes){from, (uint32_t)(in.at - from)}, &failed));
        assert_false(failed);
    }
    assert_true(reader_done(&in));
}

bool author_apply(struct bytes extrinsic, bool *failed) {
    struct answer out = recorded("BlockBuilder_apply_extrinsic", extrinsic);
    *failed = false;
    if (out.bytes.at[0] != 0)
        return false;
    *failed = out.bytes.at[1] != 0;
    if (making.count == making.capacity) {
        making.capacity = making.capacity ? 2 * making.capacity : 64;
        making.extrinsics = realloc(making.extrinsics, making.capacity * sizeof *making.extrinsics);
    }
    making.extrinsics[making.count++] = chain_keep(extrinsic);
    return true;
}

uint32_t author_extrinsics(void) { return making.count; }

struct bytes seal_header(struct bytes unsealed) {
    static const char *const names[] = {"//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"};
    uint8_t secret[64], key[32], hash[32], item[] = {5, 'a', 'u', 'r', 'a', 1, 1}, signature[64];
    struct bytes list = chain_get("AuraApi_authorities", (struct bytes){NULL, 0});
    struct reader in = reader_over(list, NULL);
    uint32_t count = read_compact_u32(&in);
    const uint8_t *author = in.at + 32 * (chain.slot % count);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_true(shim_sr25519_pair(secret, key, (struct bytes){(const uint8_t *)names[i], (uint32_t)strlen(names[i])}));
        if (memcmp(key, author, 32) == 0)
            break;
    }
    assert_memory_equal(key, author, 32);
    shim_blake2(hash, 32, unsealed);
    shim_sr25519_sign(signature, secret, key, (struct bytes){hash, 32});
    uint32_t at = digest_at(unsealed);
    in = reader_over((struct bytes){unsealed.at + at, unsealed.len - at}, NULL);
    count = read_compact_u32(&in);
    struct bytes items = chain_join((struct bytes){in.at, reader_left(&in)}, (struct bytes){item, sizeof item});
    return with_digest(unsealed, count + 1, chain_join(items, (struct bytes){signature, 64}));
}

static struct bytes body(void) {
    uint32_t len = 5;
    for (uint32_t i = 0; i < making.count; i++)
        len += making.extrinsics[i].len;
    uint8_t *at = malloc(len);
    struct writer out = writer_over(at, len);
    write_compact_u32(&out, making.count);
    for (uint32_t i = 0; i < making.count; i++)
        write_slice(&out, making.extrinsics[i]);
    assert_false(out.overflow);
    struct bytes kept = chain_keep(writer_bytes(&out));
    free(at);
    return kept;
}

static uint64_t import_peak;
uint64_t author_import_peak(void) { return import_peak; }

static void import(struct bytes header, struct bytes extrinsics, const h256 *root) {
    uint8_t recorded_root[32];
    bool record = (making.flags & AUTHOR_FROM_IMPORT) != 0;
    if (record)
        record_block();
    struct answer imported = chain_call("Core_execute_block", chain_join(header, extrinsics));
    import_peak = shim_counters()->peak_bytes;
    if (record) {
        record_block_end(recorded_root);
        assert_memory_equal(recorded_root, root->at, 32);
    }
    if (!imported.returned)
        fail_msg("execute_block: %s", shim_trap_message());
    assert_same_root(*root);
}

static void note_history(struct bytes info) {
    struct reader in = reader_over(info, NULL);
    for (uint32_t left = read_compact_u32(&in); left && !in.failed; left--)
        read_bytes(&in, UINT32_MAX);
    for (uint32_t left = read_compact_u32(&in); left && !in.failed; left--) {
        read_u32(&in);
        read_bytes(&in, UINT32_MAX);
    }
    if (read_bool(&in))
        read_bytes(&in, UINT32_MAX);
    assert_true(chain.number < HISTORY);
    history[chain.number].head = chain.head;
    history[chain.number].downward_taken = history[chain.number - 1].downward_taken + read_u32(&in);
    history[chain.number].watermark = read_u32(&in);
    assert_false(in.failed);
}

void author_seal(void) {
    uint8_t recorded_root[32];
    struct sealed *block = &making.pov->blocks[making.pov->count++];
    struct bytes header = recorded("BlockBuilder_finalize_block", (struct bytes){NULL, 0}).bytes;
    block->root = chain_root();
    assert_memory_equal(header.at + 32 + compact_size(chain.number + 1), block->root.at, 32);
    if ((making.flags & AUTHOR_FROM_IMPORT) == 0) {
        record_block_end(recorded_root);
        assert_memory_equal(recorded_root, block->root.at, 32);
    }
    shim_rollback();
    struct bytes extrinsics = body();
    block->header = seal_header(header); /* by the state before the block */
    block->block = chain_join(block->header, extrinsics);
    import(header, extrinsics, &block->root);
    block->info = chain_get("CollectCollationInfo_collect_collation_info", block->header);
    chain.head = block->header;
    shim_blake2(chain.hash.at, 32, chain.head);
    chain.number++;
    note_history(block->info);
}

bool author_core_ended(void) {
    enum { ENGINE = 4, RUNTIME_ENVIRONMENT_UPDATED = 8 };
    uint32_t at = digest_at(chain.head);
    struct reader in = reader_over((struct bytes){chain.head.at + at, chain.head.len - at}, NULL);
    for (uint32_t left = read_compact_u32(&in); left; left--) {
        uint8_t tag = read_u8(&in);
        if (tag == RUNTIME_ENVIRONMENT_UPDATED)
            return true;
        if (tag)
            read_raw(&in, ENGINE);
        read_bytes(&in, UINT32_MAX);
        assert_false(in.failed);
    }
    return false;
}

struct bytes author_proof(void) { return chain_keep(record_compact(RECORD_ONCE, UINT32_MAX, NULL)); }
