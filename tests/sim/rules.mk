# Games against the market and random operations on it, on the native twin. Included by the top Makefile.
#   make sim [SEED=n] [GAMES=n] [OPERATIONS=n] [ATTACK=part of a name]
SIM_OBJS := $(patsubst %.c,$(B)/sim/%.o,$(wildcard tests/sim/*.c) tests/unit/try_state.c)
$(B)/sim/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	@$(CC) $(CSTD) -Itests/unit -Itests/sim $(NATIVE_CFLAGS) -c $< -o $@
$(B)/sim/sim: $(SIM_OBJS) $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@

.PHONY: sim test-sim
sim: setup-build ## plays thousands of games against the market; writes docs/SECURITY.md's table. SEED=, GAMES=, OPERATIONS=, ATTACK=
	@$(MAKE) --no-print-directory $(B)/sim/sim
	@SEED='$(SEED)' GAMES='$(GAMES)' OPERATIONS='$(OPERATIONS)' ATTACK='$(ATTACK)' exec $(B)/sim/sim $(if $(SEED)$(GAMES)$(ATTACK),,docs/SECURITY.md)

test-sim: setup-build ## the same in short: 300 games, 20,000 random operations
	@$(MAKE) --no-print-directory $(B)/sim/sim
	@SEED='$(SEED)' GAMES=300 OPERATIONS=20000 exec $(B)/sim/sim

-include $(shell find $(B)/sim -name '*.d' 2>/dev/null)
