/* fee_split.c - see fee_split.h. */
#include "market/fee_split.h"

/* amount = q * 10^9 + r gives q * ppb + floor(r * ppb / 10^9): no product is wider than the amount, or than 64 bits. */
u128 part_of(u128 amount, uint32_t ppb) {
    if (amount >> 64 == 0) {
        uint64_t small = (uint64_t)amount;
        return small / PPB * ppb + small % PPB * ppb / PPB;
    }
    uint64_t rest = 0;
    u128 part = 0;
    for (int i = 0; i < 4; i++, amount <<= 32) {
        uint64_t digit = rest << 32 | (uint32_t)(amount >> 96);
        part = (part << 32) + digit / PPB * ppb;
        rest = digit % PPB;
    }
    return part + rest * ppb / PPB;
}

struct fee_parts fee_split(u128 fee, const struct fee_ppb *ppb, uint32_t royalty_ppb) {
    u128 model_part = part_of(fee, ppb->model), model = part_of(model_part, royalty_ppb);
    struct fee_parts parts = {part_of(fee, ppb->provider) + model_part - model, model, part_of(fee, ppb->treasury), 0};
    parts.burn = fee - parts.provider - model - parts.treasury;
    return parts;
}

struct fee_points fee_points_of(u128 burned, bool royalty) {
    u128 provider = part_of(burned, 700000000), model = part_of(burned, 150000000);
    struct fee_points points = {provider, model, burned - provider - model};
    if (!royalty) {
        points.provider += model;
        points.model = 0;
    }
    return points;
}

u128 work_due(u128 budget, u128 points, u128 burned) {
    u128 due;
    return mul_div_floor(&due, budget, points, burned) ? due : 0;
}

u128 work_budget(u128 cap, uint32_t kappa_ppb, u128 burned) { return min_u128(cap, part_of(burned, kappa_ppb)); }

u128 capacity_after(u128 c) {
    c -= part_of(c, 949509);
    return c < 1000000 ? 0 : c;
}
