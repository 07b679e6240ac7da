/* world.c - see world.h. */
#include "world.h"

#include <stdarg.h>

#include "api/api.h"
#include "books.h"
#include "genesis/genesis.h"
#include "state/overlay.h"
#include "transaction_payment/transaction_payment.h"
#include "try_state.h"

struct chance nature, player;
uint32_t checks_passed, checks_failed;
uint64_t game_seed, acts_done, acts_refused;
uint32_t acts_by_call[256][64];
const char *game_name = "";
bool world_checks_blocks, pays_fees[PEOPLE + 1];
u128 *fees_go_to;

/* --- chance --- */

uint64_t draw_number(struct chance *chance) {
    uint64_t z = chance->state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint32_t below(struct chance *chance, uint32_t bound) { return (uint32_t)((u128)draw_number(chance) * bound >> 64); }

u128 between(struct chance *chance, u128 least, u128 most) {
    uint64_t span = (uint64_t)(most - least);
    return least +
           (span == UINT64_MAX ? draw_number(chance) : (uint64_t)((u128)draw_number(chance) * (span + 1) >> 64));
}

bool percent(struct chance *chance, uint32_t chances) { return below(chance, 100) < chances; }

/* --- checks --- */

static void fail(const char *what, va_list args) {
    printf("FAILED %s, game %" PRIu64 ": ", game_name, game_seed);
    vprintf(what, args);
    putchar('\n');
    checks_failed++;
}

bool check(bool holds, const char *what, ...) {
    va_list args;
    va_start(args, what);
    if (holds)
        checks_passed++;
    else
        fail(what, args);
    va_end(args);
    return holds;
}

bool expect(bool holds, const char *what, ...) {
    va_list args;
    va_start(args, what);
    if (!holds)
        fail(what, args);
    va_end(args);
    return holds;
}

bool must(dispatch_result result, const char *what, int line) {
    if (result == DISPATCH_OK)
        return true;
    return check(false, "line %d: %s answered pallet %u error %u (%x)", line, what, result >> 8 & 0xff, result & 0xff,
                 result);
}

/* --- chain --- */

account_id person(int n) {
    account_id who = {{0}};
    if (n == TREASURY)
        return rewards_treasury;
    who.at[0] = (uint8_t)(n >> 8);
    who.at[1] = (uint8_t)n;
    memset(who.at + 2, 0x5a, 30);
    return who;
}

int person_of(const account_id *who) {
    int n = who->at[0] << 8 | who->at[1];
    account_id same = person(n);
    return n > 0 && n <= PEOPLE && memcmp(&same, who, sizeof same) == 0 ? n : -1;
}

static void forget(void) {
    runtime_reset();
    shim_drop_guest_memory();
}

static void flush(void) {
    overlay_flush();
    forget();
}

/* A new block begins: the events of the last one have been read. */
static void clear_events(void) {
    uint32_t none = 0;
    shim_remove((struct bytes){system_Events_storage.prefix, STORAGE_PREFIX_SIZE});
    system_EventCount_put(&none);
}

void world_start(void) {
    struct bytes json, error;
    uint32_t block = 1;
    const h256 zero = {{0}};
    const uint32_t before = 0;
    bool mock = false;
    runtime_reset();
    shim_reset();
    shim_log_level(-1);
    bool built = genesis_get_preset(true, genesis_preset_names[0], &json) && genesis_build_state(json, &error);
    for (int n = 1; n <= PEOPLE; n++) {
        account_id who = person(n);
        built = balances_mint(&who, RICH) == DISPATCH_OK && built;
    }
    system_Number_put(&block);
    system_BlockHash_put(&before, &zero);
    system_ParentHash_put(&zero);
    clock_MockRelay_put(&mock);
    clock_Time_put(&(clock_time){0, 1000, 0});
    flush();
    check(built, "no genesis");
    books_start();
    world_tick(1);
}

static bool check_block(void);

static void end_block(void) {
    static uint64_t checked, blocks;
    books_block();
    if (!world_checks_blocks || checked == acts_done) /* a block without calls changes the clock alone */
        return;
    checked = acts_done;
    if (check_block() && ++blocks % 100 == 0)
        world_check();
}

void world_mark(void) {
    end_block();
    clear_events();
    flush();
    shim_begin();
    books_start();
}

void world_back(void) {
    shim_rollback();
    forget();
    books_start(); /* no events are left there */
}

void world_flush(void) { flush(); }

/* The inherent of a block on relay parent `relay`. */
static void begin_block(uint32_t relay) {
    uint8_t vrf[33] = {1};
    for (uint32_t i = 0; i < 4; i++)
        store_u64(vrf + 1 + 8 * i, draw_number(&nature));
    clear_events();
    clock_note_relay_parent(relay, (struct clock_relay_value){CLOCK_SHOWN, {vrf, sizeof vrf}},
                            (struct clock_relay_value){CLOCK_NOT_SHOWN, {NULL, 0}});
    flush();
}

void world_tick(uint32_t n) {
    while (n--) {
        end_block();
        begin_block(clock_relay() + 1);
    }
}

/* What blocks without transactions would leave, except that randomness is kept of the last relay parent alone. */
static void jump_to(uint32_t now) {
    clock_time time;
    clock_Time_get(&time);
    if (now <= time.now)
        return;
    end_block();
    clear_events();
    time.relay += now - time.now - 1;
    time.now = now - 1;
    clock_Time_put(&time);
    begin_block(time.relay + 1);
}

void world_skip_to(uint32_t now) {
    for (uint32_t next; (next = (clock_epoch() + 1) * CLOCK_EPOCH_TICKS) < now;)
        jump_to(next);
    jump_to(now);
}

void world_skip(uint32_t ticks) { world_skip_to(clock_now() + ticks); }
void world_next_epoch(void) { world_skip_to((clock_epoch() + 1) * CLOCK_EPOCH_TICKS); }

/* The pallets of the market one by one, each on an overlay of its own: a walk is linear in the keys that were touched.
 */
static const char *check_market(void) {
    static const char *(*const checks[])(void) = {models_try_state, compute_try_state, jobs_try_state,
                                                  rewards_try_state};
    for (uint32_t i = 0; i < COUNT_OF(checks); i++) {
        const char *wrong = checks[i]();
        forget();
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *check_sums(void) {
    static const struct balances_pot *const pots[] = {&compute_pot, &jobs_pot, &rewards_pot};
    struct walk walk = {&system_Account_storage, 0};
    struct bytes key;
    u128 sum = 0;
    for (account_id who; walk_next(&walk, &key);) {
        account_info info;
        memcpy(who.at, key.at + 16, 32);
        system_account_get(&who, &info);
        sum += info.data.free + info.data.reserved;
    }
    if (sum != balances_total_issuance())
        return "the issuance is not the sum of all accounts";
    for (uint32_t i = 0; i < COUNT_OF(pots); i++)
        if (!balances_pot_covers(pots[i]))
            return "a pallet owes more than it has";
    return NULL;
}

static bool check_block(void) {
    const char *wrong = check_market();
    wrong = wrong ? wrong : check_sums();
    forget();
    return check(!wrong, "the state after a block: %s", wrong ? wrong : "");
}

bool world_check(void) {
    forget();
    const char *wrong = try_state();
    forget();
    return check(!wrong, "the state: %s", wrong ? wrong : "");
}

/* --- calls --- */

#define PALLET(i, n, p) const struct type_desc *p##_call_args(uint8_t index);
#include "pallet/runtime_keywords.inc"
#include "runtime.def"
#include "pallet/runtime_keywords_undef.inc"

static const struct type_desc *args_of(uint8_t pallet, uint8_t index) {
    switch (pallet) {
    case pallet_index_models:
        return models_call_args(index);
    case pallet_index_compute:
        return compute_call_args(index);
    case pallet_index_jobs:
        return jobs_call_args(index);
    case pallet_index_rewards:
        return rewards_call_args(index);
    case pallet_index_balances:
        return balances_call_args(index);
    default:
        return NULL;
    }
}

/* Version, address, signature and the least of the extensions around a call of `len` bytes. */
static u128 least_fee(uint32_t len) {
    enum { AROUND = 2 + 1 + 33 + 65 + 4 };
    const struct dispatch_info no_weight = NORMAL(0, 0);
    return transaction_payment_compute_fee(len + AROUND, &no_weight, 0);
}

dispatch_result act(int who, uint8_t pallet, uint8_t index, const void *args) {
    static uint8_t bytes[16384];
    const struct type_desc *type = args_of(pallet, index);
    bytes[0] = pallet;
    bytes[1] = index;
    struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
    if (args)
        scale_encode(type, args, &out);
    runtime_reset();
    struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
    struct call call;
    if (out.overflow || !call_decode(&in, &call) || !reader_done(&in)) {
        check(false, "call %u.%u does not decode", pallet, index);
        return BAD_ORIGIN;
    }
    struct dispatch ctx = {.origin = {.kind = who == AS_ROOT     ? ORIGIN_ROOT
                                              : who == AS_NOBODY ? ORIGIN_NONE
                                                                 : ORIGIN_SIGNED}};
    if (who >= 0)
        ctx.origin.who = person(who);
    dispatch_result result = call_dispatch(&call, &ctx);
    if (fees_go_to && who > 0 && pays_fees[who] && result == DISPATCH_OK && !ctx.pays_no)
        *fees_go_to += least_fee(writer_len(&out) + 2);
    flush();
    acts_by_call[pallet][index] += result == DISPATCH_OK;
    acts_done += result == DISPATCH_OK;
    acts_refused += result != DISPATCH_OK;
    return result;
}

u128 money_of(int n) {
    account_info info;
    account_id who = person(n);
    system_account_get(&who, &info);
    return info.data.free;
}

h256 hash_of(uint64_t a, uint64_t b) {
    h256 hash;
    uint8_t both[16];
    store_u64(both, a);
    store_u64(both + 8, b);
    shim_blake2(hash.at, 32, (struct bytes){both, sizeof both});
    return hash;
}

bool walk_next(struct walk *walk, struct bytes *key) {
    struct bytes full, value;
    if (walk->at == 0) { /* the first key not below the prefix */
        uint32_t low = 0, high = shim_key_count();
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            shim_entry(middle, &full, &value);
            if (memcmp(full.at, walk->item->prefix, min_u32(full.len, STORAGE_PREFIX_SIZE)) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        walk->at = low;
    }
    if (walk->at >= shim_key_count())
        return false;
    shim_entry(walk->at++, &full, &value);
    if (full.len < STORAGE_PREFIX_SIZE || memcmp(full.at, walk->item->prefix, STORAGE_PREFIX_SIZE) != 0)
        return false;
    *key = (struct bytes){full.at + STORAGE_PREFIX_SIZE, full.len - STORAGE_PREFIX_SIZE};
    return true;
}
