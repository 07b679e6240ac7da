/* stake_fixture.c - see stake_fixture.h. */
#include "compute/stake_fixture.h"

const struct type_desc *compute_call_args(uint8_t index);

bool stake_unchecked;

account_id account(int n) {
    account_id who = {{0}};
    who.at[0] = (uint8_t)n;
    who.at[31] = 0x7e;
    return who;
}

u128 free_of(int n) {
    account_data data;
    account_id who = account(n);
    balances_account(&who, &data);
    return data.free;
}

static u128 issuance_of_accounts(void) {
    u128 sum = 0;
    account_data data;
    for (int n = 1; n <= 255; n++)
        sum += free_of(n);
    balances_account(&compute_pot.account, &data);
    return sum + data.free;
}

void at_tick(uint32_t tick) { clock_Time_put(&(clock_time){.now = tick, .relay = 1000}); }
void at_epoch(uint32_t epoch) { at_tick(epoch * CLOCK_EPOCH_TICKS); }

int stake_start(void **state) {
    struct balances_endowment list[LAST_RICH + 1];
    uint32_t block = 1;
    fresh(state);
    stake_unchecked = false;
    for (int n = 1; n <= LAST_RICH; n++)
        list[n - 1] = (struct balances_endowment){account(n), RICH};
    list[LAST_RICH] = (struct balances_endowment){account(POOR), POOR_BALANCE};
    if (!balances_genesis(list, COUNT_OF(list)))
        return -1;
    clock_genesis(true);
    compute_genesis();
    system_Number_put(&block);
    at_epoch(1);
    overlay_flush();
    return stake_wrong() ? -1 : 0;
}

dispatch_result run_call(int who, uint8_t index, const void *args) {
    uint8_t before[32], after[32], bytes[1024] = {pallet_index_compute, index};
    struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
    scale_encode(compute_call_args(index), args, &out);
    assert_false(out.overflow);
    struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
    struct call call;
    assert_true(call_decode(&in, &call) && reader_done(&in));
    if (!stake_unchecked)
        overlay_root(before, 1);
    struct dispatch ctx = {.origin = {.kind = who == ROOT       ? ORIGIN_ROOT
                                              : who == UNSIGNED ? ORIGIN_NONE
                                                                : ORIGIN_SIGNED}};
    if (who > 0)
        ctx.origin.who = account(who);
    dispatch_result result = call_dispatch(&call, &ctx);
    if (stake_unchecked)
        return result;
    if (result == DISPATCH_OK) {
        const char *wrong = stake_wrong();
        if (wrong)
            fail_msg("call %d of %d: %s", index, who, wrong);
    } else {
        overlay_root(after, 1);
        assert_memory_equal(before, after, 32);
    }
    return result;
}

void expect_event(uint8_t event, const struct type_desc *type, const void *value) {
    struct bytes all;
    uint8_t record[1024];
    struct writer out = writer_over(record, sizeof record);
    write_u8(&out, pallet_index_compute);
    write_u8(&out, event);
    scale_encode(type, value, &out);
    write_u8(&out, 0); /* no topics */
    assert_false(out.overflow);
    overlay_flush();
    assert_true(shim_get((struct bytes){system_Events_storage.prefix, STORAGE_PREFIX_SIZE}, &all));
    for (uint32_t at = 0; at + writer_len(&out) <= all.len; at++)
        if (memcmp(all.at + at, record, writer_len(&out)) == 0)
            return;
    fail_msg("no event %d with these fields", event);
}

static u128 earned(u128 shares, u128 now, u128 then) {
    u128 due;
    assert_true(mul_div_floor(&due, shares, now - then, (u128)1 << 48));
    return due;
}

/* What a pool and everything around it owes; NULL or what does not fit together. */
static const char *count_pool(uint32_t id, u128 *owed, compute_totals *sum) {
    compute_pool pool;
    uint32_t last = clock_epoch() + 1, open = 0;
    u128 shares = 0, joining = 0, due = 0, returning = 0;
    if (!compute_Pools_get(&id, &pool)) {
        for (int n = 1; n <= LAST_RICH; n++)
            if (delegates(n, id))
                return "a delegation without a pool";
        return NULL;
    }
    for (int n = 1; n <= LAST_RICH; n++) {
        compute_delegation d = delegation_of(n, id);
        shares += d.shares;
        due += d.due + earned(d.shares, pool.acc, d.acc);
        if (d.joining.tokens && d.joining.epoch == pool.joining.epoch)
            joining += d.joining.tokens;
    }
    if (joining != pool.joining.tokens)
        return "joining money";
    for (uint32_t epoch = 0; epoch <= last; epoch++) {
        compute_join_rate rate;
        compute_unbond_pool sub = sub_pool(id, epoch);
        if (compute_JoinRates_get(&id, &epoch, &rate)) {
            u128 cohort = 0;
            for (int n = 1; n <= LAST_RICH; n++) {
                compute_delegation d = delegation_of(n, id);
                cohort += d.joining.epoch == epoch ? d.joining.tokens : 0;
            }
            if (cohort != rate.left || rate.left == 0)
                return "a cohort's money";
            shares += rate.shares;
            due += earned(rate.shares, pool.acc, rate.acc);
            open += rate.shares == 0;
            returning += rate.shares == 0 ? rate.left : 0;
        }
        if (!has_sub_pool(id, epoch))
            continue;
        u128 claims = 0;
        for (int n = 1; n <= LAST_RICH; n++) {
            compute_unbondings list = entries(n, id);
            for (uint32_t i = 0; i < list.len; i++)
                claims += list.items[i].epoch == epoch ? list.items[i].shares : 0;
        }
        if (claims != sub.shares)
            return "the shares of a sub-pool";
        if (sub.tokens && !sub.shares)
            return "a sub-pool's money without shares";
        open++;
        *owed += sub.tokens + sub.self_tokens;
        sum->unbonding += sub.tokens + sub.self_tokens;
    }
    if (shares != pool.shares)
        return "the shares of a pool";
    if (pool.tokens && !pool.shares)
        return "a pool's money without shares";
    if (open != pool.open)
        return "a pool's count of sub-pools";
    if (pool.income < pool.carry + due + returning)
        return "a pool's income";
    *owed += pool.tokens + pool.joining.tokens + pool.income;
    sum->delegated += pool.tokens + pool.joining.tokens;
    return NULL;
}

static const char *count_all(void) {
    compute_totals sum = {0}, stored = totals();
    u128 owed = 0;
    uint32_t next;
    compute_provider record;
    compute_NextPool_get(&next);
    for (uint32_t id = 1; id < next; id++) {
        const char *wrong = count_pool(id, &owed, &sum);
        if (wrong)
            return wrong;
    }
    for (int n = 1; n <= POOR; n++) {
        account_id who = account(n);
        owed += due_of(n);
        if (!compute_Providers_get(&who, &record))
            continue;
        owed += record.self_bond + record.deposit.amount;
        sum.bonded += record.self_bond;
        sum.providers++;
    }
    if (owed != books())
        return "Books";
    if (sum.bonded != stored.bonded || sum.delegated != stored.delegated || sum.unbonding != stored.unbonding ||
        sum.providers != stored.providers)
        return "Totals";
    account_data data;
    balances_account(&compute_pot.account, &data);
    if (data.free != owed + EXISTENTIAL_DEPOSIT)
        return "the pot";
    if (issuance_of_accounts() != balances_total_issuance())
        return "the issuance";
    return compute_try_state();
}

const char *stake_wrong(void) {
    struct arena_mark mark = arena_mark(&arena_scratch);
    const char *wrong = count_all();
    arena_rewind(&arena_scratch, mark);
    return wrong;
}

uint32_t provider(int owner, u128 bond) {
    account_id who = account(owner);
    OK(owner, register_provider, .operator = who, .payout = who, .slots = 4, .bond = bond);
    at_tick(clock_now() + COMPUTE_ACTIVATION_TICKS);
    return provider_of(owner).pool;
}

compute_provider provider_of(int owner) {
    compute_provider value;
    account_id who = account(owner);
    assert_true(compute_Providers_get(&who, &value));
    return value;
}

void put_provider(int owner, const compute_provider *value) {
    account_id who = account(owner);
    compute_Providers_put(&who, value);
}

compute_pool pool_of(uint32_t id) {
    compute_pool value;
    assert_true(compute_Pools_get(&id, &value));
    return value;
}

compute_delegation delegation_of(int who, uint32_t id) {
    compute_delegation value;
    account_id key = account(who);
    compute_Delegations_get(&key, &id, &value);
    return value;
}

bool delegates(int who, uint32_t id) {
    account_id key = account(who);
    return compute_Delegations_exists(&key, &id);
}

compute_unbond_pool sub_pool(uint32_t id, uint32_t epoch) {
    compute_unbond_pool value;
    compute_UnbondPools_get(&id, &epoch, &value);
    return value;
}

bool has_sub_pool(uint32_t id, uint32_t epoch) { return compute_UnbondPools_exists(&id, &epoch); }

compute_unbondings entries(int who, uint32_t id) {
    compute_unbondings value;
    account_id key = account(who);
    compute_Unbonding_get(&key, &id, &value);
    return value;
}

compute_totals totals(void) {
    compute_totals value;
    compute_Totals_get(&value);
    return value;
}

u128 books(void) {
    u128 value;
    compute_Books_get(&value);
    return value;
}

u128 due_of(int who) {
    u128 value;
    account_id key = account(who);
    compute_Due_get(&key, &value);
    return value;
}

void earn(int owner, u128 amount) {
    account_id who = account(owner);
    compute_provider record = provider_of(owner);
    assert_int_equal(balances_pot_mint(&compute_pot, amount), DISPATCH_OK);
    compute_distribute(&who, &record, amount);
    put_provider(owner, &record);
    const char *wrong = stake_unchecked ? NULL : stake_wrong();
    if (wrong)
        fail_msg("after income: %s", wrong);
}

uint32_t report(int owner, uint32_t ppb, uint32_t fault_epoch) {
    account_id who = account(owner);
    h256 evidence = {{7}};
    compute_open_slashes open;
    compute_report(&who, compute_offence_NoReveal, ppb, fault_epoch, (compute_object){COMPUTE_JOB, 5}, &evidence);
    const char *wrong = stake_unchecked ? NULL : stake_wrong();
    if (wrong)
        fail_msg("after a report: %s", wrong);
    compute_OpenSlashes_get(&who, &open);
    for (uint32_t i = 0; i < open.len; i++)
        if (open.items[i].fault_epoch == fault_epoch)
            return open.items[i].id;
    return 0;
}

compute_slash slash_of(uint32_t id) {
    compute_slash value;
    assert_true(compute_Slashes_get(&id, &value));
    return value;
}
