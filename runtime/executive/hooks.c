/* hooks.c - see hooks.h. Each pallet's hook stands here once, in the order of runtime.def. */
#include "executive/hooks.h"

#include "aura/aura.h"
#include "aura_ext/aura_ext.h"
#include "authorship/authorship.h"
#include "parachain_system/parachain_system.h"
#include "session/session.h"
#include "timestamp/timestamp.h"
#include "transaction_payment/transaction_payment.h"

weight hooks_on_runtime_upgrade(void) { return aura_on_runtime_upgrade(); }

weight hooks_on_initialize(void) {
    weight used = parachain_system_on_initialize();
    used = weight_add(used, timestamp_on_initialize());
    used = weight_add(used, authorship_on_initialize());
    used = weight_add(used, session_on_initialize());
    used = weight_add(used, aura_on_initialize());
    return weight_add(used, aura_ext_on_initialize());
}

void hooks_on_finalize(void) {
    parachain_system_on_finalize();
    timestamp_on_finalize();
    transaction_payment_on_finalize();
    authorship_on_finalize();
    aura_ext_on_finalize();
}
