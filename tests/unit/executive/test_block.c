/* test_block.c - blocks from genesis on: authored and imported to the same state; every header that import refuses. */
#include "executive/chain.h"

#include "balances/balances.h"
#include "models/models.h"
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

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, chain_start, chain_stop)
    const struct CMUnitTest tests[] = {
        CASE(empty_blocks_follow_one_another),
    };
    return cmocka_run_group_tests_name("block", tests, NULL, NULL);
}
