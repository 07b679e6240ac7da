/* models_fixture.c - see models_fixture.h. */
#include "models/models_fixture.h"

#include "clock/clock.h"
#include "commit/tagged.h"

static uint32_t events_before;

const struct type_desc *models_call_args(uint8_t index);

account_id account(int n) {
    account_id who = {{0}};
    who.at[0] = (uint8_t)n;
    who.at[31] = 0x7e;
    return who;
}

static u128 issuance_of_accounts(void) {
    u128 sum = 0;
    account_data data;
    for (int n = 1; n <= 255; n++) {
        account_id who = account(n);
        balances_account(&who, &data);
        sum += data.free + data.reserved;
    }
    balances_account(&models_account, &data);
    return sum + data.free + data.reserved;
}

int models_start(void **state) {
    struct balances_endowment list[41];
    fresh(state);
    for (int n = 1; n <= 40; n++)
        list[n - 1] = (struct balances_endowment){account(n), RICH};
    list[40] = (struct balances_endowment){account(POOR), POOR_BALANCE};
    if (!balances_genesis(list, COUNT_OF(list)))
        return -1;
    clock_genesis(true);
    models_genesis();
    uint32_t block = 1;
    system_Number_put(&block);
    at_tick(100);
    overlay_flush();
    return models_try_state() ? -1 : 0;
}

u128 free_of(int n) {
    account_data data;
    account_id who = account(n);
    balances_account(&who, &data);
    return data.free;
}

void at_tick(uint32_t tick) { clock_Time_put(&(clock_time){tick, 1000, 0}); }
void at_epoch(uint32_t epoch) { at_tick(epoch * CLOCK_EPOCH_TICKS); }

static void check_state(void) {
    const char *wrong = models_try_state();
    if (wrong)
        fail_msg("invariant: %s", wrong);
    assert_true(issuance_of_accounts() == balances_total_issuance());
}

struct dispatch signed_by(int n) {
    struct dispatch ctx = {.origin = {.kind = ORIGIN_SIGNED}};
    ctx.origin.who = account(n);
    return ctx;
}

dispatch_result run_call(int who, uint8_t index, const void *args) {
    uint8_t before[32], after[32], bytes[8192] = {pallet_index_models, index};
    struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
    scale_encode(models_call_args(index), args, &out);
    assert_false(out.overflow);
    struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
    struct call call;
    assert_true(call_decode(&in, &call) && reader_done(&in));
    overlay_root(before, 1);
    system_EventCount_get(&events_before);
    struct dispatch ctx = {.origin = {.kind = who == ROOT       ? ORIGIN_ROOT
                                              : who == UNSIGNED ? ORIGIN_NONE
                                                                : ORIGIN_SIGNED}};
    if (who > 0)
        ctx.origin.who = account(who);
    dispatch_result result = call_dispatch(&call, &ctx);
    if (result == DISPATCH_OK) {
        check_state();
    } else {
        overlay_root(after, 1);
        assert_memory_equal(before, after, 32);
    }
    return result;
}

uint32_t events_of_last_call(void) {
    uint32_t count;
    system_EventCount_get(&count);
    return count - events_before;
}

void expect_event(uint8_t pallet, uint8_t event, const struct type_desc *type, const void *value) {
    struct bytes all;
    uint8_t record[1024];
    struct writer out = writer_over(record, sizeof record);
    write_u8(&out, pallet);
    write_u8(&out, event);
    scale_encode(type, value, &out);
    write_u8(&out, 0); /* no topics */
    assert_false(out.overflow);
    overlay_flush();
    assert_true(shim_get((struct bytes){system_Events_storage.prefix, STORAGE_PREFIX_SIZE}, &all));
    for (uint32_t at = 0; at + writer_len(&out) <= all.len; at++)
        if (memcmp(all.at + at, record, writer_len(&out)) == 0)
            return;
    fail_msg("no event %d of pallet %d with these fields", event, pallet);
}

h256 hash_of(uint64_t n) {
    h256 hash;
    memset(&hash, 0xa5, sizeof hash);
    store_u64(hash.at, n);
    return hash;
}

models_split sole(int n) {
    static models_share share;
    share = (models_share){account(n), MODELS_PPB};
    return (models_split){&share, 1};
}

models_licence usual_licence(void) {
    return (models_licence){.text_hash = hash_of(1),
                            .flags = MODELS_COMMERCIAL | MODELS_DERIVATIVES,
                            .derivative_royalty_ppb = 10000000,
                            .min_price = 1};
}

uint32_t licence(int who, models_licence terms) {
    uint32_t id;
    models_NextLicence_get(&id);
    OK(who, CREATE_LICENCE, create_licence, .licence = terms);
    return id;
}

uint64_t draft(int who, uint32_t licence_id) {
    uint64_t id;
    models_NextModelId_get(&id);
    OK(who, REGISTER_MODEL, register_model, .licence = licence_id, .royalty_ppb = MODELS_PPB, .split = sole(who),
       .policy = {.tag = models_policy_Open});
    return id;
}

models_version_spec spec_of(uint64_t n) {
    return (models_version_spec){.artifact_root = hash_of(n),
                                 .artifact_len = 1 << 20,
                                 .manifest_hash = hash_of(2),
                                 .profile = models_profile_ExactFloat};
}

h256 commit_of(int owner, uint64_t model, models_version_spec spec, uint8_t salt) {
    uint8_t buffer[1024], salts[16];
    h256 commit;
    account_id who = account(owner);
    memset(salts, salt, sizeof salts);
    buffer[0] = 19;
    memcpy(buffer + 1, "deai/models/stage/1", 19);
    memcpy(buffer + 20, who.at, 32);
    store_u64(buffer + 52, model);
    struct writer out = writer_over(buffer + 60, sizeof buffer - 60);
    scale_encode(&models_version_spec_type, &spec, &out);
    write_raw(&out, salts, sizeof salts);
    shim_blake2(commit.at, 32, (struct bytes){buffer, 60 + writer_len(&out)});
    return commit;
}

uint32_t stage(int who, uint64_t model, models_version_spec spec, uint8_t salt) {
    OK(who, STAGE_VERSION, stage_version, .model = model, .commit = commit_of(who, model, spec, salt));
    return model_of(model).last_number;
}

dispatch_result reveal(int who, uint64_t model, uint32_t number, models_version_spec spec, uint8_t salt) {
    models_call_activate_version args = {.model = model, .number = number, .version = spec};
    memset(&args.salt, salt, sizeof args.salt);
    return run_call(who, ACTIVATE_VERSION, &args);
}

uint32_t publish(int who, uint64_t model, models_version_spec spec) {
    uint32_t number = stage(who, model, spec, 1);
    at_tick(clock_now() + MODELS_STAGE_DELAY);
    assert_int_equal(reveal(who, model, number, spec, 1), DISPATCH_OK);
    return number;
}

uint64_t active(int who, uint32_t licence_id, uint64_t artifact) {
    uint64_t id = draft(who, licence_id);
    publish(who, id, spec_of(artifact));
    return id;
}

void credit(uint64_t model, u128 amount) {
    OK(ROOT, CREDIT_REVENUE, credit_revenue, .from = account(40), .model = model, .amount = amount);
}

models_model model_of(uint64_t id) {
    models_model model;
    assert_true(models_Models_get(&id, &model));
    return model;
}

u128 books(void) {
    u128 value;
    uint32_t asset = 0;
    models_Books_get(&asset, &value);
    return value;
}
