/* genesis.h - GenesisBuilder: the first state from a JSON configuration, and the presets that come with the blob.
 * polkadot-sdk stable2609 sp-genesis-builder src/lib.rs. */
#ifndef NALAR_GENESIS_GENESIS_H
#define NALAR_GENESIS_GENESIS_H

#include "core/platform.h"

/* Presets are patches (RFC 7386) on the default configuration. */
extern const uint32_t genesis_preset_count;
extern const struct bytes genesis_preset_names[];
/* JSON of the preset with this name, or of the whole default configuration when `named` is false; false when there is
 * no such preset. */
MUST_USE bool genesis_get_preset(bool named, struct bytes name, struct bytes *json);

/* Writes the whole first state except `:code` for a configuration in JSON. On failure *error tells why, and nothing of
 * what was written may be kept. The state must be empty. */
MUST_USE bool genesis_build_state(struct bytes json, struct bytes *error);

#endif
