# What no unit test sees: layers, generated files, the blob's form, reproducible builds, the example of CONTRIBUTING.
.PHONY: test-checks checks
checks: test-checks ## layers, generated files, blob form, reproducible build, CONTRIBUTING's example
test-checks: blob native
	@tests/checks/run
