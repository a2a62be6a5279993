#!/usr/bin/env bash
# Builds the jar in two folders, time zones and umasks, offline and with the same JDK, and says whether both have the same digest. Not part of `mvn verify`,
# for it takes two builds: ReleaseIT runs it with -Pchaos.
set -euo pipefail
source=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build FOLDER ZONE UMASK: prints the digest of the jar
build() {
  mkdir -p "$work/$1"
  (
    umask "$3"
    cd "$source"
    tar -cf - pom.xml application.properties routes src/main .mvn | tar -C "$work/$1" --no-same-permissions -xf -
    cd "$work/$1"
    TZ=$2 mvn -o -q -B -DskipTests -Dmaven.test.skip -Dlicense.skip -Dcyclonedx.skip -Dassembly.skipAssembly -Dmdep.skip package >&2
    sha256sum <target/prompt-routes.jar
  )
}

first=$(build one Pacific/Auckland 022)
second=$(build another/folder America/Caracas 077)
echo "$first"
echo "$second"
[ "$first" = "$second" ] || { echo "the two builds differ" >&2; exit 1; }
