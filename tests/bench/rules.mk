# What runtime calls cost. Included by the top Makefile.
.PHONY: bench test-budgets test-instrument
bench: setup-test ## counts host calls, instructions and allocations of each call, writes docs/BENCH.md
	@$(MAKE) --no-print-directory blob
	@exec $(NALAR_JS) tests/bench/bench.mjs

test-budgets: setup-test ## fails when a call costs more than tests/bench/budgets.mjs allows
	@$(MAKE) --no-print-directory blob
	@exec $(NALAR_JS) tests/bench/bench.mjs --check

.PHONY: test-scale scale
test-scale: setup-test ## every call of the market and the hooks cost the same among few, 100 and 10,000 objects of each kind
	@$(MAKE) --no-print-directory blob
	@exec $(NALAR_JS) tests/bench/scale.mjs --short
scale: setup-test ## the same with a million objects of each kind too; some minutes, half a GB of memory
	@$(MAKE) --no-print-directory blob
	@exec $(NALAR_JS) tests/bench/scale.mjs

test-instrument: setup-test ## the instruction counter against a loop counted by hand and another tool
	@exec $(NALAR_JS) tests/bench/instrument-test.mjs

# The blob with its functions' names, to see where instructions go. PROFILE= names rows of the table.
.PHONY: profile
$(B)/nalar.named.wasm: $(B)/nalar.wasm
	@$(WASM_LD) $(filter-out --strip-all,$(WASM_LDFLAGS)) $(WASM_OBJS) $(WASM_EXTRA_OBJS) $(WASM_RT) -o $@.tmp
	@$(WASM_OPT) $(filter-out --strip-debug,$(WASM_OPT_FLAGS)) --strip-dwarf -g $@.tmp -o $@
profile: setup-test ## functions by executed instructions, for each call with a budget
	@$(MAKE) --no-print-directory blob $(B)/nalar.named.wasm
	@exec $(NALAR_JS) tests/bench/profile.mjs $(B)/nalar.named.wasm $(PROFILE)
