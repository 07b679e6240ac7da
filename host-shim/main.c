/* main.c - `nalar-native`: executes any exported function of the runtime, natively, on a state file.
 *   nalar-native run STATE.json FUNCTION [HEXARGS] [--commit OUT.json]
 *   nalar-native functions
 *   nalar-native serve
 * Exit code: 0 the call returned, 1 it trapped, 2 the command could not be carried out. */
#include "api/api.h"
#include "json_state.h"
#include "native.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void body(void *context) {
    struct native_call *call = context;
    call->known = api_call(call->function, call->args, &call->result);
}

void native_run(struct native_call *call) {
    /* The instance before this one ends: its memory is not looked at again. */
    runtime_reset();
    shim_drop_guest_memory();
    native_guard(call, body);
}

uint32_t native_events(struct bytes *raw) {
    /* twox_128("System") and twox_128("Events"). */
    uint8_t key[32];
    static const uint8_t names[2][6] = {{'S', 'y', 's', 't', 'e', 'm'}, {'E', 'v', 'e', 'n', 't', 's'}};
    for (int i = 0; i < 2; i++)
        shim_twox(key + 16 * i, 2, (struct bytes){names[i], 6});
    *raw = (struct bytes){NULL, 0};
    if (!shim_get((struct bytes){key, 32}, raw))
        return 0;
    struct reader in = reader_over(*raw, NULL);
    uint32_t count = read_compact_u32(&in);
    return in.failed ? 0 : count;
}

static int fail(const char *what, const char *detail) {
    fprintf(stderr, "nalar-native: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    return 2;
}

static const char *load_file(const char *path) {
    static char message[JSON_ERROR_TEXT_LENGTH + 64];
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    if (!file) {
        if (error.line < 0) /* the file could not be read at all; the text names it */
            snprintf(message, sizeof message, "%s", error.text);
        else
            snprintf(message, sizeof message, "line %d: %s", error.line, error.text);
        return message;
    }
    const char *wrong = json_state_load(json_state_top(file));
    json_decref(file);
    return wrong;
}

static void print_hex(const char *label, struct bytes b) {
    char *text = json_hex(b);
    printf("%s %s\n", label, text);
    free(text);
}

static void print_counters(void) {
    const struct shim_counters *c = shim_counters();
    printf("host calls %llu:", (unsigned long long)c->total);
    for (int i = 0; i < SHIM_CALL_COUNT; i++)
        if (c->by_call[i])
            printf(" %s %llu", shim_call_names[i], (unsigned long long)c->by_call[i]);
    printf("\nguest allocations %llu, %llu bytes\n", (unsigned long long)c->by_call[SHIM_MALLOC],
           (unsigned long long)c->allocated_bytes);
}

static int run(const char *state, const char *function, const char *hex, const char *out) {
    uint8_t *args = NULL;
    uint32_t len = 0;
    const char *wrong = load_file(state);
    if (wrong)
        return fail(state, wrong);
    if (!json_unhex(&args, &len, hex))
        return fail("the arguments are not hex", NULL);
    struct native_call call = {.function = function, .args = {args, len}, .commit = true};
    native_run(&call);
    if (!call.known) {
        free(args);
        return fail("no such function (see `nalar-native functions`)", function);
    }
    if (call.returned)
        print_hex("result", call.result);
    else
        printf("trap %s\n", shim_trap_message());
    print_counters();
    struct bytes events;
    uint8_t root[32];
    shim_root(root, 1);
    print_hex("root", (struct bytes){root, 32});
    printf("events %u", native_events(&events));
    print_hex("", events);
    free(args);
    if (out) {
        json_t *top = json_state_dump();
        int written = json_dump_file(top, out, JSON_INDENT(1));
        json_decref(top);
        if (written != 0)
            return fail("cannot write", out);
    }
    return call.returned ? 0 : 1;
}

static int usage(void) {
    fputs("usage: nalar-native run STATE.json FUNCTION [HEXARGS] [--commit OUT.json]\n"
          "       nalar-native functions\n"
          "       nalar-native serve\n",
          stderr);
    return 2;
}

int main(int argc, char **argv) {
    shim_reset();
    if (argc == 2 && strcmp(argv[1], "functions") == 0) {
        for (const struct api_export *e = api_exports; e->name; e++)
            puts(e->name);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "serve") == 0)
        return native_serve();
    const char *out = NULL;
    if (argc >= 4 && strcmp(argv[argc - 2], "--commit") == 0) {
        out = argv[argc - 1];
        argc -= 2;
    }
    if ((argc != 4 && argc != 5) || strcmp(argv[1], "run") != 0)
        return usage();
    return run(argv[2], argv[3], argc == 5 ? argv[4] : "", out);
}
