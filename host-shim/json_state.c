/* json_state.c - see json_state.h. */
#include "json_state.h"
#include "shim.h"
#include "state.h"
#include <stdlib.h>
#include <string.h>

char *json_hex(struct bytes b) {
    static const char digits[] = "0123456789abcdef";
    char *text = state_memory(NULL, 2 * (size_t)b.len + 3), *at = text;
    *at++ = '0';
    *at++ = 'x';
    for (uint32_t i = 0; i < b.len; i++) {
        *at++ = digits[b.at[i] >> 4];
        *at++ = digits[b.at[i] & 15];
    }
    *at = 0;
    return text;
}

static int digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool json_unhex(uint8_t **memory, uint32_t *len, const char *text) {
    if (text[0] == '0' && text[1] == 'x')
        text += 2;
    size_t digits = strlen(text);
    if (digits % 2 != 0 || digits / 2 > INT32_MAX)
        return false;
    *memory = state_memory(NULL, digits / 2);
    *len = (uint32_t)(digits / 2);
    for (uint32_t i = 0; i < *len; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            free(*memory);
            return false;
        }
        (*memory)[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

const char *json_state_load(const json_t *top) {
    const char *key_text;
    json_t *value_text;
    if (!json_is_object(top))
        return "the state is not an object of 0x-keys and 0x-values";
    json_object_foreach((json_t *)(uintptr_t)top, key_text, value_text) {
        uint8_t *key, *value;
        uint32_t key_len, value_len;
        if (!json_unhex(&key, &key_len, key_text))
            return "a state key is not hex";
        if (!json_is_string(value_text) || !json_unhex(&value, &value_len, json_string_value(value_text))) {
            free(key);
            return "a state value is not a hex string";
        }
        shim_put((struct bytes){key, key_len}, (struct bytes){value, value_len});
        free(key);
        free(value);
    }
    return NULL;
}

const json_t *json_state_top(const json_t *file) {
    const json_t *genesis = json_object_get(file, "genesis");
    return genesis ? json_object_get(json_object_get(genesis, "raw"), "top") : file;
}

json_t *json_state_dump(void) {
    json_t *top = json_object();
    for (uint32_t i = 0; i < shim_key_count(); i++) {
        struct bytes key, value;
        shim_entry(i, &key, &value);
        char *key_text = json_hex(key), *value_text = json_hex(value);
        json_object_set_new(top, key_text, json_string(value_text));
        free(key_text);
        free(value_text);
    }
    return top;
}
