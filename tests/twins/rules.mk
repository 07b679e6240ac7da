# Random blocks through the native twin and through the blob. Included by the top Makefile.
#   make test-twins [SEED=n] [BLOCKS=200]
.PHONY: test-twins
test-twins: setup-test ## random blocks give the same on the native twin and in the blob; SEED=, BLOCKS=
	@$(MAKE) --no-print-directory blob native
	@SEED='$(SEED)' BLOCKS='$(BLOCKS)' exec $(NALAR_JS) tests/twins/twins.mjs
