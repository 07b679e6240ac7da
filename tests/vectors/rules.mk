# Known answers: `make test-vectors [DIR=folder]`. Without DIR the repo's own copies and, where it lies beside the
# repo, the shared collection, and the genesis states of live chains, where the relay chain's node is.
VECTOR_OBJS := $(patsubst %.c,$(B)/native/%.o,$(wildcard tests/vectors/*.c) tests/unit/trie/prover.c)
$(VECTOR_OBJS): NATIVE_CFLAGS += -Itests/unit

$(B)/run-vectors: $(VECTOR_OBJS) $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@

.PHONY: test-vectors
test-vectors: $(B)/run-vectors ## known-answer files in DIR, by default all that is here
	@made='$(DIR)'; [[ $$made ]] || made="tests/vectors/data $(wildcard ../shared/vectors) $$(tests/vectors/genesis $(B)/vectors)" || exit 1; \
	    $(B)/run-vectors $$made
