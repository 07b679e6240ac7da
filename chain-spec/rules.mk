# Chain specifications and the presets in the blob. Included by the top Makefile.

GEN += $(B)/gen/presets.h
$(B)/gen/presets.h: chain-spec/presets.sh $(wildcard chain-spec/presets/*.json)
	@mkdir -p $(@D)
	@chain-spec/presets.sh > $@.tmp && mv $@.tmp $@

$(B)/mkspec: $(B)/native/chain-spec/mkspec.o $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@

SPEC_DIR := $(B)/chain-spec
.PHONY: chain-spec
chain-spec: setup-build ## plain and raw specifications of both presets in build/chain-spec
	@$(MAKE) --no-print-directory $(SPEC_DIR)/roots.txt
	@cat $(SPEC_DIR)/roots.txt
$(SPEC_DIR)/roots.txt: $(B)/mkspec $(B)/nalar.compact.compressed.wasm chain-spec/chopsticks.yml
	@mkdir -p $(@D)
	@$(B)/mkspec $(B)/nalar.compact.compressed.wasm $(@D) > $@.tmp
	@sed 's|FOLDER|$(abspath $(@D))|' chain-spec/chopsticks.yml > $(@D)/chopsticks.yml
	@mv $@.tmp $@
