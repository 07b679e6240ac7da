/* test_root_writes.c - Root may write any key, also those that the block itself lives on: an importer, which runs the
 * block in one call and so remembers more, must end in the author's state. chain_close imports each block. */
#include "executive/chain.h"

enum { SET_STORAGE = 4, KILL_STORAGE = 5, KILL_PREFIX = 6 };

static struct bytes prefix_of(const struct storage_desc *item) { return (struct bytes){item->prefix, 32}; }

static struct bytes root_call(uint8_t index, const struct type_desc *type, const void *args) {
    return call_sudo(call_bytes(0, index, scale_encode_in(&arena_state, type, args)));
}

static struct bytes kill_prefix(struct bytes prefix, uint32_t limit) {
    static uint8_t buffer[200];
    struct writer out = writer_over(buffer, sizeof buffer);
    write_bytes(&out, prefix);
    write_u32(&out, limit);
    return call_sudo(call_bytes(0, KILL_PREFIX, writer_bytes(&out)));
}
static struct bytes kill(struct bytes key) {
    byte_vecs keys = {&key, 1};
    return root_call(KILL_STORAGE, &byte_vecs_type, &keys);
}
static struct bytes set(struct bytes key, struct bytes value) {
    key_value item = {key, value};
    key_values items = {&item, 1};
    return root_call(SET_STORAGE, &key_values_type, &items);
}

static void a_limited_prefix_removal_after_other_calls(void **state) {
    (void)state;
    chain.unchecked = true; /* keys that are nobody's */
    for (uint32_t limit = 1; limit < 4; limit++) {
        chain_open();
        chain_succeeds(tx_plain(ALICE, set(TEXT("zz-1"), TEXT("1"))));
        chain_succeeds(tx_plain(ALICE, set(TEXT("zz-3"), TEXT("3"))));
        chain_succeeds(tx_plain(ALICE, set(TEXT("zz-2"), TEXT("2"))));
        chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT)));
        chain_succeeds(tx_plain(ALICE, kill_prefix(TEXT("zz-"), limit)));
        struct bytes value;
        for (char i = '1'; i <= '3'; i++)
            assert_int_equal(shim_get((struct bytes){(const uint8_t[]){'z', 'z', '-', (uint8_t)i}, 4}, &value),
                             (uint32_t)(i - '0') > limit);
        chain_close();
    }
}

static void accounts_by_prefix(void **state) {
    (void)state;
    chain.unchecked = true; /* money goes with them */
    chain_open();
    chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT)));
    chain_succeeds(tx_plain(ALICE, call_transfer(CHARLIE, UNIT)));
    chain_succeeds(tx_plain(ALICE, kill_prefix(prefix_of(&system_Account_storage), 1)));
    chain_close();
}

static void the_events_of_the_block(void **state) {
    (void)state;
    chain_open();
    chain_succeeds(tx_plain(ALICE, kill(prefix_of(&system_Events_storage))));
    chain_succeeds(tx_plain(ALICE, kill(prefix_of(&system_Events_storage))));
    chain_succeeds(tx_plain(ALICE, kill_prefix(prefix_of(&system_Events_storage), 5)));
    chain_succeeds(tx_plain(ALICE, call_transfer(BOB, UNIT)));
    chain_close();
    chain_open();
    chain_close();
}

static void what_the_executive_keeps(void **state) {
    (void)state;
    const struct storage_desc *items[] = {&system_EventCount_storage, &system_BlockSize_storage,
                                          &system_ExecutionPhase_storage, &system_BlockWeight_storage};
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        chain_open();
        chain_succeeds(tx_plain(ALICE, call_remark(3)));
        chain_succeeds(tx_plain(ALICE, set(prefix_of(items[i]), TEXT("\0"))));
        chain_succeeds(tx_plain(ALICE, call_remark(3)));
        chain_succeeds(tx_plain(ALICE, kill(prefix_of(items[i]))));
        chain_succeeds(tx_plain(ALICE, call_remark(3)));
        chain_close();
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start, chain_stop)
int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_limited_prefix_removal_after_other_calls),
        CASE(accounts_by_prefix),
        CASE(the_events_of_the_block),
        CASE(what_the_executive_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
