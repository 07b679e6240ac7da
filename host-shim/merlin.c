/* merlin.c - see merlin.h. */
#include "merlin.h"
#include "keccak.h"
#include <string.h>

enum { RATE = 166, FLAG_I = 1, FLAG_A = 2, FLAG_C = 4, FLAG_M = 16 };

static uint8_t *state_bytes(struct transcript *t) { return (uint8_t *)t->state; }

static void permute(struct transcript *t) {
    uint8_t *s = state_bytes(t);
    s[t->at] ^= t->begin;
    s[t->at + 1] ^= 0x04;
    s[RATE + 1] ^= 0x80;
    keccak_f1600(t->state);
    t->at = 0;
    t->begin = 0;
}

static void step(struct transcript *t) {
    if (++t->at == RATE)
        permute(t);
}

static void absorb(struct transcript *t, const uint8_t *data, uint32_t len) {
    for (uint32_t i = 0; i < len; i++) {
        state_bytes(t)[t->at] ^= data[i];
        step(t);
    }
}

static void begin(struct transcript *t, uint8_t flags) {
    uint8_t head[2] = {t->begin, flags};
    t->begin = (uint8_t)(t->at + 1);
    absorb(t, head, 2);
    if ((flags & FLAG_C) != 0 && t->at != 0)
        permute(t);
}

/* Label and length, one meta-AD operation. */
static void frame(struct transcript *t, const char *label, uint32_t len) {
    uint8_t le[4];
    store_u32(le, len);
    begin(t, FLAG_M | FLAG_A);
    absorb(t, (const uint8_t *)label, (uint32_t)strlen(label));
    absorb(t, le, 4);
}

void transcript_append(struct transcript *t, const char *label, struct bytes message) {
    frame(t, label, message.len);
    begin(t, FLAG_A);
    absorb(t, message.at, message.len);
}

void transcript_challenge(struct transcript *t, const char *label, uint8_t *out, uint32_t len) {
    frame(t, label, len);
    begin(t, FLAG_I | FLAG_A | FLAG_C);
    for (uint32_t i = 0; i < len; i++) {
        out[i] = state_bytes(t)[t->at];
        state_bytes(t)[t->at] = 0;
        step(t);
    }
}

void transcript_init(struct transcript *t, const char *label) {
    static const uint8_t start[18] = {1,   RATE + 2, 1,   0,   1,   96,  'S', 'T', 'R',
                                      'O', 'B',      'E', 'v', '1', '.', '0', '.', '2'};
    static const char protocol[] = "Merlin v1.0";
    memset(t, 0, sizeof *t);
    memcpy(t->state, start, sizeof start);
    keccak_f1600(t->state);
    begin(t, FLAG_M | FLAG_A);
    absorb(t, (const uint8_t *)protocol, sizeof protocol - 1);
    transcript_append(t, "dom-sep", (struct bytes){(const uint8_t *)label, (uint32_t)strlen(label)});
}
