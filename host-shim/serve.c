/* serve.c - `nalar-native serve`: one JSON object a line in, one out, for test programs in other languages.
 *   {"op":"state","top":{"0x..":"0x.."}}              replaces the state         -> {"ok":true}
 *   {"op":"call","fn":"Core_version","args":"0x","commit":true}
 *        -> {"result":"0x..","hostCalls":n,"allocations":n} or {"trap":"message","hostCalls":n,"allocations":n}
 *        without commit, and after a trap, the state is as before; faultMet is added when a fault was planned
 *   {"op":"root"} (or "version":0) -> {"root":"0x.."}    {"op":"dump"} -> {"top":{..}}     {"op":"reset"} ->
 * {"ok":true}
 *   {"op":"failat","n":k} plans a failing k-th host call for the next call; with "stop":true a trap there ->
 * {"ok":true}
 *   {"op":"counts"} -> {"counts":{"storage_read":n,..}} of the last call
 * Anything else -> {"error":"what is wrong"}. */
#include "json_state.h"
#include "native.h"
#include "state.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next_fail, next_stop;

void native_guard(struct native_call *call, void (*body)(void *call)) {
    uint32_t depth = shim_depth();
    shim_reset_counters();
    shim_begin();
    shim_fail_at(call->fail_at);
    shim_stop_at(call->stop_at);
    call->known = true;
    call->result = (struct bytes){NULL, 0};
    call->returned = shim_guard(body, call);
    shim_fail_at(0);
    shim_stop_at(0);
    if (call->returned && call->known && call->commit && shim_depth() == depth + 1)
        shim_commit();
    while (shim_depth() > depth)
        shim_rollback();
}

static json_t *error(const char *what) { return json_pack("{s:s}", "error", what); }
static json_t *ok(void) { return json_pack("{s:b}", "ok", 1); }

static json_t *op_state(const json_t *request) {
    shim_reset();
    const char *wrong = json_state_load(json_object_get(request, "top"));
    if (!wrong)
        return ok();
    shim_reset();
    return error(wrong);
}

static json_t *op_call(const json_t *request) {
    const char *function = json_string_value(json_object_get(request, "fn"));
    const char *hex = json_string_value(json_object_get(request, "args"));
    uint8_t *args;
    uint32_t len;
    if (!function)
        return error("call: no function name in \"fn\"");
    if (!json_unhex(&args, &len, hex ? hex : ""))
        return error("call: \"args\" is not hex");
    struct native_call call = {.function = function,
                               .args = {args, len},
                               .commit = json_is_true(json_object_get(request, "commit")),
                               .fail_at = next_fail,
                               .stop_at = next_stop};
    native_run(&call);
    json_t *answer = json_object();
    if (!call.known) {
        json_object_set_new(answer, "error", json_string("call: no such function"));
    } else if (call.returned) {
        char *result = json_hex(call.result);
        json_object_set_new(answer, "result", json_string(result));
        free(result);
    } else {
        json_t *message = json_string(shim_trap_message());
        json_object_set_new(answer, "trap", message ? message : json_string("(the message is not UTF-8)"));
    }
    if (call.known) {
        json_object_set_new(answer, "hostCalls", json_integer((json_int_t)shim_calls()));
        json_object_set_new(answer, "allocations", json_integer((json_int_t)shim_counters()->by_call[SHIM_MALLOC]));
    }
    if (next_fail || next_stop)
        json_object_set_new(answer, "faultMet", json_boolean(shim_fault_met()));
    next_fail = next_stop = 0;
    free(args);
    return answer;
}

static json_t *op_root(const json_t *request) {
    const json_t *version = json_object_get(request, "version");
    uint8_t root[32];
    shim_root(root, version && json_integer_value(version) == 0 ? 0 : 1);
    char *text = json_hex((struct bytes){root, 32});
    json_t *answer = json_pack("{s:s}", "root", text);
    free(text);
    return answer;
}

static json_t *op_fail_at(const json_t *request) {
    json_int_t n = json_integer_value(json_object_get(request, "n"));
    if (n < 1)
        return error("failat: \"n\" counts from 1");
    bool stop = json_is_true(json_object_get(request, "stop"));
    next_fail = stop ? 0 : (uint64_t)n;
    next_stop = stop ? (uint64_t)n : 0;
    return ok();
}

static json_t *op_counts(void) {
    json_t *counts = json_object();
    for (int i = 0; i < SHIM_CALL_COUNT; i++)
        json_object_set_new(counts, shim_call_names[i], json_integer((json_int_t)shim_counters()->by_call[i]));
    return json_pack("{s:o}", "counts", counts);
}

static json_t *answer_to(const json_t *request) {
    const char *op = json_string_value(json_object_get(request, "op"));
    if (!op)
        return error("not a JSON object with an \"op\"");
    if (strcmp(op, "call") == 0)
        return op_call(request);
    if (strcmp(op, "state") == 0)
        return op_state(request);
    if (strcmp(op, "root") == 0)
        return op_root(request);
    if (strcmp(op, "dump") == 0)
        return json_pack("{s:o}", "top", json_state_dump());
    if (strcmp(op, "failat") == 0)
        return op_fail_at(request);
    if (strcmp(op, "counts") == 0)
        return op_counts();
    if (strcmp(op, "reset") == 0) {
        shim_reset();
        next_fail = next_stop = 0;
        return ok();
    }
    return error("unknown op");
}

/* The next line of stdin in a buffer that grows (states are megabytes long); false at the end. */
static bool next_line(char **line, size_t *capacity) {
    size_t len = 0;
    for (;;) {
        if (*capacity < len + 65536)
            *line = state_memory(*line, *capacity = 2 * (len + 65536));
        if (!fgets(*line + len, (int)(*capacity - len > 1 << 30 ? 1 << 30 : *capacity - len), stdin))
            return len != 0;
        len += strlen(*line + len);
        if (len && (*line)[len - 1] == '\n')
            return true;
    }
}

int native_serve(void) {
    char *line = NULL;
    size_t capacity = 0;
    while (next_line(&line, &capacity)) {
        json_t *request = json_loads(line, 0, NULL), *answer = answer_to(request);
        json_dumpf(answer, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(answer);
        json_decref(request);
    }
    free(line);
    return 0;
}
