# Everything that must be refused, with its exact answer. Included by the top Makefile.
.PHONY: test-bad-input
test-bad-input: setup-test ## bad input gets its exact answer and changes nothing
	@$(MAKE) --no-print-directory blob native
	@exec $(NALAR_JS) tests/badinput/badinput.mjs
