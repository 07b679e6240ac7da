/* outbound.h - what a block sends: messages and signals to the relay chain, within the limits it shows.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/lib.rs#on_finalize, #send_upward_message,
 * #send_ump_signals and polkadot/runtime/parachains/src/lib.rs#FeeTracker. */
#ifndef NALAR_PARACHAIN_SYSTEM_OUTBOUND_H
#define NALAR_PARACHAIN_SYSTEM_OUTBOUND_H

#include "parachain_system/core_digest.h"
#include "parachain_system/parachain_system.h"

/* Moves pending messages into UpwardMessages, as many as fit into the limits of *state and of what the proof of validity
 * sent already (*pov), and behind them the signals when this block is the last of its core. What was sent is added to
 * *used and *pov. */
void outbound_send_upward(used_bandwidth *used, pov_messages *pov, const messaging_state *state,
                          const host_configuration *config, const struct core_digest *digest);

#endif
