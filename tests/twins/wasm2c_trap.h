/* wasm2c_trap.h - put before wasm2c's runtime: its traps go to wasm2c_host.c. */
#ifndef NALAR_WASM2C_TRAP_H
#define NALAR_WASM2C_TRAP_H
#include <wasm-rt.h>
void wasm2c_trapped(wasm_rt_trap_t code);
#endif
