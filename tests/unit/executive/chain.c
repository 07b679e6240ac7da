/* chain.c - see chain.h: calls, state, blocks. */
#include "executive/chain.h"

#include "balances/balances.h"
#include "transaction_payment/transaction_payment.h"
#include "try_state.h"

struct chain chain;

/* --- memory until chain_stop --- */

struct kept {
    struct kept *next;
    uint8_t at[];
};
static struct kept *all_kept;

static uint8_t *keep_room(uint32_t len) {
    struct kept *block = malloc(sizeof *block + len + 1);
    assert_non_null(block);
    block->next = all_kept;
    all_kept = block;
    return block->at;
}

struct bytes chain_keep(struct bytes from) { return chain_join(from, (struct bytes){NULL, 0}); }

struct bytes chain_join(struct bytes a, struct bytes b) {
    uint8_t *at = keep_room(a.len + b.len);
    if (a.len)
        memcpy(at, a.at, a.len);
    if (b.len)
        memcpy(at + a.len, b.at, b.len);
    return (struct bytes){at, a.len + b.len};
}

/* --- calls --- */

struct running {
    const char *function;
    struct bytes input, output;
};

static void run(void *context) {
    struct running *call = context;
    assert_true(api_call(call->function, call->input, &call->output));
}

static void new_instance(void) {
    runtime_reset();
    shim_drop_guest_memory();
}

static uint64_t fail_next, stop_next;
void chain_plan(uint64_t fail_at, uint64_t stop_at) {
    fail_next = fail_at;
    stop_next = stop_at;
}

static struct answer call_with(const char *function, struct bytes input, bool commit) {
    uint32_t depth = shim_depth();
    struct running call = {function, chain_keep(input), {NULL, 0}};
    new_instance();
    shim_begin();
    shim_reset_counters();
    shim_fail_at(fail_next);
    shim_stop_at(stop_next);
    struct answer out = {.returned = shim_guard(run, &call)};
    shim_fail_at(0);
    shim_stop_at(0);
    fail_next = stop_next = 0;
    if (out.returned) {
        out.bytes = chain_keep(call.output);
        assert_int_equal(shim_depth(), depth + 1);
    }
    if (out.returned && commit)
        shim_commit();
    while (shim_depth() > depth)
        shim_rollback();
    new_instance();
    return out;
}

struct answer chain_call(const char *function, struct bytes input) { return call_with(function, input, true); }
struct answer chain_ask(const char *function, struct bytes input) { return call_with(function, input, false); }

struct bytes chain_get(const char *function, struct bytes input) {
    struct answer out = chain_ask(function, input);
    if (!out.returned)
        fail_msg("%s trapped: %s", function, shim_trap_message());
    return out.bytes;
}

h256 chain_root(void) {
    h256 root;
    shim_root(root.at, 1);
    return root;
}

/* --- state --- */

void chain_edit(void) { new_instance(); }
void chain_edited(void) {
    overlay_flush();
    new_instance();
}

account_info chain_account(const account_id *who) {
    account_info info;
    new_instance();
    system_account_get(who, &info);
    new_instance();
    return info;
}

balance chain_issuance(void) {
    balance total;
    new_instance();
    balances_TotalIssuance_get(&total);
    new_instance();
    return total;
}

balance chain_fees(void) {
    stored_credit fees;
    new_instance();
    transaction_payment_TxPaymentCredit_get(&fees);
    new_instance();
    return fees.credit.amount;
}

uint32_t chain_event_count(void) {
    uint32_t count;
    new_instance();
    system_EventCount_get(&count);
    new_instance();
    return count;
}

bool chain_has_event(uint8_t pallet, uint8_t event, const struct type_desc *fields, const void *value) {
    static uint8_t record[1024];
    struct bytes events;
    struct writer out = writer_over(record, sizeof record);
    write_u8(&out, pallet);
    write_u8(&out, event);
    scale_encode(fields, value, &out);
    assert_false(out.overflow);
    if (!shim_get((struct bytes){system_Events_storage.prefix, 32}, &events))
        return false;
    for (uint32_t i = 0; i + writer_len(&out) <= events.len; i++)
        if (memcmp(events.at + i, record, writer_len(&out)) == 0)
            return true;
    return false;
}

/* --- genesis --- */

int chain_stop(void **state) {
    (void)state;
    new_instance();
    relay_free();
    while (all_kept) {
        struct kept *next = all_kept->next;
        free(all_kept);
        all_kept = next;
    }
    return 0;
}

static struct bytes encode_header(uint32_t number, const h256 *parent, const h256 *root, struct bytes digest) {
    static const h256 zeros;
    uint8_t *at = keep_room(200 + digest.len);
    struct writer out = writer_over(at, 200 + digest.len);
    write_raw(&out, parent->at, 32);
    write_compact_u32(&out, number);
    write_raw(&out, root->at, 32);
    write_raw(&out, zeros.at, 32);
    write_slice(&out, digest);
    assert_false(out.overflow);
    return writer_bytes(&out);
}

int chain_start(void **state) {
    static const h256 zeros;
    fresh(state);
    memset(&chain, 0, sizeof chain);
    chain.slot = 1000;
    struct bytes preset = chain_get("GenesisBuilder_get_preset", TEXT("\x01\x2c" "development"));
    assert_int_equal(preset.at[0], 1); /* Some */
    struct answer built = chain_call("GenesisBuilder_build_state", (struct bytes){preset.at + 1, preset.len - 1});
    assert_true(built.returned);
    assert_bytes_equal(built.bytes, TEXT("\0"));
    h256 root = chain_root();
    chain.head = encode_header(0, &zeros, &root, TEXT("\0"));
    shim_blake2(chain.hash.at, 32, chain.head);
    chain.genesis = chain.hash;
    return 0;
}

int chain_start_open(void **state) {
    chain_start(state);
    chain_open();
    return 0;
}

/* --- blocks --- */

struct bytes chain_header(uint32_t number, const h256 *parent, uint64_t slot) {
    static const h256 zeros;
    uint8_t count[5], slot_item[] = {6, 'a', 'u', 'r', 'a', 32, 0, 0, 0, 0, 0, 0, 0, 0};
    struct writer out = writer_over(count, sizeof count);
    write_compact_u32(&out, 1 + chain.digest_count);
    store_u64(slot_item + 6, slot);
    struct bytes digest = chain_join(writer_bytes(&out), (struct bytes){slot_item, sizeof slot_item});
    return encode_header(number, parent, &zeros, chain_join(digest, chain.digest));
}

struct bytes chain_inherent_data(uint64_t now) {
    enum { SIZE = 1 << 16 };
    uint8_t *data = malloc(SIZE), *all = keep_room(SIZE);
    struct writer relay_data = writer_over(data, SIZE), out = writer_over(all, SIZE);
    scale_encode(&persisted_validation_data_type, &relay.call.data.validation_data, &relay_data);
    scale_encode(&storage_proof_type, &relay.call.data.relay_chain_state, &relay_data);
    /* No messages, channels, descendants, peer. */
    write_raw(&relay_data, "\0\0\0\0", 4);
    write_compact_u32(&out, 2);
    write_raw(&out, "sysi1338", 8);
    write_bytes(&out, writer_bytes(&relay_data));
    write_raw(&out, "timstap0", 8);
    write_compact_u32(&out, 8);
    write_u64(&out, now);
    assert_false(relay_data.overflow || out.overflow);
    free(data);
    return writer_bytes(&out);
}

void chain_open_bare(void) {
    chain.slot++;
    chain.count = 0;
    relay_init((uint32_t)chain.slot, TEXT("x"));
    relay_put_own("Paras", "Heads", tx_frame(chain.head));
    if (chain.show)
        chain.show();
    relay_build();
    relay.call.data.validation_data.parent_head = (byte_vec){chain.head.at, chain.head.len};
    chain.opening = chain_header(chain.number + 1, &chain.hash, chain.slot);
    shim_begin();
    struct answer opened = chain_call("Core_initialize_block", chain.opening);
    if (!opened.returned)
        fail_msg("initialize_block: %s", shim_trap_message());
    assert_bytes_equal(opened.bytes, ((struct bytes){&chain.inclusion, 1}));
}

void chain_open(void) {
    chain_open_bare();
    struct bytes data = chain_inherent_data(chain.slot * SLOT_DURATION_MS);
    struct bytes all = chain_get("BlockBuilder_inherent_extrinsics", data);
    struct reader in = reader_over(all, NULL);
    uint32_t count = read_compact_u32(&in);
    assert_int_equal(count, 2);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *from = in.at;
        read_bytes(&in, UINT32_MAX);
        chain_succeeds((struct bytes){from, (uint32_t)(in.at - from)});
    }
    assert_true(reader_done(&in));
}

struct answer chain_apply(struct bytes extrinsic) {
    struct answer out = chain_call("BlockBuilder_apply_extrinsic", extrinsic);
    if (out.returned && out.bytes.at[0] == 0) {
        assert_true(chain.count < CHAIN_MAX_EXTRINSICS);
        chain.extrinsics[chain.count++] = chain_keep(extrinsic);
    }
    return out;
}

struct bytes chain_block(struct bytes header, const struct bytes *extrinsics, uint32_t count) {
    uint8_t head[5];
    struct writer out = writer_over(head, sizeof head);
    write_compact_u32(&out, count);
    struct bytes block = chain_join(header, writer_bytes(&out));
    for (uint32_t i = 0; i < count; i++)
        block = chain_join(block, extrinsics[i]);
    return block;
}

/* Where the state root is: behind the parent's hash and the compact number. */
static const uint8_t *state_root_of(struct bytes header) { return header.at + 32 + compact_size(chain.number + 1); }

void chain_close(void) {
    struct answer closed = chain_call("BlockBuilder_finalize_block", (struct bytes){NULL, 0});
    if (!closed.returned)
        fail_msg("finalize_block: %s", shim_trap_message());
    h256 authored = chain_root();
    assert_memory_equal(state_root_of(closed.bytes), authored.at, 32);
    assert_memory_equal(closed.bytes.at, chain.hash.at, 32);
    chain.last_block = chain_block(closed.bytes, chain.extrinsics, chain.count);
    shim_rollback();
    struct answer imported = chain_call("Core_execute_block", chain.last_block);
    if (!imported.returned)
        fail_msg("execute_block: %s", shim_trap_message());
    assert_int_equal(imported.bytes.len, 0);
    assert_same_root(authored);
    chain_edit();
    const char *wrong = chain.unchecked ? NULL : try_state();
    if (wrong)
        fail_msg("after block %u: %s", chain.number + 1, wrong);
    chain_edit();
    chain.head = closed.bytes;
    shim_blake2(chain.hash.at, 32, chain.head);
    chain.number++;
    chain.count = 0;
}

/* --- expectations --- */

static void assert_applied(struct bytes extrinsic, struct bytes expected) {
    struct answer out = chain_apply(extrinsic);
    if (!out.returned)
        fail_msg("apply_extrinsic: %s", shim_trap_message());
    assert_bytes_equal(out.bytes, expected);
}

void chain_succeeds(struct bytes extrinsic) { assert_applied(extrinsic, TEXT("\0\0")); }

void chain_fails(struct bytes extrinsic, dispatch_result why) {
    uint8_t expected[16];
    struct writer out = writer_over(expected, sizeof expected);
    write_raw(&out, "\0\1", 2);
    write_dispatch_error(&out, why);
    assert_applied(extrinsic, writer_bytes(&out));
}

static struct bytes refusal(validity why) {
    const uint8_t bytes[] = {1, (uint8_t)(why >> 8), (uint8_t)why};
    return chain_keep((struct bytes){bytes, sizeof bytes});
}

void chain_refuses(struct bytes extrinsic, validity why) {
    h256 before = chain_root();
    assert_applied(extrinsic, refusal(why));
    assert_same_root(before);
}

struct answer chain_validate(struct bytes extrinsic) {
    struct bytes source = chain_join(TEXT("\2"), extrinsic);
    return chain_ask("TaggedTransactionQueue_validate_transaction",
                     chain_join(source, (struct bytes){chain.hash.at, 32}));
}

void chain_pool_refuses(struct bytes extrinsic, validity why) {
    struct answer out = chain_validate(extrinsic);
    if (!out.returned)
        fail_msg("validate_transaction: %s", shim_trap_message());
    assert_bytes_equal(out.bytes, refusal(why));
}
