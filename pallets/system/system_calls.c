/* system_calls.c - the calls of System. Mirrors polkadot-sdk stable2609 frame-system src/lib.rs#Call. */
#include "host/host.h"
#include "state/overlay.h"
#include "system/system_constants.h"

dispatch_result system_remark(UNUSED struct dispatch *ctx, UNUSED const system_call_remark *args) {
    return DISPATCH_OK;
}

dispatch_result system_remark_with_event(struct dispatch *ctx, const system_call_remark_with_event *args) {
    account_id who;
    TRY(ensure_signed(&ctx->origin, &who));
    h256 hash;
    host_blake2_256(hash.at, args->remark);
    DEPOSIT(system, Remarked, .sender = who, .hash = hash);
    return DISPATCH_OK;
}

dispatch_result system_set_heap_pages(struct dispatch *ctx, const system_call_set_heap_pages *args) {
    TRY(ensure_root(&ctx->origin));
    overlay_put((struct bytes){(const uint8_t *)":heappages", 10}, (struct bytes){(const uint8_t *)&args->pages, 8});
    const digest_item item = {.tag = digest_item_RuntimeEnvironmentUpdated};
    system_deposit_log(&item);
    return DISPATCH_OK;
}

dispatch_result system_set_storage(struct dispatch *ctx, const system_call_set_storage *args) {
    TRY(ensure_root(&ctx->origin));
    for (uint32_t i = 0; i < args->items.len; i++)
        overlay_put(args->items.items[i].key, args->items.items[i].value);
    return DISPATCH_OK;
}

dispatch_result system_kill_storage(struct dispatch *ctx, const system_call_kill_storage *args) {
    TRY(ensure_root(&ctx->origin));
    for (uint32_t i = 0; i < args->keys.len; i++)
        overlay_remove(args->keys.items[i]);
    return DISPATCH_OK;
}

dispatch_result system_kill_prefix(struct dispatch *ctx, const system_call_kill_prefix *args) {
    TRY(ensure_root(&ctx->origin));
    overlay_clear_prefix(args->prefix, args->subkeys);
    return DISPATCH_OK;
}

dispatch_result system_can_set_code(struct bytes code, bool check_version) {
    if (!check_version)
        return DISPATCH_OK;
    enum { VERSION_MAX = 4096 };
    uint8_t *buffer = arena_alloc(&arena_scratch, VERSION_MAX);
    uint32_t len = host_runtime_version(code, buffer, VERSION_MAX);
    if (len > VERSION_MAX) /* absent too */
        return PALLET_ERROR(system, FailedToExtractRuntimeVersion);
    struct reader in = reader_over((struct bytes){buffer, len}, &arena_scratch);
    runtime_version next;
    if (!scale_decode(&runtime_version_type, &in, &next))
        return PALLET_ERROR(system, FailedToExtractRuntimeVersion);
    static const struct bytes name = TEXT_OF(SPEC_NAME);
    if (!bytes_equal(next.spec_name, name))
        return PALLET_ERROR(system, InvalidSpecName);
    if (next.spec_version <= SPEC_VERSION)
        return PALLET_ERROR(system, SpecVersionNeedsToIncrease);
    return DISPATCH_OK;
}

/* The rest of the block is consumed, so that nothing else enters it. */
static void take_whole_block(struct dispatch *ctx) {
    ctx->has_actual = true;
    ctx->actual = (weight){MAX_BLOCK_REF_TIME, MAX_BLOCK_PROOF};
}

static dispatch_result set_code(struct dispatch *ctx, struct bytes code, bool check_version) {
    TRY(ensure_root(&ctx->origin));
    TRY(system_can_set_code(code, check_version));
    TRY(parachain_system_schedule_code(code));
    take_whole_block(ctx);
    return DISPATCH_OK;
}

dispatch_result system_set_code(struct dispatch *ctx, const system_call_set_code *args) {
    return set_code(ctx, args->code, true);
}

dispatch_result system_set_code_without_checks(struct dispatch *ctx, const system_call_set_code_without_checks *args) {
    return set_code(ctx, args->code, false);
}

static dispatch_result authorize(struct dispatch *ctx, const h256 *code_hash, bool check_version) {
    TRY(ensure_root(&ctx->origin));
    const code_upgrade_authorization value = {*code_hash, check_version};
    system_AuthorizedUpgrade_put(&value);
    DEPOSIT(system, UpgradeAuthorized, .code_hash = *code_hash, .check_version = check_version);
    return DISPATCH_OK;
}

dispatch_result system_authorize_upgrade(struct dispatch *ctx, const system_call_authorize_upgrade *args) {
    return authorize(ctx, &args->code_hash, true);
}

dispatch_result system_authorize_upgrade_without_checks(struct dispatch *ctx,
                                                        const system_call_authorize_upgrade_without_checks *args) {
    return authorize(ctx, &args->code_hash, false);
}

dispatch_result system_check_authorized(struct bytes code, code_upgrade_authorization *authorization) {
    if (!system_AuthorizedUpgrade_get(authorization))
        return PALLET_ERROR(system, NothingAuthorized);
    h256 hash;
    host_blake2_256(hash.at, code);
    return memcmp(hash.at, authorization->code_hash.at, 32) == 0 ? DISPATCH_OK : PALLET_ERROR(system, Unauthorized);
}

dispatch_result system_apply_authorized_upgrade(struct dispatch *ctx,
                                                const system_call_apply_authorized_upgrade *args) {
    code_upgrade_authorization authorization;
    TRY(system_check_authorized(args->code, &authorization));
    system_AuthorizedUpgrade_kill();
    dispatch_result refused = system_can_set_code(args->code, authorization.check_version);
    if (refused != DISPATCH_OK) {
        /* Trying again cannot help; not the caller's fault, so free of charge. */
        DEPOSIT(system, RejectedInvalidAuthorizedUpgrade, .code_hash = authorization.code_hash,
                .error = dispatch_error_value(refused));
        ctx->pays_no = true;
        return DISPATCH_OK;
    }
    TRY(parachain_system_schedule_code(args->code));
    take_whole_block(ctx);
    ctx->pays_no = true;
    return DISPATCH_OK;
}

void system_update_code(struct bytes code) {
    overlay_put((struct bytes){(const uint8_t *)":code", 5}, code);
    h256 hash;
    host_blake2_256(hash.at, code);
    const digest_item item = {.tag = digest_item_RuntimeEnvironmentUpdated};
    system_deposit_log(&item);
    DEPOSIT(system, CodeUpdated, .hash = hash);
}
