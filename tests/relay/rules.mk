# Our chain behind real validators. Included by the top Makefile.
#   make test-relay                 everything; about 15 minutes
#   make test-relay RELAY=short     3 blocks: what `make test` runs; about 4 minutes
RELAY ?= full

.PHONY: test-relay
test-relay: setup-test ## a real relay chain finalises our blocks; RELAY=short for 3 of them
	@$(MAKE) --no-print-directory blob chain-spec $(if $(filter short,$(RELAY)),,blob-b)
	@exec $(NALAR_JS) tests/relay/relay-test.mjs --build=$(B) --form=$(RELAY)
