/* genesis_config.h - the genesis configuration as JSON says it, names and shapes as in FRAME's parachain template. */
#ifndef NALAR_GENESIS_GENESIS_CONFIG_H
#define NALAR_GENESIS_GENESIS_CONFIG_H

#include "balances/balances.h"
#include "session/session.h"

/* Lists live in arena_scratch. */
struct genesis_config {
    struct {
        struct balances_endowment *at;
        uint32_t len, capacity;
    } balances;
    struct {
        struct session_genesis_key *at;
        uint32_t len, capacity;
    } keys, other_keys;
    struct {
        aura_id *at;
        uint32_t len, capacity;
    } authorities;
    struct {
        account_id *at;
        uint32_t len, capacity;
    } invulnerables;
    balance candidacy_bond;
    uint32_t desired_candidates;
    u128 issuance; /* of the whole first state */
    option_account_id sudo;
    u128 multiplier; /* fee multiplier, 18 decimals */
    uint32_t para_id;
    bool mock_relay;
};

/* Reads a configuration; what it does not mention has its default, so that a preset's patch is one too. An empty result
 * means success, anything else is the error text. */
struct bytes genesis_config_read(struct bytes blob, struct genesis_config *out);

#endif
