# libFuzzer targets, with clang's address and undefined sanitizers. Included by the top Makefile.
#   make fuzz TARGET=pov     until something is found or it is stopped; what it learns stays in build/fuzz/learnt-pov
#   make test-fuzz           each target for FUZZ_SECONDS, all at once, from the committed corpus
FUZZ_TARGETS := compact pov market
FUZZ_SECONDS ?= 300
TARGET ?= pov
FUZZ_CFLAGS := -O1 -g -fno-strict-aliasing -DNATIVE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_FLAGS := -rss_limit_mb=2048 -timeout=600 -max_len=40000 -print_final_stats=1 -artifact_prefix=$(B)/fuzz/

$(B)/fuzz/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@$(HOST_CLANG) $(CSTD) $(FUZZ_CFLAGS) -c $< -o $@
# Signatures are the target's own matter.
$(B)/fuzz/host-shim/host_crypto.o: FUZZ_CFLAGS += -Dhost_sr25519_verify=shim_real_sr25519_verify
$(B)/fuzz/libnalar.a: $(patsubst %.c,$(B)/fuzz/%.o,$(RUNTIME_SRCS) $(SHIM_SRCS))
	@rm -f $@ && ar rcs $@ $^
$(B)/fuzz/fuzz_%: $(B)/fuzz/tests/fuzz/fuzz_%.o $(B)/fuzz/libnalar.a
	@$(HOST_CLANG) -fsanitize=fuzzer,address,undefined $(filter %.o,$^) $(filter %.a,$^) $(NATIVE_LIBS) -o $@
# The market that is under way is the world of tests/sim.
$(B)/fuzz/tests/%.o: FUZZ_CFLAGS += -Itests/unit -Itests/sim
$(B)/fuzz/fuzz_market: $(patsubst %.c,$(B)/fuzz/%.o,$(filter-out tests/sim/main.c,$(wildcard tests/sim/*.c)) tests/unit/try_state.c)

.PHONY: fuzz test-fuzz fuzz-corpus
fuzz: setup-test ## fuzzes TARGET=pov, compact or market until stopped
	@$(MAKE) --no-print-directory $(B)/fuzz/fuzz_$(TARGET)
	@mkdir -p $(B)/fuzz/learnt-$(TARGET)
	@$(B)/fuzz/fuzz_$(TARGET) $(FUZZ_FLAGS) $(B)/fuzz/learnt-$(TARGET) tests/fuzz/corpus/$(TARGET)

test-fuzz: setup-test ## each fuzz target for FUZZ_SECONDS: no findings
	@$(MAKE) --no-print-directory $(foreach t,$(FUZZ_TARGETS),$(B)/fuzz/fuzz_$(t))
	@tests/fuzz/run $(B)/fuzz $(FUZZ_SECONDS) '$(FUZZ_FLAGS)' $(FUZZ_TARGETS)

fuzz-corpus: setup-test ## writes tests/fuzz/corpus/pov and market anew: proofs of validity of the chain as it is, real calls
	@$(MAKE) --no-print-directory $(B)/validation/validation $(B)/fuzz/fuzz_market
	@mkdir -p tests/fuzz/corpus/market && rm -f tests/fuzz/corpus/market/*
	@MARKET_CORPUS=tests/fuzz/corpus/market $(B)/fuzz/fuzz_market
	@rm -f tests/fuzz/corpus/pov/*
	@SEED=1 BLOCKS=200 TESTS=random_blocks CORPUS=tests/fuzz/corpus/pov $(B)/validation/validation >$(B)/validation/corpus.log || { tail $(B)/validation/corpus.log; exit 1; }
	@du -cb tests/fuzz/corpus/pov/* | tail -1

-include $(shell find $(B)/fuzz -name '*.d' 2>/dev/null)
