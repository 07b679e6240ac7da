/* runs.h - how many fields of a struct are flat from the first one on, so that the codec copies them at once. */
#ifndef NALAR_METADATA_RUNS_H
#define NALAR_METADATA_RUNS_H

#include "metadata/buffer.h"

/* build/gen/runs.h: `#define <type>_RUN , fields, bytes` for each struct, call or event that begins with a flat field. */
struct buffer runs_header(void);

#endif
