# The native twin as a command. SHIM_SRCS, the twin's library part, are listed by the top Makefile; they need NATIVE_LIBS.
NATIVE_TOOL_OBJS := $(patsubst %.c,$(B)/native/%.o,host-shim/main.c host-shim/serve.c host-shim/json_state.c)

$(B)/nalar-native: $(NATIVE_TOOL_OBJS) $(B)/libnalar.a
	@$(CC) $^ $(NATIVE_LIBS) -o $@
