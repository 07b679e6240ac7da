/* setup.c - models, providers, and what is known of them: see market.h. */
#include "market.h"

#include "commit/tagged.h"

#define RATE(percent) ((uint32_t)(percent)*10000000u)

static const struct {
    int owner;
    uint32_t royalty_ppb;
    models_profile profile;
    models_parent parents[2];
    uint32_t parent_count;
} models[MODELS + 1] = {
    [ROOT_MODEL] = {ROOT_OWNER, RATE(100), models_profile_ExactFloat, {{0}}, 0},
    [CHILD_MODEL] = {CHILD_OWNER, RATE(100), models_profile_ExactFloat, {{ROOT_MODEL, 1, RATE(20)}}, 1},
    [GRAND_MODEL] =
        {GRAND_OWNER, RATE(100), models_profile_ExactInt, {{ROOT_MODEL, 1, RATE(5)}, {CHILD_MODEL, 1, RATE(10)}}, 2},
    [PLAIN_MODEL] = {PLAIN_OWNER, RATE(50), models_profile_ExactFloat, {{0}}, 0},
    [FREE_MODEL] = {FREE_OWNER, 0, models_profile_ExactFloat, {{0}}, 0},
    [FUZZY_MODEL] = {FUZZY_OWNER, RATE(100), models_profile_Tolerance, {{0}}, 0},
    [OTHER_MODEL] = {OTHER_OWNER, RATE(100), models_profile_ExactFloat, {{0}}, 0},
};

int owner_of_model(uint64_t model) { return models[model].owner; }

static models_version_spec version_of(uint64_t model) {
    models_version_spec spec = {.artifact_root = hash_of(1, model),
                                .artifact_len = 1 << 20,
                                .manifest_hash = hash_of(2, model),
                                .profile = models[model].profile};
    if (spec.profile == models_profile_ExactInt)
        spec.program_root = hash_of(3, model);
    if (spec.profile == models_profile_Tolerance)
        spec.fp_params = (models_fp_params){8, 2, 16, 6};
    return spec;
}

static h256 stage_commit(uint64_t model, const models_version_spec *spec) {
    uint8_t buffer[1024];
    h256 commit;
    account_id owner = person(models[model].owner);
    struct writer out = TAGGED(buffer, "deai/models/stage/1");
    write_raw(&out, owner.at, 32);
    write_u64(&out, model);
    scale_encode(&models_version_spec_type, spec, &out);
    write_raw(&out, (const uint8_t[16]){0}, 16);
    tagged_finish(commit.at, &out);
    return commit;
}

static void make_model(uint64_t model) {
    const int owner = models[model].owner;
    models_share whole = {person(owner), MODELS_PPB};
    models_version_spec spec = version_of(model);
    models_parent parents[2];
    memcpy(parents, models[model].parents, sizeof parents);
    MUST(ACT(owner, models, register_model, .kind = models_kind_Weights, .licence = 1,
             .royalty_ppb = models[model].royalty_ppb, .split = {&whole, 1}, .policy = {.tag = models_policy_Open}));
    if (models[model].parent_count)
        MUST(ACT(owner, models, set_parents, .model = model, .parents = {parents, models[model].parent_count}));
    MUST(ACT(owner, models, stage_version, .model = model, .commit = stage_commit(model, &spec)));
    world_tick(MODELS_STAGE_DELAY);
    MUST(ACT(owner, models, activate_version, .model = model, .number = 1, .version = spec));
}

void market_start(void) {
    MUST(ACT(ROOT_OWNER, models, create_licence,
             .licence = {.text_hash = hash_of(4, 0),
                         .flags = MODELS_COMMERCIAL | MODELS_DERIVATIVES,
                         .derivative_royalty_ppb = RATE(1),
                         .min_price = 1}));
    for (uint64_t model = 1; model <= MODELS; model++)
        make_model(model);
    for (int i = 0; i < OUTSIDERS; i++) {
        struct offer offer = {.bond = (2000 + 1000 * (u128)i) * UNIT,
                              .model = OTHER_MODEL,
                              .price = 1000000000000,
                              .commission_ppb = RATE(10),
                              .min_units = 1,
                              .slots = 60000};
        provide(OUTSIDER + i, &offer);
    }
    world_next_epoch();
}

/* --- providers --- */

bool advertise(int who, uint64_t model, uint64_t price, uint32_t min_units) {
    return MUST(ACT(who, compute, advertise, .model = model,
                    .ad = {.price = price, .min_units = min_units, .profile_mask = 7, .valid_until = UINT32_MAX}));
}

int servers[PEOPLE];
uint32_t server_count;

void beat(int who) { MUST(ACT0(who, compute, heartbeat)); }

void beat_all(void) {
    uint32_t now = clock_now();
    for (uint32_t i = 0; i < server_count; i++) {
        compute_provider provider = provider_of(servers[i]);
        if (provider.slots && provider.last_seen + COMPUTE_HEARTBEAT_FREE <= now)
            ACT0(servers[i], compute, heartbeat);
    }
}

bool provide(int who, const struct offer *offer) {
    if (!MUST(ACT(who, compute, register_provider, .operator= person(who), .payout = person(who), .slots = offer->slots,
                  .bond = offer->bond, .commission_ppb = offer->commission_ppb)))
        return false;
    servers[server_count++] = who;
    world_skip(COMPUTE_ACTIVATION_TICKS);
    beat(who);
    return !offer->model || advertise(who, offer->model, offer->price, offer->min_units);
}

compute_provider provider_of(int who) {
    compute_provider provider;
    account_id owner = person(who);
    if (!compute_Providers_get(&owner, &provider))
        memset(&provider, 0, sizeof provider);
    return provider;
}

uint32_t pool_of(int provider) { return provider_of(provider).pool; }

uint64_t weight_of(int who) {
    compute_provider provider = provider_of(who);
    return compute_weight(&provider);
}

/* --- jobs --- */

dispatch_result try_post(int client, const struct order *order) {
    account_id allow[16];
    for (uint32_t i = 0; i < order->allowed; i++)
        allow[i] = person(order->allow[i]);
    jobs_spec spec = {.model = order->model,
                      .version = 1,
                      .mode = order->mode,
                      .input = {.commit = hash_of(5, draw_number(&nature)), .len = 1000},
                      .units_max = order->units,
                      .limit = order->limit,
                      .n = order->n,
                      .q = order->q,
                      .windows = {20, 200, 50, 0},
                      .min_rep_ppm = order->min_rep_ppm,
                      .region_mask = order->region_mask,
                      .allow = {allow, order->allowed},
                      .tip = order->tip};
    return ACT(client, jobs, submit_job, .spec = spec,
               .deposit = (u128)order->n * order->units * order->limit + order->tip);
}

uint64_t post(int client, const struct order *order) {
    uint64_t id;
    jobs_NextJob_get(&id);
    return try_post(client, order) == DISPATCH_OK ? id : 0;
}

jobs_job job_of(uint64_t id) {
    jobs_job job;
    if (!jobs_Jobs_get(&id, &job))
        memset(&job, 0, sizeof job);
    return job;
}

bool is_over(uint64_t id) {
    jobs_state state = job_of(id).state;
    return state != jobs_state_Ready && state != jobs_state_Bidding && state != jobs_state_Offered &&
           state != jobs_state_Working && state != jobs_state_Revealing;
}

jobs_seat seat_of(uint64_t job, uint8_t number) {
    jobs_seat seat;
    if (!jobs_Seats_get(&job, &number, &seat))
        memset(&seat, 0, sizeof seat);
    return seat;
}

int sitting(uint64_t job, uint8_t number) {
    jobs_seat seat = seat_of(job, number);
    return person_of(&seat.provider);
}

int seat_held_by(uint64_t job, int provider) {
    for (uint8_t i = 0; i < JOBS_MAX_SEATS; i++)
        if (sitting(job, i) == provider)
            return i;
    return -1;
}

uint32_t deciding_relay(uint64_t job) {
    jobs_draw draw;
    h256 value;
    uint32_t now = clock_relay();
    if (!jobs_Draws_get(&job, &draw))
        return 0;
    /* The first kept at or after the least: all of them are kept, or the last one alone. */
    for (uint32_t r = draw.armed_relay + CLOCK_SEED_DELAY; r <= now && r < draw.armed_relay + CLOCK_SEED_DELAY + 64;
         r++)
        if (clock_find_rand(draw.armed_relay, r, &value) == CLOCK_RIGHT)
            return r;
    return clock_find_rand(draw.armed_relay, now, &value) == CLOCK_RIGHT ? now : 0;
}
