#!/bin/sh
# Memory of `run` while records go by: resident set, and heap after a full collection, at 20 points of the way. Against a real broker and
# a server that answers at once; needs a JDK, Maven and `mvn package` before it. A million records take a quarter of an hour or more.
#
#   src/bench/kafka-memory.sh [RECORDS]     1000000 by default
#
# Environment: LEDGER (off; on: the embedded database), JAVA_OPTS (-Xmx512m), CONCURRENCY (64), ORDER (unordered).
# Ends with status 1 where the heap grows by 5 MB or more between the two halves of the way.
set -eu
cd "$(dirname "$0")/../.."

: "${LEDGER:=off}" "${JAVA_OPTS:=-Xmx512m}" "${CONCURRENCY:=64}" "${ORDER:=unordered}"
records=${1:-1000000}
[ -f target/prompt-routes.jar ] || { echo "target/prompt-routes.jar is not there: run mvn package first" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/prompt-routes-memory.XXXXXX")
server= broker= service=
trap 'kill -9 $service $broker $server 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/empty"
bench="$work/classes:target/prompt-routes.jar:target/lib/*"
javac -cp 'target/prompt-routes.jar:target/lib/*' -d "$work/classes" src/bench/InstantServer.java src/bench/KafkaMemory.java
mvn -q --batch-mode test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$work/test.classpath" >"$work/maven.log" 2>&1 \
    || { cat "$work/maven.log" >&2; exit 1; }

await() {
    while [ ! -f "$1" ]; do
        kill -0 "$2" 2>/dev/null || { cat "$3" >&2; exit 1; }
        sleep 0.2
    done
}

java -Xmx512m -cp "$bench" InstantServer "$work/port" 0 2>"$work/server.log" &
server=$!
port=$((20000 + $$ % 10000))
java -Xmx512m -cp "target/test-classes:$(cat "$work/test.classpath")" io.promptroutes.kafka.KafkaBroker \
    "$work/broker" "$port" "$((port + 1))" "$work/ready" >"$work/broker.log" 2>&1 &
broker=$!
await "$work/port" $server "$work/server.log"
await "$work/ready" $broker "$work/broker.log"
java -cp "$bench" KafkaMemory topics "localhost:$port"

jar="$PWD/target/prompt-routes.jar"
(
    cd "$work/empty" # application.properties and routes of the folder it starts in would count
    OPENROUTER_API_KEY=k OPENROUTER_BASE_URL="http://127.0.0.1:$(cat "$work/port")/api/v1" exec java $JAVA_OPTS "-Xlog:gc:file=$work/gc.log" -jar "$jar" run \
        -D management.port= -D kafka.brokers="localhost:$port" -D ledger.enabled="$LEDGER" -D prompts.concurrency="$CONCURRENCY" -D prompts.order="$ORDER"
) >"$work/service.log" 2>&1 &
service=$!

java -version 2>&1 | sed -n 2p
echo "run with $JAVA_OPTS, concurrency $CONCURRENCY, ledger $LEDGER, order $ORDER"
java -cp "$bench" KafkaMemory watch "localhost:$port" $service "$work/gc.log" "$records" 20 || { code=$?; tail -20 "$work/service.log" >&2; exit $code; }
