/* try_state_main.c - `try-state STATE.json`: what tests/unit/try_state.h checks, on the state of a real chain: an
 * object of keys and values, or a raw chain specification. Exit code: 0 it holds, 1 it does not (one line says what),
 * 2 no such state. */
#include "try_state.h"

#include "api/api.h"
#include "json_state.h"
#include "shim.h"
#include <stdio.h>
#include <stdlib.h>

static const char *wrong;
static void body(void *context) {
    (void)context;
    wrong = try_state();
}

int main(int argc, char **argv) {
    json_error_t error;
    json_t *file = argc == 2 ? json_load_file(argv[1], 0, &error) : NULL;
    if (!file) {
        fprintf(stderr, "try-state: %s\n", argc == 2 ? error.text : "usage: try-state STATE.json");
        return 2;
    }
    shim_reset();
    const json_t *top = json_state_top(file);
    const char *unread = json_state_load(top ? top : file);
    json_decref(file);
    if (unread) {
        fprintf(stderr, "try-state: %s\n", unread);
        return 2;
    }
    runtime_reset();
    if (!shim_guard(body, NULL))
        wrong = shim_trap_message();
    puts(wrong ? wrong : "holds");
    uint32_t keys = shim_key_count();
    shim_reset();
    return wrong || keys == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
