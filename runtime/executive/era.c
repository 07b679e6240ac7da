/* era.c - see era.h. */
#include "executive/era.h"

#include "core/ints.h"

struct era era_decode(struct reader *in) {
    uint32_t first = read_u8(in);
    if (first == 0)
        return (struct era){0, 0};
    uint32_t encoded = first | (uint32_t)read_u8(in) << 8;
    uint32_t period = 2u << (encoded & 15), quantum = period >> 12 ? period >> 12 : 1;
    uint32_t phase = (encoded >> 4) * quantum;
    if (period < 4 || phase >= period) {
        reader_fail(in);
        return (struct era){0, 0};
    }
    return (struct era){period, phase};
}

uint64_t era_birth(struct era era, uint64_t current) {
    if (era.period == 0)
        return 0;
    uint64_t from = current > era.phase ? current - era.phase : 0;
    return from / era.period * era.period + era.phase;
}

uint64_t era_death(struct era era, uint64_t current) {
    return era.period == 0 ? UINT64_MAX : era_birth(era, current) + era.period;
}
