/* test_licence.c - licences, their acceptance, and registration of models with its deposits. */
#include "models/models_fixture.h"

#include "clock/clock.h"

static void licences_get_numbers_and_cost_a_burn(void **state) {
    (void)state;
    models_licence terms = usual_licence(), stored;
    u128 issuance = balances_total_issuance(), had = free_of(ALICE);
    OK(ALICE, CREATE_LICENCE, create_licence, .licence = terms);
    EVENT_WAS(LicenceCreated, .licence = 1, .by = account(ALICE));
    /* 32 + 4 + 4 + 16 + 4 + 1 bytes */
    u128 price = UNIT / 10 + 61 * MILLI_UNIT;
    EVENT_WAS(Burned, .who = account(ALICE), .amount = price, .reason = models_reason_LicenceRecord);
    assert_true(had - free_of(ALICE) == price && issuance - balances_total_issuance() == price);
    assert_true(books() == 0);
    uint32_t id = 1;
    assert_true(models_Licences_get(&id, &stored));
    assert_memory_equal(&stored.text_hash, &terms.text_hash, 32);
    assert_true(stored.flags == terms.flags && stored.min_price == 1 && !stored.accept_required);
    assert_int_equal(licence(BOB, terms), 2);
}

static void licence_bounds(void **state) {
    (void)state;
    models_licence terms = usual_licence();
    REFUSES(BAD_ORIGIN, ROOT, CREATE_LICENCE, create_licence, .licence = terms);
    REFUSES(BAD_ORIGIN, UNSIGNED, CREATE_LICENCE, create_licence, .licence = terms);
    static const uint32_t bad[] = {1u << 5, 1u << 7, 1u << 16, 1u << 31};
    for (uint32_t i = 0; i < COUNT_OF(bad); i++) {
        terms.flags = bad[i];
        FAILS(BadLicence, ALICE, CREATE_LICENCE, create_licence, .licence = terms);
    }
    terms.flags = MODELS_ALL_FLAGS;
    terms.derivative_royalty_ppb = MODELS_MAX_ANCESTORS_PPB + 1;
    FAILS(RoyaltyStackTooHigh, ALICE, CREATE_LICENCE, create_licence, .licence = terms);
    terms.derivative_royalty_ppb--;
    FAILS(LowFunds, POOR, CREATE_LICENCE, create_licence, .licence = terms);
    OK(ALICE, CREATE_LICENCE, create_licence, .licence = terms);
    uint32_t last = UINT32_MAX;
    models_NextLicence_put(&last);
    FAILS(IdsExhausted, ALICE, CREATE_LICENCE, create_licence, .licence = terms);
}

static void acceptance_names_the_text(void **state) {
    (void)state;
    uint32_t id = licence(ALICE, usual_licence());
    FAILS(UnknownLicence, BOB, ACCEPT_LICENCE, accept_licence, .licence = id + 1, .text_hash = hash_of(1));
    FAILS(TermsHashMismatch, BOB, ACCEPT_LICENCE, accept_licence, .licence = id, .text_hash = hash_of(2));
    FAILS(LowFunds, POOR, ACCEPT_LICENCE, accept_licence, .licence = id, .text_hash = hash_of(1));
    REFUSES(BAD_ORIGIN, ROOT, ACCEPT_LICENCE, accept_licence, .licence = id, .text_hash = hash_of(1));
    u128 issuance = balances_total_issuance();
    at_tick(777);
    OK(BOB, ACCEPT_LICENCE, accept_licence, .licence = id, .text_hash = hash_of(1));
    EVENT_WAS(LicenceAccepted, .licence = id, .who = account(BOB));
    assert_true(issuance - balances_total_issuance() == UNIT / 10 + 4 * MILLI_UNIT);
    uint32_t tick;
    account_id bob = account(BOB);
    assert_true(models_Accepted_get(&id, &bob, &tick));
    assert_int_equal(tick, 777);
    FAILS(AlreadyAccepted, BOB, ACCEPT_LICENCE, accept_licence, .licence = id, .text_hash = hash_of(1));
    OK(CAROL, ACCEPT_LICENCE, accept_licence, .licence = id, .text_hash = hash_of(1));
}

static void registration_holds_three_deposits(void **state) {
    (void)state;
    uint32_t id = licence(ALICE, usual_licence()), generation = 1;
    u128 had = free_of(BOB), issuance = balances_total_issuance();
    models_share shares[2] = {{account(ALICE), 1}, {account(BOB), MODELS_PPB - 1}};
    OK(BOB, REGISTER_MODEL, register_model, .kind = models_kind_Adapter, .name_hash = hash_of(9), .licence = id,
       .royalty_ppb = 5, .split = {shares, 2}, .policy = {.tag = models_policy_LicenceAccepted});
    EVENT_WAS(ModelRegistered, .model = 1, .owner = account(BOB), .kind = models_kind_Adapter, .licence = id);
    models_model model = model_of(1);
    account_id bob = account(BOB);
    assert_memory_equal(&model.owner, &bob, 32);
    assert_memory_equal(&model.controller, &bob, 32);
    assert_int_equal(model.state, models_state_Draft);
    assert_int_equal(model.royalty_ppb, 5);
    assert_int_equal(model.created, 100);
    assert_int_equal(model.latest | model.last_number, 0);
    /* Model: 32+32+1+32+1+1+1+4+4+1+4+4+4+4+4+48, split: 1+2x36+48, policy: 1+48 */
    assert_true(model.deposit.amount == UNIT / 10 + 177 * MILLI_UNIT);
    models_split_record split;
    models_policy_record policy;
    uint64_t one = 1;
    assert_true(models_Splits_get(&one, &generation, &split) && models_Policies_get(&one, &policy));
    assert_true(split.deposit.amount == UNIT / 10 + 121 * MILLI_UNIT);
    assert_true(policy.deposit.amount == UNIT / 10 + 49 * MILLI_UNIT);
    u128 sum = model.deposit.amount + split.deposit.amount + policy.deposit.amount;
    EVENT_WAS(Held, .who = bob, .amount = sum, .reason = models_reason_Registration);
    assert_true(had - free_of(BOB) == sum && books() == sum && issuance == balances_total_issuance());
    assert_int_equal(draft(ALICE, id), 2);
}

static void registration_bounds(void **state) {
    (void)state;
    models_licence terms = usual_licence();
    terms.expires = 200;
    uint32_t id = licence(ALICE, usual_licence()), short_lived = licence(ALICE, terms);
    models_call_register_model args = {
        .licence = id, .royalty_ppb = MODELS_PPB, .split = sole(ALICE), .policy = {.tag = models_policy_Open}};
#define TRY_CALL(who) run_call(who, REGISTER_MODEL, &args)
    assert_int_equal(TRY_CALL(ROOT), BAD_ORIGIN);
    args.licence = 99;
    assert_int_equal(TRY_CALL(ALICE), PALLET_ERROR(models, UnknownLicence));
    args.licence = short_lived;
    at_tick(199);
    assert_int_equal(TRY_CALL(ALICE), DISPATCH_OK);
    at_tick(200);
    assert_int_equal(TRY_CALL(ALICE), PALLET_ERROR(models, LicenceExpired));
    args.licence = id;
    args.royalty_ppb = MODELS_PPB + 1;
    assert_int_equal(TRY_CALL(ALICE), PALLET_ERROR(models, BadPpb));
    args.royalty_ppb = 0;
    assert_int_equal(TRY_CALL(POOR), PALLET_ERROR(models, LowFunds));
    args.policy.tag = models_policy_Tee;
    assert_int_equal(TRY_CALL(ALICE), PALLET_ERROR(models, PolicyOff));
    args.policy.tag = models_policy_Open;
    uint64_t last = UINT64_MAX;
    models_NextModelId_put(&last);
    overlay_begin(); /* too far for the check to walk */
    struct dispatch ctx = signed_by(ALICE);
    assert_int_equal(models_register_model(&ctx, &args), PALLET_ERROR(models, IdsExhausted));
    overlay_rollback();
#undef TRY_CALL
}

static void splits_are_whole(void **state) {
    (void)state;
    uint32_t id = licence(ALICE, usual_licence());
    models_share s[17];
    for (int i = 0; i < 17; i++)
        s[i] = (models_share){account(i + 1), MODELS_PPB / 16};
    models_call_register_model args = {.licence = id, .policy = {.tag = models_policy_Open}};
#define WITH(count) (args.split = (models_split){s, count}, run_call(ALICE, REGISTER_MODEL, &args))
    const dispatch_result bad = PALLET_ERROR(models, BadSplit);
    assert_int_equal(WITH(0), bad);
    assert_int_equal(WITH(15), bad);
    assert_int_equal(WITH(16), DISPATCH_OK);
    s[3].ppb--;
    assert_int_equal(WITH(16), bad); /* 999,999,999 */
    s[4].ppb += 2;
    assert_int_equal(WITH(16), bad); /* 1,000,000,001 */
    s[4].ppb--;
    assert_int_equal(WITH(16), DISPATCH_OK);
    s[5].account = s[6].account;
    assert_int_equal(WITH(16), bad); /* twice the same */
    s[5].account = account(90);
    assert_int_equal(WITH(16), bad); /* not ascending */
    s[5].account = account(6);
    s[7].ppb += s[8].ppb;
    s[8].ppb = 0;
    assert_int_equal(WITH(16), bad); /* a member with nothing */
    s[0].ppb = s[1].ppb = UINT32_MAX; /* the sum does not wrap */
    assert_int_equal(WITH(2), bad);
#undef WITH
}

/* What the types bound never reaches the call: 3.16, first row. */
static void longer_than_the_type_does_not_decode(void **state) {
    (void)state;
    uint8_t bytes[2048] = {pallet_index_models, REGISTER_MODEL};
    for (uint32_t members = 16; members <= 17; members++) {
        struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
        write_u8(&out, 0);
        h256 name = hash_of(1);
        write_raw(&out, name.at, 32);
        write_u32(&out, 1);
        write_u32(&out, 0);
        write_compact_u32(&out, members);
        for (uint32_t i = 0; i < members; i++) {
            account_id who = account((int)i + 1);
            write_raw(&out, who.at, 32);
            write_u32(&out, 1);
        }
        write_u8(&out, models_policy_Open);
        struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
        struct call call;
        assert_int_equal(call_decode(&in, &call), members == 16);
    }
    static const struct {
        uint8_t index, parents;
        bool fits;
    } rows[] = {{SET_PARENTS, 4, true}, {SET_PARENTS, 5, false}};
    for (uint32_t r = 0; r < COUNT_OF(rows); r++) {
        memset(bytes, 0, sizeof bytes);
        bytes[0] = pallet_index_models;
        bytes[1] = rows[r].index;
        bytes[10] = (uint8_t)(rows[r].parents << 2);
        struct reader in = reader_over((struct bytes){bytes, 11 + 16u * rows[r].parents}, &arena_scratch);
        struct call call;
        assert_int_equal(call_decode(&in, &call) && reader_done(&in), rows[r].fits);
    }
}

static void the_account_stays(void **state) {
    (void)state;
    account_info info;
    system_account_get(&models_account, &info);
    assert_int_equal(info.providers, 2);
    assert_true(info.data.free == EXISTENTIAL_DEPOSIT);
    assert_memory_equal(models_account.at, "modlnl/model\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(licences_get_numbers_and_cost_a_burn, models_start),
        cmocka_unit_test_setup(licence_bounds, models_start),
        cmocka_unit_test_setup(acceptance_names_the_text, models_start),
        cmocka_unit_test_setup(registration_holds_three_deposits, models_start),
        cmocka_unit_test_setup(registration_bounds, models_start),
        cmocka_unit_test_setup(splits_are_whole, models_start),
        cmocka_unit_test_setup(longer_than_the_type_does_not_decode, models_start),
        cmocka_unit_test_setup(the_account_stays, models_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
