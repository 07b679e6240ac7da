/* check_weight.c - see check_weight.h. */
#include "executive/check_weight.h"

#include "system/system_constants.h"

static const block_weights limits = SYSTEM_BLOCK_WEIGHTS;
static const block_length lengths = SYSTEM_BLOCK_LENGTH;

static bool any_greater(weight a, weight b) { return a.ref_time > b.ref_time || a.proof_size > b.proof_size; }

static const class_limits *limits_of(uint8_t class) {
    return class == CLASS_NORMAL        ? &limits.per_class.normal
           : class == CLASS_OPERATIONAL ? &limits.per_class.operational
                                        : &limits.per_class.mandatory;
}

static uint32_t max_length(uint8_t class) {
    return class == CLASS_NORMAL        ? lengths.max.normal
           : class == CLASS_OPERATIONAL ? lengths.max.operational
                                        : lengths.max.mandatory;
}

static uint32_t next_length(uint32_t len) {
    return saturating_add_u32(storage_get_u32(&system_BlockSize_storage), len);
}

static weight with_length(weight w, uint32_t len) {
    w.proof_size = saturating_add_u64(w.proof_size, len);
    return w;
}

validity check_weight_validate(const struct dispatch_info *info, uint32_t len) {
    if (next_length(len) > max_length(info->class))
        return INVALID(EXHAUSTS_RESOURCES);
    const class_limits *class = limits_of(info->class);
    if (class->max_extrinsic.some && any_greater(with_length(info->call_weight, len), class->max_extrinsic.value))
        return INVALID(EXHAUSTS_RESOURCES);
    return VALID;
}

/* The block's weight with the extrinsic in it; false when the class or the block has no room. */
static bool fits(per_class_weight *all, const class_limits *class, uint8_t kind, weight extra) {
    weight *own = kind == CLASS_NORMAL ? &all->normal : kind == CLASS_OPERATIONAL ? &all->operational : &all->mandatory;
    if (!class->max_total.some && !class->reserved.some) {
        *own = weight_add(*own, extra);
        return true;
    }
    if (!checked_add_u64(&own->ref_time, own->ref_time, extra.ref_time) ||
        !checked_add_u64(&own->proof_size, own->proof_size, extra.proof_size))
        return false;
    if (class->max_total.some && any_greater(*own, class->max_total.value))
        return false;
    weight total = weight_add(weight_add(all->normal, all->operational), all->mandatory);
    return !(any_greater(total, limits.max_block) && class->reserved.some && any_greater(*own, class->reserved.value));
}

validity check_weight_prepare(const struct dispatch_info *info, uint32_t len) {
    const class_limits *class = limits_of(info->class);
    per_class_weight all;
    system_get_block_weight(&all);
    if (!fits(&all, class, info->class, with_length(weight_add(info->call_weight, class->base_extrinsic), len)))
        return INVALID(EXHAUSTS_RESOURCES);
    uint32_t size = next_length(len);
    system_BlockSize_put(&size);
    system_put_block_weight(&all);
    return VALID;
}

void check_weight_reclaim(const struct dispatch_info *info, const struct dispatch *ctx) {
    weight unspent = weight_sub(info->call_weight, call_actual_weight(ctx, info));
    if (unspent.ref_time || unspent.proof_size)
        system_reduce_weight(unspent, info->class);
}
