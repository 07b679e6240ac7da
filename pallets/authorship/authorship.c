/* authorship.c - see authorship.h. Mirrors polkadot-sdk stable2609 pallet-authorship src/lib.rs and
 * pallet-session src/lib.rs#FindAccountFromAuthorIndex. */
#include "authorship/authorship.h"

#include "session/session.h"

bool authorship_author(account_id *author) {
    if (authorship_Author_get(author))
        return true;
    uint64_t slot;
    if (!aura_digest_slot(&slot))
        return false;
    uint32_t count = aura_authority_count();
    if (count == 0 || !session_validator((uint32_t)(slot % count), author))
        return false;
    authorship_Author_put(author);
    return true;
}

weight authorship_on_initialize(void) { return (weight){0, 0}; }

void authorship_on_finalize(void) { authorship_Author_kill(); }
