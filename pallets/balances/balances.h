/* balances.h - accounts' money for the other pallets. Balances live in System.Account's data part; this pallet alone
 * changes them. Every function keeps: sum of free + reserved = TotalIssuance (plus credits in the caller's hands), no
 * account below the existential deposit without a reference, one consumer reference while reserved or frozen is not 0.
 *
 * A function that returns dispatch_result may already have written or deposited events when it fails: its caller runs in
 * a storage transaction and hands the failure on. `actual` and similar outputs may be NULL; they are set on success.
 * Mirrors polkadot-sdk stable2609 pallet-balances 51 and frame-support src/traits/tokens/fungible. */
#ifndef NALAR_PALLETS_BALANCES_H
#define NALAR_PALLETS_BALANCES_H

#include "system/system.h"

#define THIS balances
#define DEF "balances/balances.def"
#include "pallet/declare.inc"

extern const account_data balances_empty_account;

/* May the account die? EXPENDABLE: yes. PROTECT: it must live, its balance may be dusted while others provide for it.
 * PRESERVE: the balance itself stays at the existential deposit or above. */
enum balances_preservation { BALANCES_EXPENDABLE, BALANCES_PROTECT, BALANCES_PRESERVE };
/* POLITE respects freezes and locks; FORCE (slashing) does not. */
enum balances_fortitude { BALANCES_POLITE, BALANCES_FORCE };
/* EXACT: all or an error. BEST_EFFORT: as much as possible up to the amount. */
enum balances_precision { BALANCES_EXACT, BALANCES_BEST_EFFORT };
/* Whether deposited money is new (issuance grows) or exists already. */
enum balances_provenance { BALANCES_MINTED, BALANCES_EXTANT };
/* Where transferred held money ends: free, or on hold again. */
enum balances_restriction { BALANCES_FREE, BALANCES_ON_HOLD };
/* What a withdrawal would do; tokens/misc.rs#WithdrawConsequence. */
enum balances_consequence {
    BALANCES_SUCCESS,
    BALANCES_REDUCED_TO_ZERO, /* possible; what is left is below the existential deposit and is lost */
    BALANCES_LOW,
    BALANCES_WOULD_DIE,
    BALANCES_UNDERFLOW,
    BALANCES_FROZEN
};

/* --- reading --- */
void balances_account(const account_id *who, account_data *out);
balance balances_total_issuance(void);
balance balances_active_issuance(void); /* total less inactive, not below 0 */
/* How much of the free balance can leave the account. */
balance balances_reducible(const account_id *who, enum balances_preservation preservation,
                           enum balances_fortitude fortitude);
enum balances_consequence balances_can_withdraw(const account_id *who, balance amount);
enum balances_consequence balances_can_withdraw_of(const account_info *info, balance amount); /* of a loaded record */
/* FundsUnavailable, OnlyProvider, Arithmetic(Underflow), Frozen; NotExpendable when the account must live and would not. */
MUST_USE dispatch_result balances_withdraw_error(enum balances_consequence consequence, bool keep_alive);
/* BelowMinimum, Arithmetic(Overflow) or success. */
MUST_USE dispatch_result balances_can_deposit(const account_id *who, balance amount,
                                              enum balances_provenance provenance);

/* --- moving; events in brackets --- */
/* Moves `amount` from free to free [Transfer; before it KilledAccount, DustLost, BurnedDebt of `from`, NewAccount and
 * Endowed of `to`]. Errors of can_withdraw and can_deposit. To oneself: the checks only, no event. */
MUST_USE dispatch_result balances_transfer(const account_id *from, const account_id *to, balance amount,
                                           enum balances_preservation preservation);
/* Creates money in `who` [Minted]. BelowMinimum, Arithmetic(Overflow). */
MUST_USE dispatch_result balances_mint(const account_id *who, balance amount);
/* Destroys money of `who` [Burned]. FundsUnavailable, Arithmetic(Overflow) when issuance is smaller. */
MUST_USE dispatch_result balances_burn_from(const account_id *who, balance amount,
                                            enum balances_preservation preservation, enum balances_precision precision,
                                            enum balances_fortitude fortitude, balance *actual);
/* Takes money out of `who` into the caller's hands, a credit [Withdraw]: issuance stays until the credit goes to an
 * account (balances_resolve) or is dropped (balances_drop_credit). FundsUnavailable. */
MUST_USE dispatch_result balances_withdraw(const account_id *who, balance amount, enum balances_precision precision,
                                           enum balances_preservation preservation, enum balances_fortitude fortitude,
                                           balance *credit);
/* The same with the record as the caller loaded and changed it, in e->info; the record is written on success. */
struct balances_edit {
    account_info info;
    bool is_new, did_provide, did_consume; /* the pallet's own */
};
MUST_USE dispatch_result balances_withdraw_loaded(const account_id *who, struct balances_edit *e, balance amount,
                                                  enum balances_precision precision,
                                                  enum balances_preservation preservation,
                                                  enum balances_fortitude fortitude, balance *credit);
/* Puts a credit into `who` [Deposit], creating the account. On failure the caller still has the credit. */
MUST_USE dispatch_result balances_resolve(const account_id *who, balance credit);
/* Destroys a credit: issuance falls [BurnedDebt]. No event for 0. */
void balances_drop_credit(balance credit);
/* Makes new money as a credit [Issued], capped where issuance would overflow; returns how much. */
balance balances_issue(balance amount);
/* Slashes up to `amount` from free [Slashed]; `slashed` is a credit. Returns what could not be slashed. */
balance balances_slash(const account_id *who, balance amount, balance *slashed);
/* Destroys what balances_slash or balances_slash_reserved took: issuance falls [Rescinded]. No event for 0. */
void balances_drop_slashed(balance amount);

/* Marks issuance as not circulating; at most what is active. reactivate undoes it, saturating. */
void balances_deactivate(balance amount);
void balances_reactivate(balance amount);

/* --- holds: money of the owner that a pallet has set aside for a reason --- */
balance balances_on_hold(runtime_hold_reason reason, const account_id *who);
/* [Held] FundsUnavailable, CannotCreateHold. The account keeps its provider reference. */
MUST_USE dispatch_result balances_hold(runtime_hold_reason reason, const account_id *who, balance amount);
/* [Released] CannotCreate, FundsUnavailable (EXACT). */
MUST_USE dispatch_result balances_release(runtime_hold_reason reason, const account_id *who, balance amount,
                                          enum balances_precision precision, balance *actual);
/* [BurnedHeld] Frozen, FundsUnavailable. */
MUST_USE dispatch_result balances_burn_held(runtime_hold_reason reason, const account_id *who, balance amount,
                                            enum balances_precision precision, enum balances_fortitude fortitude,
                                            balance *actual);
/* Held money of `source` to `dest`, free or held there [TransferOnHold]. Frozen, FundsUnavailable, CannotCreate,
 * CannotCreateHold. */
MUST_USE dispatch_result balances_transfer_on_hold(runtime_hold_reason reason, const account_id *source,
                                                   const account_id *dest, balance amount,
                                                   enum balances_precision precision, enum balances_restriction mode,
                                                   enum balances_fortitude fortitude, balance *actual);
/* Free money of `source`, held at `dest` [TransferAndHold]. CannotCreateHold, CannotCreate, FundsUnavailable. */
MUST_USE dispatch_result balances_transfer_and_hold(runtime_hold_reason reason, const account_id *source,
                                                    const account_id *dest, balance amount,
                                                    enum balances_precision precision,
                                                    enum balances_preservation preservation,
                                                    enum balances_fortitude fortitude, balance *actual);
/* Takes up to `amount` of held money as a credit (no event); returns what could not be slashed. */
balance balances_slash_held(runtime_hold_reason reason, const account_id *who, balance amount, balance *credit);

/* --- reserves (deprecated by holds; kept whole for wallets and older pallets) --- */
/* [Reserved] InsufficientBalance, Arithmetic(Overflow), ConsumerRemaining. */
MUST_USE dispatch_result balances_reserve(const account_id *who, balance amount);
bool balances_can_reserve(const account_id *who, balance amount);
/* [Unreserved] Returns what could not be unreserved. */
balance balances_unreserve(const account_id *who, balance amount);
/* [Slashed] Takes reserved money as a credit; returns what could not be slashed. */
balance balances_slash_reserved(const account_id *who, balance amount, balance *slashed);
/* Reserved money of `slashed` to `beneficiary`, free or reserved there [ReserveRepatriated]. `left` is what could not be
 * moved. DeadAccount, Arithmetic(Overflow). */
MUST_USE dispatch_result balances_repatriate_reserved(const account_id *slashed, const account_id *beneficiary,
                                                      balance amount, balance_status status, balance *left);
/* The same by name: each name counts its own share of the reserved balance. TooManyReserves. */
balance balances_reserved_named(const bytes8 *id, const account_id *who);
MUST_USE dispatch_result balances_reserve_named(const bytes8 *id, const account_id *who, balance amount);
balance balances_unreserve_named(const bytes8 *id, const account_id *who, balance amount);
balance balances_slash_reserved_named(const bytes8 *id, const account_id *who, balance amount, balance *slashed);
MUST_USE dispatch_result balances_repatriate_reserved_named(const bytes8 *id, const account_id *slashed,
                                                            const account_id *beneficiary, balance amount,
                                                            balance_status status, balance *left);

/* --- freezes and locks: an amount that free + reserved may not fall below; they overlap, the largest counts --- */
balance balances_frozen_for(runtime_freeze_reason reason, const account_id *who);
/* Sets the freeze, 0 thaws [Frozen or Thawed by the change of the whole]. TooManyFreezes, and NoProviders or
 * TooManyConsumers when the account cannot carry it. */
MUST_USE dispatch_result balances_set_freeze(runtime_freeze_reason reason, const account_id *who, balance amount);
/* Raises the freeze to at least `amount`; 0 does nothing. */
MUST_USE dispatch_result balances_extend_freeze(runtime_freeze_reason reason, const account_id *who, balance amount);
MUST_USE dispatch_result balances_thaw(runtime_freeze_reason reason, const account_id *who);

/* Withdraw reasons of a lock, as bits; polkadot-sdk frame-support tokens/misc.rs#WithdrawReasons. */
enum { WITHDRAW_TRANSACTION_PAYMENT = 1, WITHDRAW_TRANSFER = 2, WITHDRAW_RESERVE = 4, WITHDRAW_FEE = 8, WITHDRAW_TIP = 16 };
#define WITHDRAW_ALL 31u
/* Locks (deprecated by freezes) cannot fail [Locked or Unlocked]; no reasons or amount 0 removes the lock. */
void balances_set_lock(const bytes8 *id, const account_id *who, balance amount, uint32_t reasons);
/* Raises a lock and widens its reasons; nothing for amount 0 or no reasons. */
void balances_extend_lock(const bytes8 *id, const account_id *who, balance amount, uint32_t reasons);
void balances_remove_lock(const bytes8 *id, const account_id *who);

/* --- pots: a pallet's own account, and how much of it the pallet owes to others --- */
/* The account has one existential deposit and a provider reference of its own from genesis, and its free balance is never
 * below that deposit + the books. */
struct balances_pot {
    account_id account;
    const struct storage_desc *books; /* a value of type balance without keys */
    dispatch_result low_funds, below_ed;
};
/* From an account that keeps the existential deposit: pot->low_funds. */
MUST_USE dispatch_result balances_pot_take(const struct balances_pot *pot, const account_id *who, balance amount);
/* To an account: pot->below_ed when that would leave it below the existential deposit, Corruption above the books. */
MUST_USE dispatch_result balances_pot_give(const struct balances_pot *pot, const account_id *who, balance amount);
/* Destroys owed money: issuance falls. */
MUST_USE dispatch_result balances_pot_burn(const struct balances_pot *pot, balance amount);
/* New money that is owed from now on. */
MUST_USE dispatch_result balances_pot_mint(const struct balances_pot *pot, balance amount);
/* Owed money becomes the other pot's. */
MUST_USE dispatch_result balances_pot_move(const struct balances_pot *from, const struct balances_pot *to,
                                           balance amount);
/* The pot's first deposit, at genesis, when balances are there. */
void balances_pot_genesis(const struct balances_pot *pot);
/* For tests and reports: whether the account covers its books. */
bool balances_pot_covers(const struct balances_pot *pot);

/* --- upkeep --- */
/* Brings an account of the old reference counting up to date [Upgraded]; false when it was already. */
bool balances_ensure_upgraded(const account_id *who);

/* Genesis: each account gets its amount, TotalIssuance their sum (written even when there are none). False for an amount
 * below the existential deposit, a repeated account, or a sum over 128 bits: the state is then unusable. */
struct balances_endowment {
    account_id who;
    balance amount;
};
MUST_USE bool balances_genesis(const struct balances_endowment *list, uint32_t count);

#endif
