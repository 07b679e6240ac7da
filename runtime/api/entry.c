/* entry.c - the common way into every exported function. */
#include "api/api.h"
#include "host/host.h"
#include "state/overlay.h"

/* Answers up to this size need no memory of their own; bodies with longer ones make `out` a larger writer. */
enum { ANSWER_SIZE = 4096 };
static uint8_t answer[ANSWER_SIZE];

void runtime_reset(void) {
    overlay_reset();
    arena_reset_all();
}

struct bytes api_enter(api_body *body, struct bytes input) {
    struct reader in = reader_over(input, &arena_scratch);
    struct writer out = writer_over(answer, ANSWER_SIZE);
    body(&in, &out);
    if (out.overflow)
        PANIC("answer does not fit");
    return writer_bytes(&out);
}
