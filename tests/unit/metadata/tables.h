/* tables.h - every pallet's declarations as lists, for the checks of layouts, prefixes and defaults. A pallet that is
 * in runtime.def and not here does not compile. */
#ifndef NALAR_TESTS_TABLES_H
#define NALAR_TESTS_TABLES_H

#include "aura/aura.h"
#include "aura_ext/aura_ext.h"
#include "authorship/authorship.h"
#include "balances/balances.h"
#include "clock/clock.h"
#include "collator_selection/collator_selection.h"
#include "compute/compute.h"
#include "jobs/jobs.h"
#include "models/models.h"
#include "parachain_info/parachain_info.h"
#include "parachain_system/parachain_system.h"
#include "rewards/rewards.h"
#include "session/session.h"
#include "sudo/sudo.h"
#include "system/system.h"
#include "timestamp/timestamp.h"
#include "transaction_payment/transaction_payment.h"
#include "utility/utility.h"

struct item_row {
    const struct storage_desc *item;
    const char *name;
};

#define THIS system
#define DEF "system/system.def"
#include "tables.inc"
#define THIS parachain_system
#define DEF "parachain_system/parachain_system.def"
#include "tables.inc"
#define THIS timestamp
#define DEF "timestamp/timestamp.def"
#include "tables.inc"
#define THIS parachain_info
#define DEF "parachain_info/parachain_info.def"
#include "tables.inc"
#define THIS utility
#define DEF "utility/utility.def"
#include "tables.inc"
#define THIS balances
#define DEF "balances/balances.def"
#include "tables.inc"
#define THIS transaction_payment
#define DEF "transaction_payment/transaction_payment.def"
#include "tables.inc"
#define THIS sudo
#define DEF "sudo/sudo.def"
#include "tables.inc"
#define THIS authorship
#define DEF "authorship/authorship.def"
#include "tables.inc"
#define THIS collator_selection
#define DEF "collator_selection/collator_selection.def"
#include "tables.inc"
#define THIS session
#define DEF "session/session.def"
#include "tables.inc"
#define THIS aura
#define DEF "aura/aura.def"
#include "tables.inc"
#define THIS aura_ext
#define DEF "aura_ext/aura_ext.def"
#include "tables.inc"
#define THIS clock
#define DEF "clock/clock.def"
#include "tables.inc"
#define THIS models
#define DEF "models/models.def"
#include "tables.inc"
#define THIS compute
#define DEF "compute/compute.def"
#include "tables.inc"
#define THIS jobs
#define DEF "jobs/jobs.def"
#include "tables.inc"
#define THIS rewards
#define DEF "rewards/rewards.def"
#include "tables.inc"

#define PALLET(i, n, p) const struct type_desc *p##_call_args(uint8_t index);
#include "pallet/runtime_keywords.inc"
#include "runtime.def"
#include "pallet/runtime_keywords_undef.inc"

#define PALLET(i, n, p) {#n, p##_items, p##_events, p##_calls, p##_call_args},
#include "pallet/runtime_keywords.inc"
static const struct pallet_row {
    const char *name;
    const struct item_row *items;             /* ends with item NULL */
    const struct type_desc *const *events;    /* those with fields; ends with NULL */
    const int *calls;                         /* indices; ends with -1 */
    const struct type_desc *(*call_args)(uint8_t index);
} pallet_rows[] = {
#include "runtime.def"
};
#include "pallet/runtime_keywords_undef.inc"

#endif
