/* ss58.c - see ss58.h. */
#include "genesis/ss58.h"

#include "genesis/blake2b.h"

enum { ACCOUNT = 32, CHECKSUM = 2, MAX_DATA = 2 + ACCOUNT + CHECKSUM };

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static int digit_of(uint8_t c) {
    for (int i = 0; i < 58; i++)
        if ((uint8_t)alphabet[i] == c)
            return i;
    return -1;
}

/* First two bytes of blake2b-512 over "SS58PRE" and the prefix and account. */
static void checksum_of(uint8_t out[static CHECKSUM], const uint8_t *data, uint32_t len) {
    uint8_t input[7 + MAX_DATA], hash[64];
    memcpy(input, "SS58PRE", 7);
    memcpy(input + 7, data, len);
    blake2b_512(hash, (struct bytes){input, 7 + len});
    memcpy(out, hash, CHECKSUM);
}

/* Base58 into the last bytes of `data`; *len tells how many. */
static enum ss58_result base58_decode(struct bytes text, uint8_t data[static MAX_DATA], uint32_t *len) {
    uint32_t used = 0, zeros = 0;
    bool leading = true, too_long = false;
    memset(data, 0, MAX_DATA);
    for (uint32_t i = 0; i < text.len; i++) {
        int digit = digit_of(text.at[i]);
        if (digit < 0)
            return SS58_BAD_BASE58;
        leading = leading && digit == 0;
        if (leading) {
            zeros++;
            continue;
        }
        if (too_long)
            continue; /* a foreign character further on is still named first */
        uint32_t carry = (uint32_t)digit;
        for (uint32_t j = 0; j < used || carry; j++) {
            if (j == MAX_DATA) {
                too_long = true;
                break;
            }
            uint8_t *byte = &data[MAX_DATA - 1 - j];
            carry += 58u * *byte;
            *byte = (uint8_t)carry;
            carry >>= 8;
            if (j >= used)
                used = j + 1;
        }
    }
    *len = used + zeros;
    return too_long || *len > MAX_DATA ? SS58_BAD_LENGTH : SS58_OK;
}

enum ss58_result ss58_decode(struct bytes text, uint8_t account[static 32], uint16_t *prefix) {
    uint8_t data[MAX_DATA], checksum[CHECKSUM];
    uint32_t len;
    enum ss58_result result = base58_decode(text, data, &len);
    if (result != SS58_OK)
        return result;
    if (len < 2)
        return SS58_BAD_LENGTH;
    const uint8_t *at = data + MAX_DATA - len;
    if (at[0] > 127)
        return SS58_INVALID_PREFIX;
    uint32_t prefix_len = at[0] < 64 ? 1 : 2;
    if (len != prefix_len + ACCOUNT + CHECKSUM)
        return SS58_BAD_LENGTH;
    /* Two bytes 01aaaaaa bbcccccc hold the prefix 00cccccc aaaaaabb. */
    uint32_t value =
        prefix_len == 1 ? at[0] : ((uint32_t)at[0] << 2 & 0xFC) | at[1] >> 6 | (uint32_t)(at[1] & 0x3F) << 8;
    if (value == 46 || value == 47)
        return SS58_FORMAT_NOT_ALLOWED;
    checksum_of(checksum, at, prefix_len + ACCOUNT);
    if (memcmp(checksum, at + prefix_len + ACCOUNT, CHECKSUM) != 0)
        return SS58_INVALID_CHECKSUM;
    memcpy(account, at + prefix_len, ACCOUNT);
    *prefix = (uint16_t)value;
    return SS58_OK;
}

uint32_t ss58_encode(uint8_t text[static SS58_MAX_TEXT], const uint8_t account[static 32], uint16_t prefix) {
    uint8_t data[MAX_DATA], digits[SS58_MAX_TEXT] = {0};
    uint32_t value = prefix & SS58_MAX_PREFIX, len = 0, used = 0, zeros = 0;
    if (value < 64) {
        data[len++] = (uint8_t)value;
    } else {
        data[len++] = (uint8_t)((value & 0xFC) >> 2 | 0x40);
        data[len++] = (uint8_t)(value >> 8 | (value & 3) << 6);
    }
    memcpy(data + len, account, ACCOUNT);
    checksum_of(data + len + ACCOUNT, data, len + ACCOUNT);
    len += ACCOUNT + CHECKSUM;
    while (zeros < len && data[zeros] == 0)
        zeros++;
    for (uint32_t i = zeros; i < len; i++) {
        uint32_t carry = data[i];
        for (uint32_t j = 0; j < used || carry; j++) {
            carry += 256u * digits[j];
            digits[j] = (uint8_t)(carry % 58);
            carry /= 58;
            if (j >= used)
                used = j + 1;
        }
    }
    for (uint32_t i = 0; i < zeros; i++)
        text[i] = (uint8_t)alphabet[0];
    for (uint32_t i = 0; i < used; i++)
        text[zeros + i] = (uint8_t)alphabet[digits[used - 1 - i]];
    return zeros + used;
}

const char *ss58_message(enum ss58_result result) {
    switch (result) {
    case SS58_OK:
        return "no error";
    case SS58_BAD_BASE58:
        return "not an SS58 address: a character outside base58";
    case SS58_BAD_LENGTH:
        return "not an SS58 address of 32 bytes: wrong length";
    case SS58_INVALID_PREFIX:
        return "not an SS58 address: invalid prefix";
    case SS58_FORMAT_NOT_ALLOWED:
        return "not an SS58 address of an account: reserved prefix";
    case SS58_INVALID_CHECKSUM:
        return "not an SS58 address: wrong checksum";
    }
    return "no error";
}
