/* metadata.c - the Metadata API out of constant bytes, and the blob's two custom sections. Nothing here reads state:
 * tools call these functions on any storage. */
#include "api/metadata.h"

#include "api/api.h"
#include "gen/metadata_bytes.h"
#include "gen/runtime_version.h"

static const uint8_t version_bytes[] = {RUNTIME_VERSION_BYTES};
const struct bytes runtime_version_bytes = {version_bytes, sizeof version_bytes};

#ifdef __wasm__
/* The node reads the version from these sections without running the blob: sp-version src/embed.rs. An array with a
 * section attribute would become plain data, so they are assembly. */
__asm__(".section .custom_section.runtime_version,\"\",@\n" RUNTIME_VERSION_SECTION
        ".section .custom_section.runtime_apis,\"\",@\n" RUNTIME_APIS_SECTION);
#endif

/* Some(V14) as it is answered, and behind it what only V15 and V16 have; see runtime/metadata/join.h. */
extern const uint8_t metadata_pool[]; /* pallet/storage.c finds names in it */
const uint8_t metadata_pool[] = {METADATA_POOL};
static const uint8_t v15_runs[] = {METADATA_V15_RUNS};
static const uint8_t v16_runs[] = {METADATA_V16_RUNS};

/* Varints of run lists have at most three bytes. In line, so that the place in the list stays in a register. */
__attribute__((always_inline)) static inline uint32_t take_varint(const uint8_t **at) {
    uint32_t v = *(*at)++;
    if (v < 1u << 7)
        return v;
    v = (v & 0x7F) | (uint32_t)*(*at)++ << 7;
    if (v < 1u << 14)
        return v;
    return (v & 0x3FFF) | (uint32_t)*(*at)++ << 14;
}

/* memcpy in steps of 128 bytes: nearly all of an answer is a few runs of kilobytes. Addresses stay below half of the
 * address space; saying so lets clang put the offsets into the loads and stores, which halves the instructions. */
static void copy_run(uint8_t *to, const uint8_t *from, uint32_t n) {
    typedef uint64_t __attribute__((may_alias, aligned(1))) word;
    uintptr_t t = (uintptr_t)to & UINTPTR_MAX >> 1, f = (uintptr_t)from & UINTPTR_MAX >> 1;
    for (; n >= 128; n -= 128) {
#define WORD(i) *(word *)(t + 8 * (i)) = *(const word *)(f + 8 * (i))
#define FOUR(i) WORD(i), WORD((i) + 1), WORD((i) + 2), WORD((i) + 3)
        FOUR(0), FOUR(4), FOUR(8), FOUR(12);
#undef FOUR
#undef WORD
        t = (t + 128) & UINTPTR_MAX >> 1;
        f = (f + 128) & UINTPTR_MAX >> 1;
    }
    memcpy((void *)t, (const void *)f, n);
}

/* Plays a run list back; the tool that made it has checked it. */
static struct bytes play(const uint8_t *runs, uint32_t length) {
    uint8_t *out = arena_alloc(&arena_scratch, length), *end = out + length;
    struct bytes answer = {out, length};
    const uint8_t *from = metadata_pool;
    while (out < end) {
        uint32_t v = take_varint(&runs), run = v >> 1;
        if (v & 1) {
            *out++ = *runs++; /* most literals are one byte */
            if (run > 1) {
                memcpy(out, runs, run - 1);
                out += run - 1;
                runs += run - 1;
            }
            continue;
        }
        uint32_t z = take_varint(&runs);
        from = z & 1 ? from - (z >> 1) - 1 : from + (z >> 1);
        copy_run(out, from, run);
        out += run;
        from += run;
    }
    return answer;
}

void api_Metadata_metadata(UNUSED struct reader *in, struct writer *out) {
    /* Without the Option byte of the pool's first answer. */
    api_answer(out, (struct bytes){metadata_pool + 1, METADATA_V14_ANSWER - 1});
}

void api_Metadata_metadata_at_version(struct reader *in, struct writer *out) {
    uint32_t version = read_u32(in);
    if (in->failed)
        PANIC("bad argument of metadata_at_version");
    if (version == 14)
        api_answer(out, (struct bytes){metadata_pool, METADATA_V14_ANSWER});
    else if (version == 15)
        api_answer(out, play(v15_runs, METADATA_V15_ANSWER));
    else if (version == 16)
        api_answer(out, play(v16_runs, METADATA_V16_ANSWER));
    else
        write_u8(out, 0);
}

void api_Metadata_metadata_versions(UNUSED struct reader *in, struct writer *out) {
    write_compact_u32(out, 3);
    for (uint32_t version = 14; version <= 16; version++)
        write_u32(out, version);
}
