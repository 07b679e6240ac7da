# Known answers: `make test-vectors [DIR=folder]`. Without DIR the repo's own copies and, where it lies beside the
# repo, the shared collection.
VECTOR_OBJS := $(patsubst %.c,$(B)/native/%.o,$(wildcard tests/vectors/*.c) tests/unit/trie/prover.c)
$(VECTOR_OBJS): NATIVE_CFLAGS += -Itests/unit

$(B)/run-vectors: $(VECTOR_OBJS) $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@

.PHONY: test-vectors
test-vectors: $(B)/run-vectors ## known-answer files in DIR, by default the repo's copies
	@$(B)/run-vectors $(or $(DIR),tests/vectors/data $(wildcard ../shared/vectors))
