# Known answers: `make test-vectors [DIR=folder]`. Without DIR the repo's own copies and, where it lies beside the
# repo, the shared collection, and the genesis states of live chains, where the relay chain's node is; the market's formulas
# on FORMULA_CASES (50,000) random cases each, which SEED=n repeats.
VECTOR_OBJS := $(patsubst %.c,$(B)/native/%.o,$(wildcard tests/vectors/*.c) tests/unit/trie/prover.c)
$(VECTOR_OBJS): NATIVE_CFLAGS += -Itests/unit

$(B)/run-vectors: $(VECTOR_OBJS) $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@

.PHONY: test-vectors
test-vectors: $(B)/run-vectors ## known-answer files in DIR, by default all that is here
	@if [[ '$(DIR)' ]]; then exec $(B)/run-vectors $(DIR); fi; set -o pipefail; \
	    made=$$(tests/vectors/genesis $(B)/vectors) && python3 -B tests/vectors/market/cases.py check tests/vectors/market/market.tsv && \
	    SEED=$(SEED) FORMULA_CASES=$(FORMULA_CASES) python3 -B tests/vectors/market/cases.py stream | \
	    $(B)/run-vectors tests/vectors/data $(wildcard ../shared/vectors) $$made tests/vectors/market -
