# Random blocks through the native twin, the blob in V8, and the blob as C by wasm2c. Included by the top Makefile.
#   make test-twins [SEED=n] [BLOCKS=200]
W2C := $(B)/wasm2c
W2C_RUNTIME ?= $(firstword $(wildcard /usr/share/wabt/wasm2c /usr/local/share/wabt/wasm2c))
# The code that wasm2c writes is not held to our warnings.
W2C_CHECKS := -DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0 -DWASM_RT_MAX_CALL_STACK_DEPTH=100000
W2C_CFLAGS := -std=gnu11 -O1 -w -I$(W2C) $(W2C_CHECKS) -DWASM_RT_TRAP_HANDLER=wasm2c_trapped

.PHONY: test-twins wasm2c-twin
test-twins: setup-test ## random blocks give the same on the native twin and in the blob; SEED=, BLOCKS=
	@$(MAKE) --no-print-directory blob native wasm2c-twin
	@SEED='$(SEED)' BLOCKS='$(BLOCKS)' exec $(NALAR_JS) tests/twins/twins.mjs

# The same calls on a FRAME parachain; only where the project's tools are (../shared/tools).
.PHONY: test-frame
test-frame: setup-test ## random calls of System, Balances, Session, CollatorSelection, Utility and Sudo give what FRAME gives; SEED=, BLOCKS=
	@$(MAKE) --no-print-directory blob
	@SEED='$(SEED)' BLOCKS='$(BLOCKS)' exec $(NALAR_JS) tests/twins/frame.mjs

wasm2c-twin: $(if $(and $(shell command -v wasm2c),$(W2C_RUNTIME)),$(B)/nalar-wasm2c)

$(W2C)/nalar_wasm2c.c: $(B)/nalar.wasm
	@mkdir -p $(W2C)
	@wasm2c -n nalar $< -o $@
	@sed -nE 's/^u64 Z_nalarZ_([A-Za-z0-9_]+)\(Z_nalar_instance_t\*, u32, u32\);$$/EXPORT(\1)/p' $(W2C)/nalar_wasm2c.h >$(W2C)/nalar_wasm2c_exports.inc
$(W2C)/nalar_wasm2c.o: $(W2C)/nalar_wasm2c.c
	@$(CC) $(W2C_CFLAGS) -c $< -o $@
$(W2C)/wasm-rt-impl.o: $(W2C_RUNTIME)/wasm-rt-impl.c
	@mkdir -p $(W2C)
	@$(CC) $(W2C_CFLAGS) -include tests/twins/wasm2c_trap.h -I$(W2C_RUNTIME) -c $< -o $@
$(W2C)/wasm2c_host.o: tests/twins/wasm2c_host.c $(W2C)/nalar_wasm2c.c
	@$(CC) $(CSTD) $(NATIVE_CFLAGS) -isystem $(W2C) $(W2C_CHECKS) -c $< -o $@
$(B)/nalar-wasm2c: $(W2C)/wasm2c_host.o $(W2C)/nalar_wasm2c.o $(W2C)/wasm-rt-impl.o $(patsubst %.c,$(B)/native/%.o,host-shim/serve.c host-shim/json_state.c) $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@
