# What is made from the declarations: generated headers, the committed interface and pallet page; and the blob's last steps.
META_SRCS := $(addprefix runtime/metadata/,buffer.c graph.c names.c model.c encode.c join.c blake3.c digest.c text.c \
	interface.c page.c prefixes.c runs.c layout.c hooks.c mkmetadata.c) \
	runtime/scale/scale.c runtime/scale/codec.c runtime/core/arena.c $(TABLE_SRCS)
META_OBJS := $(patsubst %.c,$(B)/meta/%.o,$(META_SRCS))
META_GEN := $(addprefix $(B)/gen/,prefixes.h runs.h metadata_bytes.h metadata_digest.h runtime_version.h)
META_TEXT := $(addprefix $(B)/gen/,interface.txt PALLETS.md)
META_SCALE := $(foreach v,14 15 16,$(B)/gen/metadata_v$v.scale)
GEN += $(META_GEN)

$(B)/meta/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(CSTD) -O1 -g -DWITH_NAMES -DNATIVE -c $< -o $@
$(B)/mkmetadata: $(META_OBJS)
	@$(CC) $^ -lb2 -lxxhash -o $@

# mkmetadata rewrites only what changes, so the headers keep their age while the stamp moves.
$(B)/gen/stamp: $(B)/mkmetadata
	@mkdir -p $(@D)
	@$(B)/mkmetadata $(B)/gen
	@touch $@
$(META_GEN) $(META_TEXT) $(META_SCALE): $(B)/gen/stamp ;

.PHONY: golden check-golden
golden: $(META_TEXT) ## takes over a changed interface: tests/golden/interface.txt and docs/PALLETS.md
	@mkdir -p tests/golden docs
	@cp $(B)/gen/interface.txt tests/golden/interface.txt
	@cp $(B)/gen/PALLETS.md docs/PALLETS.md
check-golden: $(META_TEXT) ## fails when the interface is not the committed one
	@diff -u tests/golden/interface.txt $(B)/gen/interface.txt || \
		{ echo "check-golden: the interface changed; see the versions in runtime/config.h, then make golden" >&2; exit 1; }
	@diff -u docs/PALLETS.md $(B)/gen/PALLETS.md || { echo "check-golden: docs/PALLETS.md is old; make golden" >&2; exit 1; }

# --- the blob's last steps: the check of the module, and the form that chains store.
$(B)/check-wasm: $(B)/meta/runtime/metadata/check_wasm.o $(B)/meta/runtime/metadata/check_code.o
	@$(CC) $^ -lb2 -o $@
$(B)/mkblob: $(B)/meta/runtime/metadata/mkblob.o
	@$(CC) $^ -lb2 -lzstd -o $@
$(B)/nalar.compact.compressed.wasm: $(B)/nalar.wasm $(B)/check-wasm $(B)/mkblob runtime/host/imports.txt
	@$(B)/check-wasm runtime/host/imports.txt $(B)/nalar.wasm
	@$(B)/mkblob $(B)/nalar.wasm $@
# A make of its own, so that it sees the compilers that the set-up has just installed.
blob: setup-build ## the runtime blob, checked, and its compressed form
	@$(MAKE) --no-print-directory $(B)/nalar.compact.compressed.wasm

.PHONY: check-wasm
check-wasm: $(B)/nalar.compact.compressed.wasm ## the blob's form again; its sizes are budgets of tests/bench
	@$(B)/check-wasm runtime/host/imports.txt $(B)/nalar.wasm
