/* account.h - inside the pallet: one account between reading and writing, and the two primitive balance changes that
 * everything else is made of. A caller loads `info` with system_account_get, checks on it, and changes it through these
 * functions, so that each account is read once. */
#ifndef NALAR_PALLETS_BALANCES_ACCOUNT_H
#define NALAR_PALLETS_BALANCES_ACCOUNT_H

#include "balances/balances.h"

#define EMPTY_FLAGS ((u128)1 << 127) /* types.rs#ExtraFlags: the new reference counting is in place */

/* Snapshots what the account was, after upgrading it; then the caller changes info.data. lib.rs#try_mutate_account. */
void balances_edit_begin(const account_id *who, struct balances_edit *e);
/* Brings references in line, writes the record (or removes a dead one) and deposits Endowed and DustLost; `info` is then
 * what is stored. `*dust` left the account and must be handled by balances_burn_dust, once nothing else can fail.
 * `unlimited`: a consumer reference beyond MAX_CONSUMERS is allowed. */
MUST_USE dispatch_result balances_edit_end(const account_id *who, struct balances_edit *e, bool unlimited,
                                           balance *dust);
/* Dust leaves the issuance [BurnedDebt]. */
void balances_burn_dust(balance dust);
void balances_put_issuance(balance issued);

/* The public checks on a loaded record. */
balance balances_reducible_of(const account_info *info, enum balances_preservation preservation,
                              enum balances_fortitude fortitude);
MUST_USE dispatch_result balances_can_deposit_of(const account_info *info, balance amount,
                                                 enum balances_provenance provenance);

/* Free balance down or up by `amount`; *by is the change. Issuance is the caller's. fungible/regular.rs#Unbalanced. */
MUST_USE dispatch_result balances_decrease(const account_id *who, struct balances_edit *e, balance amount,
                                           enum balances_precision precision, enum balances_preservation preservation,
                                           enum balances_fortitude fortitude, balance *by);
MUST_USE dispatch_result balances_increase(const account_id *who, struct balances_edit *e, balance amount,
                                           enum balances_precision precision, balance *by);

static inline void set_output(balance *out, balance value) {
    if (out)
        *out = value;
}

#endif
