/* system.c - events and accounts. Mirrors polkadot-sdk stable2609 frame-system src/lib.rs. */
#include "system/system.h"

#include "host/host.h"
#include "state/overlay.h"

const account_info system_empty_account = {.data = {.flags = (u128)1 << 127}};

/* The record is built by hand: phase, pallet and event index, fields, no topics. */
void system_deposit_event(uint8_t pallet, uint8_t event, const struct type_desc *fields, const void *value) {
    if (system_block_number() == 0)
        return;
    uint32_t count = 0;
    struct bytes stored;
    struct overlay_entry *counter = storage_entry(&system_EventCount_storage, NULL);
    if (overlay_entry_get(counter, &stored) && stored.len == sizeof count)
        count = load_u32(stored.at);
    if (++count == 0)
        return;
    overlay_entry_put(counter, (struct bytes){(const uint8_t *)&count, sizeof count});

    /* Built at the end of the arena that keeps it; nothing else may take from there meanwhile. */
    enum { INDEXED = 5 }; /* a phase with the number of its extrinsic; the others are a byte */
    struct bytes record, phase = system_encoded_phase();
    for (uint32_t room = 512;; room *= 4) {
        uint8_t *at = arena_reserve(&arena_state, room), *head = at + 1;
        *at = *phase.at;
        if (phase.len == INDEXED) {
            store_u32(head, load_u32(phase.at + 1));
            head += 4;
        }
        head[0] = pallet;
        head[1] = event;
        struct writer out = writer_over(head + 2, (size_t)(arena_state.end - head) - 2);
        if (fields)
            scale_encode(fields, value, &out);
        write_u8(&out, 0); /* no topics */
        record = (struct bytes){at, (uint32_t)(out.at - at)};
        if (!out.overflow)
            break;
    }
    arena_take(&arena_state, record.len);
    overlay_append((struct bytes){storage_prefix(&system_Events_storage), STORAGE_PREFIX_SIZE}, record);
}

void system_account_get(const account_id *who, account_info *out) { system_Account_get(who, out); }

void system_account_put(const account_id *who, const account_info *info) {
    const account_data *data = &info->data;
    if ((info->nonce | info->consumers | info->providers | info->sufficients) == 0 &&
        (data->free | data->reserved | data->frozen) == 0)
        system_Account_kill(who);
    else
        system_Account_put(who, info);
}

bool system_account_exists(const account_id *who) {
    account_info info;
    system_Account_get(who, &info);
    return info.providers || info.sufficients;
}

static void created(const account_id *who) { DEPOSIT(system, NewAccount, .account = *who); }

/* Everything about the account goes, the nonce too. */
static void reap(const account_id *who, account_info *info) {
    *info = system_empty_account;
    DEPOSIT(system, KilledAccount, .account = *who);
}

void system_inc_providers(const account_id *who, account_info *info) {
    if (info->providers == 0 && info->sufficients == 0) {
        info->providers = 1;
        created(who);
    } else {
        info->providers = saturating_add_u32(info->providers, 1);
    }
}

dispatch_result system_dec_providers(const account_id *who, account_info *info) {
    if (info->providers == 0) {
        LOG(HOST_LOG_ERROR, "an account has no providers");
        info->providers = 1;
    }
    if (info->providers > 1 || info->sufficients) {
        if (info->providers == 1 && info->consumers)
            return DISPATCH_ERROR(ConsumerRemaining);
        info->providers--;
        return DISPATCH_OK;
    }
    if (info->consumers)
        return DISPATCH_ERROR(ConsumerRemaining);
    reap(who, info);
    return DISPATCH_OK;
}

dispatch_result system_inc_consumers(account_info *info) {
    if (info->providers && info->consumers >= MAX_CONSUMERS)
        return DISPATCH_ERROR(TooManyConsumers);
    return system_inc_consumers_without_limit(info);
}

dispatch_result system_inc_consumers_without_limit(account_info *info) {
    if (info->providers == 0)
        return DISPATCH_ERROR(NoProviders);
    info->consumers = saturating_add_u32(info->consumers, 1);
    return DISPATCH_OK;
}

void system_dec_consumers(account_info *info) {
    if (info->consumers)
        info->consumers--;
    else
        LOG(HOST_LOG_ERROR, "an account has no consumer");
}

void system_inc_sufficients(const account_id *who, account_info *info) {
    if (info->providers == 0 && info->sufficients == 0) {
        info->sufficients = 1;
        created(who);
    } else {
        info->sufficients = saturating_add_u32(info->sufficients, 1);
    }
}

void system_dec_sufficients(const account_id *who, account_info *info) {
    if (info->sufficients == 0)
        LOG(HOST_LOG_ERROR, "an account has no sufficients");
    if (info->sufficients <= 1 && info->providers == 0)
        reap(who, info);
    else
        info->sufficients = saturating_sub_u32(info->sufficients, 1);
}

bool system_can_dec_provider(const account_info *info) { return info->consumers == 0 || info->providers > 1; }
