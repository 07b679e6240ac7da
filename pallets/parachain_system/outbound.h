/* outbound.h - what a block sends: messages and signals to the relay chain, messages to other parachains, within the
 * limits that the relay chain shows.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/lib.rs#on_finalize, #send_upward_message,
 * #send_ump_signals and polkadot/runtime/parachains/src/lib.rs#FeeTracker. */
#ifndef NALAR_PARACHAIN_SYSTEM_OUTBOUND_H
#define NALAR_PARACHAIN_SYSTEM_OUTBOUND_H

#include "parachain_system/core_digest.h"
#include "parachain_system/parachain_system.h"

/* In the inherent: forgets what the last block sent, and what the proof of validity sent when this block begins another
 * one: it has another relay parent or core, or its place in the bundle is not a later one. */
void outbound_begin(const h256 *relay_root, const struct core_digest *digest);

/* At the end of the block: moves pending messages into UpwardMessages and HrmpOutboundMessages, as many as the limits of
 * the relay chain, of the unincluded segment and of the proof of validity allow, and behind the upward ones the signals
 * when the block is the last of its core. */
void outbound_send(const h256 *relay_root, const struct core_digest *digest);

#endif
