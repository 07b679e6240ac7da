# Metadata read by the libraries wallets use, the digest against its oracle, layouts on wasm32, and the blob check itself.
$(B)/wasm/tests/metadata/layout_probe.o: CSTD += -Itests/unit
$(B)/layout.wasm: $(patsubst %.c,$(B)/wasm/%.o,$(RUNTIME_SRCS) $(WASM_ONLY)) $(B)/wasm/tests/metadata/layout_probe.o
	@$(WASM_LD) $(filter-out --strip-all,$(WASM_LDFLAGS)) $(filter %.o,$^) $(WASM_RT) -o $@

.PHONY: test-metadata
test-metadata: setup-test $(META_SCALE) $(B)/layout.wasm ## metadata against polkadot.js, PAPI, dedot; digest; blob check
	@$(MAKE) --no-print-directory blob
	@exec $(NALAR_JS) tests/metadata/metadata-test.mjs
