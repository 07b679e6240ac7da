/* test_block.c - blocks from genesis on: authored and imported to the same state, what finalising leaves behind, every
 * header and body that import refuses, and the check of inherents. */
#include "executive/chain.h"

#include "authorship/authorship.h"
#include "timestamp/timestamp.h"

static void empty_blocks_follow_one_another(void **state) {
    (void)state;
    for (uint32_t i = 1; i <= 4; i++) {
        chain_open();
        chain_close();
        assert_int_equal(chain.number, i);
        chain_edit();
        h256 parent;
        uint64_t now;
        const uint32_t before = i - 1;
        assert_true(system_BlockHash_get(&before, &parent));
        assert_memory_equal(parent.at, chain.last_block.at, 32);
        assert_int_equal(system_block_number(), i);
        assert_true(timestamp_Now_get(&now) && now == chain.slot * SLOT_DURATION_MS);
    }
}

static void full_of_transfers(void **state) {
    (void)state;
    for (uint32_t block = 0; block < 2; block++) {
        chain_open();
        for (uint32_t i = 0; i < 20; i++) {
            chain_succeeds(tx_plain(i % 2 ? BOB : ALICE, call_transfer(i % 3 ? CHARLIE : POOR, UNIT + i)));
            chain_refuses(tx_frame(TEXT("\x99")), INVALID(CALL)); /* what is refused leaves no trace in the block */
        }
        chain_fails(tx_plain(ALICE, call_transfer(BOB, (u128)1 << 110)), ARITHMETIC_ERROR(Underflow));
        chain_close();
    }
}

/* Nodes before format 5 wrapped inherents as format 4. */
static void inherents_of_the_older_format(void **state) {
    (void)state;
    chain_open_bare();
    struct bytes data = chain_inherent_data(chain.slot * SLOT_DURATION_MS);
    struct bytes all = chain_get("BlockBuilder_inherent_extrinsics", data);
    struct reader in = reader_over(all, NULL);
    uint32_t count = read_compact_u32(&in);
    for (uint32_t i = 0; i < count; i++) {
        struct bytes body = read_bytes(&in, UINT32_MAX);
        assert_int_equal(body.at[0], 5);
        chain_succeeds(tx_bare(4, (struct bytes){body.at + 1, body.len - 1}));
    }
    chain_close();
}

/* --- what stays --- */

static uint32_t keys_with(struct bytes prefix) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < shim_key_count(); i++) {
        struct bytes key, value;
        shim_entry(i, &key, &value);
        found += key.len >= prefix.len && memcmp(key.at, prefix.at, prefix.len) == 0;
    }
    return found;
}

static void temporaries_are_gone(void **state) {
    (void)state;
    const struct storage_desc *const gone[] = {
        &system_ExtrinsicCount_storage,    &system_InherentsApplied_storage, &system_BlockSize_storage,
        &system_ExtrinsicData_storage,     &system_ExecutionPhase_storage,   &system_ExtrinsicWeightReclaimed_storage,
        &timestamp_DidUpdate_storage,      &authorship_Author_storage};
    chain_open();
    assert_int_equal(keys_with(TEXT(":extrinsic_index")), 1);
    assert_int_equal(keys_with((struct bytes){timestamp_DidUpdate_storage.prefix, 32}), 1);
    chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT)));
    assert_int_equal(keys_with((struct bytes){system_ExtrinsicData_storage.prefix, 32}), 3);
    chain_close();
    for (uint32_t i = 0; i < COUNT_OF(gone); i++)
        assert_int_equal(keys_with((struct bytes){gone[i]->prefix, 32}), 0);
    assert_int_equal(keys_with(TEXT(":extrinsic_index")), 0);
    assert_int_equal(keys_with(TEXT(":intrablock_entropy")), 0);
    /* From the second block on the state grows by the block's hash and the relay chain's random value. */
    chain_open();
    chain_close();
    uint32_t before = shim_key_count();
    chain_open();
    chain_close();
    assert_true(shim_key_count() <= before + 2);
}

/* --- import --- */

static struct bytes header;
static h256 authored;

/* Authors a block with one transfer and goes back to the state before it. */
static void author(void) {
    chain_open();
    chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT)));
    header = chain_call("BlockBuilder_finalize_block", (struct bytes){NULL, 0}).bytes;
    authored = chain_root();
    shim_rollback();
}

static void refuses_block(struct bytes block, const char *why) {
    h256 before = chain_root();
    struct answer out = chain_call("Core_execute_block", block);
    assert_false(out.returned);
    if (!strstr(shim_trap_message(), why))
        fail_msg("refused with '%s' instead of '%s'", shim_trap_message(), why);
    assert_same_root(before);
}
static void refuses_extrinsics(const struct bytes *extrinsics, uint32_t count, const char *why) {
    refuses_block(chain_block(header, extrinsics, count), why);
}
static void refuses_header(struct bytes wrong, const char *why) {
    refuses_block(chain_block(wrong, chain.extrinsics, chain.count), why);
}
static struct bytes header_with(uint32_t at, uint8_t flip) {
    struct bytes wrong = chain_keep(header);
    chain_edit_bytes(wrong)[at] ^= flip;
    return wrong;
}
static void the_block_itself_is_good(void) {
    struct answer out = chain_call("Core_execute_block", chain_block(header, chain.extrinsics, chain.count));
    assert_true(out.returned);
    assert_same_root(authored);
}

enum { NUMBER_AT = 32, STATE_ROOT_AT = 33, EXTRINSICS_ROOT_AT = 65, DIGEST_AT = 97 };

static void wrong_headers(void **state) {
    (void)state;
    author();
    for (uint32_t i = 0; i < 32; i += 31) {
        refuses_header(header_with(i, 1), ""); /* another parent: the relay chain's included head is not behind it */
        refuses_header(header_with(STATE_ROOT_AT + i, 1), "Storage root must match that calculated.");
        refuses_header(header_with(EXTRINSICS_ROOT_AT + i, 1), "Transaction trie root must be valid.");
    }
    refuses_header(header_with(NUMBER_AT, 4), "Block number must be strictly increasing.");    /* 0 */
    refuses_header(header_with(NUMBER_AT, 12), "Block number must be strictly increasing.");   /* 2 */
    refuses_header(header_with(NUMBER_AT, 2), "");                                             /* not canonical */
    /* Digest: aura's slot and what the block deposited. */
    assert_int_equal(header.at[DIGEST_AT], 2 << 2);
    refuses_header(header_with(DIGEST_AT, 4), "header does not decode"); /* one item more than there is */
    refuses_header(header_with(DIGEST_AT + 6, 1), "");                     /* another slot */
    refuses_header(header_with(DIGEST_AT + 2, 1), "");                     /* another engine */
    refuses_header(header_with(header.len - 1, 1), "Digest item must match that calculated.");
    refuses_header(header_with(DIGEST_AT + 16, 1), "Digest item must match that calculated.");
    struct bytes more = chain_join(header, TEXT("\x04SEAL\0"));
    chain_edit_bytes(more)[DIGEST_AT] = 3 << 2;
    refuses_header(more, "Number of digest items must match that calculated.");
    struct bytes sealed = chain_join(header, TEXT("\x05" "aura\0"));
    chain_edit_bytes(sealed)[DIGEST_AT] = 3 << 2;
    refuses_header(sealed, "Number of digest items must match that calculated.");
    struct bytes fewer = chain_keep((struct bytes){header.at, DIGEST_AT + 15});
    chain_edit_bytes(fewer)[DIGEST_AT] = 1 << 2;
    refuses_header(fewer, "Number of digest items must match that calculated.");
    the_block_itself_is_good();
    refuses_header(header, "Block number must be strictly increasing."); /* a second time */
}

static void wrong_bodies(void **state) {
    (void)state;
    author();
    const struct bytes relay_data = chain.extrinsics[0], clock = chain.extrinsics[1], transfer = chain.extrinsics[2];
    assert_int_equal(chain.count, 3);
    refuses_extrinsics((struct bytes[]){relay_data, transfer, clock}, 3, "InvalidInherentPosition");
    refuses_extrinsics((struct bytes[]){transfer, relay_data, clock}, 3, "InvalidInherentPosition");
    refuses_extrinsics((struct bytes[]){relay_data, transfer}, 2, "Timestamp must be updated once in the block");
    refuses_extrinsics((struct bytes[]){clock, transfer}, 2, "set_validation_data did not run in this block");
    refuses_extrinsics((struct bytes[]){relay_data, relay_data, clock}, 3, "validation data must be set once");
    refuses_extrinsics((struct bytes[]){relay_data, clock, clock}, 3, "Timestamp must be updated only once");
    refuses_extrinsics(NULL, 0, "");
    refuses_extrinsics((struct bytes[]){relay_data, clock, transfer, transfer}, 4, "ApplyExtrinsic");
    refuses_extrinsics((struct bytes[]){relay_data, clock, tx_frame(TEXT("\x99"))}, 3, "UnableToDecodeExtrinsic");
    struct bytes forged = chain_keep(transfer);
    chain_edit_bytes(forged)[60] ^= 1;
    refuses_extrinsics((struct bytes[]){relay_data, clock, forged}, 3, "ApplyExtrinsic");
    refuses_extrinsics((struct bytes[]){relay_data, clock, tx_plain(BOB, call_remark(0))}, 3, "Storage root");
    refuses_extrinsics((struct bytes[]){relay_data, clock}, 2, "Storage root");
    /* Says four and holds three; ends in the middle. */
    struct bytes block = chain_block(header, chain.extrinsics, chain.count), many = chain_keep(block);
    chain_edit_bytes(many)[header.len] = 4 << 2;
    refuses_block(many, "UnableToDecodeExtrinsic");
    for (uint32_t len = 0; len < block.len; len += 37)
        refuses_block((struct bytes){block.at, len}, "");
    the_block_itself_is_good();
}

/* Whatever bit of a block is changed, it is not accepted: except where the relay chain data are not looked at. */
static void flipped_bits(void **state) {
    (void)state;
    author();
    struct bytes block = chain_block(header, chain.extrinsics, chain.count);
    h256 before = chain_root();
    uint64_t seed = 99;
    for (uint32_t i = 0; i < 600; i++) {
        uint32_t bit = (uint32_t)(next_random(&seed) % (block.len * 8));
        struct bytes wrong = chain_keep(block);
        chain_edit_bytes(wrong)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (chain_ask("Core_execute_block", wrong).returned)
            fail_msg("accepted with bit %u of %u changed", bit, block.len * 8);
    }
    assert_same_root(before);
    the_block_itself_is_good();
}

/* --- check_inherents --- */

static struct bytes check_with(struct bytes extrinsic, struct bytes data) {
    struct bytes block = chain_block(chain_header(1, &chain.hash, 1), &extrinsic, extrinsic.len ? 1 : 0);
    return chain_get("BlockBuilder_check_inherents", chain_join(block, data));
}
static struct bytes clock_at(uint64_t now) {
    uint8_t args[10];
    struct writer out = writer_over(args, sizeof args);
    write_compact(&out, now);
    return tx_bare(5, call_bytes(2, 0, writer_bytes(&out)));
}
static struct bytes clock_data(uint64_t now) {
    uint8_t bytes[32];
    struct writer out = writer_over(bytes, sizeof bytes);
    write_raw(&out, "\x04timstap0\x20", 10);
    write_u64(&out, now);
    return chain_keep(writer_bytes(&out));
}

#define OKAY TEXT("\1\0\0")
static void inherents_are_checked(void **state) {
    (void)state;
    chain_open();
    chain_close(); /* time is 1001 * 6000 */
    const uint64_t now = chain.slot * SLOT_DURATION_MS, drift = 30000;
    assert_bytes_equal(check_with(clock_at(now), clock_data(now)), OKAY);
    assert_bytes_equal(check_with(clock_at(now + drift), clock_data(now)), OKAY);
    struct bytes wrong = check_with(clock_at(now + drift + 1), clock_data(now));
    assert_bytes_equal(wrong, TEXT("\0\1\4timstap0\4\1")); /* fatal, TooFarInFuture */
    wrong = check_with(clock_at(now - 1), clock_data(now));
    assert_bytes_equal(wrong, TEXT("\0\1\4timstap0\4\0")); /* fatal, TooEarly */
    assert_bytes_equal(check_with(clock_at(UINT64_MAX), clock_data(UINT64_MAX)), OKAY);
    /* Nothing to check: no inherent, a signed call of the same name, another inherent. */
    assert_bytes_equal(check_with((struct bytes){NULL, 0}, clock_data(now)), OKAY);
    assert_bytes_equal(check_with(tx_plain(ALICE, call_bytes(2, 0, TEXT("\x04"))), clock_data(now)), OKAY);
    struct bytes data_call = chain_get("BlockBuilder_inherent_extrinsics", chain_inherent_data(now));
    struct reader in = reader_over(data_call, NULL);
    read_compact_u32(&in);
    struct bytes relay_call = tx_frame(read_bytes(&in, UINT32_MAX));
    assert_bytes_equal(check_with(relay_call, clock_data(now)), OKAY);
}

static void broken_inherent_data(void **state) {
    (void)state;
    static const struct {
        struct bytes data;
        const char *why;
    } cases[] = {{{(const uint8_t *)"\0", 1}, "Timestamp inherent data must be provided"},
                 {{(const uint8_t *)"\x04timstap1\x20" "12345678", 18}, "Timestamp inherent data must be provided"},
                 {{(const uint8_t *)"\x04timstap0\x1c" "1234567", 17}, "Timestamp inherent data not correctly encoded"},
                 {{(const uint8_t *)"\x04timstap0\x20" "1234567", 17}, "inherent data does not decode"},
                 {{(const uint8_t *)"\x08timstap0\x20" "12345678", 18}, "inherent data does not decode"},
                 {{NULL, 0}, "inherent data does not decode"}};
    struct bytes clock = clock_at(5), block = chain_block(chain_header(1, &chain.hash, 1), &clock, 1);
    for (uint32_t i = 0; i < COUNT_OF(cases); i++) {
        assert_false(chain_ask("BlockBuilder_check_inherents", chain_join(block, cases[i].data)).returned);
        assert_non_null(strstr(shim_trap_message(), cases[i].why));
        assert_false(chain_ask("BlockBuilder_inherent_extrinsics", cases[i].data).returned);
        assert_non_null(strstr(shim_trap_message(), cases[i].why));
    }
    /* Without the relay chain's data the author gets the clock alone; the block then fails at its end. */
    struct bytes only_clock = chain_get("BlockBuilder_inherent_extrinsics", clock_data(77));
    assert_bytes_equal(only_clock, chain_join(TEXT("\x04"), tx_bare(5, call_bytes(2, 0, TEXT("\x35\x01")))));
    struct bytes bad = tx_frame(TEXT("\x99"));
    block = chain_join(chain_block(chain_header(1, &chain.hash, 1), &bad, 1), clock_data(5));
    assert_false(chain_ask("BlockBuilder_check_inherents", block).returned);
    assert_non_null(strstr(shim_trap_message(), "UnableToDecodeExtrinsic"));
}

/* --- begin and end --- */

static void wrong_beginnings(void **state) {
    (void)state;
    static const uint32_t numbers[] = {0, 2, UINT32_MAX};
    h256 before = chain_root();
    for (uint32_t i = 0; i < COUNT_OF(numbers); i++) {
        assert_false(chain_call("Core_initialize_block", chain_header(numbers[i], &chain.hash, 5)).returned);
        assert_non_null(strstr(shim_trap_message(), "Block number must be strictly increasing."));
    }
    struct bytes good = chain_header(1, &chain.hash, 5);
    for (uint32_t len = 0; len < good.len; len++)
        assert_false(chain_call("Core_initialize_block", (struct bytes){good.at, len}).returned);
    assert_same_root(before);
    chain_open();
    chain_close();
    assert_false(chain_call("Core_initialize_block", chain_header(2, &chain.hash, chain.slot - 1)).returned);
    assert_non_null(strstr(shim_trap_message(), "Slot must not decrease"));
    assert_false(chain_call("BlockBuilder_finalize_block", TEXT("\0")).returned); /* takes no input */
}

/* A header may have a fifth of the block's length. FRAME counts digest (its count, 14 bytes of slot, this item with 9 bytes
 * of head) and an empty header of 98 bytes. */
static void large_headers(void **state) {
    (void)state;
    enum { ROOM = 1048576 - 98 - 1 - 14 - 9 };
    for (uint32_t more = 0; more < 2; more++) {
        uint8_t *zeros = calloc(1, ROOM + more);
        chain.digest = chain_join(TEXT("\6nodi"), tx_frame((struct bytes){zeros, ROOM + more}));
        free(zeros);
        chain.digest_count = 1;
        if (more) {
            h256 before = chain_root();
            assert_false(chain_call("Core_initialize_block", chain_header(1, &chain.hash, chain.slot)).returned);
            assert_non_null(strstr(shim_trap_message(), "Header size exceeds max header size limit"));
            assert_same_root(before);
        } else {
            chain_open_bare();
            chain_edit();
            uint32_t size;
            assert_true(system_BlockSize_get(&size) && size == 1048576);
            shim_rollback();
        }
    }
    /* Half of it, in a whole block. */
    uint8_t *half = calloc(1, 500000);
    chain.digest = chain_join(TEXT("\6nodi"), tx_frame((struct bytes){half, 500000}));
    free(half);
    chain_open();
    chain_close();
}

static void an_upgraded_runtime_runs_its_hook_once(void **state) {
    (void)state;
    chain_edit();
    const last_runtime_upgrade older = {SPEC_VERSION - 1, {(const uint8_t *)SPEC_NAME, sizeof SPEC_NAME - 1}};
    system_LastRuntimeUpgrade_put(&older);
    chain_edited();
    per_class_weight first, second;
    for (uint32_t i = 0; i < 2; i++) {
        chain_open_bare();
        chain_edit();
        system_BlockWeight_get(i ? &second : &first);
        assert_false(system_runtime_upgraded());
        chain_edit();
        if (i)
            break;
        shim_rollback();
        chain.slot--;
        chain_open();
        chain_close();
    }
    assert_true(first.mandatory.ref_time >= second.mandatory.ref_time + READS(2));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(empty_blocks_follow_one_another),
        CASE(full_of_transfers),
        CASE(inherents_of_the_older_format),
        CASE(temporaries_are_gone),
        CASE(wrong_headers),
        CASE(wrong_bodies),
        CASE(flipped_bits),
        CASE(inherents_are_checked),
        CASE(broken_inherent_data),
        CASE(wrong_beginnings),
        CASE(large_headers),
        CASE(an_upgraded_runtime_runs_its_hook_once),
    };
    return cmocka_run_group_tests_name("block", tests, NULL, NULL);
}
