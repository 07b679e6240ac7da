#!/bin/sh
# presets.sh - prints the C form of presets/*.json: what the blob answers to GenesisBuilder_get_preset.
# Spaces and line ends go, to keep the blob small; no string in the files holds any.
set -eu
cd "$(dirname "$0")/presets"
echo '/* Made by chain-spec/presets.sh from chain-spec/presets. */'
for file in *.json; do
    echo "static const uint8_t preset_${file%.json}[] = {"
    tr -d ' \n' <"$file" | od -An -v -tu1 | sed 's/^ *//; s/ \{1,\}/,/g; s/$/,/'
    echo '};'
done
