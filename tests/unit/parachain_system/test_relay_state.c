/* test_relay_state.c - reading a live relay chain's proof: what it holds comes out as it was written down, and what it
 * does not show is refused. */
#include "live_proof.h"
#include "relay.h"

#include "parachain_system/relay_state.h"

static uint8_t proof_bytes[8192];
static struct relay_state opened;

static uint32_t unhex(uint8_t *out, const char *digits) {
    uint32_t len = 0;
    for (; digits[2 * len]; len++) {
        unsigned byte;
        assert_int_equal(sscanf(digits + 2 * len, "%2x", &byte), 1);
        out[len] = (uint8_t)byte;
    }
    return len;
}
static struct bytes proof(void) {
    struct writer out = writer_over(proof_bytes, sizeof proof_bytes);
    write_compact_u32(&out, COUNT_OF(live_proof));
    for (size_t i = 0; i < COUNT_OF(live_proof); i++) {
        uint8_t node[1024];
        uint32_t len = unhex(node, live_proof[i]);
        write_bytes(&out, (struct bytes){node, len});
    }
    assert_false(out.overflow);
    return writer_bytes(&out);
}
static void open_for(uint32_t para) {
    h256 root;
    unhex(root.at, LIVE_PROOF_ROOT);
    relay_state_open(&opened, proof(), &root, para);
}
static int setup(void **state) {
    fresh(state);
    open_for(1000);
    return 0;
}

static void reads_plain_values(void **state) {
    (void)state;
    assert_true(relay_state_slot(&opened) == 0x10a9495d);
    host_configuration config;
    relay_state_host_configuration(&opened, &config);
    assert_int_equal(config.max_code_size, 5u << 20);
    assert_int_equal(config.max_head_data_size, 20480);
    assert_int_equal(config.max_upward_queue_count, 10);
    assert_int_equal(config.max_upward_message_num_per_candidate, 10);
    assert_int_equal(config.hrmp_max_message_num_per_candidate, 10);
    assert_int_equal(config.validation_upgrade_cooldown, 200);
}

static void reads_randomness(void **state) {
    (void)state;
    uint8_t expected[33];
    struct clock_relay_value vrf, epoch;
    relay_state_randomness(&opened, &vrf, &epoch);
    assert_int_equal(vrf.proof, CLOCK_SHOWN);
    unhex(expected, "01083c38641effe2a1c267fb16654d73afd072e5bbbb58a3cee00b6f07858d7868");
    assert_bytes_equal(vrf.value, ((struct bytes){expected, 33}));
    assert_int_equal(epoch.proof, CLOCK_SHOWN);
    unhex(expected, "cc322cfedfa300d9bec6649d65f16273941d0e2f90a4c0d7173dd7c95bb02597");
    assert_bytes_equal(epoch.value, ((struct bytes){expected, 32}));
}

static void reads_a_signal_of_another_chain(void **state) {
    (void)state;
    fresh(NULL);
    open_for(2021);
    option_upgrade_go_ahead signal;
    relay_state_go_ahead(&opened, &signal);
    assert_true(signal.some && signal.value == upgrade_go_ahead_GoAhead);
}

static void head_of(UNUSED void *context) {
    h256 hash;
    relay_state_included_head(&opened, &hash);
}
static void queues_of(UNUSED void *context) {
    host_configuration config;
    messaging_state messaging;
    relay_state_host_configuration(&opened, &config);
    relay_state_messaging(&opened, &messaging, &config);
}
static void open_again(void *context) {
    h256 root = *(h256 *)context;
    relay_state_open(&opened, proof(), &root, 1000);
}

static void what_is_not_shown_is_refused(void **state) {
    (void)state;
    /* The proof holds channels of chain 1000, neither its head nor the capacity of its queue. */
    assert_traps(head_of, NULL, "incomplete");
    setup(NULL);
    assert_traps(queues_of, NULL, "incomplete");
    fresh(NULL);
    h256 root;
    unhex(root.at, LIVE_PROOF_ROOT);
    root.at[31] ^= 1;
    assert_traps(open_again, &root, "its root");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_plain_values, setup),
        cmocka_unit_test_setup(reads_randomness, setup),
        cmocka_unit_test_setup(reads_a_signal_of_another_chain, setup),
        cmocka_unit_test_setup(what_is_not_shown_is_refused, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
