/* extensions.c - see extensions.h. */
#include "executive/extensions.h"

#include "executive/check_weight.h"
#include "gen/metadata_digest.h"
#include "host/host.h"
#include "pallet/signature.h"
#include "system/system_constants.h"
#include "transaction_payment/transaction_payment.h"

struct dispatch_info extrinsic_info(const struct extrinsic *x) {
    struct dispatch_info info = call_info(&x->call);
    if (x->kind != EXTRINSIC_BARE)
        info.call_weight = weight_add(info.call_weight, (weight){EXTENSION_REF_TIME, EXTENSION_PROOF});
    return info;
}

/* CheckMortality: the hash of the block where the era begins must still be known. */
static validity known_hash(uint32_t number, h256 *hash) {
    return system_BlockHash_get(&number, hash) ? VALID : INVALID(ANCIENT_BIRTH_BLOCK);
}
static validity birth_hash(struct era era, h256 *hash) {
    return known_hash(era.period ? (uint32_t)era_birth(era, system_block_number()) : 0, hash);
}

/* Bytes that were signed: call, explicit and implicit extension data; hashed when longer than 256. */
static validity signed_payload(const struct extrinsic *x, uint8_t hash[static 32], struct bytes *payload) {
    static const uint8_t metadata_digest[32] = {METADATA_DIGEST};
    h256 genesis, birth;
    const h256 *from = &genesis;
    CHECK(known_hash(0, &genesis));
    if (x->extensions.era.period) {
        CHECK(birth_hash(x->extensions.era, &birth));
        from = &birth;
    }
    uint32_t size = x->call.raw.len + x->extensions.raw.len + 4 + 4 + 32 + 32 + 33;
    struct writer out = writer_over(arena_alloc(&arena_scratch, size), size);
    write_slice(&out, x->call.raw);
    write_slice(&out, x->extensions.raw);
    write_u32(&out, SPEC_VERSION);
    write_u32(&out, TRANSACTION_VERSION);
    write_raw(&out, genesis.at, 32);
    write_raw(&out, from->at, 32);
    write_u8(&out, x->extensions.metadata_hash);
    if (x->extensions.metadata_hash)
        write_raw(&out, metadata_digest, 32);
    *payload = writer_bytes(&out);
    if (payload->len > 256) {
        host_blake2_256(hash, *payload);
        *payload = (struct bytes){hash, 32};
    }
    return VALID;
}

validity extensions_check_signature(const struct extrinsic *x) {
    account_id who;
    if (lookup(&x->signer, &who) != DISPATCH_OK)
        return UNKNOWN(CANNOT_LOOKUP);
    uint8_t hash[32];
    struct bytes payload;
    CHECK(signed_payload(x, hash, &payload));
    return signature_verify(x->signature_kind, x->signature, payload, &who) ? VALID : INVALID(BAD_PROOF);
}

static void nonce_tag(uint8_t tag[static 36], const account_id *who, uint32_t nonce) {
    memcpy(tag, who->at, 32);
    store_u32(tag + 32, nonce);
}

/* CheckNonce: an account that exists and a nonce not used yet. */
static validity validate_nonce(const account_info *info, uint32_t nonce) {
    if (info->providers == 0 && info->sufficients == 0)
        return INVALID(PAYMENT);
    return nonce < info->nonce ? INVALID(STALE) : VALID;
}

static void nonce_tags(const account_id *who, uint32_t next, uint32_t nonce, struct valid_transaction *out) {
    nonce_tag(out->provides, who, nonce);
    out->provides_len = 36;
    if (nonce > next) {
        nonce_tag(out->requires, who, nonce - 1);
        out->requires_len = 36;
    }
}

static bool is_zero(const account_id *who) {
    static const account_id zero;
    return equal_32(who->at, zero.at);
}

validity extensions_validate(const struct extrinsic *x, const struct dispatch_info *info,
                             struct valid_transaction *out, struct signer_state *signer) {
    const account_id *who = &x->signer.as.Id.id;
    const struct extension_data *data = &x->extensions;
    const account_info *account = &signer->account.info;
    if (is_zero(who))
        return INVALID(BAD_SIGNER);
    system_account_get(who, &signer->account.info);
    CHECK(validate_nonce(account, data->nonce));
    CHECK(check_weight_validate(info, x->whole.len));
    signer->fee = transaction_payment_compute_fee(x->whole.len, info, data->tip);
    if (!transaction_payment_can_withdraw(account, signer->fee))
        return INVALID(PAYMENT);
    if (!out)
        return VALID;
    uint64_t now = system_block_number();
    *out = (struct valid_transaction){.propagate = true, .longevity = saturating_sub_u64(era_death(data->era, now), now)};
    nonce_tags(who, account->nonce, data->nonce, out);
    out->priority = transaction_payment_priority(x->whole.len, info, data->tip, signer->fee);
    return VALID;
}

validity extensions_prepare(const struct extrinsic *x, const struct dispatch_info *info, struct signer_state *signer) {
    const account_id *who = &x->signer.as.Id.id;
    account_info *account = &signer->account.info;
    if (x->extensions.nonce > account->nonce)
        return INVALID(FUTURE);
    account->nonce = x->extensions.nonce + 1; /* wraps to 0 as FRAME's does */
    CHECK(check_weight_prepare(info, x->whole.len));
    if (signer->fee == 0)
        system_account_put(who, account); /* otherwise the withdrawal writes the record */
    return transaction_payment_withdraw(who, &signer->account, signer->fee) ? VALID : INVALID(PAYMENT);
}

void extensions_post_dispatch(const struct extrinsic *x, const struct dispatch_info *info, u128 fee,
                              const struct dispatch *ctx) {
    if (ctx->has_actual)
        check_weight_reclaim(info, ctx);
    u128 actual = fee;
    if (ctx->has_actual || ctx->pays_no)
        actual = transaction_payment_actual_fee(x->whole.len, info, call_actual_weight(ctx, info), ctx->pays_no,
                                                x->extensions.tip);
    transaction_payment_correct(&x->signer.as.Id.id, actual, x->extensions.tip, fee);
}

validity extensions_validate_general(const struct extrinsic *x, const struct dispatch_info *info) {
    h256 hash;
    CHECK(birth_hash(x->extensions.era, &hash));
    CHECK(check_weight_validate(info, x->whole.len));
    return INVALID(UNKNOWN_ORIGIN);
}

validity extensions_validate_bare(const struct extrinsic *x, const struct dispatch_info *info) {
    return check_weight_validate(info, x->whole.len);
}

validity extensions_prepare_bare(const struct extrinsic *x, const struct dispatch_info *info) {
    CHECK(check_weight_validate(info, x->whole.len));
    return check_weight_prepare(info, x->whole.len);
}
