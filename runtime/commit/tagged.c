/* tagged.c - see tagged.h. */
#include "commit/tagged.h"

#include "host/host.h"

struct writer tagged_begin(uint8_t *buffer, size_t size, const char *tag, size_t tag_len) {
    struct writer out = writer_over(buffer, size);
    write_u8(&out, (uint8_t)tag_len);
    write_raw(&out, (const uint8_t *)tag, (uint32_t)tag_len);
    return out;
}

void tagged_finish(uint8_t out[static 32], const struct writer *preimage) {
    ASSERT(!preimage->overflow);
    host_blake2_256(out, writer_bytes(preimage));
}
