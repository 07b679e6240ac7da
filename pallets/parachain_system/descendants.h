/* descendants.h - with a relay parent offset, the proof that the relay chain went on from the relay parent: the headers
 * of its next blocks, sealed by their authors. Not in the blob while RELAY_PARENT_OFFSET is 0.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/descendant_validation.rs. */
#ifndef NALAR_PARACHAIN_SYSTEM_DESCENDANTS_H
#define NALAR_PARACHAIN_SYSTEM_DESCENDANTS_H

#include "parachain_system/relay_state.h"

/* `headers`: the relay parent, whose state `relay` is open on, and `offset` blocks after it. Panics unless there are
 * exactly so many, the first has the relay parent's state root, each is the next one's parent, and each carries BABE's
 * pre-digest and as its last item the seal of that author. Authors are those of the proof, Babe.Authorities; from the
 * first header after the relay parent that announces an epoch on, Babe.NextAuthorities, and from the next such one on
 * those that the one before announced. FRAME also refuses a VRF proof that is no group element; here the VRF is only
 * counted in bytes, since the seal covers it. */
void descendants_verify(const struct relay_state *relay, const relay_headers *headers, uint32_t offset);

#endif
