# What runtime calls cost. Included by the top Makefile.
.PHONY: bench test-budgets test-instrument
bench: setup-test ## counts host calls, instructions and allocations of each call, writes docs/BENCH.md
	@$(MAKE) --no-print-directory blob
	@exec $(NALAR_JS) tests/bench/bench.mjs

test-budgets: setup-test ## fails when a call costs more than tests/bench/budgets.mjs allows
	@$(MAKE) --no-print-directory blob
	@exec $(NALAR_JS) tests/bench/bench.mjs --check

test-instrument: setup-test ## the instruction counter against a loop counted by hand and another tool
	@exec $(NALAR_JS) tests/bench/instrument-test.mjs
