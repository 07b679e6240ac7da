# Chain specifications and the presets in the blob. Included by the top Makefile.

GEN += $(B)/gen/presets.h
$(B)/gen/presets.h: chain-spec/presets.sh $(wildcard chain-spec/presets/*.json)
	@mkdir -p $(@D)
	@chain-spec/presets.sh > $@.tmp && mv $@.tmp $@

$(B)/mkspec: $(B)/native/chain-spec/mkspec.o $(B)/native/chain-spec/specfile.o $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@

SPEC_DIR := $(B)/chain-spec
.PHONY: chain-spec
chain-spec: setup-build ## plain and raw specifications of both presets in build/chain-spec
	@$(MAKE) --no-print-directory $(SPEC_DIR)/roots.txt
	@cat $(SPEC_DIR)/roots.txt
$(SPEC_DIR)/roots.txt: $(B)/mkspec $(B)/nalar.compact.compressed.wasm chain-spec/chopsticks.yml
	@mkdir -p $(@D)
	@$(B)/mkspec presets $(B)/nalar.compact.compressed.wasm $(@D) > $@.tmp
	@sed 's|FOLDER|$(abspath $(@D))|' chain-spec/chopsticks.yml > $(@D)/chopsticks.yml
	@mv $@.tmp $@

# What registration on a relay chain asks for, as hexadecimal without a line end. SPEC is one of the presets here, or the path of a
# plain or raw specification of this runtime.
SPEC ?= local_testnet
SPEC_FILE = $(if $(or $(wildcard $(SPEC)),$(findstring .json,$(SPEC))),$(SPEC),$(SPEC_DIR)/$(SPEC).raw.json)
.PHONY: genesis-head genesis-wasm raw-spec spec-files
spec-files: setup-build
	@$(MAKE) -s --no-print-directory $(SPEC_DIR)/roots.txt
genesis-head: spec-files ## the genesis header for registration, in build/chain-spec; SPEC=<preset or file>
	@$(B)/mkspec head $(SPEC_FILE) > $(SPEC_DIR)/genesis-head.tmp
	@mv $(SPEC_DIR)/genesis-head.tmp $(SPEC_DIR)/genesis-head
	@echo "$(SPEC_DIR)/genesis-head: $$(cat $(SPEC_DIR)/genesis-head)"
genesis-wasm: spec-files ## the validation code for registration, in build/chain-spec; SPEC=<preset or file>
	@$(B)/mkspec wasm $(SPEC_FILE) > $(SPEC_DIR)/genesis-wasm.tmp
	@mv $(SPEC_DIR)/genesis-wasm.tmp $(SPEC_DIR)/genesis-wasm
	@echo "$(SPEC_DIR)/genesis-wasm: $$((($$(wc -c < $(SPEC_DIR)/genesis-wasm) - 2) / 2)) bytes of code"
raw-spec: spec-files ## the raw form of a plain specification, next to it; SPEC=<file>.json
	@test -f '$(SPEC)' || { echo "make: raw-spec needs SPEC=<a plain specification>" >&2; exit 1; }
	@$(B)/mkspec raw $(SPEC) $(SPEC:.json=.raw.json)
	@echo "$(SPEC:.json=.raw.json)"
