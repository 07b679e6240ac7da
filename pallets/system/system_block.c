/* system_block.c - block bookkeeping: initialise, extrinsic index, weight, digest, finalise.
 * Mirrors polkadot-sdk stable2609 frame-system src/lib.rs#initialize, #finalize, #note_applied_extrinsic. */
#include "host/host.h"
#include "state/overlay.h"
#include "system/system_constants.h"

#define RAW_KEY(literal) ((struct bytes){(const uint8_t *)literal, sizeof(literal) - 1})
#define EXTRINSIC_INDEX RAW_KEY(":extrinsic_index")
#define INTRABLOCK_ENTROPY RAW_KEY(":intrablock_entropy")

uint32_t system_block_number(void) { return storage_get_u32(&system_Number_storage); }

static struct overlay_entry *extrinsic_index(void) {
    static struct storage_slot slot;
    if (slot.generation != overlay_generation)
        slot = (struct storage_slot){overlay_entry(EXTRINSIC_INDEX, OVERLAY_KEY_LASTS), overlay_generation};
    return slot.entry;
}

uint32_t system_extrinsic_index(void) {
    struct bytes value;
    return overlay_entry_get(extrinsic_index(), &value) && value.len == 4 ? load_u32(value.at) : 0;
}

static void put_extrinsic_index(uint32_t index) {
    overlay_entry_put(extrinsic_index(), (struct bytes){(const uint8_t *)&index, 4});
}

/* The stored phase, or Initialization when none is. */
struct bytes system_encoded_phase(void) {
    static const uint8_t initialization = execution_phase_Initialization;
    struct bytes stored;
    if (overlay_entry_get(storage_entry(&system_ExecutionPhase_storage, NULL), &stored))
        return stored;
    return (struct bytes){&initialization, 1};
}

static void put_phase(uint8_t tag, uint32_t index) {
    uint8_t encoded[5] = {tag};
    store_u32(encoded + 1, index);
    overlay_entry_put(storage_entry(&system_ExecutionPhase_storage, NULL),
                      (struct bytes){encoded, tag == execution_phase_ApplyExtrinsic ? 5 : 1});
}

void system_reset_events(void) {
    system_Events_kill_now();
    system_EventCount_kill_now();
    /* EventTopics is always empty: this runtime deposits no topics. */
}

static uint32_t header_size(uint32_t number, struct bytes digest) {
    return digest.len + 96 + compact_size(number) + 1; /* three hashes, the number, no digest items of its own */
}

void system_initialize(uint32_t number, const h256 *parent_hash, struct bytes digest) {
    const uint32_t parent = number - 1, zero = 0, size = header_size(number, digest);
    if (number == 0 || system_block_number() != parent)
        PANIC("Block number must be strictly increasing.");
    if (size > MAX_HEADER_SIZE)
        PANIC("Header size exceeds max header size limit");
    uint8_t seed[24 + 32], entropy[32];
    memcpy(seed, "frame_system::initialize", 24);
    memcpy(seed + 24, parent_hash->at, 32);
    host_blake2_256(entropy, (struct bytes){seed, sizeof seed});
    /* No phase is stored yet, which reads as Initialization. */
    overlay_put_now(EXTRINSIC_INDEX, (struct bytes){(const uint8_t *)&zero, 4});
    overlay_put_now(INTRABLOCK_ENTROPY, (struct bytes){entropy, sizeof entropy});
    system_Number_put(&number);
    system_ParentHash_put_now(parent_hash);
    system_BlockHash_put_now(&parent, parent_hash);
    overlay_entry_put(storage_entry(&system_Digest_storage, NULL), digest);
    system_BlockSize_put_now(&size);
}

void system_pretend_next_block(const h256 *parent_hash) {
    static const uint8_t no_digest = 0;
    const uint32_t parent = system_block_number(), number = saturating_add_u32(parent, 1);
    const uint32_t size = header_size(number, (struct bytes){&no_digest, 1});
    system_BlockWeight_kill();
    system_Number_put(&number);
    system_BlockHash_put(&parent, parent_hash);
    system_BlockSize_put(&size);
}

/* BlockWeight is six compact integers one after another in memory and in storage; the general codec takes five times as
 * long for them, and each extrinsic reads and writes them. */
enum { WEIGHT_PARTS = 6 };
_Static_assert(sizeof(per_class_weight) == WEIGHT_PARTS * sizeof(uint64_t), "three classes of two parts");

void system_get_block_weight(per_class_weight *out) {
    struct bytes stored;
    if (overlay_entry_get(storage_entry(&system_BlockWeight_storage, NULL), &stored)) {
        struct reader in = reader_over(stored, &arena_scratch);
        uint64_t parts[WEIGHT_PARTS];
        for (int i = 0; i < WEIGHT_PARTS; i++)
            parts[i] = read_compact_u64(&in);
        memcpy(out, parts, sizeof *out);
        if (reader_done(&in))
            return;
    }
    system_BlockWeight_get(out); /* absent, or says that it does not decode */
}

static struct bytes encode_block_weight(uint8_t encoded[static WEIGHT_PARTS * 9], const per_class_weight *all) {
    uint64_t parts[WEIGHT_PARTS];
    memcpy(parts, all, sizeof parts);
    struct writer out = writer_over(encoded, WEIGHT_PARTS * 9);
    for (int i = 0; i < WEIGHT_PARTS; i++) {
        if (parts[i] == 0)
            *out.at++ = 0; /* most are */
        else
            write_compact_u64(&out, parts[i]);
    }
    return writer_bytes(&out);
}

void system_put_block_weight(const per_class_weight *all) {
    uint8_t encoded[WEIGHT_PARTS * 9];
    overlay_entry_put(storage_entry(&system_BlockWeight_storage, NULL), encode_block_weight(encoded, all));
}

void system_finish_initialize(weight used) {
    static const uint8_t first_phase[5] = {execution_phase_ApplyExtrinsic};
    uint8_t encoded[WEIGHT_PARTS * 9] = {0};
    struct writer out = writer_over(encoded, sizeof encoded);
    out.at += WEIGHT_PARTS - 2; /* the other classes have none yet */
    write_compact_u64(&out, used.ref_time);
    write_compact_u64(&out, used.proof_size);
    overlay_put_now((struct bytes){storage_prefix(&system_BlockWeight_storage), STORAGE_PREFIX_SIZE},
                    writer_bytes(&out));
    overlay_put_now((struct bytes){storage_prefix(&system_ExecutionPhase_storage), STORAGE_PREFIX_SIZE},
                    (struct bytes){first_phase, sizeof first_phase});
}

void system_note_extrinsic(struct bytes encoded) {
    uint32_t index = system_extrinsic_index(), size = 5 + encoded.len;
    struct writer out = writer_over(arena_alloc(&arena_state, size), size);
    write_bytes(&out, encoded);
    uint8_t key[STORAGE_KEY_SIZE];
    overlay_put_borrowed(storage_key(&system_ExtrinsicData_storage, &index, 1, key), writer_bytes(&out));
}

/* DEPOSIT(system, ExtrinsicSuccess, .dispatch_info = *info), encoded by hand: each block has one an extrinsic. */
static void deposit_success(const dispatch_event_info *info) {
    uint8_t encoded[9 + 9 + 1 + 1];
    struct writer out = writer_over(encoded, sizeof encoded);
    write_compact_u64(&out, info->weight.ref_time);
    write_compact_u64(&out, info->weight.proof_size);
    write_u8(&out, info->class);
    write_u8(&out, info->pays_fee);
    const struct type_desc as_is = {.kind = TYPE_ARRAY, .align = 1, .flat = true, .size = (uint16_t)writer_len(&out)};
    system_deposit_event(pallet_index_system, system_event_index_ExtrinsicSuccess, &as_is, encoded);
}

void system_note_applied_extrinsic(dispatch_result result, const dispatch_event_info *info) {
    if (result == DISPATCH_OK)
        deposit_success(info);
    else
        DEPOSIT(system, ExtrinsicFailed, .dispatch_error = dispatch_error_value(result), .dispatch_info = *info);
    uint32_t next = saturating_add_u32(system_extrinsic_index(), 1);
    put_extrinsic_index(next);
    put_phase(execution_phase_ApplyExtrinsic, next);
}

void system_note_finished_extrinsics(void) {
    uint32_t count = system_extrinsic_index();
    overlay_remove(EXTRINSIC_INDEX);
    system_ExtrinsicCount_put(&count);
    put_phase(execution_phase_Finalization, 0);
}

static weight *class_of(per_class_weight *all, enum dispatch_class class) {
    return class == CLASS_NORMAL ? &all->normal : class == CLASS_OPERATIONAL ? &all->operational : &all->mandatory;
}

void system_register_weight(weight amount, enum dispatch_class class) {
    per_class_weight all;
    system_get_block_weight(&all);
    weight *of = class_of(&all, class);
    *of = weight_add(*of, amount);
    system_put_block_weight(&all);
}

void system_reduce_weight(weight amount, enum dispatch_class class) {
    per_class_weight all;
    system_get_block_weight(&all);
    weight *of = class_of(&all, class);
    *of = weight_sub(*of, amount);
    system_put_block_weight(&all);
}

weight system_total_weight(void) {
    per_class_weight all;
    system_get_block_weight(&all);
    return weight_add(weight_add(all.normal, all.operational), all.mandatory);
}

/* The digest is kept encoded: a compact count and the items one after another. */
static struct bytes digest_bytes(void) {
    static const uint8_t empty = 0;
    struct bytes value;
    if (!overlay_entry_get(storage_entry(&system_Digest_storage, NULL), &value) || value.len == 0)
        return (struct bytes){&empty, 1};
    return value;
}

void system_deposit_log(const digest_item *item) {
    struct bytes old = digest_bytes();
    struct bytes added = scale_encode_in(&arena_scratch, &digest_item_type, item);
    struct reader in = reader_over(old, &arena_scratch);
    uint32_t count = read_compact_u32(&in), size = 5 + reader_left(&in) + added.len;
    struct writer out = writer_over(arena_alloc(&arena_scratch, size), size);
    write_compact_u32(&out, count + 1);
    write_raw(&out, in.at, reader_left(&in));
    write_slice(&out, added);
    overlay_entry_put(storage_entry(&system_Digest_storage, NULL), writer_bytes(&out));
    uint32_t block_size;
    system_BlockSize_get(&block_size);
    block_size = saturating_add_u32(block_size, added.len);
    system_BlockSize_put(&block_size);
}

bool system_next_digest_item(struct reader *in, struct digest_view *item) {
    if (reader_left(in) == 0)
        return false;
    const uint8_t *from = in->at;
    *item = (struct digest_view){.tag = read_u8(in)};
    switch (item->tag) {
    case digest_item_PreRuntime:
    case digest_item_Consensus:
    case digest_item_Seal:
        item->engine = read_raw(in, 4);
        item->data = read_bytes(in, UINT32_MAX);
        break;
    case digest_item_Other:
        item->data = read_bytes(in, UINT32_MAX);
        break;
    case digest_item_RuntimeEnvironmentUpdated:
        break;
    default:
        return reader_fail(in);
    }
    item->whole = (struct bytes){from, (uint32_t)(in->at - from)};
    return !in->failed;
}

struct reader system_digest_reader(void) {
    struct reader in = reader_over(digest_bytes(), &arena_scratch);
    read_compact_u32(&in);
    return in;
}

bool system_find_pre_runtime(const char engine[static 4], struct bytes *data) {
    struct reader in = system_digest_reader();
    struct digest_view item;
    while (system_next_digest_item(&in, &item))
        if (item.tag == digest_item_PreRuntime && load_u32(item.engine) == load_u32((const uint8_t *)engine)) {
            *data = item.data;
            return true;
        }
    return false;
}

/* Vec<Vec<u8>> of the block's extrinsics: the stored values are the elements as they are. */
static void extrinsics_root(uint8_t root[static 32]) {
    uint32_t count = 0, size = 5;
    system_ExtrinsicCount_get(&count);
    system_ExtrinsicCount_kill();
    struct bytes *items = arena_alloc(&arena_scratch, (size_t)count * sizeof *items);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t buffer[STORAGE_KEY_SIZE];
        struct bytes key = storage_key(&system_ExtrinsicData_storage, &i, 1, buffer);
        if (!overlay_get(key, &items[i]))
            PANIC("extrinsic data is missing");
        overlay_remove(key);
        size += items[i].len;
    }
    struct writer out = writer_over(arena_alloc(&arena_scratch, size), size);
    write_compact_u32(&out, count);
    for (uint32_t i = 0; i < count; i++)
        write_slice(&out, items[i]);
    host_ordered_root(root, writer_bytes(&out), EXTRINSICS_ROOT_VERSION);
}

struct bytes system_finalize(void) {
    system_ExecutionPhase_kill_now();
    system_BlockSize_kill_now();
    overlay_remove_now(INTRABLOCK_ENTROPY);
    system_InherentsApplied_kill_now();
    uint32_t number = system_block_number();
    h256 parent_hash, state_root, extrinsics;
    system_ParentHash_get(&parent_hash);
    extrinsics_root(extrinsics.at);
    /* Hashes leave the window one a block; the genesis hash stays for immortal transactions. */
    uint32_t out_of_window = saturating_sub_u32(saturating_sub_u32(number, BLOCK_HASH_COUNT), 1);
    if (out_of_window)
        system_BlockHash_kill(&out_of_window);
    struct bytes digest = digest_bytes();
    overlay_root(state_root.at, STATE_VERSION);
    uint32_t size = header_size(number, digest);
    struct writer out = writer_over(arena_alloc(&arena_state, size), size);
    write_raw(&out, parent_hash.at, 32);
    write_compact_u32(&out, number);
    write_raw(&out, state_root.at, 32);
    write_raw(&out, extrinsics.at, 32);
    write_slice(&out, digest);
    return writer_bytes(&out);
}

void system_genesis(void) {
    h256 hash;
    memset(&hash, 69, sizeof hash);
    const uint32_t zero = 0;
    system_BlockHash_put(&zero, &hash);
    system_ParentHash_put(&hash);
    system_note_runtime_version();
    const boolean yes = true;
    system_UpgradedToU32RefCount_put(&yes);
    system_UpgradedToTripleRefCount_put(&yes);
    put_extrinsic_index(0);
}

bool system_runtime_upgraded(void) {
    last_runtime_upgrade last;
    static const struct {
        uint8_t version, name_len;
        char name[sizeof SPEC_NAME - 1];
    } current = {SPEC_VERSION << 2, (sizeof SPEC_NAME - 1) << 2, SPEC_NAME};
    static const struct bytes name = TEXT_OF(SPEC_NAME);
    _Static_assert(SPEC_VERSION < 64 && sizeof SPEC_NAME <= 64, "both compacts above take one byte");
    struct bytes stored;
    /* In all blocks but the first of a version the stored bytes are the current ones. */
    if (overlay_entry_get(storage_entry(&system_LastRuntimeUpgrade_storage, NULL), &stored) &&
        stored.len == sizeof current && memcmp(stored.at, &current, sizeof current) == 0)
        return false;
    return !system_LastRuntimeUpgrade_get(&last) || last.spec_version < SPEC_VERSION ||
           !bytes_equal(last.spec_name, name);
}

void system_note_runtime_version(void) {
    static const last_runtime_upgrade current = {SPEC_VERSION, TEXT_OF(SPEC_NAME)};
    system_LastRuntimeUpgrade_put(&current);
}
