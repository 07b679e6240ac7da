/* api.h - the exported functions of the blob: one per METHOD row of runtime.def, <api>_<method>(ptr, len) -> i64.
 * exports.c turns each row into the export (in the blob) or into a row of api_exports (natively), and adds the
 * validators' validate_block (runtime/pvf); entry.c holds the common way in; the other files of this folder hold the bodies. */
#ifndef NALAR_API_API_H
#define NALAR_API_API_H

#include "scale/scale.h"

/* A body reads its SCALE arguments from `in` (trailing bytes are ignored) and writes its SCALE answer to `out`.
 * Arguments that do not decode panic: the node treats them as a broken caller. */
typedef void api_body(struct reader *in, struct writer *out);

/* api_<api>_<method>, the bodies. */
#define METHOD(api, name, docs, output, ...) api_body api_##api##_##name;
#define METHOD0(api, name, docs, output) api_body api_##api##_##name;
#define API(name, version, docs, ...) __VA_ARGS__
#include "pallet/runtime_keywords.inc"
#include "runtime.def"
#include "pallet/runtime_keywords_undef.inc"

/* Makes `answer` the whole answer without copying it: constants, or memory that lives until the call returns. */
static inline void api_answer(struct writer *out, struct bytes answer) {
    out->start = (uint8_t *)(uintptr_t)answer.at;
    out->at = out->end = out->start + answer.len;
    out->overflow = false;
}

/* One exported function. */
struct api_export {
    const char *name; /* "Core_version" */
    api_body *body;
    bool no_input; /* the method has no arguments and must refuse any */
};

/* Runs one exported call on its SCALE arguments. Returns the answer, which lives in static memory or the arenas. What
 * the body wrote to storage is lost unless the body called overlay_flush: queries never do. */
struct bytes api_enter(api_body *body, struct bytes input);

/* Empties arenas and overlay, as a fresh instance of the blob has them; native tests call it between cases. */
void runtime_reset(void);

#ifndef __wasm__
/* Every export in the order of runtime.def, then validate_block; ends with name NULL. */
extern const struct api_export api_exports[];
/* Runs the export of that name as the node would; false when there is none. Panics as the blob traps. */
MUST_USE bool api_call(const char *name, struct bytes input, struct bytes *answer);
#endif

#endif
