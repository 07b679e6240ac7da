/* genesis.c - see genesis.h. The order of the pallets is that of their indices, the market last. */
#include "genesis/genesis.h"

#include "aura_ext/aura_ext.h"
#include "balances/balances.h"
#include "clock/clock.h"
#include "collator_selection/collator_selection.h"
#include "executive/migrations.h"
#include "genesis/genesis_config.h"
#include "jobs/jobs.h"
#include "models/models.h"
#include "parachain_info/parachain_info.h"
#include "parachain_system/parachain_system.h"
#include "session/session.h"
#include "state/overlay.h"
#include "sudo/sudo.h"
#include "system/system.h"
#include "transaction_payment/transaction_payment.h"

#include "gen/presets.h"

#define TEXT(literal) {(const uint8_t *)"" literal, sizeof(literal) - 1}

static bool failed(struct bytes *error, const char *why, uint32_t len) {
    *error = (struct bytes){(const uint8_t *)why, len};
    return false;
}
#define FAIL(error, literal)                                                                                           \
    failed(error, "Invalid genesis config: " literal, sizeof("Invalid genesis config: " literal) - 1)


const struct bytes genesis_preset_names[] = {TEXT("development"), TEXT("local_testnet")};
const uint32_t genesis_preset_count = COUNT_OF(genesis_preset_names);
static const struct bytes presets[] = {{preset_development, sizeof preset_development},
                                       {preset_local_testnet, sizeof preset_local_testnet}};
_Static_assert(COUNT_OF(presets) == COUNT_OF(genesis_preset_names), "each preset has a name");

bool genesis_get_preset(bool named, struct bytes name, struct bytes *json) {
    if (!named) {
        *json = (struct bytes){preset_default, sizeof preset_default};
        return true;
    }
    for (uint32_t i = 0; i < genesis_preset_count; i++)
        if (bytes_equal(genesis_preset_names[i], name)) {
            *json = presets[i];
            return true;
        }
    return false;
}

/* Every pallet has a version in state, 0 when it never migrated. */
static void put_storage_versions(void) {
#define PALLET(index, name, pallet) migrations_put_version((struct bytes)TEXT(#name), migrations_code_version(index));
#include "pallet/runtime_keywords.inc"
#include "runtime.def"
#include "pallet/runtime_keywords_undef.inc"
}

bool genesis_build_state(struct bytes json, struct bytes *error) {
    struct genesis_config config;
    *error = genesis_config_read(json, &config);
    if (error->len)
        return false;
    if (config.authorities.len && config.keys.len)
        return FAIL(error, "aura.authorities must be empty when session.keys is not: authorities are the session keys");
    put_storage_versions();
    system_genesis();
    parachain_system_genesis();
    parachain_info_genesis(config.para_id);
    if (!balances_genesis(config.balances.at, config.balances.len))
        return FAIL(error, "balances.balances: an account is listed twice");
    transaction_payment_genesis(config.multiplier);
    sudo_genesis(config.sudo.some ? &config.sudo.value : NULL);
    const account_ids invulnerables = {config.invulnerables.at, config.invulnerables.len};
    if (!collator_selection_genesis(&invulnerables, config.candidacy_bond, config.desired_candidates))
        return FAIL(error, "collatorSelection: too many, or one twice");
    if (!session_genesis(config.keys.at, config.keys.len, config.other_keys.at, config.other_keys.len))
        return FAIL(error, "session: two validators share a key");
    if (config.keys.len && !aura_authority_count())
        return FAIL(error, "collatorSelection.invulnerables: none has session.keys");
    const aura_authorities authorities = {config.authorities.at, config.authorities.len};
    aura_genesis(&authorities);
    aura_ext_genesis();
    clock_genesis(config.mock_relay);
    models_genesis();
    compute_genesis();
    jobs_genesis();
    rewards_genesis();
    return true;
}
