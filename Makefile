# Nalar: every entry point. `make help` lists them. Fragments (rules.mk) sit beside what they build.
#   make run     a chain on this machine, and the main job played on it
#   make test    everything; each part also alone

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:
SHELL := /bin/bash
B := build

# --- compilers. wasi-sdk when WASI_SDK_PATH is set, else the first clang here that has a wasm linker of its version.
ifdef WASI_SDK_PATH
  CLANG := $(WASI_SDK_PATH)/bin/clang
  WASM_LD := $(WASI_SDK_PATH)/bin/wasm-ld
  WASM_RT = $(firstword $(wildcard $(WASI_SDK_PATH)/lib/clang/*/lib/*/libclang_rt.builtins-wasm32.a $(WASI_SDK_PATH)/lib/clang/*/lib/wasm32-unknown-wasi*/libclang_rt.builtins.a))
else
  CLANG_VERSION ?= $(firstword $(foreach v,14 15 16 17 18 19,$(if $(and $(shell command -v clang-$v),$(shell command -v wasm-ld-$v)),$v)))
  CLANG := clang-$(CLANG_VERSION)
  WASM_LD := wasm-ld-$(CLANG_VERSION)
  WASM_RT = $(firstword $(wildcard /usr/lib/llvm-$(CLANG_VERSION)/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a))
endif
CC := gcc
HOST_CLANG := $(CLANG)

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wcast-align -Wswitch-enum -Werror
INCLUDE := -Iruntime -Ipallets -Ihost-shim -I$(B)
CSTD := -std=c11 $(WARN) $(INCLUDE) -MMD -MP -ffile-prefix-map=$(CURDIR)=.
WASM_CFLAGS := --target=wasm32-unknown-unknown -mcpu=mvp -flto -ffreestanding -fno-builtin -fno-strict-aliasing -fno-unroll-loops -Wframe-larger-than=8192
# What every transfer runs is built for speed, the rest for size.
HOT := $(addprefix runtime/,core/arena.c core/bytes.c core/memory.c state/overlay.c pallet/storage.c)
WASM_OPT := wasm-opt
# Runs on a module without target_features (the linker stripped them), so it stays in the MVP; check-wasm looks again.
WASM_OPT_FLAGS := --mvp-features -Oz --converge --low-memory-unused --flatten --rereloop -Oz -Oz --flatten --local-cse --rereloop -Oz -Oz --strip-debug --strip-producers -ocimfs 0 -aimfs 6
WASM_LDFLAGS := --no-entry --import-memory --export=__heap_base --stack-first -z stack-size=524288 --gc-sections --strip-all --lto-O2 -mllvm -mattr=-sign-ext -mllvm -inline-threshold=-50 -mllvm -disable-lsr
NATIVE_CFLAGS := -O2 -g -fno-strict-aliasing -DNATIVE
NATIVE_LIBS := -lb2 -lxxhash -lsodium -lsecp256k1 -lzstd -ljansson -lm
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# --- sources
RUNTIME_SRCS := $(filter-out runtime/core/memory.c,$(wildcard $(addprefix runtime/,core/*.c scale/*.c state/*.c trie/*.c commit/*.c market/*.c pallet/*.c executive/*.c pvf/*.c api/*.c genesis/*.c))) $(wildcard pallets/*/*.c)
WASM_ONLY := runtime/core/memory.c runtime/host/host_wasm.c
TABLE_SRCS := $(wildcard pallets/*/tables.c) runtime/pallet/types.c runtime/api/api_types.c
SHIM_SRCS := $(filter-out host-shim/main.c host-shim/serve.c host-shim/json_state.c,$(wildcard host-shim/*.c))
GEN := $(B)/gen/prefixes.h $(B)/gen/runs.h $(B)/gen/metadata_digest.h

.PHONY: all help blob native test clean
all: blob native

-include runtime/metadata/rules.mk host-shim/rules.mk chain-spec/rules.mk $(wildcard tests/*/rules.mk)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 22 | sort

# --- the blob
WASM_OBJS := $(patsubst %.c,$(B)/wasm/%.o,$(RUNTIME_SRCS) $(WASM_ONLY))
$(B)/wasm/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@$(CLANG) $(CSTD) $(WASM_CFLAGS) $(if $(filter $(HOT),$<),-O2,-Oz) $(if $(filter %memory.c,$<),-fno-lto) -c $< -o $@
$(B)/nalar.wasm: $(WASM_OBJS) $(WASM_EXTRA_OBJS) | $(B)/pack_wasm $(B)/order_wasm
	@$(if $(WASM_RT),,echo "make: no libclang_rt.builtins-wasm32.a for $(CLANG): run .ci/setup build" >&2; exit 1)
	@$(WASM_LD) $(WASM_LDFLAGS) $(filter %.o,$^) $(WASM_RT) -o $@.linked
	@$(B)/pack_wasm $@.linked $@.tmp
	@$(WASM_OPT) $(WASM_OPT_FLAGS) $@.tmp -o $@.linked
	@$(B)/order_wasm $@.linked $@.tmp
	@rm $@.linked && mv $@.tmp $@
$(B)/pack_wasm: runtime/host/pack_wasm.c
$(B)/order_wasm: runtime/host/order_wasm.c runtime/host/order_alike.c
$(B)/pack_wasm $(B)/order_wasm: runtime/host/wasm_bytes.h runtime/host/order_wasm.h
	@mkdir -p $(@D)
	@$(CC) -std=c11 $(WARN) -Iruntime -O2 $(filter %.c,$^) -o $@

# --- the native twin
NATIVE_OBJS := $(patsubst %.c,$(B)/native/%.o,$(RUNTIME_SRCS) $(SHIM_SRCS))
$(B)/native/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@$(CC) $(CSTD) $(NATIVE_CFLAGS) -c $< -o $@
$(B)/libnalar.a: $(NATIVE_OBJS)
	@rm -f $@ && ar rcs $@ $^
native: setup-build ## the native twin: executes any exported function on a state file
	@$(MAKE) --no-print-directory $(B)/nalar-native

# --- unit tests: each tests/unit/<part>/test_<part>.c a program, by gcc and clang, with sanitizers. T=<part> for one.
T ?= *
UNIT_SRCS := $(wildcard tests/unit/$(T)/test_*.c)
UNIT_HELP := $(foreach f,$(wildcard tests/unit/*.c tests/unit/*/*.c),$(if $(filter test_%,$(notdir $f)),,$f))
define unit_rules
$(B)/unit-$(1)/%.o: %.c | $$(GEN)
	@mkdir -p $$(@D)
	@$(2) $$(CSTD) -Itests/unit -O1 -g -fno-strict-aliasing -DNATIVE $$(SANITIZE) $$(COVERAGE) -c $$< -o $$@
$(B)/unit-$(1)/libnalar.a: $(patsubst %.c,$(B)/unit-$(1)/%.o,$(RUNTIME_SRCS) $(SHIM_SRCS) $(UNIT_HELP))
	@rm -f $$@ && ar rcs $$@ $$^
$(B)/unit-$(1)/bin/%: $(B)/unit-$(1)/tests/unit/%.o $(B)/unit-$(1)/libnalar.a
	@mkdir -p $$(@D)
	@$(2) $$(SANITIZE) $$(COVERAGE) $$^ -lcmocka $$(NATIVE_LIBS) -o $$@
test-unit-$(1): $(patsubst tests/unit/%.c,$(B)/unit-$(1)/bin/%,$(UNIT_SRCS))
	@tests/unit/run 'unit ($(1))' $$^
endef
$(eval $(call unit_rules,gcc,$(CC)))
$(eval $(call unit_rules,clang,$(HOST_CLANG)))
.PHONY: test-unit test-unit-gcc test-unit-clang
test-unit: test-unit-gcc test-unit-clang ## unit tests; T=balances for one part

# --- everything. Each suite prints its counts; the last line adds them up.
SUITES := unit-gcc unit-clang checks vectors metadata host instrument twins frame bad-input budgets scale pvf validation sim fuzz clients node upgrade relay
test: ## all tests; ends with `N passed, N failed`
	@.ci/setup test
	@$(MAKE) --no-print-directory blob native chain-spec
	@tests/summary clear
	@for s in $(SUITES); do echo "== test-$$s"; tests/summary run $$s $(MAKE) --no-print-directory test-$$s RELAY=short; done
	@tests/summary

clean: ## removes what was built, not what was installed
	@rm -rf $(B)/wasm $(B)/native $(B)/meta $(B)/b $(B)/try-state $(B)/validation $(B)/sim $(B)/fuzz $(B)/relay $(B)/unit-* $(B)/gen $(B)/test-logs $(B)/*.wasm $(B)/*.a

-include $(shell find $(B)/wasm $(B)/native $(B)/meta $(B)/unit-gcc $(B)/unit-clang -name '*.d' 2>/dev/null)
