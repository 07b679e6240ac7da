/* rows_enums.c - error-enums.txt against the enums that the runtime declares in its .def files. */
#include "vectors.h"
#include <stdio.h>
#include <string.h>

struct declared {
    const char *type, *name;
    int index;
};
struct named {
    const char *type, *path;
};

#include "pallet/keywords_off.inc"
#undef ENUM
#undef PLAIN_ENUM
#undef VARIANT
#undef UNIT_VARIANT
#undef ERROR
#define ENUM(n, path, ...) __VA_ARGS__
#define PLAIN_ENUM(n, path, ...) __VA_ARGS__
#define VARIANT(e, i, v, ...) {#e, #v, i},
#define UNIT_VARIANT(e, i, v) {#e, #v, i},
#define ERROR(i, n, docs) {ERRORS_OF, #n, i},
static const struct declared variants[] = {
#include "api/api_types.def"
#include "pallet/types.def"
#define ERRORS_OF "system errors"
#include "system/system.def"
#undef ERRORS_OF
#if __has_include("balances/balances.def")
#define ERRORS_OF "balances errors"
#include "balances/balances.def"
#undef ERRORS_OF
#endif
};
#undef ENUM
#undef PLAIN_ENUM
#undef ERROR
#define ENUM(n, path, ...) {#n, path},
#define PLAIN_ENUM(n, path, ...) {#n, path},
#define ERROR(i, n, docs)
static const struct named types[] = {
#include "api/api_types.def"
#include "pallet/types.def"
    {"system errors", "frame_system::pallet::Error"},
    {"balances errors", "pallet_balances::pallet::Error"},
};

/* The list was read from a runtime built with FRAME's feature `experimental`. Without it these two errors of
 * frame_system do not exist and the later ones stand two places earlier. */
static bool is_experimental(const char *name) {
    return strcmp(name, "InvalidTask") == 0 || strcmp(name, "FailedTask") == 0;
}

static bool has_variant(const char *type, const char *name) {
    for (size_t i = 0; i < COUNT_OF(variants); i++)
        if (strcmp(variants[i].type, type) == 0 && strcmp(variants[i].name, name) == 0)
            return true;
    return false;
}

/* "path: 0=Name 1=Name ...": the same names at the same indices, none more and none less. */
void row_error_enum(struct tally *t, char *line) {
    char *list = strstr(line, ": ");
    if (strncmp(line, "extrinsic versions", 18) == 0) {
        tally_skip(t, "no enum (the extrinsic formats 4 and 5 are tested with the extrinsic codec)");
        return;
    }
    if (!list) {
        tally_row(t, false, "not a path and a list");
        return;
    }
    *list = 0;
    list += 2;
    const char *type = NULL;
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (strcmp(types[i].path, line) == 0)
            type = types[i].type;
    if (!type) {
        if (strncmp(line, "xcm::", 5) == 0)
            tally_skip(t, "this runtime has no XCM types");
        else
            tally_row(t, false, line);
        return;
    }
    uint32_t own = 0, matched = 0, listed = 0;
    int absent = 0;
    for (size_t i = 0; i < COUNT_OF(variants); i++)
        own += strcmp(variants[i].type, type) == 0;
    bool readable = true;
    for (char *item = strtok(list, " "); item; item = strtok(NULL, " ")) {
        int index;
        char name[128];
        if (sscanf(item, "%d=%127s", &index, name) != 2) {
            readable = false;
            break;
        }
        if (is_experimental(name) && !has_variant(type, name)) {
            absent++;
            continue;
        }
        listed++;
        index -= absent;
        for (size_t i = 0; i < COUNT_OF(variants); i++)
            matched += strcmp(variants[i].type, type) == 0 && variants[i].index == index &&
                       strcmp(variants[i].name, name) == 0;
    }
    tally_row(t, readable && own == listed && matched == listed, line);
}

void row_metadata_digest(struct tally *t, char *line) {
    (void)line;
    if (t->line == 1)
        tally_skip(t, "the metadata blobs that the digests belong to are not in the folder");
}
