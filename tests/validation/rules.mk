# The validators' side: random blocks and altered proofs of validity, natively under sanitizers and in the blob. Included by
# the top Makefile.
#   make test-validation [SEED=n] [BLOCKS=300] [ALTERATIONS=3000]
VALIDATION_OBJS := $(patsubst %.c,$(B)/unit-clang/%.o,$(wildcard tests/validation/*.c))
$(B)/unit-clang/tests/validation/%.o: tests/validation/%.c | $(GEN)
	@mkdir -p $(@D)
	@$(HOST_CLANG) $(CSTD) -Itests/unit -Itests/validation -O1 -g -fno-strict-aliasing -DNATIVE $(SANITIZE) -c $< -o $@
$(B)/validation/validation: $(VALIDATION_OBJS) $(B)/unit-clang/libnalar.a
	@mkdir -p $(@D)
	@$(HOST_CLANG) $(SANITIZE) $^ -lcmocka $(NATIVE_LIBS) -o $@

.PHONY: test-validation
test-validation: setup-test ## author, importer and validator agree; altered proofs are refused; SEED=, BLOCKS=, ALTERATIONS=
	@$(MAKE) --no-print-directory blob $(B)/validation/validation
	@BLOB=$(B)/nalar.wasm SEED='$(SEED)' BLOCKS='$(BLOCKS)' ALTERATIONS='$(ALTERATIONS)' exec $(NALAR_JS) tests/validation/validation.mjs $(B)/validation/validation $(B)/validation/povs.bin
