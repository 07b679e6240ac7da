/* system_constants.h - the values of System's constants: block limits and the runtime's version. */
#ifndef NALAR_PALLETS_SYSTEM_CONSTANTS_H
#define NALAR_PALLETS_SYSTEM_CONSTANTS_H

#include "system/system.h"

#define NORMAL_MAX_REF_TIME (MAX_BLOCK_REF_TIME * NORMAL_PERCENT / 100)
#define NORMAL_MAX_PROOF (MAX_BLOCK_PROOF * NORMAL_PERCENT / 100)
/* A normal extrinsic may use the class's total less the share kept for on_initialize and its own base. */
#define ON_INITIALIZE_REF_TIME (MAX_BLOCK_REF_TIME * ON_INITIALIZE_PERCENT / 100)
#define ON_INITIALIZE_PROOF (MAX_BLOCK_PROOF * ON_INITIALIZE_PERCENT / 100)
#define BASE_EXTRINSIC_WEIGHT {BASE_EXTRINSIC_REF_TIME, 0}

/* polkadot-sdk stable2609 frame-system src/limits.rs#BlockWeightsBuilder with the parachain template's parameters. */
#define SYSTEM_BLOCK_WEIGHTS                                                                                           \
    {                                                                                                                  \
        .base_block = {BASE_BLOCK_REF_TIME, 0}, .max_block = {MAX_BLOCK_REF_TIME, MAX_BLOCK_PROOF},                    \
        .per_class = {                                                                                                 \
            .normal = {BASE_EXTRINSIC_WEIGHT,                                                                          \
                       {true, {NORMAL_MAX_REF_TIME - ON_INITIALIZE_REF_TIME - BASE_EXTRINSIC_REF_TIME,                 \
                               NORMAL_MAX_PROOF - ON_INITIALIZE_PROOF}},                                               \
                       {true, {NORMAL_MAX_REF_TIME, NORMAL_MAX_PROOF}},                                                \
                       {true, {0, 0}}},                                                                                \
            .operational = {BASE_EXTRINSIC_WEIGHT,                                                                     \
                            {true, {MAX_BLOCK_REF_TIME - ON_INITIALIZE_REF_TIME - BASE_EXTRINSIC_REF_TIME,             \
                                    MAX_BLOCK_PROOF - ON_INITIALIZE_PROOF}},                                           \
                            {true, {MAX_BLOCK_REF_TIME, MAX_BLOCK_PROOF}},                                             \
                            {true, {MAX_BLOCK_REF_TIME - NORMAL_MAX_REF_TIME, MAX_BLOCK_PROOF - NORMAL_MAX_PROOF}}},   \
            .mandatory = {BASE_EXTRINSIC_WEIGHT, {false, {0, 0}}, {false, {0, 0}}, {false, {0, 0}}},                   \
        }                                                                                                              \
    }
#define NORMAL_MAX_LENGTH ((uint32_t)((uint64_t)MAX_BLOCK_LENGTH * NORMAL_PERCENT / 100))
#define MAX_HEADER_SIZE (MAX_BLOCK_LENGTH / 5)
#define SYSTEM_BLOCK_LENGTH {{NORMAL_MAX_LENGTH, MAX_BLOCK_LENGTH, MAX_BLOCK_LENGTH}, {false, 0}}

#define TEXT_OF(literal) {(const uint8_t *)"" literal, sizeof(literal) - 1}
#define SYSTEM_VERSION_VALUE                                                                                           \
    {TEXT_OF(SPEC_NAME), TEXT_OF(IMPL_NAME), AUTHORING_VERSION, SPEC_VERSION, IMPL_VERSION, {NULL, 0},                 \
     TRANSACTION_VERSION, SYSTEM_VERSION}

#endif
