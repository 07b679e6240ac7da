/* genesis_config.c - see genesis_config.h. Field names: polkadot-sdk stable2609, each pallet's GenesisConfig. */
#include "genesis/genesis_config.h"

#include "core/fixed.h"
#include "genesis/json.h"
#include "genesis/ss58.h"

/* Makes room for one more item at the end of a list. */
#define PUSH(list)                                                                                                     \
    ((list)->at = grow((list)->at, (list)->len, &(list)->capacity, sizeof *(list)->at), &(list)->at[(list)->len++])

static void *grow(void *items, uint32_t len, uint32_t *capacity, uint32_t size) {
    if (len < *capacity)
        return items;
    *capacity = len ? len * 2 : 16;
    void *moved = arena_zalloc(&arena_scratch, (size_t)*capacity * size);
    if (len)
        memcpy(moved, items, (size_t)len * size);
    return moved;
}

/* An account or a key: SS58 with any prefix. */
static bool read_public(struct json *in, uint8_t out[static 32]) {
    struct bytes address;
    uint16_t prefix;
    if (!json_text(in, &address))
        return false;
    enum ss58_result result = ss58_decode(address, out, &prefix);
    return result == SS58_OK || json_fail(in, ss58_message(result));
}

static bool read_balance_who(struct json *in, void *context) {
    struct balances_endowment *entry = context;
    return read_public(in, entry->who.at);
}

static bool read_balance_free(struct json *in, void *context) {
    struct balances_endowment *entry = context;
    if (!json_uint(in, U128_MAX, "a u128", &entry->amount))
        return false;
    return entry->amount >= EXISTENTIAL_DEPOSIT || json_fail(in, "a balance below the existential deposit");
}

static bool read_balance(struct json *in, void *context) {
    static json_read *const items[] = {read_balance_who, read_balance_free};
    struct genesis_config *config = context;
    struct balances_endowment *entry = PUSH(&config->balances);
    if (!json_tuple(in, items, COUNT_OF(items), "[account, balance]", entry))
        return false;
    return checked_add_u128(&config->issuance, config->issuance, entry->amount) ||
           json_fail(in, "the total issuance does not fit a u128");
}

static bool read_balance_list(struct json *in, void *context) { return json_items(in, read_balance, context); }

static bool read_dev_accounts(struct json *in, UNUSED void *context) {
    return json_take_null(in) || json_fail(in, "derived accounts are not supported, expected null");
}

static bool read_balances(struct json *in, void *context) {
    static const struct json_field fields[] = {{"balances", read_balance_list}, {"devAccounts", read_dev_accounts}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

static bool read_key_account(struct json *in, void *context) {
    struct session_genesis_key *key = context;
    return read_public(in, key->account.at);
}

static bool read_key_validator(struct json *in, void *context) {
    struct session_genesis_key *key = context;
    return read_public(in, key->validator.at);
}

/* Marks that the aura key was there. */
struct keys_context {
    session_keys *keys;
    bool aura;
};

static bool read_aura_key(struct json *in, void *context) {
    struct keys_context *keys = context;
    keys->aura = true;
    return read_public(in, keys->keys->aura.at);
}

static bool read_key_keys(struct json *in, void *context) {
    static const struct json_field fields[] = {{"aura", read_aura_key}};
    struct session_genesis_key *key = context;
    struct keys_context keys = {&key->keys, false};
    if (!json_members(in, fields, COUNT_OF(fields), &keys))
        return false;
    return keys.aura || json_fail(in, "missing field `aura`");
}

static json_read *const key_items[] = {read_key_account, read_key_validator, read_key_keys};
#define KEY_SHAPE "[account, validator, {\"aura\": key}]"

static bool read_key(struct json *in, void *context) {
    struct genesis_config *config = context;
    return json_tuple(in, key_items, COUNT_OF(key_items), KEY_SHAPE, PUSH(&config->keys));
}

static bool read_other_key(struct json *in, void *context) {
    struct genesis_config *config = context;
    return json_tuple(in, key_items, COUNT_OF(key_items), KEY_SHAPE, PUSH(&config->other_keys));
}

static bool read_keys(struct json *in, void *context) { return json_items(in, read_key, context); }
static bool read_other_keys(struct json *in, void *context) { return json_items(in, read_other_key, context); }

static bool read_session(struct json *in, void *context) {
    static const struct json_field fields[] = {{"keys", read_keys}, {"nonAuthorityKeys", read_other_keys}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

static bool read_invulnerable(struct json *in, void *context) {
    struct genesis_config *config = context;
    return read_public(in, PUSH(&config->invulnerables)->at);
}

static bool read_invulnerables(struct json *in, void *context) { return json_items(in, read_invulnerable, context); }

static bool read_candidacy_bond(struct json *in, void *context) {
    struct genesis_config *config = context;
    return json_uint(in, U128_MAX, "a u128", &config->candidacy_bond);
}

static bool read_small(struct json *in, uint32_t *out) {
    u128 value;
    if (!json_uint(in, UINT32_MAX, "a u32", &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool read_desired_candidates(struct json *in, void *context) {
    struct genesis_config *config = context;
    return read_small(in, &config->desired_candidates);
}

static bool read_collator_selection(struct json *in, void *context) {
    static const struct json_field fields[] = {{"invulnerables", read_invulnerables},
                                               {"candidacyBond", read_candidacy_bond},
                                               {"desiredCandidates", read_desired_candidates}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

static bool read_authority(struct json *in, void *context) {
    struct genesis_config *config = context;
    if (config->authorities.len == MAX_AUTHORITIES)
        return json_fail(in, "more than " STR(MAX_AUTHORITIES) " authorities");
    return read_public(in, PUSH(&config->authorities)->at);
}

static bool read_authorities(struct json *in, void *context) { return json_items(in, read_authority, context); }

static bool read_aura(struct json *in, void *context) {
    static const struct json_field fields[] = {{"authorities", read_authorities}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

static bool read_sudo_key(struct json *in, void *context) {
    struct genesis_config *config = context;
    config->sudo.some = !json_take_null(in);
    return !config->sudo.some || read_public(in, config->sudo.value.at);
}

static bool read_sudo(struct json *in, void *context) {
    static const struct json_field fields[] = {{"key", read_sudo_key}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

static bool read_para_id(struct json *in, void *context) {
    struct genesis_config *config = context;
    return read_small(in, &config->para_id);
}

static bool read_parachain_info(struct json *in, void *context) {
    static const struct json_field fields[] = {{"parachainId", read_para_id}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

/* FixedU128 is a string of its inner integer. */
static bool read_multiplier(struct json *in, void *context) {
    struct genesis_config *config = context;
    struct bytes inner;
    if (!json_text(in, &inner))
        return false;
    return json_digits(inner, &config->multiplier) || json_fail(in, "expected a u128 in decimal digits");
}

static bool read_transaction_payment(struct json *in, void *context) {
    static const struct json_field fields[] = {{"multiplier", read_multiplier}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

static bool read_mock_relay(struct json *in, void *context) {
    struct genesis_config *config = context;
    return json_bool(in, &config->mock_relay);
}

static bool read_clock(struct json *in, void *context) {
    static const struct json_field fields[] = {{"mockRelay", read_mock_relay}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

static bool read_nothing(struct json *in, void *context) { return json_members(in, NULL, 0, context); }

struct bytes genesis_config_read(struct bytes blob, struct genesis_config *out) {
    static const struct json_field fields[] = {
        {"system", read_nothing},
        {"parachainSystem", read_nothing},
        {"parachainInfo", read_parachain_info},
        {"balances", read_balances},
        {"transactionPayment", read_transaction_payment},
        {"sudo", read_sudo},
        {"collatorSelection", read_collator_selection},
        {"session", read_session},
        {"aura", read_aura},
        {"auraExt", read_nothing},
        {"clock", read_clock},
    };
    /* The market's own account gets an existential deposit beside what is listed. */
    *out = (struct genesis_config){
        .multiplier = FIXED_ONE, .para_id = DEFAULT_PARA_ID, .issuance = MARKET_ENDOWMENT};
    struct json in = json_over(blob);
    if (json_members(&in, fields, COUNT_OF(fields), out) && json_end(&in))
        return (struct bytes){NULL, 0};
    return in.error;
}
