/* authorship.c - see authorship.h. Mirrors polkadot-sdk stable2609 pallet-authorship src/lib.rs and
 * pallet-session src/lib.rs#FindAccountFromAuthorIndex. */
#include "authorship/authorship.h"

#include "collator_selection/collator_selection.h"
#include "session/session.h"

static bool find(account_id *author) {
    uint64_t slot;
    if (!aura_digest_slot(&slot))
        return false;
    uint32_t count = aura_authority_count();
    return count && session_validator((uint32_t)(slot % count), author);
}

bool authorship_author(account_id *author) {
    if (authorship_Author_get(author))
        return true;
    if (!find(author))
        return false;
    authorship_Author_put(author);
    return true;
}

void authorship_note_author(void) {
    account_id author;
    if (authorship_author(&author))
        collator_selection_note_author(&author);
}

weight authorship_on_initialize(void) { return COLLATORS_NOTE_AUTHOR_WEIGHT; }

void authorship_on_finalize(void) {
    account_id author;
    if (!session_begins() && find(&author))
        collator_selection_note_author(&author);
    authorship_Author_kill_now();
}
