/* collators.h - inside the pallet: both lists, as they are read, changed and written. */
#ifndef NALAR_PALLETS_COLLATORS_H
#define NALAR_PALLETS_COLLATORS_H

#include "collator_selection/collator_selection.h"

/* The candidate's place, or the list's length. */
uint32_t collators_find(const collator_candidates *list, const account_id *who);
/* Takes a candidate out of the list in memory. */
void collators_drop(collator_candidates *list, uint32_t at);
/* The same and frees its deposit [Unreserved, CandidateRemoved]; `forget` its last block too. */
void collators_remove(collator_candidates *list, uint32_t at, bool forget);
/* Deposits an event that holds an account alone, by its index. */
void collators_tell(uint8_t event, const account_id *who);
#define TELL(name, who) collators_tell(collator_selection_event_index_##name, who)

/* A new candidate counts as an author for a period longer, because its first session begins later. */
void collators_note_joined(const account_id *who);

/* The stored invulnerables, with room for one more. */
collator_invulnerables collators_invulnerables(void);
/* The account's place; where there is none, where it belongs. */
bool collators_find_invulnerable(const collator_invulnerables *list, const account_id *who, uint32_t *at);
/* Inserts where find said; the list has room. */
void collators_insert_invulnerable(collator_invulnerables *list, uint32_t at, const account_id *who);

#endif
