# The chain before the user's eyes, and the tests that run it under foreign software. Included by the top Makefile.
#   make run [ONCE=1] [NODE=omni|chopsticks] [PORT=9944]
# Each target installs what it lacks first; a second run finds everything there and costs nothing.

# The Node.js that is new enough for the tools in tests/node_modules: the system's, or the one that comes as an npm package.
NALAR_JS := tests/e2e/node

.PHONY: setup-build setup-run setup-test run operator test-clients test-node

setup-build:
	@.ci/setup build

setup-run:
	@.ci/setup run

setup-test:
	@.ci/setup test

# The program takes the place of the recipe's shell, so that an interrupt finds nothing between it and make.
run: setup-run ## a chain on this machine, and the main job played on it; ONCE=1 ends by itself, NODE=omni the real collator
	@$(MAKE) --no-print-directory chain-spec
	@exec $(NALAR_JS) tests/e2e/demo.mjs --once='$(ONCE)' --node='$(NODE)' --port='$(PORT)'

operator: setup-run ## the program of somebody who serves models; ARGS='--help' shows its usage
	@exec $(NALAR_JS) tests/e2e/operator/operator.mjs $(ARGS)

test-clients: setup-test ## clients from npm and PyPI against Chopsticks and the real collator
	@$(MAKE) --no-print-directory chain-spec
	@exec $(NALAR_JS) tests/e2e/clients.mjs

test-node: setup-test ## the real collator, its chain-spec builder, and the validators' check of the blob
	@$(MAKE) --no-print-directory blob chain-spec
	@exec $(NALAR_JS) tests/e2e/node-test.mjs
