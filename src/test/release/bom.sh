#!/usr/bin/env bash
# Makes deploy/bom.json anew, after a library has changed: asks the network. Links of the libraries' makers are left out: they are of no use to a scanner.
set -euo pipefail
cd "$(dirname "$0")/../../.."
mvn -q -B --no-transfer-progress -Pbom cyclonedx:makeBom
awk '
  skip { if ($0 == indent "]") sub(/,$/, "", last); if ($0 ~ "^" indent "],?$") skip = 0; next }
  /^ *"externalReferences" : \[$/ { indent = $0; sub(/".*/, "", indent); skip = 1; next }
  NR > 1 { print last }
  { last = $0 }
  END { print last }
' deploy/bom.json >deploy/bom.json.new
mv deploy/bom.json.new deploy/bom.json
