/* alter.c - see alter.h. */
#include "alter.h"

#include "random.h"

enum { MOST_ITEMS = 8192, MOST_EXTRINSICS = 256, ROOM = 1 << 21 };

struct body {
    struct bytes header, extrinsics[MOST_EXTRINSICS]; /* framed */
    uint32_t count;
    uint32_t said; /* count that is written */
};

struct parts {
    struct bytes parent_head, tail;
    struct body blocks[12];
    uint32_t count, said_blocks;
    struct bytes items[MOST_ITEMS]; /* bare */
    uint32_t item_count, said_items;
    uint8_t version; /* of V1 */
    enum pov_format format;
    uint32_t relay_number;
    h256 relay_root;
    uint32_t long_prefix; /* item whose length is written in four bytes */
};

static struct parts original, other, now;
static const struct pov *source;
static uint8_t scratch[ROOM], bytes_out[ROOM], data_out[ROOM];
static uint32_t scratch_used;

/* --- apart and together --- */

static void split_block(struct body *body, struct bytes header, struct bytes block) {
    struct reader in = reader_over((struct bytes){block.at + header.len, block.len - header.len}, NULL);
    body->header = header;
    body->count = body->said = read_compact_u32(&in);
    assert_true(body->count <= MOST_EXTRINSICS);
    for (uint32_t i = 0; i < body->count; i++) {
        const uint8_t *from = in.at;
        read_bytes(&in, UINT32_MAX);
        body->extrinsics[i] = (struct bytes){from, (uint32_t)(in.at - from)};
    }
    assert_true(reader_done(&in));
}

void alter_begin(const struct pov *pov, enum pov_format format, struct bytes proof) {
    other = original.count ? original : other;
    source = pov;
    memset(&original, 0, sizeof original);
    original.parent_head = pov->parent_head;
    original.count = original.said_blocks = pov->count;
    original.version = 1;
    original.format = format;
    original.relay_number = pov->relay_number;
    original.relay_root = pov->relay_root;
    original.long_prefix = UINT32_MAX;
    for (uint32_t i = 0; i < pov->count; i++)
        split_block(&original.blocks[i], pov->blocks[i].header, pov->blocks[i].block);
    struct reader in = reader_over(proof, NULL);
    original.item_count = original.said_items = read_compact_u32(&in);
    assert_true(original.item_count <= MOST_ITEMS);
    for (uint32_t i = 0; i < original.item_count; i++)
        original.items[i] = read_bytes(&in, UINT32_MAX);
    assert_true(reader_done(&in));
    if (other.count == 0)
        other = original;
}

static struct bytes block_data(void) {
    struct writer out = writer_over(data_out, sizeof data_out);
    if (now.format == POV_V1) {
        write_raw(&out, "VERSIONEDPBD", 12);
        write_u8(&out, now.version);
        write_compact_u32(&out, now.said_blocks);
    }
    for (uint32_t i = 0; i < now.count; i++) {
        write_slice(&out, now.blocks[i].header);
        write_compact_u32(&out, now.blocks[i].said);
        for (uint32_t j = 0; j < now.blocks[i].count; j++)
            write_slice(&out, now.blocks[i].extrinsics[j]);
    }
    write_compact_u32(&out, now.said_items);
    for (uint32_t i = 0; i < now.item_count; i++) {
        if (i == now.long_prefix) {
            write_u32(&out, now.items[i].len << 2 | 2);
            write_slice(&out, now.items[i]);
        } else {
            write_bytes(&out, now.items[i]);
        }
    }
    assert_false(out.overflow);
    return writer_bytes(&out);
}

static struct bytes params_over(struct bytes data) {
    struct writer out = writer_over(bytes_out, sizeof bytes_out);
    write_bytes(&out, now.parent_head);
    write_bytes(&out, data);
    write_u32(&out, now.relay_number);
    write_raw(&out, now.relay_root.at, 32);
    write_slice(&out, now.tail);
    assert_false(out.overflow);
    return writer_bytes(&out);
}

static uint8_t *copy(struct bytes from, uint32_t extra) {
    assert_true(scratch_used + from.len + extra <= ROOM);
    uint8_t *at = scratch + scratch_used;
    scratch_used += from.len + extra;
    if (from.len)
        memcpy(at, from.at, from.len);
    return at;
}

static struct bytes flipped(uint64_t *seed, struct bytes from) {
    assert_true(from.len > 0);
    uint8_t *at = copy(from, 0);
    at[random_below(seed, from.len)] ^= (uint8_t)(1u << random_below(seed, 8));
    return (struct bytes){at, from.len};
}

static struct bytes shorter(uint64_t *seed, struct bytes from) {
    return (struct bytes){from.at, from.len ? random_below(seed, from.len) : 0};
}

static struct bytes longer(uint64_t *seed, struct bytes from) {
    uint32_t more = 1 + random_below(seed, 40);
    uint8_t *at = copy(from, more);
    for (uint32_t i = 0; i < more; i++)
        at[from.len + i] = (uint8_t)(next_random(seed) >> 17);
    return (struct bytes){at, from.len + more};
}

static bool same(struct bytes a, struct bytes b) { return a.len == b.len && memcmp(a.at, b.at, a.len) == 0; }

/* A count that is not the right one. */
static uint32_t wrong_count(uint64_t *seed, uint32_t right) {
    static const uint32_t some[] = {0, 63, 64, 16383, 16384, (1 << 30) - 1, 1 << 30, UINT32_MAX};
    uint32_t pick = random_below(seed, 10), wrong = pick == 8 ? right + 1 : pick == 9 ? right - 1 : some[pick];
    return wrong == right ? right + 1 : wrong;
}

/* --- the proof --- */

static enum verdict alter_items(uint64_t *seed) {
    uint32_t i = random_below(seed, now.item_count), j = random_below(seed, now.item_count);
    struct bytes item = now.items[i];
    switch (random_below(seed, 9)) {
    case 0:
        now.items[i] = shorter(seed, item);
        break;
    case 1:
        now.items[i] = longer(seed, item);
        break;
    case 2: /* dropped */
        memmove(now.items + i, now.items + i + 1, (--now.item_count - i) * sizeof *now.items);
        now.said_items--;
        break;
    case 3: /* twice */
        memmove(now.items + j + 1, now.items + j, (now.item_count++ - j) * sizeof *now.items);
        now.items[j] = item;
        now.said_items++;
        break;
    case 4:
        now.items[i] = now.items[j];
        now.items[j] = item;
        return same(now.items[i], item) ? SAME : MUST_REFUSE;
    case 5:
        now.items[i] = other.items[random_below(seed, other.item_count)];
        return same(now.items[i], item) ? SAME : MUST_REFUSE;
    case 6:
        now.said_items = wrong_count(seed, now.said_items);
        break;
    case 7:
        now.long_prefix = i;
        return item.len < 1 << 14 ? MUST_REFUSE : SAME;
    default:
        now.items[i] = flipped(seed, item);
        break;
    }
    return MUST_REFUSE;
}

/* Whole again, but for one node or value: only what the validator needs must be there. */
static enum verdict alter_completeness(uint64_t *seed) {
    bool dropped = false;
    struct bytes proof = record_compact(RECORD_ONCE, random_below(seed, record_count()), &dropped);
    struct reader in = reader_over(proof, NULL);
    now.item_count = now.said_items = read_compact_u32(&in);
    for (uint32_t i = 0; i < now.item_count; i++)
        now.items[i] = read_bytes(&in, UINT32_MAX);
    return dropped ? SAME_OR_REFUSE : SAME;
}

/* --- headers --- */

static uint32_t digest_at(struct bytes header) {
    struct reader in = reader_over(header, NULL);
    read_raw(&in, 32);
    read_compact_u32(&in);
    read_raw(&in, 64);
    return (uint32_t)(in.at - header.at);
}

enum { MOST_DIGESTS = 16, SEAL = 5, PRE_RUNTIME = 6 };
struct digests {
    struct bytes items[MOST_DIGESTS];
    uint32_t count;
};

static struct digests digests_of(struct bytes header) {
    struct digests out = {.count = 0};
    uint32_t at = digest_at(header);
    struct reader in = reader_over((struct bytes){header.at + at, header.len - at}, NULL);
    out.count = read_compact_u32(&in);
    assert_true(out.count + 2 <= MOST_DIGESTS);
    for (uint32_t i = 0; i < out.count; i++) {
        const uint8_t *from = in.at;
        uint8_t tag = read_u8(&in);
        if (tag != 8) {
            if (tag)
                read_raw(&in, 4);
            read_bytes(&in, UINT32_MAX);
        }
        out.items[i] = (struct bytes){from, (uint32_t)(in.at - from)};
    }
    assert_true(reader_done(&in));
    return out;
}

static struct bytes with_digests(struct bytes header, const struct digests *all) {
    uint8_t buffer[4096];
    struct writer out = writer_over(buffer, sizeof buffer);
    write_raw(&out, header.at, digest_at(header));
    write_compact_u32(&out, all->count);
    for (uint32_t i = 0; i < all->count; i++)
        write_slice(&out, all->items[i]);
    assert_false(out.overflow);
    return (struct bytes){copy(writer_bytes(&out), 0), writer_len(&out)};
}

static struct bytes unsealed(struct bytes header) {
    struct digests all = digests_of(header);
    all.count--; /* the seal is the last */
    return with_digests(header, &all);
}

static struct bytes resealed(struct bytes header) { return seal_header(header); }

/* Whoever seals it: the header is not what the block makes. */
static enum verdict alter_sealed_header(uint64_t *seed, struct body *body) {
    struct bytes bare = unsealed(body->header);
    uint8_t *at = chain_edit_bytes(bare);
    uint32_t number_size = digest_at(bare) - 96;
    struct digests all = digests_of(bare);
    static const uint8_t extra[][8] = {{0, 4, 1}, {4, 'a', 'u', 'r', 'a', 0}, {8}};
    static const uint8_t extra_len[] = {3, 6, 1};
    uint32_t pick = random_below(seed, 8);
    switch (pick) {
    case 0:
        at[random_below(seed, 32)] ^= 1;
        break;
    case 1: /* not where the mode of the number's compact form is */
        at[32] ^= (uint8_t)(4u << random_below(seed, 6));
        break;
    case 2:
        at[32 + number_size + random_below(seed, 64)] ^= (uint8_t)(1u << random_below(seed, 8));
        break;
    case 3:
    case 4:
        pick = random_below(seed, 3);
        all.items[all.count++] = (struct bytes){extra[pick], extra_len[pick]};
        break;
    case 5: /* an item that the runtime made is missing: not one of the pre-runtime ones */
        if (all.items[all.count - 1].at[0] == PRE_RUNTIME)
            all.items[0] = all.items[all.count - 1];
        all.count--;
        break;
    case 6: /* another slot */
        for (uint32_t i = 0; i < all.count; i++)
            if (memcmp(all.items[i].at, "\6aura", 5) == 0)
                chain_edit_bytes(all.items[i])[6 + random_below(seed, 8)] ^= 1;
        break;
    default: /* at the wrong place of a bundle, or on a core that is not to be had */
        for (uint32_t i = 0; i < all.count; i++)
            if (memcmp(all.items[i].at, "\6CMLS\14\2", 7) == 0)
                chain_edit_bytes(all.items[i])[7 + random_below(seed, 2)] ^= 1;
            else if (memcmp(all.items[i].at, "\6CMLS\20\1", 7) == 0 && random_chance(seed, 50))
                chain_edit_bytes(all.items[i])[8] = 200;
        if (memcmp(all.items[0].at, "\6CMLS", 5) != 0)
            all.items[all.count++] = (struct bytes){extra[0], extra_len[0]};
        break;
    }
    body->header = resealed(with_digests(bare, &all));
    return MUST_REFUSE;
}

static struct bytes seal_by(const char *suri, struct bytes header) {
    uint8_t secret[64], key[32], hash[32], item[71] = {5, 'a', 'u', 'r', 'a', 1, 1};
    assert_true(shim_sr25519_pair(secret, key, (struct bytes){(const uint8_t *)suri, (uint32_t)strlen(suri)}));
    shim_blake2(hash, 32, header);
    shim_sr25519_sign(item + 7, secret, key, (struct bytes){hash, 32});
    return (struct bytes){copy((struct bytes){item, sizeof item}, 0), sizeof item};
}

static enum verdict alter_seal(uint64_t *seed, struct body *body) {
    struct digests all = digests_of(body->header);
    struct bytes *seal = &all.items[all.count - 1], bare = unsealed(body->header);
    switch (random_below(seed, 8)) {
    case 0: /* none */
        all.count--;
        break;
    case 1: /* two */
        all.items[all.count++] = *seal;
        break;
    case 2:
        *seal = seal_by("//Nobody", bare);
        break;
    case 3: /* over something else */
        *seal = seal_by("//Alice", *seal);
        break;
    case 4: /* of another engine */
        *seal = (struct bytes){copy(*seal, 0), seal->len};
        chain_edit_bytes(*seal)[1] = 'b';
        break;
    case 5: /* one byte less */
        *seal = (struct bytes){copy(*seal, 0), seal->len - 1};
        chain_edit_bytes(*seal)[5] = (63 << 2 & 0xff) | 0;
        memmove(chain_edit_bytes(*seal) + 6, seal->at + 7, 63);
        seal->len = 5 + 1 + 63;
        break;
    case 6:
        all.items[all.count++] = seal_by("//Bob", bare);
        break;
    default:
        *seal = flipped(seed, *seal);
        break;
    }
    body->header = with_digests(body->header, &all);
    return MUST_REFUSE;
}

/* --- bodies --- */

static enum verdict alter_body(uint64_t *seed, struct body *body) {
    uint32_t i = random_below(seed, body->count), j = random_below(seed, body->count);
    struct bytes *list = body->extrinsics, taken = list[i];
    switch (random_below(seed, 9)) {
    case 0:
        memmove(list + i, list + i + 1, (--body->count - i) * sizeof *list);
        body->said--;
        break;
    case 1:
        memmove(list + j + 1, list + j, (body->count++ - j) * sizeof *list);
        list[j] = taken;
        body->said++;
        break;
    case 2:
        list[i] = list[j];
        list[j] = taken;
        return same(list[i], taken) ? SAME : MUST_REFUSE;
    case 3:
        list[i] = shorter(seed, taken);
        break;
    case 4:
        list[i] = longer(seed, taken);
        break;
    case 5:
        body->said = wrong_count(seed, body->said);
        break;
    case 6:
        body->count = body->said = 0;
        break;
    case 7: /* one of another block, or an empty one */
        list[i] = random_chance(seed, 50) ? TEXT("\0") : other.blocks[0].extrinsics[random_below(seed, other.blocks[0].count)];
        return same(list[i], taken) ? SAME : MUST_REFUSE;
    default:
        list[i] = flipped(seed, taken);
        break;
    }
    return MUST_REFUSE;
}

/* --- parameters and block data --- */

static enum verdict alter_params(uint64_t *seed) {
    switch (random_below(seed, 7)) {
    case 0:
        now.parent_head = flipped(seed, now.parent_head);
        break;
    case 1:
        now.parent_head = shorter(seed, now.parent_head);
        break;
    case 2:
        now.parent_head = longer(seed, now.parent_head);
        break;
    case 3:
        now.relay_number += random_chance(seed, 50) ? 1 : (uint32_t)next_random(seed) | 1;
        break;
    case 4:
        now.relay_root.at[random_below(seed, 32)] ^= (uint8_t)(1u << random_below(seed, 8));
        break;
    case 5:
        now.tail = longer(seed, TEXT(""));
        break;
    default: { /* an extension of version 3, which this chain does not speak; or something like it */
        uint8_t *at = copy((struct bytes){NULL, 0}, 66);
        memset(at, 7, 66);
        at[0] = random_chance(seed, 70) ? 3 : (uint8_t)random_below(seed, 256);
        now.tail = (struct bytes){at, 64 + random_below(seed, 3)};
        break;
    }
    }
    return MUST_REFUSE;
}

static enum verdict alter_blocks(uint64_t *seed) {
    uint32_t i = random_below(seed, now.count);
    struct body taken = now.blocks[i];
    switch (random_below(seed, 6)) {
    case 0: { /* the other form of a single block is as good */
        if (now.count > 1)
            break;
        now.format = now.format == POV_V0 ? POV_V1 : POV_V0;
        return SAME;
    }
    case 1:
        now.format = POV_V1;
        now.version = (uint8_t)(2 + random_below(seed, 254));
        return MUST_REFUSE;
    case 2:
        now.format = POV_V1;
        now.version = 0;
        return MUST_REFUSE;
    case 3:
        now.format = POV_V1;
        now.said_blocks = wrong_count(seed, now.said_blocks);
        return MUST_REFUSE;
    case 4: /* dropped */
        now.format = POV_V1;
        memmove(now.blocks + i, now.blocks + i + 1, (--now.count - i) * sizeof taken);
        now.said_blocks--;
        return MUST_REFUSE;
    default:
        break;
    }
    /* Once more, at the end. */
    now.format = POV_V1;
    if (now.count == COUNT_OF(now.blocks))
        now.count--;
    now.blocks[now.count++] = taken;
    now.said_blocks = now.count;
    return MUST_REFUSE;
}

/* --- bytes, whatever they mean --- */

static enum verdict alter_bytes(uint64_t *seed, struct bytes *params) {
    uint8_t *at = bytes_out;
    uint32_t len = params->len, from = random_below(seed, len), to = random_below(seed, len), n = 1 + random_below(seed, 8);
    switch (random_below(seed, 5)) {
    case 0:
        params->len = from;
        return MUST_REFUSE;
    case 1:
        for (uint32_t i = 0; i < 300 && i < len; i++)
            at[i] = (uint8_t)(next_random(seed) >> 11);
        params->len = random_below(seed, 301) % (len + 1);
        return MUST_REFUSE;
    case 2: /* some bytes again at another place */
        n = min_u32(n, len - (from > to ? from : to));
        if (memcmp(at + from, at + to, n) == 0)
            return SAME;
        memmove(at + to, at + from, n);
        return MUST_REFUSE;
    default:
        at[from] ^= (uint8_t)(1u << random_below(seed, 8));
        return MUST_REFUSE;
    }
}

void alter(uint64_t *seed, struct altered *out) {
    now = original;
    scratch_used = 0;
    struct body *body = &now.blocks[random_below(seed, now.count)];
    struct bytes data;
    switch (random_below(seed, 16)) {
    case 0:
    case 1:
    case 2:
        out->what = "proof";
        out->verdict = alter_items(seed);
        break;
    case 3:
    case 4:
        out->what = "completeness";
        out->verdict = alter_completeness(seed);
        break;
    case 5:
        out->what = "header";
        out->verdict = MUST_REFUSE;
        body->header = flipped(seed, body->header);
        break;
    case 6:
    case 7:
        out->what = "sealed header";
        out->verdict = alter_sealed_header(seed, body);
        break;
    case 8:
        out->what = "seal";
        out->verdict = alter_seal(seed, body);
        break;
    case 9:
    case 10:
        out->what = "body";
        out->verdict = alter_body(seed, body);
        break;
    case 11:
        out->what = "parameters";
        out->verdict = alter_params(seed);
        break;
    case 12:
        out->what = "blocks";
        out->verdict = alter_blocks(seed);
        break;
    case 13:
        out->what = "behind the block data";
        data = longer(seed, block_data());
        out->params = params_over(data);
        out->verdict = SAME;
        return;
    case 14:
        out->what = "block data cut";
        data = shorter(seed, block_data());
        out->params = params_over(data);
        out->verdict = MUST_REFUSE;
        return;
    default:
        out->what = "bytes";
        out->params = params_over(block_data());
        out->verdict = alter_bytes(seed, &out->params);
        return;
    }
    out->params = params_over(block_data());
}
