/* payment.c - taking and correcting the fee. Mirrors polkadot-sdk stable2609 pallet-transaction-payment
 * src/payment.rs#FungibleAdapter with the collators' pot as receiver of fee and tip. Other than FRAME's, the pot gets all
 * fees of a block at its end, in one deposit; until then they are a credit in storage. Within an extrinsic the credit is
 * in the executive's hands. */
#include "transaction_payment/transaction_payment.h"

bool transaction_payment_can_withdraw(const account_info *info, balance fee) {
    return fee == 0 || balances_can_withdraw_of(info, fee) == BALANCES_SUCCESS;
}

bool transaction_payment_withdraw(const account_id *who, struct balances_edit *e, balance fee) {
    return fee == 0 || balances_withdraw_loaded(who, e, fee, BALANCES_EXACT, BALANCES_PRESERVE, BALANCES_POLITE,
                                                NULL) == DISPATCH_OK;
}

void transaction_payment_correct(const account_id *who, balance fee, balance tip, balance withdrawn) {
    balance paid = withdrawn;
    balance inclusion = saturating_sub_u128(withdrawn, tip), corrected = saturating_sub_u128(fee, tip);
    /* No refund to an account that the transaction killed, nor one that would stay below the existential deposit. */
    if (inclusion > corrected && system_account_exists(who) &&
        balances_resolve(who, inclusion - corrected) == DISPATCH_OK)
        paid -= inclusion - corrected;
    if (paid) {
        stored_credit fees;
        transaction_payment_TxPaymentCredit_get(&fees);
        fees.credit.amount = saturating_add_u128(fees.credit.amount, paid);
        transaction_payment_TxPaymentCredit_put(&fees);
    }
    DEPOSIT(transaction_payment, TransactionFeePaid, .who = *who, .actual_fee = fee, .tip = tip);
}
