/* parachain_info.c - see parachain_info.h. */
#include "parachain_info/parachain_info.h"

uint32_t parachain_info_id(void) {
    para_id id;
    parachain_info_ParachainId_get(&id);
    return id;
}

void parachain_info_genesis(uint32_t id) { parachain_info_ParachainId_put(&id); }
