/* collator_selection.c - the calls; see collator_selection.h. Mirrors polkadot-sdk stable2609 pallet-collator-selection
 * src/lib.rs. An account is its own validator id, so NoAssociatedValidatorId never occurs, and the errors of a failed
 * insertion or removal cannot: what they guard is checked before. */
#include "collator_selection/collators.h"
#include "session/session.h"

#define ERROR_OF(name) PALLET_ERROR(collator_selection, name)

static void set_actual(struct dispatch *ctx, struct dispatch_info info) {
    ctx->has_actual = true;
    ctx->actual = info.call_weight;
}

/* Whether one collator can go. */
static MUST_USE dispatch_result ensure_spare(const collator_candidates *list) {
    return list->len + collators_invulnerables().len > COLLATORS_MIN_ELIGIBLE ? DISPATCH_OK
                                                                              : ERROR_OF(TooFewEligibleCollators);
}

static MUST_USE dispatch_result ensure_registered(const account_id *who) {
    return session_NextKeys_exists(who) ? DISPATCH_OK : ERROR_OF(ValidatorNotRegistered);
}

static MUST_USE dispatch_result ensure_not_invulnerable(const account_id *who) {
    const collator_invulnerables list = collators_invulnerables();
    uint32_t at;
    return collators_find_invulnerable(&list, who, &at) ? ERROR_OF(AlreadyInvulnerable) : DISPATCH_OK;
}

/* How many candidates have less than this deposit. */
static uint32_t below(const collator_candidates *list, balance deposit) {
    uint32_t at = 0;
    while (at < list->len && list->items[at].deposit < deposit)
        at++;
    return at;
}

/* Puts a candidate where its deposit belongs: before equal ones. Writes the list. An event whose fields are a
 * candidate's follows, unless it is NO_EVENT. */
enum { NO_EVENT = 255 };
static void insert(const collator_candidates *list, const account_id *who, balance deposit, uint8_t event) {
    const uint32_t len = list->len, at = below(list, deposit);
    const collator_candidates wider = {arena_alloc(&arena_scratch, (len + 1) * sizeof *wider.items), len + 1};
    if (len) {
        memcpy(wider.items, list->items, at * sizeof *wider.items);
        memcpy(wider.items + at + 1, list->items + at, (len - at) * sizeof *wider.items);
    }
    wider.items[at] = (collator_candidate){*who, deposit};
    collator_selection_CandidateList_put(&wider);
    if (event != NO_EVENT)
        system_deposit_event(pallet_index_collator_selection, event, &collator_candidate_type, &wider.items[at]);
}

dispatch_result collator_selection_set_invulnerables(struct dispatch *ctx,
                                                     const collator_selection_call_set_invulnerables *args) {
    TRY(ensure_root(&ctx->origin));
    collator_candidates candidates;
    collator_selection_CandidateList_get(&candidates);
    if (args->new.len == 0 && candidates.len < COLLATORS_MIN_ELIGIBLE)
        return ERROR_OF(TooFewEligibleCollators);
    if (args->new.len > COLLATORS_MAX_INVULNERABLES)
        return ERROR_OF(TooManyInvulnerables);
    collator_invulnerables list = collators_invulnerables();
    list.len = 0;
    for (uint32_t i = 0, at; i < args->new.len; i++) {
        const account_id *who = &args->new.items[i];
        if (session_NextKeys_exists(who)) {
            collators_find_invulnerable(&list, who, &at); /* one listed twice stays twice, as FRAME's */
            collators_insert_invulnerable(&list, at, who);
        } else {
            TELL(InvalidInvulnerableSkipped, who);
        }
    }
    collator_selection_Invulnerables_put(&list);
    DEPOSIT(collator_selection, NewInvulnerables, .invulnerables = {list.items, list.len});
    return DISPATCH_OK;
}

dispatch_result collator_selection_set_desired_candidates(struct dispatch *ctx,
                                                          const collator_selection_call_set_desired_candidates *args) {
    TRY(ensure_root(&ctx->origin));
    collator_selection_DesiredCandidates_put(&args->max);
    DEPOSIT(collator_selection, NewDesiredCandidates, .desired_candidates = args->max);
    return DISPATCH_OK;
}

dispatch_result collator_selection_set_candidacy_bond(struct dispatch *ctx,
                                                      const collator_selection_call_set_candidacy_bond *args) {
    TRY(ensure_root(&ctx->origin));
    collator_candidates list;
    balance old;
    uint32_t kicked = 0;
    collator_selection_CandidacyBond_get(&old);
    collator_selection_CandidacyBond_put(&args->bond);
    collator_selection_CandidateList_get(&list);
    const uint32_t before = list.len;
    if (old < args->bond && before) {
        kicked = below(&list, args->bond);
        for (uint32_t i = 0; i < kicked; i++) {
            balances_unreserve(&list.items[i].who, list.items[i].deposit);
            collator_selection_LastAuthoredBlock_kill(&list.items[i].who);
        }
        list = (collator_candidates){list.items + kicked, before - kicked};
        collator_selection_CandidateList_put(&list);
    }
    DEPOSIT(collator_selection, NewCandidacyBond, .bond_amount = args->bond);
    set_actual(ctx, COLLATORS_SET_BOND(old < args->bond ? before : 0, kicked));
    return DISPATCH_OK;
}

dispatch_result collator_selection_register_as_candidate(struct dispatch *ctx) {
    account_id who;
    collator_candidates list;
    balance deposit;
    TRY(ensure_signed(&ctx->origin, &who));
    collator_selection_CandidateList_get(&list);
    if (list.len >= COLLATORS_MAX_CANDIDATES)
        return ERROR_OF(TooManyCandidates);
    TRY(ensure_not_invulnerable(&who));
    TRY(ensure_registered(&who));
    if (collators_find(&list, &who) < list.len)
        return ERROR_OF(AlreadyCandidate);
    collator_selection_CandidacyBond_get(&deposit);
    TRY(balances_reserve(&who, deposit));
    collators_note_joined(&who);
    /* At the very front: nobody has less than the bond. */
    insert(&list, &who, deposit, collator_selection_event_index_CandidateAdded);
    set_actual(ctx, COLLATORS_REGISTER(list.len + 1));
    return DISPATCH_OK;
}

dispatch_result collator_selection_leave_intent(struct dispatch *ctx) {
    account_id who;
    collator_candidates list;
    TRY(ensure_signed(&ctx->origin, &who));
    collator_selection_CandidateList_get(&list);
    TRY(ensure_spare(&list));
    uint32_t at = collators_find(&list, &who);
    if (at == list.len)
        return ERROR_OF(NotCandidate);
    collators_remove(&list, at, true);
    collator_selection_CandidateList_put(&list);
    set_actual(ctx, COLLATORS_LEAVE(list.len));
    return DISPATCH_OK;
}

dispatch_result collator_selection_add_invulnerable(struct dispatch *ctx,
                                                    const collator_selection_call_add_invulnerable *args) {
    TRY(ensure_root(&ctx->origin));
    TRY(ensure_registered(&args->who));
    collator_invulnerables fixed = collators_invulnerables();
    uint32_t place;
    if (collators_find_invulnerable(&fixed, &args->who, &place))
        return ERROR_OF(AlreadyInvulnerable);
    if (fixed.len >= COLLATORS_MAX_INVULNERABLES)
        return ERROR_OF(TooManyInvulnerables);
    collators_insert_invulnerable(&fixed, place, &args->who);
    collator_selection_Invulnerables_put(&fixed);
    collator_candidates list;
    collator_selection_CandidateList_get(&list);
    uint32_t at = collators_find(&list, &args->who);
    if (at < list.len) {
        collators_remove(&list, at, false); /* still a collator */
        collator_selection_CandidateList_put(&list);
    }
    TELL(InvulnerableAdded, &args->who);
    set_actual(ctx, COLLATORS_ADD_INVULNERABLE(fixed.len, list.len));
    return DISPATCH_OK;
}

dispatch_result collator_selection_remove_invulnerable(struct dispatch *ctx,
                                                       const collator_selection_call_remove_invulnerable *args) {
    TRY(ensure_root(&ctx->origin));
    collator_candidates list;
    collator_selection_CandidateList_get(&list);
    TRY(ensure_spare(&list));
    collator_invulnerables fixed = collators_invulnerables();
    uint32_t at;
    if (!collators_find_invulnerable(&fixed, &args->who, &at))
        return ERROR_OF(NotInvulnerable);
    memmove(&fixed.items[at], &fixed.items[at + 1], (--fixed.len - at) * sizeof *fixed.items);
    collator_selection_Invulnerables_put(&fixed);
    TELL(InvulnerableRemoved, &args->who);
    return DISPATCH_OK;
}

dispatch_result collator_selection_update_bond(struct dispatch *ctx, const collator_selection_call_update_bond *args) {
    account_id who;
    collator_candidates list;
    balance bond;
    const balance wanted = args->new_deposit;
    TRY(ensure_signed(&ctx->origin, &who));
    collator_selection_CandidacyBond_get(&bond);
    if (wanted < bond)
        return ERROR_OF(DepositTooLow);
    collator_selection_CandidateList_get(&list);
    const uint32_t before = list.len, at = collators_find(&list, &who);
    if (at == before)
        return ERROR_OF(NotCandidate);
    const balance old = list.items[at].deposit;
    if (wanted == old)
        return ERROR_OF(IdenticalDeposit);
    if (wanted > old) {
        TRY(balances_reserve(&who, wanted - old));
    } else {
        if (saturating_add_u32(at, storage_get_u32(&collator_selection_DesiredCandidates_storage)) >= before)
            return ERROR_OF(InvalidUnreserve);
        balances_unreserve(&who, old - wanted);
    }
    collators_drop(&list, at);
    insert(&list, &who, wanted, collator_selection_event_index_CandidateBondUpdated);
    set_actual(ctx, COLLATORS_UPDATE_BOND(before));
    return DISPATCH_OK;
}

dispatch_result collator_selection_take_candidate_slot(struct dispatch *ctx,
                                                       const collator_selection_call_take_candidate_slot *args) {
    account_id who;
    collator_candidates list;
    balance bond;
    TRY(ensure_signed(&ctx->origin, &who));
    TRY(ensure_not_invulnerable(&who));
    collator_selection_CandidacyBond_get(&bond);
    if (args->deposit < bond)
        return ERROR_OF(InsufficientBond);
    TRY(ensure_registered(&who));
    collator_selection_CandidateList_get(&list);
    const uint32_t before = list.len, at = collators_find(&list, &args->target);
    if (collators_find(&list, &who) < before)
        return ERROR_OF(AlreadyCandidate);
    if (at == before)
        return ERROR_OF(TargetIsNotCandidate);
    const balance theirs = list.items[at].deposit;
    if (args->deposit <= theirs)
        return ERROR_OF(InsufficientBond);
    TRY(balances_reserve(&who, args->deposit));
    balances_unreserve(&args->target, theirs);
    collators_drop(&list, at);
    insert(&list, &who, args->deposit, NO_EVENT);
    collator_selection_LastAuthoredBlock_kill(&args->target);
    collators_note_joined(&who);
    DEPOSIT(collator_selection, CandidateReplaced, .old = args->target, .new = who, .deposit = args->deposit);
    set_actual(ctx, COLLATORS_TAKE_SLOT(before));
    return DISPATCH_OK;
}
