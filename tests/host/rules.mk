# The JS host: known answers, and the exactness of the instruction counts. Included by the top Makefile.
.PHONY: test-host
test-host: setup-test ## the JS host against known answers
	@exec $(NALAR_JS) tests/host/host-test.mjs
