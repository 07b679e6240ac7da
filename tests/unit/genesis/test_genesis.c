/* test_genesis.c - presets, the state they build, and every way a configuration can be wrong with its text. */
#include "utility/event_log.h"

#include "aura_ext/aura_ext.h"
#include "balances/balances.h"
#include "clock/clock.h"
#include "collator_selection/collator_selection.h"
#include "genesis/genesis.h"
#include "genesis/ss58.h"
#include "models/models.h"
#include "parachain_info/parachain_info.h"
#include "session/session.h"
#include "sudo/sudo.h"
#include "transaction_payment/transaction_payment.h"

static struct bytes of(const char *json) { return (struct bytes){(const uint8_t *)json, (uint32_t)strlen(json)}; }

#define ALICE "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
#define BOB "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
#define UNIT_TEXT "1000000000000"
static const account_id alice = {{0xd4, 0x35, 0x93, 0xc7, 0x15, 0xfd, 0xd3, 0x1c, 0x61, 0x14, 0x1a, 0xbd, 0x04, 0xa9, 0x9f, 0xd6,
                                  0x82, 0x2c, 0x85, 0x58, 0x85, 0x4c, 0xcd, 0xe3, 0x9a, 0x56, 0x84, 0xe7, 0xa5, 0x6d, 0xa2, 0x7d}};
static const account_id bob = {{0x8e, 0xaf, 0x04, 0x15, 0x16, 0x87, 0x73, 0x63, 0x26, 0xc9, 0xfe, 0xa1, 0x7e, 0x25, 0xfc, 0x52,
                                0x87, 0x61, 0x36, 0x93, 0xc9, 0x12, 0x90, 0x9c, 0xb2, 0x26, 0xaa, 0x47, 0x94, 0xf2, 0x6a, 0x48}};

/* Builds on an empty state and flushes. */
static void build(struct bytes json) {
    struct bytes error;
    fresh(NULL);
    if (!genesis_build_state(json, &error))
        fail_msg("%.*s", (int)error.len, (const char *)error.at);
    assert_int_equal(error.len, 0);
    overlay_flush();
}
static void build_preset(const char *name) {
    struct bytes json;
    assert_true(genesis_get_preset(true, of(name), &json));
    build(json);
}
static struct state_root shim_root_now(void) {
    struct state_root root;
    shim_root(root.at, 1);
    return root;
}
static bool stored(const char *hex_key, struct bytes *value) {
    uint8_t key[64];
    uint32_t len = 0;
    for (; *hex_key; hex_key += 2) {
        unsigned byte;
        assert_int_equal(sscanf(hex_key, "%2x", &byte), 1);
        key[len++] = (uint8_t)byte;
    }
    return shim_get((struct bytes){key, len}, value);
}
static void assert_stored(const char *hex_key, struct bytes expected) {
    struct bytes value;
    assert_true(stored(hex_key, &value));
    assert_bytes_equal(value, expected);
}

static void presets_are_listed(void **state) {
    (void)state;
    struct bytes json;
    assert_int_equal(genesis_preset_count, 2);
    assert_bytes_equal(genesis_preset_names[0], of("development"));
    assert_bytes_equal(genesis_preset_names[1], of("local_testnet"));
    assert_false(genesis_get_preset(true, of("mainnet"), &json));
    assert_false(genesis_get_preset(true, of(""), &json));
    assert_false(genesis_get_preset(true, of("developmen"), &json));
    assert_true(genesis_get_preset(false, of("mainnet"), &json));
    assert_memory_equal(json.at, "{\"system\":{}", 12);
}

static void default_is_the_empty_patch(void **state) {
    (void)state;
    struct bytes json;
    assert_true(genesis_get_preset(false, (struct bytes){NULL, 0}, &json));
    build(json);
    struct state_root whole = shim_root_now();
    build(of("{}"));
    struct state_root empty = shim_root_now();
    assert_memory_equal(&whole, &empty, sizeof whole);
    assert_int_equal(parachain_info_id(), DEFAULT_PARA_ID);
    assert_int_equal(aura_authority_count(), 0);
    assert_false(sudo_Key_exists());
    assert_true(balances_total_issuance() == MARKET_ENDOWMENT);
}

static void development_state(void **state) {
    (void)state;
    build_preset("development");
    account_info info;
    system_account_get(&alice, &info);
    assert_true(info.data.free == 1000000 * UNIT);
    assert_int_equal(info.providers, 1);
    assert_int_equal(info.consumers, 1); /* session keys */
    system_account_get(&bob, &info);
    assert_int_equal(info.consumers, 0);
    assert_true(balances_total_issuance() == 12 * 1000000 * UNIT + MARKET_ENDOWMENT);
    account_id key;
    assert_true(sudo_Key_get(&key));
    assert_memory_equal(&key, &alice, 32);
    assert_int_equal(aura_authority_count(), 1);
    assert_true(session_validator(0, &key));
    assert_memory_equal(&key, &alice, 32);
    boolean mock;
    assert_true(clock_MockRelay_get(&mock) && mock);
    assert_int_equal(parachain_info_id(), 2000);
    assert_true(system_account_exists(&models_account));
    assert_null(models_try_state());
    assert_null(clock_try_state());
}

static void local_testnet_state(void **state) {
    (void)state;
    build_preset("local_testnet");
    account_id second;
    assert_int_equal(aura_authority_count(), 2);
    assert_true(session_validator(0, &second)); /* in the order of the accounts */
    assert_memory_equal(&second, &bob, 32);
    assert_true(session_validator(1, &second));
    assert_memory_equal(&second, &alice, 32);
    collator_invulnerables named;
    balance bond;
    assert_true(collator_selection_Invulnerables_get(&named) && named.len == 2);
    assert_true(collator_selection_CandidacyBond_get(&bond) && bond == 16 * EXISTENTIAL_DEPOSIT);
    boolean mock;
    assert_false(clock_MockRelay_get(&mock));
    aura_authorities copy, authorities;
    assert_true(aura_ext_Authorities_get(&copy));
    assert_true(aura_Authorities_get(&authorities));
    assert_int_equal(copy.len, 2);
    assert_memory_equal(copy.items, authorities.items, 64);
}

/* The raw keys that nodes and tools look for, and their values. */
static void well_known_keys(void **state) {
    (void)state;
    build_preset("development");
    uint8_t hash[32];
    memset(hash, 0x45, sizeof hash);
    struct bytes placeholder = {hash, sizeof hash};
#define SYSTEM "26aa394eea5630e07c48ae0c9558cef7"
    assert_stored(SYSTEM "a44704b568d21667356a5a050c118746b4def25cfda6ef3a00000000", placeholder); /* BlockHash(0) */
    assert_stored(SYSTEM "8a42f33323cb5ced3b44dd825fda9fcc", placeholder);                         /* ParentHash */
    assert_stored(SYSTEM "f9cce9c888469bb1a0dceaa129672ef8", TEXT("\x04\x14nalar"));               /* LastRuntimeUpgrade */
    assert_stored(SYSTEM "5684a022a34dd8bfa2baaf44f172b710", TEXT("\x01"));
    assert_stored(SYSTEM "a7fd6c28836b9a28522dc924110cf439", TEXT("\x01"));
    assert_stored("3a65787472696e7369635f696e646578", TEXT("\0\0\0\0")); /* :extrinsic_index */
    assert_stored("3a63", (struct bytes){NULL, 0});                      /* :c */
    struct bytes value;
    assert_false(stored(SYSTEM "02a5c1b19ab7a04f536c519aca4983ac", &value));                             /* Number */
    assert_false(stored(SYSTEM "80d41e5e16056765bc8461851072c9d7", &value));                             /* Events */
    assert_false(stored("f0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb", &value)); /* Timestamp.Now */
    assert_false(stored("3a636f6465", &value));                                                       /* :code */
    assert_stored("0d715f2646c8f85767b5d2764bb2782604a74d81251e398fd8a0a4d55023bb3f", TEXT("\xd0\x07\0\0"));
#define VERSION "4e7b9012096b41c4eb3aaf947f6ea429"
    assert_stored(SYSTEM VERSION, TEXT("\0\0"));
    assert_stored("c2261276cc9d1f8598ea4b6a74b15c2f" VERSION, TEXT("\x01\0")); /* Balances */
    assert_stored("cec5070d609dd3497f72bde07fc96ba0" VERSION, TEXT("\x01\0")); /* Session */
    assert_stored("45323df7cc47150b3930e2666b0aa313" VERSION, TEXT("\x03\0")); /* ParachainSystem */
    assert_stored("3c311d57d4daf52904616cf69648081e" VERSION, TEXT("\x01\0")); /* AuraExt */
    assert_stored("57f8dc2f5ab09467896f47300f042438" VERSION, TEXT("\0\0"));   /* Aura */
    assert_stored("3f1467a096bcd71a5b6a0c8155e20810308ce9615de0775a82f8a94dc3d285a1", TEXT("\x01"));
    assert_stored("3f1467a096bcd71a5b6a0c8155e208103f2edf3bdf381debe331ab7446addfdc",
                  TEXT("\0\0\x64\xa7\xb3\xb6\xe0\x0d\0\0\0\0\0\0\0\0"));
}

static void same_input_same_state(void **state) {
    (void)state;
    build_preset("local_testnet");
    struct state_root one = shim_root_now();
    build_preset("development");
    struct state_root other = shim_root_now();
    build_preset("local_testnet");
    struct state_root again = shim_root_now();
    assert_memory_equal(&one, &again, sizeof one);
    assert_memory_not_equal(&one, &other, sizeof one);
}

static void order_of_fields_is_free(void **state) {
    (void)state;
    build(of("{\"sudo\":{\"key\":\"" ALICE "\"},\"parachainInfo\":{\"parachainId\":100},"
             "\"balances\":{\"devAccounts\":null,\"balances\":[[\"" ALICE "\",2e12],[\"" BOB "\"," UNIT_TEXT "]]}}"));
    struct state_root one = shim_root_now();
    build(of("{\n  \"balances\": {\n    \"balances\": [\n      [\n        \"" BOB "\",\n        1000000000000.0\n      ],\n"
             "      [\n        \"" ALICE "\",\n        2000000000000\n      ]\n    ]\n  },\n  \"parachainInfo\": "
             "{\"parachainId\": 1E2},\n  \"sudo\": {\"key\": \"15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5\"}\n}"));
    struct state_root other = shim_root_now();
    assert_memory_equal(&one, &other, sizeof one);
    assert_int_equal(parachain_info_id(), 100);
    assert_true(balances_total_issuance() == 3 * UNIT + MARKET_ENDOWMENT);
}

static void authorities_without_session(void **state) {
    (void)state;
    build(of("{\"aura\":{\"authorities\":[\"" ALICE "\",\"" BOB "\"]}}"));
    account_id validator;
    assert_int_equal(aura_authority_count(), 2);
    assert_false(session_validator(0, &validator));
}

static void non_authority_keys(void **state) {
    (void)state;
    build(of("{\"collatorSelection\":{\"invulnerables\":[\"" ALICE "\"],\"candidacyBond\":5,\"desiredCandidates\":100},"
             "\"session\":{\"keys\":[[\"" ALICE "\",\"" ALICE "\",{\"aura\":\"" ALICE "\"}]],"
             "\"nonAuthorityKeys\":[[\"" BOB "\",\"" BOB "\",{\"aura\":\"" BOB "\"}]]}}"));
    assert_int_equal(aura_authority_count(), 1);
    assert_true(session_NextKeys_exists(&bob));
    account_info info;
    system_account_get(&alice, &info); /* without balance they live by their keys */
    assert_int_equal(info.providers, 1);
}

static void multiplier_is_taken(void **state) {
    (void)state;
    build(of("{\"transactionPayment\":{\"multiplier\":\"2500000000000000000\"}}"));
    balance multiplier;
    assert_true(transaction_payment_NextFeeMultiplier_get(&multiplier));
    assert_true(multiplier == 2500000000000000000u);
}

static void most_that_fits(void **state) {
    (void)state;
    char json[400];
    snprintf(json, sizeof json, "{\"balances\":{\"balances\":[[\"" ALICE "\",%s],[\"" BOB "\",1000000000]]},\"parachainInfo\":{\"parachainId\":4294967295}}",
             "340282366920938463463374607425768211455");
    build(of(json));
    assert_true(balances_total_issuance() == U128_MAX);
    assert_int_equal(parachain_info_id(), UINT32_MAX);
}

#define FIELDS                                                                                                         \
    "`system`, `parachainSystem`, `parachainInfo`, `balances`, `transactionPayment`, `sudo`, `collatorSelection`, "       \
    "`session`, `aura`, `auraExt`, `clock`"

static void wrong_configurations(void **state) {
    (void)state;
    static const struct {
        const char *json, *error;
    } bad[] = {
        {"", "Invalid JSON blob: the text ends too early at line 1 column 1"},
        {"null", "Invalid JSON blob: expected an object, found null at line 1 column 1"},
        {"{}{}", "Invalid JSON blob: characters after the end at line 1 column 3"},
        {"{\"balance\":{}}", "Invalid JSON blob: unknown field `balance`, expected one of " FIELDS " at line 1 column 2"},
        {"{\"polkadotXcm\":{}}", "Invalid JSON blob: unknown field `polkadotXcm`, expected one of " FIELDS " at line 1 column 2"},
        {"{\"system\":{\"code\":\"0x\"}}", "Invalid JSON blob: system: unknown field `code`, there are no fields at line 1 column 12"},
        {"{\"auraExt\":[]}", "Invalid JSON blob: auraExt: expected an object, found an array at line 1 column 12"},
        {"{\"balances\":{\"balances\":[[\"" ALICE "\"]]}}",
         "Invalid JSON blob: balances.balances[0]: too few items, expected [account, balance] at line 1 column 26"},
        {"{\"balances\":{\"balances\":[{\"" ALICE "\":1}]}}",
         "Invalid JSON blob: balances.balances[0]: expected [account, balance], found an object at line 1 column 26"},
        {"{\"balances\":{\"balances\":[[1,1]]}}",
         "Invalid JSON blob: balances.balances[0][0]: expected a string, found a number at line 1 column 27"},
        {"{\"balances\":{\"balances\":[[\"25GUyv\",1]]}}",
         "Invalid JSON blob: balances.balances[0][0]: not an SS58 address of 32 bytes: wrong length at line 1 column 27"},
        {"{\"balances\":{\"balances\":[[\"0Grwva\",1]]}}",
         "Invalid JSON blob: balances.balances[0][0]: not an SS58 address: a character outside base58 at line 1 column 27"},
        {"{\"balances\":{\"balances\":[[\"" ALICE "\",999999999]]}}",
         "Invalid JSON blob: balances.balances[0][1]: a balance below the existential deposit at line 1 column 78"},
        {"{\"balances\":{\"balances\":[[\"" ALICE "\",340282366920938463463374607431768211456]]}}",
         "Invalid JSON blob: balances.balances[0][1]: the number is too large, expected a u128 at line 1 column 78"},
        {"{\"balances\":{\"balances\":[[\"" ALICE "\",\"" UNIT_TEXT "\"]]}}",
         "Invalid JSON blob: balances.balances[0][1]: expected a u128, found a string at line 1 column 78"},
        {"{\"balances\":{\"balances\":[[\"" ALICE "\",340282366920938463463374607431768211455]]}}",
         "Invalid JSON blob: balances.balances[0]: the total issuance does not fit a u128 at line 1 column 117"},
        {"{\"balances\":{\"devAccounts\":[1,2,\"//Sender\"]}}",
         "Invalid JSON blob: balances.devAccounts: derived accounts are not supported, expected null at line 1 column 28"},
        {"{\"balances\":{\"balances\":[[\"" ALICE "\"," UNIT_TEXT "],[\"" ALICE "\"," UNIT_TEXT "]]}}",
         "Invalid genesis config: balances.balances: an account is listed twice"},
        {"{\"parachainInfo\":{\"parachainId\":4294967296}}",
         "Invalid JSON blob: parachainInfo.parachainId: the number is too large, expected a u32 at line 1 column 33"},
        {"{\"parachainInfo\":{\"paraId\":1}}",
         "Invalid JSON blob: parachainInfo: unknown field `paraId`, expected one of `parachainId` at line 1 column 19"},
        {"{\"transactionPayment\":{\"multiplier\":1}}",
         "Invalid JSON blob: transactionPayment.multiplier: expected a string, found a number at line 1 column 37"},
        {"{\"transactionPayment\":{\"multiplier\":\"1.5\"}}",
         "Invalid JSON blob: transactionPayment.multiplier: expected a u128 in decimal digits at line 1 column 37"},
        {"{\"sudo\":{\"key\":7}}", "Invalid JSON blob: sudo.key: expected a string, found a number at line 1 column 16"},
        {"{\"sudo\":{\"key\":\"" ALICE "\",\"keys\":1}}",
         "Invalid JSON blob: sudo: unknown field `keys`, expected one of `key` at line 1 column 67"},
        {"{\"session\":{\"keys\":[[\"" ALICE "\",\"" ALICE "\",{}]]}}",
         "Invalid JSON blob: session.keys[0][2]: missing field `aura` at line 1 column 125"},
        {"{\"session\":{\"keys\":[[\"" ALICE "\",\"" ALICE "\",{\"grandpa\":\"" ALICE "\"}]]}}",
         "Invalid JSON blob: session.keys[0][2]: unknown field `grandpa`, expected one of `aura` at line 1 column 125"},
        {"{\"session\":{\"keys\":[[\"" ALICE "\",\"" ALICE "\"]]}}",
         "Invalid JSON blob: session.keys[0]: too few items, expected [account, validator, {\"aura\": key}] at line 1 column 21"},
        {"{\"session\":{\"keys\":[[\"" ALICE "\",\"" ALICE "\",{\"aura\":\"" ALICE "\"}],[\"" BOB "\",\"" BOB "\",{\"aura\":\"" ALICE "\"}]]}}",
         "Invalid genesis config: session: two validators share a key"},
        {"{\"session\":{\"keys\":[[\"" ALICE "\",\"" ALICE "\",{\"aura\":\"" ALICE "\"}]]}}",
         "Invalid genesis config: collatorSelection.invulnerables: none has session.keys"},
        {"{\"collatorSelection\":{\"invulnerables\":[\"" BOB "\"]},\"session\":{\"keys\":[[\"" ALICE "\",\"" ALICE "\",{\"aura\":\"" ALICE "\"}]]}}",
         "Invalid genesis config: collatorSelection.invulnerables: none has session.keys"},
        {"{\"collatorSelection\":{\"invulnerables\":[\"" BOB "\",\"" BOB "\"]}}",
         "Invalid genesis config: collatorSelection: too many, or one twice"},
        {"{\"collatorSelection\":{\"desiredCandidates\":101}}",
         "Invalid genesis config: collatorSelection: too many, or one twice"},
        {"{\"collatorSelection\":{\"desiredCandidates\":4294967296}}",
         "Invalid JSON blob: collatorSelection.desiredCandidates: the number is too large, expected a u32 at line 1 column 43"},
        {"{\"collatorSelection\":{\"bond\":1}}",
         "Invalid JSON blob: collatorSelection: unknown field `bond`, expected one of `invulnerables`, `candidacyBond`, `desiredCandidates` at line 1 column 23"},
        {"{\"aura\":{\"authorities\":[\"" BOB "\"]},\"session\":{\"keys\":[[\"" ALICE "\",\"" ALICE "\",{\"aura\":\"" ALICE "\"}]]}}",
         "Invalid genesis config: aura.authorities must be empty when session.keys is not: authorities are the session keys"},
        {"{\"aura\":{\"authorities\":\"" BOB "\"}}",
         "Invalid JSON blob: aura.authorities: expected an array, found a string at line 1 column 24"},
        {"{\"clock\":{\"mockRelay\":1}}", "Invalid JSON blob: clock.mockRelay: expected a boolean, found a number at line 1 column 23"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct bytes error;
        fresh(NULL);
        if (genesis_build_state(of(bad[i].json), &error))
            fail_msg("accepted: %s", bad[i].json);
        if (error.len != strlen(bad[i].error) || memcmp(error.at, bad[i].error, error.len) != 0)
            fail_msg("'%.*s' instead of '%s'", (int)error.len, (const char *)error.at, bad[i].error);
    }
}

static void reading_errors_write_nothing(void **state) {
    (void)state;
    struct bytes error;
    assert_false(genesis_build_state(of("{\"sudo\":{\"key\":\"" ALICE "\"},\"clock\":1}"), &error));
    overlay_flush();
    assert_int_equal(shim_key_count(), 0);
}

static void many_accounts(void **state) {
    (void)state;
    /* Alice's address in every prefix is the same account: 1,000 different ones come from their own bytes. */
    enum { COUNT = 1000 };
    char *json = malloc(COUNT * 80 + 100), *at = json;
    at += sprintf(at, "{\"balances\":{\"balances\":[");
    for (uint32_t i = 0; i < COUNT; i++) {
        uint8_t account[32] = {0}, text_of[50];
        account[0] = (uint8_t)i;
        account[1] = (uint8_t)(i >> 8);
        account[31] = 1;
        uint32_t len = ss58_encode(text_of, account, 42);
        at += sprintf(at, "%s[\"%.*s\",%u000000000]", i ? "," : "", (int)len, (const char *)text_of, i + 1);
    }
    sprintf(at, "]}}");
    build(of(json));
    free(json);
    assert_true(balances_total_issuance() == (u128)(COUNT * (COUNT + 1) / 2) * EXISTENTIAL_DEPOSIT + MARKET_ENDOWMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(presets_are_listed, fresh),
        cmocka_unit_test_setup(default_is_the_empty_patch, fresh),
        cmocka_unit_test_setup(development_state, fresh),
        cmocka_unit_test_setup(local_testnet_state, fresh),
        cmocka_unit_test_setup(well_known_keys, fresh),
        cmocka_unit_test_setup(same_input_same_state, fresh),
        cmocka_unit_test_setup(order_of_fields_is_free, fresh),
        cmocka_unit_test_setup(authorities_without_session, fresh),
        cmocka_unit_test_setup(non_authority_keys, fresh),
        cmocka_unit_test_setup(multiplier_is_taken, fresh),
        cmocka_unit_test_setup(most_that_fits, fresh),
        cmocka_unit_test_setup(wrong_configurations, fresh),
        cmocka_unit_test_setup(reading_errors_write_nothing, fresh),
        cmocka_unit_test_setup(many_accounts, fresh),
    };
    return cmocka_run_group_tests_name("genesis", tests, NULL, NULL);
}
