/* test_faults.c - the host fails or stops at each of its calls in each step of a block with a transfer: the step
 * traps or answers with an error, and nothing of it stays. */
#include "executive/chain.h"

#include "balances/balances.h"

struct step {
    const char *function;
    struct bytes input;
};

/* Which host function the n-th call of the step is: what stopping there counted more than stopping before it. */
static enum shim_call kind_of(const struct step *step, uint64_t n) {
    uint64_t before[SHIM_CALL_COUNT] = {0};
    if (n > 1) {
        chain_plan(0, n - 1);
        (void)chain_ask(step->function, step->input).returned;
        memcpy(before, shim_counters()->by_call, sizeof before);
    }
    chain_plan(0, n);
    (void)chain_ask(step->function, step->input).returned;
    for (enum shim_call call = 0; call < SHIM_CALL_COUNT; call++)
        if (shim_counters()->by_call[call] > before[call])
            return call;
    return SHIM_CALL_COUNT;
}

/* A node whose database lies cannot be noticed: a read that answers "absent" may give another result. Every other
 * failure has to be. */
static bool may_go_unnoticed(enum shim_call call) {
    return call == SHIM_STORAGE_READ || call == SHIM_STORAGE_EXISTS || call == SHIM_STORAGE_NEXT_KEY;
}

/* The step's good answer. */
static struct bytes try_all(struct step step) {
    h256 before = chain_root();
    struct answer good = chain_ask(step.function, step.input);
    assert_true(good.returned);
    uint64_t calls = shim_calls();
    assert_true(calls > 3);
    assert_same_root(before);
    for (uint64_t n = 1; n <= calls; n++) {
        chain_plan(0, n);
        struct answer stopped = chain_call(step.function, step.input);
        assert_false(stopped.returned);
        assert_non_null(strstr(shim_trap_message(), "stopped by the fault hook"));
        assert_same_root(before);
        chain_plan(n, 0);
        struct answer failed = chain_ask(step.function, step.input);
        assert_same_root(before);
        if (!failed.returned)
            continue;
        enum shim_call kind = kind_of(&step, n);
        bool refused = failed.bytes.len == 3 && failed.bytes.at[0] == 1;
        if (!refused && !may_go_unnoticed(kind))
            fail_msg("%s: call %llu (%s) failed and nobody noticed", step.function, (unsigned long long)n,
                     shim_call_names[kind]);
    }
    /* And once more without a fault. */
    struct answer again = chain_call(step.function, step.input);
    assert_true(again.returned);
    assert_bytes_equal(again.bytes, good.bytes);
    return again.bytes;
}

static void an_author_s_block(void **state) {
    (void)state;
    chain_open_bare();
    shim_rollback();
    shim_begin();
    try_all((struct step){"Core_initialize_block", chain.opening});
    struct bytes data = chain_inherent_data(chain.slot * SLOT_DURATION_MS);
    struct bytes all = chain_get("BlockBuilder_inherent_extrinsics", data);
    struct reader in = reader_over(all, NULL);
    uint32_t count = read_compact_u32(&in);
    for (uint32_t i = 0; i < count; i++) {
        struct bytes inherent = tx_frame(read_bytes(&in, UINT32_MAX));
        try_all((struct step){"BlockBuilder_apply_extrinsic", inherent});
        chain.extrinsics[chain.count++] = inherent;
    }
    struct bytes transfer = tx_plain(ALICE, call_transfer(BOB, UNIT));
    struct bytes answer = try_all((struct step){"BlockBuilder_apply_extrinsic", transfer});
    assert_bytes_equal(answer, TEXT("\0\0"));
    chain.extrinsics[chain.count++] = transfer;
    /* finalize_block is tried on the side, the block is closed and imported as always. */
    shim_begin();
    try_all((struct step){"BlockBuilder_finalize_block", {NULL, 0}});
    shim_rollback();
    chain_close();
}

static void an_importer_s_block(void **state) {
    (void)state;
    chain_open();
    chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT)));
    chain_close();
    h256 imported = chain_root();
    struct bytes block = chain.last_block;
    chain_start(state);
    /* The same parent state: genesis. */
    h256 before = chain_root();
    assert_true(chain_ask("Core_execute_block", block).returned);
    uint64_t calls = shim_calls();
    for (uint64_t n = 1; n <= calls; n++) {
        chain_plan(0, n);
        assert_false(chain_call("Core_execute_block", block).returned);
        assert_same_root(before);
        shim_begin();
        chain_plan(n, 0);
        /* The roots are compared at the end: what is accepted is the author's block. */
        if (chain_call("Core_execute_block", block).returned)
            assert_same_root(imported);
        else
            assert_same_root(before);
        shim_rollback();
    }
}

static void the_pool(void **state) {
    (void)state;
    chain_open();
    chain_close();
    struct bytes good = tx_plain(ALICE, call_transfer(BOB, UNIT));
    struct bytes input = chain_join(chain_join(TEXT("\2"), good), (struct bytes){chain.hash.at, 32});
    try_all((struct step){"TaggedTransactionQueue_validate_transaction", input});
}

static void no_memory(void **state) {
    (void)state;
    /* A large remark needs memory of the host. */
    chain_open();
    struct bytes large = tx_plain(ALICE, call_remark(1000000));
    h256 before = chain_root();
    assert_true(chain_ask("BlockBuilder_apply_extrinsic", large).returned);
    uint64_t blocks = shim_counters()->by_call[SHIM_MALLOC], calls = shim_calls(), denied = 0;
    assert_true(blocks > 0);
    struct step step = {"BlockBuilder_apply_extrinsic", large};
    for (uint64_t n = 1; n <= calls; n++) {
        if (kind_of(&step, n) != SHIM_MALLOC)
            continue;
        chain_plan(n, 0);
        assert_false(chain_call(step.function, step.input).returned);
        assert_non_null(strstr(shim_trap_message(), "out of memory"));
        assert_same_root(before);
        denied++;
    }
    assert_int_equal(denied, blocks);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(an_author_s_block),
        CASE(an_importer_s_block),
        CASE(the_pool),
        CASE(no_memory),
    };
    return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
