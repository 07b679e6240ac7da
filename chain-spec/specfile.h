/* specfile.h - a chain specification as text: finds what a tool needs in it and leaves everything else as it was
 * written, numbers of any size included. Objects, strings and brackets are followed exactly; the spelling of other
 * values is left to the reader of the result. */
#ifndef NALAR_CHAIN_SPEC_SPECFILE_H
#define NALAR_CHAIN_SPEC_SPECFILE_H

#include "core/platform.h"

/* Ends the program: "mkspec: <what> <file>[: reason]", the reason that of the operating system when errno is set. */
NORETURN void spec_quit(const char *what, const char *file);
/* The whole file, in memory that is never freed. */
struct bytes spec_read_file(const char *path);

/* Members of an object, one after another, from its text. Each is a name without its quotes and the value's text. */
struct spec_members {
    const uint8_t *at, *end;
    bool first, broken; /* broken: what was read so far is no JSON object */
};
struct spec_members spec_members_of(struct bytes object);
MUST_USE bool spec_next_member(struct spec_members *in, struct bytes *name, struct bytes *value);
/* The value of the member with this name; false when there is none, or the text is no object. */
MUST_USE bool spec_member(struct bytes object, const char *name, struct bytes *value);
/* Whether nothing but one well-bracketed object is in the text. */
MUST_USE bool spec_is_object(struct bytes text);

/* The bytes of 0x-hexadecimal, in memory that is never freed; `text` is the inside of a string. */
MUST_USE bool spec_unhex(struct bytes text, struct bytes *out);
/* The inside of a string's text; false when the value is no string. */
MUST_USE bool spec_string(struct bytes value, struct bytes *out);

#endif
