/* random.c - see random.h. */
#include "random.h"

#include "balances/balances.h"
#include "models/models.h"

const struct type_desc *models_call_args(uint8_t index);

enum { DEEPEST = 3, STRANGERS = 24 };

uint32_t random_below(uint64_t *seed, uint32_t n) { return (uint32_t)((next_random(seed) >> 11) % n); }

struct bytes random_bytes(uint64_t *seed, uint32_t len) {
    static uint8_t bytes[4096];
    assert_true(len <= sizeof bytes);
    for (uint32_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(next_random(seed) >> 23);
    return chain_keep((struct bytes){bytes, len});
}

static const enum signer signers[] = {ALICE, ALICE, ALICE, BOB, BOB, CHARLIE, CHARLIE, ED, ECDSA, ETH};
static enum signer any_signer(uint64_t *seed) { return signers[random_below(seed, COUNT_OF(signers))]; }

static account_id stranger(uint32_t n) {
    uint8_t number[4];
    account_id id;
    store_u32(number, n);
    shim_blake2(id.at, 32, (struct bytes){number, 4});
    return id;
}

static account_id any_account(uint64_t *seed) {
    return random_chance(seed, 60) ? signer_id(any_signer(seed)) : stranger(random_below(seed, STRANGERS));
}

/* --- encoding --- */

static uint8_t room[1 << 20];

static struct writer start(void) { return writer_over(room, sizeof room); }
static struct bytes finish(uint8_t pallet, uint8_t index, struct writer *out) {
    assert_false(out->overflow);
    return call_bytes(pallet, index, writer_bytes(out));
}
static void write_address(struct writer *out, account_id id) {
    write_u8(out, 0);
    write_raw(out, id.at, 32);
}

static struct bytes transfer(uint8_t index, account_id to, balance amount) {
    struct writer out = start();
    write_address(&out, to);
    write_compact(&out, amount);
    return finish(pallet_index_balances, index, &out);
}

struct bytes random_endow(enum signer who, uint32_t to, balance amount) {
    return tx_plain(who, transfer(3, stranger(to), amount));
}

bool random_refill(struct bytes *extrinsic) {
    for (int i = BOB; i < POOR; i++) {
        account_id id = signer_id((enum signer)i);
        if (chain_account(&id).data.free < 2000 * UNIT) {
            *extrinsic = tx_plain(ALICE, transfer(3, id, 5000 * UNIT));
            return true;
        }
    }
    return false;
}

/* --- balances, system --- */

static balance any_amount(uint64_t *seed) {
    switch (random_below(seed, 8)) {
    case 0:
        return EXISTENTIAL_DEPOSIT - 1;
    case 1:
        return (balance)1 << 100;
    case 2:
        return 0;
    default:
        return EXISTENTIAL_DEPOSIT * (1 + random_below(seed, 500)) + random_below(seed, 1000);
    }
}

static struct bytes any_remark(uint64_t *seed) {
    struct writer out = start();
    write_bytes(&out, random_bytes(seed, random_below(seed, random_chance(seed, 10) ? 3000 : 60)));
    uint8_t index = random_chance(seed, 50) ? system_call_index_remark : system_call_index_remark_with_event;
    return finish(pallet_index_system, index, &out);
}

static struct bytes any_balances_call(uint64_t *seed, enum signer *who, uint32_t depth) {
    struct writer out;
    switch (random_below(seed, 8)) {
    case 0:
        out = start();
        write_compact(&out, any_amount(seed) % UNIT);
        write_u8(&out, (uint8_t)random_below(seed, 2));
        return finish(pallet_index_balances, balances_call_index_burn, &out);
    case 1: /* for Root only: fails when signed */
        out = start();
        write_address(&out, random_chance(seed, 80) ? stranger(random_below(seed, STRANGERS)) : signer_id(CHARLIE));
        write_compact(&out, any_amount(seed));
        return finish(pallet_index_balances, balances_call_index_force_set_balance, &out);
    case 2: /* never Alice, who pays for everybody, nor where the signer is yet to be changed */
        if (depth)
            return any_remark(seed);
        *who = *who == ALICE ? BOB : *who;
        out = start();
        write_address(&out, stranger(random_below(seed, STRANGERS)));
        write_u8(&out, 1);
        return finish(pallet_index_balances, balances_call_index_transfer_all, &out);
    case 3:
    case 4:
        return transfer(balances_call_index_transfer_allow_death, any_account(seed), any_amount(seed));
    default:
        return transfer(balances_call_index_transfer_keep_alive, any_account(seed), any_amount(seed));
    }
}

/* Keys of nobody, close together, so that branches come and go. Those under 7a7b have one length. Under 7a7a one may begin
 * another, and there only what the state held before may be removed: removing a key that is not there, but begins others,
 * makes trie-db take a value that is not that key's (partial_trie.c#partial_trie_remove), which the native twin's roots do not
 * mirror. */
static struct bytes flat_key(uint64_t *seed) {
    const uint8_t key[] = {0x7a, 0x7b, (uint8_t)random_below(seed, 3), (uint8_t)(random_below(seed, 4) * 0x11), 0x55};
    return chain_keep((struct bytes){key, sizeof key});
}

static struct bytes nested_key(uint64_t *seed, bool to_remove) {
    enum { FIRST = 3, BRANCHES = 4, LENGTHS = 3 };
    static uint64_t used[FIRST][BRANCHES][LENGTHS]; /* slot of the proof of validity that wrote it last */
    struct bytes value;
    uint32_t a = random_below(seed, FIRST), b = random_below(seed, BRANCHES), more = random_below(seed, LENGTHS);
    const uint8_t bytes[] = {0x7a, 0x7a, (uint8_t)a, (uint8_t)(b * 0x11), 0x55};
    struct bytes key = chain_keep((struct bytes){bytes, 3 + more});
    if (to_remove && (used[a][more ? b : 0][more] == chain.slot || !shim_get(key, &value)))
        return flat_key(seed);
    used[a][more ? b : 0][more] = chain.slot;
    return key;
}

static struct bytes any_key(uint64_t *seed, bool to_remove) {
    return random_chance(seed, 50) ? flat_key(seed) : nested_key(seed, to_remove);
}

static struct bytes any_raw_storage(uint64_t *seed) {
    struct writer out = start();
    uint32_t count = random_below(seed, 6);
    switch (random_below(seed, 4)) {
    case 0:
        write_compact_u32(&out, count);
        while (count--)
            write_bytes(&out, any_key(seed, true));
        return finish(pallet_index_system, system_call_index_kill_storage, &out);
    case 1:
        write_bytes(&out, (struct bytes){(const uint8_t[]){0x7a, 0x7b, (uint8_t)random_below(seed, 3)}, 2 + random_below(seed, 2)});
        write_u32(&out, random_below(seed, 8));
        return finish(pallet_index_system, system_call_index_kill_prefix, &out);
    default:
        write_compact_u32(&out, count);
        while (count--) {
            write_bytes(&out, any_key(seed, false));
            write_bytes(&out, random_bytes(seed, random_below(seed, 80)));
        }
        return finish(pallet_index_system, system_call_index_set_storage, &out);
    }
}

struct bytes call_set_code(struct bytes code) {
    return call_sudo(call_bytes(pallet_index_system, system_call_index_set_code_without_checks, tx_frame(code)));
}

struct bytes call_upward(struct bytes message) {
    return call_sudo(
        call_bytes(pallet_index_parachain_system, parachain_system_call_index_sudo_send_upward_message, tx_frame(message)));
}

struct bytes call_batch(const struct bytes *calls, uint32_t count) {
    struct writer out = start();
    write_compact_u32(&out, count);
    for (uint32_t i = 0; i < count; i++)
        write_slice(&out, calls[i]);
    return finish(pallet_index_utility, 0, &out);
}

/* --- models --- */

static struct bytes models(uint8_t index, const void *args) {
    struct writer out = start();
    scale_encode(models_call_args(index), args, &out);
    return finish(pallet_index_models, index, &out);
}
#define MODELS(name, ...) models(models_call_index_##name, &(const models_call_##name){__VA_ARGS__})

static h256 small_hash(uint32_t n) {
    h256 hash = {{0}};
    store_u32(hash.at, n);
    hash.at[31] = 0xa5;
    return hash;
}

static models_version_spec spec_of(uint64_t model) {
    return (models_version_spec){.artifact_root = small_hash(1000 + (uint32_t)model), .artifact_len = 1 << 20,
                                 .manifest_hash = small_hash(2), .profile = models_profile_ExactFloat};
}

static h256 commit_of(account_id owner, uint64_t model) {
    uint8_t buffer[1024], salt[16];
    h256 commit;
    models_version_spec spec = spec_of(model);
    memset(salt, 1, sizeof salt);
    struct writer out = writer_over(buffer, sizeof buffer);
    write_raw(&out, "\23deai/models/stage/1", 20);
    write_raw(&out, owner.at, 32);
    write_u64(&out, model);
    scale_encode(&models_version_spec_type, &spec, &out);
    write_raw(&out, salt, sizeof salt);
    shim_blake2(commit.at, 32, writer_bytes(&out));
    return commit;
}

/* What the state says of a random model; *who becomes its owner, most of the time. */
static uint64_t any_model(uint64_t *seed, enum signer *who, models_model *model) {
    uint64_t next;
    chain_edit();
    models_NextModelId_get(&next);
    uint64_t id = random_below(seed, (uint32_t)next + 2);
    memset(model, 0, sizeof *model);
    bool known = models_Models_get(&id, model);
    if (model->staged.len) /* what waits longest is what to show next */
        model->last_number = model->staged.items[0];
    if (known && random_chance(seed, 80))
        for (int i = 0; i < SIGNERS; i++) {
            account_id candidate = signer_id((enum signer)i);
            if (memcmp(candidate.at, model->owner.at, 32) == 0)
                *who = (enum signer)i;
        }
    chain_edit();
    return id;
}

static struct bytes register_model(uint64_t *seed, enum signer who) {
    models_share shares[2] = {{signer_id(who), MODELS_PPB / 2}, {any_account(seed), MODELS_PPB / 2}};
    bool alone = random_chance(seed, 70);
    if (alone)
        shares[0].ppb = MODELS_PPB;
    return MODELS(register_model, .kind = (models_kind)random_below(seed, 5), .name_hash = small_hash(random_below(seed, 40)),
                  .licence = random_below(seed, 3), .royalty_ppb = MODELS_PPB, .split = {shares, alone ? 1 : 2},
                  .policy = {.tag = models_policy_Open});
}

/* Calls that belong to Root. */
static struct bytes any_models_root_call(uint64_t *seed) {
    models_model model;
    enum signer who = ALICE;
    uint64_t id = any_model(seed, &who, &model);
    switch (random_below(seed, 5)) {
    case 0:
        return MODELS(freeze, .model = id);
    case 1:
        return MODELS(unfreeze, .model = id);
    case 2:
        return MODELS(resolve_claim, .model = id, .won = random_chance(seed, 50));
    default:
        return MODELS(credit_revenue, .from = signer_id(BOB), .model = id, .amount = 1 + random_below(seed, 1000000));
    }
}

static struct bytes any_version_call(uint64_t *seed, enum signer who, uint64_t id, const models_model *model) {
    models_call_activate_version reveal = {.model = id, .number = model->last_number, .version = spec_of(id)};
    memset(&reveal.salt, 1, sizeof reveal.salt);
    switch (model->staged.len && random_chance(seed, 80) ? 2 : random_below(seed, 4)) {
    case 0:
    case 3:
        return MODELS(stage_version, .model = id, .commit = commit_of(signer_id(who), id));
    case 1:
        return MODELS(yank_version, .model = id, .number = model->last_number, .reason = 1);
    default:
        return models(models_call_index_activate_version, &reveal);
    }
}

static struct bytes any_models_call(uint64_t *seed, enum signer *who) {
    models_model model;
    models_share share = {any_account(seed), MODELS_PPB};
    uint64_t id = any_model(seed, who, &model);
    switch (random_below(seed, 14)) {
    case 0:
        return MODELS(create_licence, .licence = {.text_hash = small_hash(random_below(seed, 9)), .flags = random_below(seed, 32),
                                                  .derivative_royalty_ppb = 10000000, .min_price = 1});
    case 1:
    case 2:
        return register_model(seed, *who);
    case 3:
        return MODELS(set_split, .model = id, .split = {&share, 1});
    case 4:
        return MODELS(set_controller, .model = id, .controller = any_account(seed));
    case 5:
        return MODELS(transfer_model, .model = id, .to = {random_chance(seed, 70), any_account(seed)});
    case 6:
        return MODELS(accept_transfer, .model = id);
    case 7:
        return random_chance(seed, 30) ? MODELS(deprecate, .model = id) : MODELS(claim_royalty, .model = id, .generation = 0);
    case 8:
        return MODELS(accept_licence, .licence = random_below(seed, 3), .text_hash = small_hash(random_below(seed, 9)));
    case 9:
        return MODELS(open_claim, .model = id, .version = 0, .evidence = small_hash(7), .bond = 100 * UNIT);
    default:
        return any_version_call(seed, *who, id, &model);
    }
}

/* --- calls in calls --- */

static struct bytes any_call(uint64_t *seed, enum signer *who, uint32_t depth);

static struct bytes any_utility_call(uint64_t *seed, enum signer *who, uint32_t depth) {
    struct bytes calls[5];
    uint32_t count = random_below(seed, COUNT_OF(calls)), kind = random_below(seed, 6);
    for (uint32_t i = 0; i < count; i++)
        calls[i] = any_call(seed, who, depth + 1);
    if (kind < 3) {
        struct bytes batch = call_batch(calls, count);
        chain_edit_bytes(batch)[1] = (uint8_t)(kind == 0 ? 0 : kind == 1 ? 2 : 4);
        return batch;
    }
    struct bytes inner = any_call(seed, who, depth + 1);
    if (kind == 3)
        return call_bytes(pallet_index_utility, 1, chain_join((struct bytes){(const uint8_t[]){1, 0}, 2}, inner));
    return call_bytes(pallet_index_utility, 6, chain_join(inner, any_call(seed, who, depth + 1)));
}

static struct bytes any_root_call(uint64_t *seed, uint32_t depth) {
    enum signer who = ALICE;
    switch (random_below(seed, 6)) {
    case 0:
        return any_balances_call(seed, &who, depth + 1);
    case 1:
        return any_models_root_call(seed);
    case 2:
        return call_bytes(pallet_index_parachain_system, parachain_system_call_index_sudo_send_upward_message,
                          tx_frame(random_bytes(seed, random_below(seed, 300))));
    case 3:
        return any_call(seed, &who, depth + 1);
    default:
        return any_raw_storage(seed);
    }
}

static struct bytes any_call(uint64_t *seed, enum signer *who, uint32_t depth) {
    uint32_t kind = random_below(seed, depth < DEEPEST ? 100 : 65);
    if (kind < 22)
        return any_balances_call(seed, who, depth);
    if (kind < 30)
        return any_remark(seed);
    if (kind < 65)
        return any_models_call(seed, who);
    if (kind < 78)
        return any_utility_call(seed, who, depth);
    if (kind < 93) {
        *who = depth == 0 && random_chance(seed, 90) ? ALICE : *who;
        return call_sudo(any_root_call(seed, depth));
    }
    /* Session's and CollatorSelection's calls without arguments: purge_keys, register_as_candidate, leave_intent. */
    static const uint8_t heads[][2] = {{22, 1}, {21, 3}, {21, 4}};
    *who = *who == ALICE ? BOB : *who;
    const uint8_t *head = heads[random_below(seed, COUNT_OF(heads))];
    return call_bytes(head[0], head[1], (struct bytes){NULL, 0});
}

struct bytes random_extrinsic(uint64_t *seed) {
    enum signer who = any_signer(seed);
    struct bytes call = any_call(seed, &who, 0);
    struct tx tx = tx_of(who, call);
    if (random_chance(seed, 10))
        tx.tip = random_below(seed, 1000000);
    return tx_sign(tx);
}
