#!/bin/sh
# CPU and speed of `batch`, ledger and all, next to a plain java.net.http loop, OpenAI's own client and LangChain4j: the same prompts, the same
# server, the same flags, in turn, in one run. Needs a JDK, Maven (for the peers) and `mvn package` before it; takes some ten minutes. On Kafka:
# src/bench/kafka.sh with ROWS="pc run-ledger" compares with Confluent's parallel-consumer.
#
# Environment: PAIRS (3) rounds, SIZES ("6000 40000") prompts of a job, IN_FLIGHT (64), JAVA_OPTS (-Xmx512m, all clients), ROWS (names of the rows).
#
# Rows: loop          java.net.http with sendAsync (PlainLoop.java)
#       product       `batch` with its ledger; product-off the same without
#       openai-java, langchain4j   a thread for each call in flight (peers/PeerLoop.java)
#
# all in: CPU (user and system, all threads, JIT and GC too) of the process from its start until the last prompt has arrived at the server, by
# prompt. warm: the same over the second half of the prompts. Server and client share the machine: compare rows of a round.
set -eu
cd "$(dirname "$0")/../.."

[ $# -eq 0 ] || { sed -n '2,14p' "$0" >&2; exit 2; }
: "${PAIRS:=3}" "${SIZES:=6000 40000}" "${IN_FLIGHT:=64}" "${JAVA_OPTS:=-Xmx512m}" "${ROWS:=loop product product-off openai-java langchain4j}"
[ -f target/prompt-routes.jar ] || { echo "target/prompt-routes.jar is not there: run mvn package first" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/prompt-routes-bench.XXXXXX")
server=
client=
trap 'kill $client $server 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/empty"
mvn --quiet --batch-mode -f src/bench/peers/peers.xml org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath \
    -Dmdep.outputFile="$work/peers.classpath" >"$work/maven.log" 2>&1 || { cat "$work/maven.log" >&2; exit 1; }
bench="$work/classes:target/prompt-routes.jar:target/lib/*"
peers="$work/peers.classes:$(cat "$work/peers.classpath")"
javac -cp 'target/prompt-routes.jar:target/lib/*' -d "$work/classes" src/bench/*.java
javac -cp "$(cat "$work/peers.classpath")" -d "$work/peers.classes" src/bench/peers/*.java

latency=0
. src/bench/instant-server.sh

# Becomes the client of a row.
start() {
    case $1 in
        loop) exec java $JAVA_OPTS -cp "$bench" PlainLoop async "$base/api/v1" "$work/prompts.jsonl" "$out" "$IN_FLIGHT" 1 ;;
        openai-java | langchain4j) exec java $JAVA_OPTS -cp "$peers" PeerLoop "$1" "$base/api/v1" "$work/prompts.jsonl" "$out" "$IN_FLIGHT" ;;
        product) ledger=on ;;
        product-off) ledger=off ;;
        *) echo "no row is named $1" >&2; exit 2 ;;
    esac
    jar="$PWD/target/prompt-routes.jar"
    cd "$work/empty" # application.properties, routes and the ledger of the folder it starts in would count
    OPENROUTER_API_KEY=k OPENROUTER_BASE_URL="$base/api/v1" exec java $JAVA_OPTS -jar "$jar" \
        batch "$work/prompts.jsonl" --out "$out" --concurrency "$IN_FLIGHT" -D ledger.enabled=$ledger
}

# Runs a row's client to its end and notes what the server saw.
run() {
    out="$work/out"
    rm -rf "$out" "$work/empty/data" "$work/go"
    # the watch must be set before the first request, so the client's process waits for it
    (
        until [ -f "$work/go" ]; do sleep 0.1; done
        start "$1"
    ) >"$work/client.log" 2>&1 &
    client=$!
    get "/watch/$client/$((size / 2))/$size" >"$work/watching"
    : >"$work/go"
    wait $client || { cat "$work/client.log" >&2; exit 1; }
    client=
    [ "$(wc -l <"$out/results.jsonl")" -eq "$size" ] || { echo "$1: lines are missing in results.jsonl" >&2; exit 1; }
    get /report >"$work/report"
    read -r warm rate bytes all <"$work/report"
    echo "$all" >>"$work/$size.$1.all"
    echo "$warm" >>"$work/$size.$1.warm"
    printf '%-8s %-6s %-12s %9.0f  %7.0f  %9.0f  %7.0f\n' "$size" "$pair" "$1" "$all" "$warm" "$rate" "$bytes"
}

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

java -version 2>&1 | sed -n 2p
echo "0 ms, $IN_FLIGHT in flight, $JAVA_OPTS"
echo "prompts  round  row          all in us  warm us  prompts/s    bytes"
for size in $SIZES; do
    java -cp "$bench" MakePrompts "$work/prompts.jsonl" "$size"
    for pair in $(seq "$PAIRS"); do
        for row in $ROWS; do
            run "$row"
        done
    done
done
echo "prompts  medians      all in us  warm us   of the product's: all in  warm"
for size in $SIZES; do
    for row in $ROWS; do
        awk -v s="$size" -v r="$row" -v a="$(median "$work/$size.$row.all")" -v w="$(median "$work/$size.$row.warm")" \
            -v pa="$(median "$work/$size.product.all")" -v pw="$(median "$work/$size.product.warm")" \
            'BEGIN { printf "%-8s %-12s %9.0f  %7.0f   product is %.2f x, %.2f x\n", s, r, a, w, pa / a, pw / w }'
    done
done
