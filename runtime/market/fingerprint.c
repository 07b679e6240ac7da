/* fingerprint.c - see fingerprint.h. */
#include "market/fingerprint.h"

bool fingerprint_well_formed(struct bytes fingerprint, uint32_t topk) {
    if (topk > FINGERPRINT_MAX_TOPK || fingerprint.len != topk * FINGERPRINT_ENTRY)
        return false;
    int32_t last = -1;
    for (uint32_t at = 0; at < fingerprint.len; at += FINGERPRINT_ENTRY) {
        int32_t index = load_u16(fingerprint.at + at);
        if (index <= last || (load_u16(fingerprint.at + at + 2) >> 7 & 255) == 255)
            return false;
        last = index;
    }
    return true;
}

bool fingerprint_match(struct bytes a, struct bytes b, const struct fingerprint_bounds *bounds) {
    uint32_t common = 0, same = 0, distance = 0, i = 0, j = 0;
    while (i < a.len && j < b.len) {
        /* An entry as one number: the value above, the index below. */
        uint32_t left = load_u32(a.at + i), right = load_u32(b.at + j), x = left & 0xFFFF, y = right & 0xFFFF;
        if (x <= y)
            i += FINGERPRINT_ENTRY;
        if (x >= y)
            j += FINGERPRINT_ENTRY;
        if (x != y)
            continue;
        common++;
        if (left >> 23 == right >> 23) {
            same++;
            distance += left > right ? (left - right) >> 16 : (right - left) >> 16;
        }
    }
    return common >= bounds->min_overlap && same >= 1 && common - same <= bounds->max_exp_miss &&
           distance <= (uint64_t)bounds->mean_mantissa * same;
}
