/* hooks.c - what the linked runtime sources need natively when no pallet's behaviour is there. The default objects are
 * weak: where a pallet's tables define one, that one counts. A unit test compares them with the runtime's own. */
#include <stdlib.h>

#include "balances/balances.h"
#include "host/host.h"
#include "metadata/buffer.h"
#include "jobs/jobs.h"
#include "models/models.h"
#include "transaction_payment/transaction_payment.h"

#define WEAK __attribute__((weak))

WEAK const account_info system_empty_account = {.data = {.flags = (u128)1 << 127}};
WEAK const account_data balances_empty_account = {.flags = (u128)1 << 127};
WEAK const uint64_t models_first_model = 1;
WEAK const uint32_t models_first_licence = 1;
WEAK const uint32_t compute_first_id = 1;
WEAK const balance compute_first_fee = COMPUTE_FIRST_FEE;
WEAK const uint64_t jobs_first_id = 1;
WEAK const rewards_fee_split rewards_default_split = {780000000, 100000000, 0, 30000000, 90000000};
WEAK const rewards_schedule rewards_default_schedule = {REWARDS_KAPPA, REWARDS_WORK_CAP, REWARDS_CAPACITY};
WEAK const balance transaction_payment_multiplier_one = (u128)1000000000000000000u;

NORETURN void runtime_panic(const char *message) { fail("%s", message); }
void *host_malloc(uint32_t size) { return malloc(size); }
void host_free(void *at) { free(at); }

/* No value that mkmetadata encodes holds a call. */
bool call_decode(struct reader *in, UNUSED void *call) { return reader_fail(in); }
struct bytes call_raw_bytes(UNUSED const void *call) { fail("a value holds a call"); }
