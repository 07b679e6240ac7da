/* outputs.c - see outputs.h. */
#include "pvf/outputs.h"

#include "scale/scale.h"

enum rank { MESSAGE, SEPARATOR, SELECT_CORE, APPROVED_PEER };

/* Behind all of its rank; whether there was one. */
static bool insert(struct messages *list, struct bytes encoded, uint32_t rank) {
    if (list->count++ == OUTPUTS_MAX_MESSAGES)
        PANIC("too many messages");
    list->size += encoded.len;
    bool again = false;
    struct message **at = &list->first, *made = arena_alloc(&arena_state, sizeof *made);
    for (; *at && (*at)->rank <= rank; at = &(*at)->next)
        again = (*at)->rank == rank;
    *made = (struct message){*at, encoded, rank};
    *at = made;
    return again;
}

/* Signals stand behind an empty message, told apart by their first byte. The relay chain refuses a second one of a kind,
 * even an equal one. */
static void insert_signal(struct messages *list, struct bytes encoded, struct bytes signal) {
    enum { MAX_PEER = 64 };
    static const uint8_t separator = 0;
    struct reader in = reader_over(signal, NULL);
    uint32_t rank = (uint32_t)SELECT_CORE + read_u8(&in);
    if (rank == SELECT_CORE)
        read_u16(&in);
    else
        read_bytes(&in, MAX_PEER);
    if (!reader_done(&in) || rank > APPROVED_PEER)
        PANIC("Failed to decode `UMPSignal`");
    if (insert(list, encoded, rank))
        PANIC("too many UMP signals");
    struct message *m = list->first;
    while (m->rank < SEPARATOR)
        m = m->next;
    if (m->rank != SEPARATOR)
        insert(list, (struct bytes){&separator, 1}, SEPARATOR);
}

static void read_messages(struct messages *list, struct reader *in, bool upward) {
    bool separated = false;
    for (uint32_t left = read_compact_u32(in); left; left--) {
        const uint8_t *from = in->at;
        uint32_t rank = upward ? (uint32_t)MESSAGE : read_u32(in);
        struct bytes message = read_bytes(in, UINT32_MAX), encoded = {from, (uint32_t)(in->at - from)};
        if (upward && message.len == 0)
            separated = true;
        else if (separated)
            insert_signal(list, encoded, message);
        else
            insert(list, encoded, rank);
    }
}

void outputs_add(struct outputs *out, struct bytes collation_info) {
    struct reader in = reader_over(collation_info, NULL);
    read_messages(&out->upward, &in, true);
    read_messages(&out->horizontal, &in, false);
    const uint8_t *from = in.at;
    if (read_bool(&in))
        read_bytes(&in, UINT32_MAX);
    if (out->code.len <= 1) /* none yet, or the byte that says so */
        out->code = (struct bytes){from, (uint32_t)(in.at - from)};
    out->processed += read_u32(&in);
    out->watermark = read_u32(&in);
    out->head = (struct bytes){in.at, reader_left(&in)};
}

static void write_messages(struct writer *to, const struct messages *list) {
    write_compact_u32(to, list->count);
    for (const struct message *m = list->first; m; m = m->next)
        write_slice(to, m->encoded);
}

struct bytes outputs_encode(const struct outputs *out) {
    uint32_t size = out->head.len + out->code.len + out->upward.size + out->horizontal.size + 2 * 5 + 2 * 4;
    struct writer to = writer_over(arena_alloc(&arena_state, size), size);
    write_slice(&to, out->head);
    write_slice(&to, out->code);
    write_messages(&to, &out->upward);
    write_messages(&to, &out->horizontal);
    write_u32(&to, out->processed);
    write_u32(&to, out->watermark);
    return writer_bytes(&to);
}
