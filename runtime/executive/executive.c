/* executive.c - see executive.h. */
#include "executive/executive.h"

#include "executive/check_weight.h"
#include "executive/extensions.h"
#include "executive/hooks.h"
#include "executive/migrations.h"
#include "state/overlay.h"

bool header_decode(struct reader *in, struct header *out) {
    read_into(in, &out->parent_hash, 32);
    out->number = read_compact_u32(in);
    read_into(in, &out->state_root, 32);
    read_into(in, &out->extrinsics_root, 32);
    out->digest_count = read_compact_u32(in);
    const uint8_t *from = in->at;
    struct digest_view item;
    for (uint32_t i = 0; i < out->digest_count; i++)
        if (!system_next_digest_item(in, &item))
            return reader_fail(in);
    out->digest_items = (struct bytes){from, (uint32_t)(in->at - from)};
    return !in->failed;
}

/* The pre-runtime items alone, encoded with their count. */
static struct bytes pre_digest(const struct header *header) {
    uint32_t size = 5 + header->digest_items.len, count = 0;
    uint8_t *at = arena_alloc(&arena_scratch, (size_t)size * 2);
    struct writer items = writer_over(at + size, size), out = writer_over(at, size);
    struct reader in = reader_over(header->digest_items, &arena_scratch);
    struct digest_view item;
    while (system_next_digest_item(&in, &item))
        if (item.tag == digest_item_PreRuntime) {
            write_slice(&items, item.whole);
            count++;
        }
    write_compact_u32(&out, count);
    write_slice(&out, writer_bytes(&items));
    return writer_bytes(&out);
}

bool executive_initialize_block(const struct header *header) {
    system_reset_events();
    weight used = {BASE_BLOCK_REF_TIME, 0};
    bool ready = true;
    if (system_runtime_upgraded()) {
        ready = migrations_run(&used);
        used = weight_add(used, hooks_on_runtime_upgrade());
        if (ready)
            system_note_runtime_version();
    }
    system_initialize(header->number, &header->parent_hash, pre_digest(header));
    system_finish_initialize(weight_add(used, hooks_on_initialize()));
    overlay_flush();
    return ready;
}

/* Bare extrinsics: System answers for its own calls; others are refused by the pool but may stand in a block, where
 * the call itself decides (frame-support's ValidateUnsigned and its pre_dispatch). */
static validity validate_unsigned(const struct call *call, struct valid_transaction *out) {
    if (call->pallet != pallet_index_system)
        return UNKNOWN(NO_UNSIGNED_VALIDATOR);
    if (call->index != system_call_index_apply_authorized_upgrade)
        return INVALID(CALL);
    const system_call_apply_authorized_upgrade *args = call->args;
    code_upgrade_authorization authorization;
    if (system_check_authorized(args->code, &authorization) != DISPATCH_OK)
        return INVALID(CALL);
    *out = (struct valid_transaction){.priority = UINT64_MAX, .longevity = UINT64_MAX, .propagate = true,
                                      .provides_len = 32};
    memcpy(out->provides, authorization.code_hash.at, 32);
    return VALID;
}

static void note_inherents_applied(bool is_inherent) {
    static const uint8_t yes = 1;
    struct overlay_entry *applied = storage_entry(&system_InherentsApplied_storage, NULL);
    struct bytes stored;
    if (is_inherent || (overlay_entry_get(applied, &stored) && stored.len == 1 && *stored.at == 1))
        return;
    overlay_entry_put(applied, (struct bytes){&yes, 1});
}

static validity prepare(const struct extrinsic *x, const struct dispatch_info *info, struct signer_state *signer) {
    struct valid_transaction unused;
    switch (x->kind) {
    case EXTRINSIC_SIGNED:
        CHECK(extensions_validate(x, info, NULL, signer));
        return extensions_prepare(x, info, signer);
    case EXTRINSIC_GENERAL:
        return extensions_validate_general(x, info);
    default:
        if (x->call.pallet == pallet_index_system)
            CHECK(validate_unsigned(&x->call, &unused));
        return extensions_prepare_bare(x, info);
    }
}

static dispatch_event_info event_info(const struct dispatch_info *info, const struct dispatch *ctx) {
    weight used = weight_add(call_actual_weight(ctx, info), (weight){BASE_EXTRINSIC_REF_TIME, 0});
    return (dispatch_event_info){used, info->class, info->pays == PAYS_NO || ctx->pays_no ? PAYS_NO : PAYS_YES};
}

struct applied executive_apply_extrinsic(const struct extrinsic *x) {
    struct applied answer = {VALID, DISPATCH_OK};
    struct signer_state signer;
    if (x->kind == EXTRINSIC_SIGNED && (answer.valid = extensions_check_signature(x)) != VALID)
        return answer;
    struct dispatch_info info = extrinsic_info(x);
    note_inherents_applied(extrinsic_is_inherent(x));
    system_note_extrinsic(x->whole);
    if ((answer.valid = prepare(x, &info, &signer)) != VALID)
        return answer;

    struct dispatch ctx = {.origin = {.kind = ORIGIN_NONE}};
    if (x->kind == EXTRINSIC_SIGNED)
        ctx.origin = (struct origin){.who = x->signer.as.Id.id, .kind = ORIGIN_SIGNED};
    answer.result = call_dispatch(&x->call, &ctx);
    /* The extensions' weight is spent whatever the call did. */
    if (ctx.has_actual && x->kind == EXTRINSIC_SIGNED)
        ctx.actual = weight_add(ctx.actual, (weight){EXTENSION_REF_TIME, EXTENSION_PROOF});
    if (x->kind == EXTRINSIC_SIGNED)
        extensions_post_dispatch(x, &info, signer.fee, &ctx);
    else
        check_weight_reclaim(&info, &ctx);
    if (answer.result != DISPATCH_OK && info.class == CLASS_MANDATORY) {
        answer.valid = INVALID(BAD_MANDATORY);
        return answer;
    }
    dispatch_event_info event = event_info(&info, &ctx);
    system_note_applied_extrinsic(answer.result, &event);
    return answer;
}

struct bytes executive_finalize_block(void) {
    note_inherents_applied(false);
    system_note_finished_extrinsics();
    hooks_on_finalize();
    return system_finalize();
}

validity executive_validate_transaction(const struct extrinsic *x, const h256 *at, struct valid_transaction *out) {
    system_pretend_next_block(at);
    if (x->kind == EXTRINSIC_SIGNED)
        CHECK(extensions_check_signature(x));
    struct dispatch_info info = extrinsic_info(x);
    if (info.class == CLASS_MANDATORY)
        return INVALID(MANDATORY_VALIDATION);
    struct signer_state signer;
    switch (x->kind) {
    case EXTRINSIC_SIGNED:
        return extensions_validate(x, &info, out, &signer);
    case EXTRINSIC_GENERAL:
        return extensions_validate_general(x, &info);
    default:
        CHECK(validate_unsigned(&x->call, out));
        return extensions_validate_bare(x, &info);
    }
}
