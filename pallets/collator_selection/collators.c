/* collators.c - the pallet's other half: the session's collators, the author's reward, genesis. Mirrors polkadot-sdk
 * stable2609 pallet-collator-selection src/lib.rs#kick_stale_candidates, #assemble_collators, #note_author. */
#include "collator_selection/collators.h"

#include "state/overlay.h"

const account_id collator_selection_pot = COLLATORS_POT;

uint32_t collators_find(const collator_candidates *list, const account_id *who) {
    uint32_t at = 0;
    while (at < list->len && !equal_32(list->items[at].who.at, who->at))
        at++;
    return at;
}

void collators_drop(collator_candidates *list, uint32_t at) {
    collator_candidate *from = &list->items[at];
    memmove(from, from + 1, (--list->len - at) * sizeof *from);
}

void collators_tell(uint8_t event, const account_id *who) {
    system_deposit_event(pallet_index_collator_selection, event, &account_id_type, who);
}

void collators_remove(collator_candidates *list, uint32_t at, bool forget) {
    const collator_candidate *gone = &list->items[at];
    balances_unreserve(&gone->who, gone->deposit);
    if (forget)
        collator_selection_LastAuthoredBlock_kill(&gone->who);
    TELL(CandidateRemoved, &gone->who);
    collators_drop(list, at);
}

collator_invulnerables collators_invulnerables(void) {
    collator_invulnerables stored,
        list = {arena_alloc(&arena_scratch, (COLLATORS_MAX_INVULNERABLES + 1) * sizeof *list.items), 0};
    collator_selection_Invulnerables_get(&stored);
    list.len = stored.len;
    if (stored.len)
        memcpy(list.items, stored.items, stored.len * sizeof *list.items);
    return list;
}

bool collators_find_invulnerable(const collator_invulnerables *list, const account_id *who, uint32_t *at) {
    int order = -1;
    for (*at = 0; *at < list->len; ++*at)
        if ((order = memcmp(list->items[*at].at, who->at, sizeof *who)) >= 0)
            break;
    return order == 0;
}

void collators_insert_invulnerable(collator_invulnerables *list, uint32_t at, const account_id *who) {
    account_id *to = &list->items[at];
    memmove(to + 1, to, (list->len++ - at) * sizeof *to);
    *to = *who;
}

account_ids collator_selection_assemble(void) {
    collator_candidates candidates;
    collator_invulnerables first = collators_invulnerables();
    collator_selection_CandidateList_get(&candidates);
    uint32_t more = min_u32(storage_get_u32(&collator_selection_DesiredCandidates_storage), candidates.len);
    account_ids all = {arena_alloc(&arena_scratch, (first.len + more) * sizeof *all.items), first.len + more};
    for (uint32_t i = 0; i < all.len; i++)
        all.items[i] = i < first.len ? first.items[i] : candidates.items[candidates.len - 1 - (i - first.len)].who;
    return all;
}

static uint32_t first_due(uint32_t now) { return saturating_add_u32(now, COLLATORS_KICK_THRESHOLD); }

void collators_note_joined(const account_id *who) {
    const uint32_t due = first_due(system_block_number());
    collator_selection_LastAuthoredBlock_put(who, &due);
}

account_ids collator_selection_new_session(weight *used) {
    collator_candidates list;
    collator_selection_CandidateList_get(&list);
    const collator_invulnerables fixed = collators_invulnerables();
    const uint32_t before = list.len, now = system_block_number();
    for (uint32_t i = 0, last, at; i < list.len;) {
        collator_selection_LastAuthoredBlock_get(&list.items[i].who, &last);
        bool is_fixed = collators_find_invulnerable(&fixed, &list.items[i].who, &at);
        bool is_lazy = saturating_sub_u32(now, last) >= COLLATORS_KICK_THRESHOLD;
        if (is_fixed || (is_lazy && list.len + fixed.len > COLLATORS_MIN_ELIGIBLE))
            collators_remove(&list, i, !is_fixed);
        else
            i++;
    }
    if (list.len < before)
        collator_selection_CandidateList_put(&list);
    *used = weight_add(*used, COLLATORS_NEW_SESSION_WEIGHT(before - list.len, before));
    return collator_selection_assemble();
}

void collator_selection_fill_pot(balance credit) {
    if (credit && balances_resolve(&collator_selection_pot, credit) != DISPATCH_OK)
        balances_drop_credit(credit);
}

void collator_selection_note_author(const account_id *author) {
    account_data pot;
    balances_account(&collator_selection_pot, &pot);
    balance reward = saturating_sub_u128(pot.free, EXISTENTIAL_DEPOSIT) >> 1;
    /* Fails when the author has no account and gets less than the existential deposit; the pot keeps it then. */
    if (reward)
        (void)!balances_transfer(&collator_selection_pot, author, reward, BALANCES_PRESERVE);
    const uint32_t now = system_block_number();
    struct overlay_entry *last = storage_entry(&collator_selection_LastAuthoredBlock_storage, author);
    struct bytes old;
    /* Who became a candidate in this very block keeps what that wrote. */
    if (!overlay_entry_get(last, &old) || old.len != sizeof now || load_u32(old.at) != first_due(now))
        overlay_entry_put(last, (struct bytes){(const uint8_t *)&now, sizeof now});
}

bool collator_selection_genesis(const account_ids *invulnerables, balance bond, uint32_t desired) {
    collator_invulnerables list = collators_invulnerables();
    if (invulnerables->len > COLLATORS_MAX_INVULNERABLES || desired > COLLATORS_MAX_CANDIDATES)
        return false;
    for (uint32_t i = 0, at; i < invulnerables->len; i++) {
        if (collators_find_invulnerable(&list, &invulnerables->items[i], &at))
            return false;
        collators_insert_invulnerable(&list, at, &invulnerables->items[i]);
    }
    collator_selection_DesiredCandidates_put(&desired);
    collator_selection_CandidacyBond_put(&bond);
    collator_selection_Invulnerables_put(&list);
    return true;
}
