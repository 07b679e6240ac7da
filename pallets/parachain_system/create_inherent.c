/* create_inherent.c - the call that a block author includes, made from what the node's inherent providers say.
 * Not part of block execution: a bad choice here makes a block that set_validation_data refuses.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/lib.rs#create_inherent, #do_create_inherent and
 * src/parachain_inherent.rs#InboundMessagesCollection. */
#include "parachain_system/messages.h"

/* One message of either direction; sender is 0 for a downward one. */
struct inbound {
    uint32_t sender, sent_at;
    struct bytes data;
};

struct inbound_list {
    struct inbound *at;
    uint32_t len;
};

/* What the author's node gave. The first and last fields of the inherent data are copied as they are. */
struct given {
    struct bytes head; /* validation_data, relay_chain_state */
    struct inbound_list downward, horizontal;
    struct bytes tail; /* relay_parent_descendants, collator_peer_id */
};

enum { SENT_AT_AND_LENGTH = 5, SENDER_AND_COUNT = 5 };

/* `count` messages behind each other, appended to the list. */
static void read_messages(struct reader *in, struct inbound_list *list, uint32_t sender) {
    uint32_t count = read_compact_u32(in);
    if (count > reader_left(in) / SENT_AT_AND_LENGTH) {
        reader_fail(in);
        return;
    }
    struct inbound *wider = arena_alloc(&arena_scratch, ((size_t)list->len + count) * sizeof *wider);
    if (list->len)
        memcpy(wider, list->at, list->len * sizeof *wider);
    list->at = wider;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sent_at = read_u32(in);
        wider[list->len++] = (struct inbound){sender, sent_at, read_bytes(in, UINT32_MAX)};
    }
}

static bool sorts_before(const struct inbound *a, const struct inbound *b) {
    return a->sent_at != b->sent_at ? a->sent_at < b->sent_at : a->sender < b->sender;
}

/* A map of senders becomes one list by (sent_at, sender): a merge sort, which keeps the order of equal ones. */
static void sort(struct inbound_list *list) {
    struct inbound *from = list->at, *to = arena_alloc(&arena_scratch, list->len * sizeof *to);
    for (uint32_t width = 1; width < list->len; width *= 2) {
        for (uint32_t start = 0; start < list->len; start += 2 * width) {
            uint32_t middle = min_u32(start + width, list->len), end = min_u32(start + 2 * width, list->len);
            uint32_t left = start, right = middle;
            for (uint32_t i = start; i < end; i++)
                to[i] = right == end || (left < middle && !sorts_before(&from[right], &from[left])) ? from[left++]
                                                                                                   : from[right++];
        }
        struct inbound *sorted = to;
        to = from;
        from = sorted;
    }
    list->at = from;
}

static void read_channels(struct reader *in, struct inbound_list *list) {
    uint32_t count = read_compact_u32(in);
    if (count > reader_left(in) / SENDER_AND_COUNT) {
        reader_fail(in);
        return;
    }
    for (uint32_t i = 0; i < count && !in->failed; i++) {
        uint32_t sender = read_u32(in);
        read_messages(in, list, sender);
    }
    sort(list);
}

static struct bytes since(const struct reader *in, const uint8_t *start) {
    return (struct bytes){start, (uint32_t)(in->at - start)};
}

/* ParachainInherentData; the older form ends with the messages. */
static bool read_given(struct given *out, struct bytes data, bool with_tail) {
    static const uint8_t no_tail[] = {0, 0};
    struct reader in = reader_over(data, &arena_scratch);
    persisted_validation_data validation;
    storage_proof proof;
    relay_headers descendants;
    option_approved_peer_id peer;
    *out = (struct given){.tail = {no_tail, sizeof no_tail}};
    if (!scale_decode(&persisted_validation_data_type, &in, &validation) ||
        !scale_decode(&storage_proof_type, &in, &proof))
        return false;
    out->head = since(&in, data.at);
    read_messages(&in, &out->downward, 0);
    read_channels(&in, &out->horizontal);
    if (with_tail) {
        const uint8_t *start = in.at;
        if (!scale_decode(&relay_headers_type, &in, &descendants) ||
            !scale_decode(&option_approved_peer_id_type, &in, &peer))
            return false;
        out->tail = since(&in, start);
    }
    return !in.failed;
}

/* Leaves out everything up to the message `last`. Messages are sorted by sent_at. */
static void drop_taken(struct inbound_list *list, inbound_message_id last) {
    uint32_t i = list->len;
    while (i > 0 && list->at[i - 1].sent_at > last.sent_at)
        i--;
    if (i > 0 && list->at[i - 1].sent_at == last.sent_at) {
        /* The id counts back from the last message of that relay block; more than there are: nothing was taken. */
        if (last.reverse_idx >= i)
            return;
        i -= last.reverse_idx;
    }
    if (i) {
        list->at += i;
        list->len -= i;
    }
}

/* How many messages fit into what is left of the limit, which they reduce. */
static uint32_t count_full(const struct inbound_list *list, uint64_t *limit) {
    uint32_t count = 0;
    while (count < list->len && list->at[count].data.len <= *limit)
        *limit -= list->at[count++].data.len;
    return count;
}

static void write_place(struct writer *out, const struct inbound *message, bool with_sender) {
    if (with_sender)
        write_u32(out, message->sender);
    write_u32(out, message->sent_at);
}

/* AbridgedInboundMessagesCollection: the first `full` messages whole, the others by hash. */
static void write_messages(struct writer *out, const struct inbound_list *list, uint32_t full, bool with_sender) {
    write_compact_u32(out, full);
    for (uint32_t i = 0; i < full; i++) {
        write_place(out, &list->at[i], with_sender);
        write_bytes(out, list->at[i].data);
    }
    write_compact_u32(out, list->len - full);
    for (uint32_t i = full; i < list->len; i++) {
        h256 hash;
        write_place(out, &list->at[i], with_sender);
        message_hash(&hash, list->at[i].data);
        write_raw(out, hash.at, sizeof hash.at);
    }
}

static size_t messages_size(const struct inbound_list *list) {
    size_t size = 10;
    for (uint32_t i = 0; i < list->len; i++)
        size += 8 + (list->at[i].data.len < 32 ? 32 : list->at[i].data.len) + 5;
    return size;
}

static struct bytes make_call(struct given *given) {
    uint32_t last_relay = parachain_system_last_relay_block_number();
    inbound_message_id last;
    uint64_t limit = messages_size_limit(), left = limit;
    if (!parachain_system_LastProcessedDownwardMessage_get(&last))
        last = (inbound_message_id){last_relay, 0};
    drop_taken(&given->downward, last);
    uint32_t full_downward = count_full(&given->downward, &left);
    if (!parachain_system_LastProcessedHrmpMessage_get(&last))
        last = (inbound_message_id){last_relay, 0};
    drop_taken(&given->horizontal, last);
    left += limit;
    uint32_t full_horizontal = count_full(&given->horizontal, &left);

    size_t size = 2 + (size_t)given->head.len + given->tail.len + messages_size(&given->downward) +
                  messages_size(&given->horizontal);
    struct writer out = writer_over(arena_alloc(&arena_scratch, size), size);
    write_u8(&out, pallet_index_parachain_system);
    write_u8(&out, parachain_system_call_index_set_validation_data);
    write_slice(&out, given->head);
    write_slice(&out, given->tail);
    write_messages(&out, &given->downward, full_downward, false);
    write_messages(&out, &given->horizontal, full_horizontal, true);
    ASSERT(!out.overflow);
    return writer_bytes(&out);
}

static bool find(struct bytes *value, struct bytes inherent_data, const char id[static 8]) {
    struct reader in = reader_over(inherent_data, NULL);
    uint32_t count = read_compact_u32(&in);
    for (uint32_t i = 0; i < count && !in.failed; i++) {
        const uint8_t *key = read_raw(&in, 8);
        *value = read_bytes(&in, UINT32_MAX);
        if (!in.failed && memcmp(key, id, 8) == 0)
            return true;
    }
    return false;
}

bool parachain_system_create_inherent(struct bytes *call, struct bytes inherent_data) {
    struct bytes data;
    struct given given;
    if (!(find(&data, inherent_data, "sysi1338") && read_given(&given, data, true)) &&
        !(find(&data, inherent_data, "sysi1337") && read_given(&given, data, false)))
        return false;
    *call = make_call(&given);
    return true;
}
