# Coverage of the runtime by its unit tests, with gcc's own gcov. Objects of their own: without optimisation, so that each
# line is itself, and without sanitizers, whose checks would count as branches.
.PHONY: cov
cov: ## line and branch coverage of runtime/ and pallets/ by the unit tests; fails when the market's folders have too little
	@mkdir -p $(B)/cov
	@find $(B)/cov -name '*.gcda' -delete
	@status=0; $(MAKE) --no-print-directory B=$(B)/cov SANITIZE= COVERAGE='-O0 --coverage' test-unit-gcc T='$(T)' || status=1; \
	    tests/coverage/report $(B)/cov/unit-gcc $(if $(filter *,$(T)),-e) || status=1; exit $$status
