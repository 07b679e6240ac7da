/* accounts.c - AccountNonceApi, TransactionPaymentApi, TransactionPaymentCallApi: what wallets ask before they sign. */
#include "api/api.h"
#include "executive/extensions.h"
#include "system/system.h"
#include "transaction_payment/transaction_payment.h"

void api_AccountNonceApi_account_nonce(struct reader *in, struct writer *out) {
    account_id who;
    account_info info;
    read_into(in, &who, 32);
    if (in->failed)
        PANIC("arguments do not decode");
    system_account_get(&who, &info);
    write_u32(out, info.nonce);
}

static void write_info(struct writer *out, uint32_t len, const struct dispatch_info *info, bool is_bare) {
    runtime_dispatch_info answer;
    transaction_payment_query_info(len, info, is_bare, &answer);
    scale_encode(&runtime_dispatch_info_type, &answer, out);
}

static void write_details(struct writer *out, uint32_t len, const struct dispatch_info *info, bool is_bare) {
    fee_details answer;
    transaction_payment_query_fee_details(len, info, is_bare, &answer);
    scale_encode(&fee_details_type, &answer, out);
}

static uint32_t read_extrinsic(struct reader *in, struct extrinsic *x) {
    if (!extrinsic_decode(in, x))
        PANIC("arguments do not decode");
    uint32_t len = read_u32(in);
    if (in->failed)
        PANIC("arguments do not decode");
    return len;
}

void api_TransactionPaymentApi_query_info(struct reader *in, struct writer *out) {
    struct extrinsic x;
    uint32_t len = read_extrinsic(in, &x);
    struct dispatch_info info = extrinsic_info(&x);
    write_info(out, len, &info, x.kind == EXTRINSIC_BARE);
}

void api_TransactionPaymentApi_query_fee_details(struct reader *in, struct writer *out) {
    struct extrinsic x;
    uint32_t len = read_extrinsic(in, &x);
    struct dispatch_info info = extrinsic_info(&x);
    write_details(out, len, &info, x.kind == EXTRINSIC_BARE);
}

static uint32_t read_call(struct reader *in, struct dispatch_info *info) {
    struct call call;
    if (!call_decode(in, &call))
        PANIC("arguments do not decode");
    uint32_t len = read_u32(in);
    if (in->failed)
        PANIC("arguments do not decode");
    *info = call_info(&call);
    return len;
}

void api_TransactionPaymentCallApi_query_call_info(struct reader *in, struct writer *out) {
    struct dispatch_info info;
    uint32_t len = read_call(in, &info);
    write_info(out, len, &info, false);
}

void api_TransactionPaymentCallApi_query_call_fee_details(struct reader *in, struct writer *out) {
    struct dispatch_info info;
    uint32_t len = read_call(in, &info);
    write_details(out, len, &info, false);
}

void api_TransactionPaymentApi_query_weight_to_fee(struct reader *in, struct writer *out) {
    weight amount;
    if (!scale_decode(&weight_type, in, &amount))
        PANIC("arguments do not decode");
    write_u128(out, transaction_payment_weight_to_fee(amount));
}

void api_TransactionPaymentApi_query_length_to_fee(struct reader *in, struct writer *out) {
    uint32_t len = read_u32(in);
    if (in->failed)
        PANIC("arguments do not decode");
    write_u128(out, transaction_payment_length_to_fee(len));
}

void api_TransactionPaymentCallApi_query_weight_to_fee(struct reader *in, struct writer *out) {
    api_TransactionPaymentApi_query_weight_to_fee(in, out);
}

void api_TransactionPaymentCallApi_query_length_to_fee(struct reader *in, struct writer *out) {
    api_TransactionPaymentApi_query_length_to_fee(in, out);
}
