/* books.c - see books.h. */
#include "books.h"

#include "api/api.h"
#include "collator_selection/collator_selection.h"
#include "models/models.h"
#include "parachain_system/parachain_system.h"
#include "scale/codec.h"
#include "session/session.h"
#include "sudo/sudo.h"
#include "transaction_payment/transaction_payment.h"
#include "utility/utility.h"

struct books books;
static u128 started_with;

/* --- events --- */

enum { MOST_EVENTS = 64 };
#define EVENTS_OF(pallet) static const struct type_desc *const pallet##_event_types[MOST_EVENTS]
#undef EVENT
#include "pallet/keywords_off.inc"
#undef EVENT
#undef EVENT0
#define EVENT0(i, n, docs) [i] = &unit_type,
#define EVENT(i, n, docs, ...) [i] = &system_event_##n##_type,
EVENTS_OF(system) = {
#include "system/system.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &balances_event_##n##_type,
EVENTS_OF(balances) = {
#include "balances/balances.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &clock_event_##n##_type,
EVENTS_OF(clock) = {
#include "clock/clock.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &models_event_##n##_type,
EVENTS_OF(models) = {
#include "models/models.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &compute_event_##n##_type,
EVENTS_OF(compute) = {
#include "compute/compute.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &jobs_event_##n##_type,
EVENTS_OF(jobs) = {
#include "jobs/jobs.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &rewards_event_##n##_type,
EVENTS_OF(rewards) = {
#include "rewards/rewards.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &utility_event_##n##_type,
EVENTS_OF(utility) = {
#include "utility/utility.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &session_event_##n##_type,
EVENTS_OF(session) = {
#include "session/session.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &collator_selection_event_##n##_type,
EVENTS_OF(collator_selection) = {
#include "collator_selection/collator_selection.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &sudo_event_##n##_type,
EVENTS_OF(sudo) = {
#include "sudo/sudo.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &parachain_system_event_##n##_type,
EVENTS_OF(parachain_system) = {
#include "parachain_system/parachain_system.def"
};
#undef EVENT
#define EVENT(i, n, docs, ...) [i] = &transaction_payment_event_##n##_type,
EVENTS_OF(transaction_payment) = {
#include "transaction_payment/transaction_payment.def"
};
#include "pallet/keywords_undef.inc"

static const struct type_desc *event_type(uint8_t pallet, uint8_t event) {
    if (event >= MOST_EVENTS)
        return NULL;
    switch (pallet) {
    case pallet_index_system:
        return system_event_types[event];
    case pallet_index_balances:
        return balances_event_types[event];
    case pallet_index_utility:
        return utility_event_types[event];
    case pallet_index_session:
        return session_event_types[event];
    case pallet_index_collator_selection:
        return collator_selection_event_types[event];
    case pallet_index_sudo:
        return sudo_event_types[event];
    case pallet_index_parachain_system:
        return parachain_system_event_types[event];
    case pallet_index_transaction_payment:
        return transaction_payment_event_types[event];
    case pallet_index_clock:
        return clock_event_types[event];
    case pallet_index_models:
        return models_event_types[event];
    case pallet_index_compute:
        return compute_event_types[event];
    case pallet_index_jobs:
        return jobs_event_types[event];
    case pallet_index_rewards:
        return rewards_event_types[event];
    default:
        return NULL;
    }
}

void books_read_events(event_reader *see) {
    static uint64_t room[1024];
    struct bytes all;
    if (!shim_get((struct bytes){system_Events_storage.prefix, STORAGE_PREFIX_SIZE}, &all))
        return;
    struct arena_mark mark = arena_mark(&arena_scratch);
    struct reader in = reader_over(all, &arena_scratch);
    for (uint32_t left = read_compact_u32(&in); left && !in.failed; left--) {
        if (read_u8(&in) == 0) /* the phase: ApplyExtrinsic */
            (void)read_u32(&in);
        const uint8_t pallet = read_u8(&in), event = read_u8(&in);
        const struct type_desc *type = event_type(pallet, event);
        if (!type || type->size > sizeof room || !scale_decode(type, &in, room) || read_u8(&in) != 0) {
            check(false, "event %u.%u does not decode", pallet, event);
            break;
        }
        see(pallet, event, room);
    }
    expect(reader_done(&in), "the events do not end where they should");
    arena_rewind(&arena_scratch, mark);
}

/* --- the issuance --- */

static void burn(u128 amount, u128 *part) {
    books.burned += amount;
    if (part)
        *part += amount;
}

static void see_compute(uint8_t event, const void *fields) {
    if (event == compute_event_index_SlashApplied) {
        const compute_event_SlashApplied *slash = fields;
        burn(slash->own + slash->pool + slash->unbonding, &books.slashed);
    } else if (event == compute_event_index_StateChanged) {
        const compute_event_StateChanged *change = fields;
        if (change->from == compute_state_Jailed && change->to == compute_state_Candidate)
            burn(COMPUTE_UNJAIL_FEE, NULL);
    }
}

static void see_jobs(uint8_t event, const void *fields) {
    if (event == jobs_event_index_Ended)
        burn(((const jobs_event_Ended *)fields)->fees.burned, &books.fees_burned);
    else if (event == jobs_event_index_BondLost)
        burn(((const jobs_event_BondLost *)fields)->amount, &books.bonds_burned);
    else if (event == jobs_event_index_Refunded)
        burn(((const jobs_event_Refunded *)fields)->burned, NULL);
}

static void see(uint8_t pallet, uint8_t event, const void *fields) {
    if (pallet == pallet_index_compute)
        see_compute(event, fields);
    else if (pallet == pallet_index_jobs)
        see_jobs(event, fields);
    else if (pallet == pallet_index_models && event == models_event_index_Burned)
        burn(((const models_event_Burned *)fields)->amount, NULL);
    else if (pallet == pallet_index_rewards && event == rewards_event_index_Settled)
        books.minted += ((const rewards_event_Settled *)fields)->amount;
    else if (pallet == pallet_index_balances && event == balances_event_index_DustLost)
        burn(((const balances_event_DustLost *)fields)->amount, NULL);
}

void books_start(void) {
    memset(&books, 0, sizeof books);
    started_with = balances_total_issuance();
}

void books_block(void) {
    books_read_events(see);
    const u128 expected = started_with + books.minted - books.burned, issued = balances_total_issuance();
    expect(issued == expected, "issuance is %" PRIu64 " too %s",
           (uint64_t)(issued > expected ? issued - expected : expected - issued),
           issued > expected ? "large" : "small");
    runtime_reset();
}
