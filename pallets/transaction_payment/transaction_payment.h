/* transaction_payment.h - what a transaction costs, and the steps of paying it. Relies on balances for the money.
 * Mirrors polkadot-sdk stable2609 pallet-transaction-payment 50 with the parachain template's parameters:
 * FungibleAdapter with the collators' pot as receiver, SlowAdjustingFeeUpdate, WeightToFee on reference time only. */
#ifndef NALAR_PALLETS_TRANSACTION_PAYMENT_H
#define NALAR_PALLETS_TRANSACTION_PAYMENT_H

#include "balances/balances.h"

extern const balance transaction_payment_multiplier_one;

#define THIS transaction_payment
#define DEF "transaction_payment/transaction_payment.def"
#include "pallet/declare.inc"

/* --- amounts. `info->call_weight` is the extrinsic's whole weight, extensions included; `len` its encoded length with the
 * compact prefix. A final fee is inclusion fee + tip, saturating; a call that does not pay costs its tip. --- */
balance transaction_payment_weight_to_fee(weight w); /* before the multiplier; capped at a block's weight */
balance transaction_payment_length_to_fee(uint32_t len);
void transaction_payment_fee_details(uint32_t len, const struct dispatch_info *info, balance tip, fee_details *out);
balance transaction_payment_compute_fee(uint32_t len, const struct dispatch_info *info, balance tip);
/* The fee after dispatch: `used` counts when below the declared weight; `pays_no` waives all but the tip. */
balance transaction_payment_actual_fee(uint32_t len, const struct dispatch_info *info, weight used, bool pays_no,
                                       balance tip);
/* What TransactionPaymentApi_query_info answers; a bare extrinsic has no fee. */
void transaction_payment_query_info(uint32_t len, const struct dispatch_info *info, bool is_bare,
                                    runtime_dispatch_info *out);
/* What TransactionPaymentApi_query_fee_details answers; a bare extrinsic has no inclusion fee. */
void transaction_payment_query_fee_details(uint32_t len, const struct dispatch_info *info, bool is_bare,
                                           fee_details *out);
/* Priority in the transaction pool: lib.rs#get_priority. `fee` includes the tip. */
uint64_t transaction_payment_priority(uint32_t len, const struct dispatch_info *info, balance tip, balance fee);

/* --- the steps of ChargeTransactionPayment; `fee` includes the tip. false: InvalidTransaction::Payment. The first
 * two work on the payer's record as the caller loaded it. --- */
MUST_USE bool transaction_payment_can_withdraw(const account_info *info, balance fee);
/* Takes the fee before dispatch [Withdraw] and writes the record; a fee of 0 takes and writes nothing. Checks all that
 * can_withdraw checks but the existence of issuance. */
MUST_USE bool transaction_payment_withdraw(const account_id *who, struct balances_edit *e, balance fee);
/* Settles after dispatch: gives back what `withdrawn` exceeds `fee` by, if the account still lives, and adds the rest to
 * the block's fees [Deposit, TransactionFeePaid]. Between extrinsics TotalIssuance is the sum of all accounts and of
 * these fees. */
void transaction_payment_correct(const account_id *who, balance fee, balance tip, balance withdrawn);

/* --- block and genesis --- */
/* Computes the next block's multiplier from this block's weight, and moves the block's fees to the pot
 * (collator_selection_fill_pot). Before System removes the weight, and before the author is paid. */
void transaction_payment_on_finalize(void);
/* The next multiplier, for a block whose normal extrinsics used `normal`: lib.rs#TargetedFeeAdjustment. */
balance transaction_payment_next_multiplier(balance previous, weight normal);
void transaction_payment_genesis(balance multiplier);

#endif
