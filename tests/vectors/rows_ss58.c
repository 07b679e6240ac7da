/* rows_ss58.c - ss58.tsv: prefix, account id, address. Both directions; a changed or missing character never gives the
 * same account under the same prefix. */
#include "genesis/ss58.h"
#include "vectors.h"
#include <stdlib.h>
#include <string.h>

void row_ss58(struct tally *t, char *line) {
    char *c[3];
    uint8_t account[32], got[32], text[SS58_MAX_TEXT];
    uint16_t prefix = 0;
    if (split_tabs(line, c, 3) != 3 || hex_decode(account, 32, c[1]) != 32) {
        tally_row(t, false, "not prefix, account, address");
        return;
    }
    uint32_t len = (uint32_t)strlen(c[2]), wanted = (uint32_t)strtoul(c[0], NULL, 10);
    struct bytes address = {(const uint8_t *)c[2], len};
    bool good = ss58_encode(text, account, (uint16_t)wanted) == len && memcmp(text, c[2], len) == 0;
    good = good && ss58_decode(address, got, &prefix) == SS58_OK && prefix == wanted && memcmp(got, account, 32) == 0;
    for (uint32_t i = 0; good && i < len; i++) {
        memcpy(text, c[2], len);
        text[i] = text[i] == 'z' ? '2' : 'z';
        good = ss58_decode((struct bytes){text, len}, got, &prefix) != SS58_OK || prefix != wanted ||
               memcmp(got, account, 32) != 0;
    }
    good = good && ss58_decode((struct bytes){address.at, len - 1}, got, &prefix) != SS58_OK;
    tally_row(t, good, c[2]);
}
