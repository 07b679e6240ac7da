# A runtime upgrade, end to end. Blob B is this runtime with a higher spec version, two changed layouts and their migrations
# (tests/upgrade/overlay, clock_layout.c); it has a build folder of its own, $(B)/b. Included by the top Makefile.
B_FOLDER := $(B)/b
# The product's code leaves the fields that are new in B at zero.
B_MAKE = $(MAKE) --no-print-directory B=$(B_FOLDER) WARN='$(WARN) -Wno-missing-field-initializers' \
	INCLUDE='-I$(B_FOLDER)/overlay $(patsubst -I$(B),-I$(B_FOLDER),$(INCLUDE))' \
	WASM_EXTRA_OBJS='$(B_FOLDER)/wasm/tests/upgrade/clock_layout.o' \
	UPGRADE_EXTRA_OBJS='$(B_FOLDER)/native/tests/upgrade/clock_layout.o'

.PHONY: blob-b test-upgrade
$(B_FOLDER)/overlay/stamp: tests/upgrade/overlay tests/upgrade/migrations.def runtime/config.h pallets/clock/clock.def \
		runtime/executive/migrations.def
	@tests/upgrade/overlay $(@D) && touch $@
blob-b: setup-build $(B_FOLDER)/overlay/stamp ## blob B, which upgrades the blob: a higher version and two migrations
	@$(B_MAKE) $(B_FOLDER)/nalar.compact.compressed.wasm
	@cp $(B_FOLDER)/nalar.wasm $(B)/nalar-b.wasm
	@cp $(B_FOLDER)/nalar.compact.compressed.wasm $(B)/nalar-b.compact.compressed.wasm

# The invariants of a whole state (tests/unit/try_state.h) as a program; blob B's code has one of its own.
TRY_STATE_OBJS := $(patsubst %.c,$(B)/native/%.o,tests/upgrade/try_state_main.c tests/unit/try_state.c host-shim/json_state.c)
$(TRY_STATE_OBJS): CSTD += -Itests/unit
$(B)/try-state: $(TRY_STATE_OBJS) $(UPGRADE_EXTRA_OBJS) $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@
.PHONY: try-state
try-state: setup-build $(B_FOLDER)/overlay/stamp ## build/try-state, which checks the invariants of a state: UPGRADES.md
	@$(MAKE) --no-print-directory $(B)/try-state
	@$(B_MAKE) $(B_FOLDER)/try-state

test-upgrade: setup-test ## the blob upgraded to blob B: in Chopsticks, on the real collator, under the validators' check
	@$(MAKE) --no-print-directory blob chain-spec blob-b try-state
	@exec $(NALAR_JS) tests/upgrade/upgrade.mjs
