/* test_authorship.c - the author: session validator with the index of the slot's author. */
#include "utility/event_log.h"

#include "authorship/authorship.h"
#include "session/session.h"

static void put_slot_digest(uint8_t slot) {
    const uint8_t item[] = {4, 6, 'a', 'u', 'r', 'a', 32, slot, 0, 0, 0, 0, 0, 0, 0};
    overlay_put((struct bytes){system_Digest_storage.prefix, STORAGE_PREFIX_SIZE}, (struct bytes){item, sizeof item});
}

static account_id accounts[3] = {{{0xA}}, {{0xB}}, {{0xC}}};
static aura_id ids[3] = {{{1}}, {{2}}, {{3}}};

static void put_sets(uint32_t authority_count, uint32_t validator_count) {
    const aura_authorities authorities = {ids, authority_count};
    const session_validators validators = {accounts, validator_count};
    aura_Authorities_put(&authorities);
    session_Validators_put(&validators);
}

static void slot_names_the_author(void **state) {
    (void)state;
    put_sets(3, 3);
    for (uint8_t slot = 0; slot < 7; slot++) {
        account_id author;
        put_slot_digest(slot);
        assert_true(authorship_author(&author));
        assert_memory_equal(&author, &accounts[slot % 3], 32);
        authorship_on_finalize();
        assert_false(authorship_Author_exists());
    }
}

static void author_is_remembered(void **state) {
    (void)state;
    account_id author;
    put_sets(3, 3);
    put_slot_digest(1);
    assert_true(authorship_author(&author));
    put_slot_digest(2);
    assert_true(authorship_author(&author));
    assert_memory_equal(&author, &accounts[1], 32);
}

static void nobody(void **state) {
    (void)state;
    account_id author;
    put_sets(3, 3);
    assert_false(authorship_author(&author)); /* no digest */
    put_sets(0, 3);
    put_slot_digest(1);
    assert_false(authorship_author(&author)); /* no authorities */
    put_sets(3, 1);
    assert_false(authorship_author(&author)); /* an authority without validator */
    assert_false(authorship_Author_exists());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(slot_names_the_author, at_block_one),
        cmocka_unit_test_setup(author_is_remembered, at_block_one),
        cmocka_unit_test_setup(nobody, at_block_one),
    };
    return cmocka_run_group_tests_name("authorship", tests, NULL, NULL);
}
