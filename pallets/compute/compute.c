/* compute.c - the pallet's account, what every call begins with, and what a provider's record says: state, reputation,
 * stake, weight. */
#include "compute/compute_internal.h"

#include "market/reputation.h"

const uint32_t compute_first_id = 1;
const balance compute_first_fee = COMPUTE_FIRST_FEE;
const struct balances_pot compute_pot = {{{'m', 'o', 'd', 'l', 'n', 'l', '/', 'c', 'o', 'm', 'p', 'u'}},
                                         &compute_Books_storage,
                                         COMPUTE_ERROR(LowFunds),
                                         COMPUTE_ERROR(BelowED)};

enum { WEIGHT_UNIT = 1000000000, PPM = 1000000 };

void compute_genesis(void) { balances_pot_genesis(&compute_pot); }

compute_state compute_state_at(const compute_provider *provider, uint32_t now) {
    if (provider->state == compute_state_Candidate && now - provider->joined >= COMPUTE_ACTIVATION_TICKS)
        return compute_state_Active;
    if (provider->state == compute_state_Draining && provider->busy == 0)
        return compute_state_Idle;
    return provider->state;
}

uint32_t compute_rep_ppm(const compute_provider *provider) {
    return reputation_ppm((struct reputation){provider->rep_good, provider->rep_bad});
}

bool compute_in_family(const account_id *owner, const compute_provider *provider, const account_id *who) {
    return compute_same(who, owner) || compute_same(who, &provider->operator) || compute_same(who, &provider->payout);
}

bool compute_owner_of(const account_id *operator_account, account_id *owner) {
    return compute_OperatorOf_get(operator_account, owner);
}

u128 compute_tokens(const compute_provider *provider) {
    compute_pool pool;
    compute_Pools_get(&provider->pool, &pool);
    return pool.tokens;
}

u128 compute_stake(const compute_provider *provider) { return provider->self_bond + compute_tokens(provider); }

/* The cap keeps every step within 64 bits. */
uint64_t compute_weight_with(const compute_provider *provider, u128 tokens) {
    u128 own = provider->self_bond, counted = own + min_u128(tokens, COMPUTE_DELEGATION_RATIO * own);
    uint64_t stake = (uint64_t)min_u128(counted, COMPUTE_WEIGHT_CAP * COMPUTE_MIN_SELF_BOND);
    return stake / WEIGHT_UNIT * compute_rep_ppm(provider) / PPM;
}

uint64_t compute_weight(const compute_provider *provider) {
    return compute_weight_with(provider, compute_tokens(provider));
}

dispatch_result compute_as_owner(const struct dispatch *ctx, account_id *owner, compute_provider *provider) {
    TRY(ensure_signed(&ctx->origin, owner));
    if (compute_Providers_get(owner, provider))
        return DISPATCH_OK;
    REQUIRE(!compute_OperatorOf_exists(owner), NotOwner);
    return COMPUTE_ERROR(NotProvider);
}

dispatch_result compute_as_any(const struct dispatch *ctx, account_id *owner, compute_provider *provider) {
    account_id signer;
    TRY(ensure_signed(&ctx->origin, &signer));
    if (!compute_OperatorOf_get(&signer, owner))
        *owner = signer; /* its operator is another account, or it is no provider */
    REQUIRE(compute_Providers_get(owner, provider), NotProvider);
    return DISPATCH_OK;
}

void compute_set_state(const account_id *owner, compute_provider *provider, compute_state to,
                       compute_state_reason reason) {
    if (provider->state == to)
        return;
    DEPOSIT(compute, StateChanged, .provider = *owner, .from = provider->state, .to = to, .reason = reason);
    provider->state = to;
    provider->joined = clock_now();
}
