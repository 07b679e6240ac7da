# The blob as validators run it. Included by the top Makefile.
.PHONY: test-pvf bench-pvf
test-pvf: setup-test ## proofs of validity by the validators' own code: blocks, bundles, messages, upgrades, alterations
	@$(MAKE) --no-print-directory blob
	@BLOB=$(B)/nalar.wasm exec $(NALAR_JS) tests/pvf/pvf-test.mjs

bench-pvf: setup-test ## what validation costs beside a FRAME parachain, in one run of some minutes
	@$(MAKE) --no-print-directory blob
	@BLOB=$(B)/nalar.wasm exec $(NALAR_JS) tests/pvf/measure.mjs
