#!/bin/sh
# CPU and speed of `batch` next to a plain java.net.http loop that sends the same requests to the same local server.
# Needs a JDK and `mvn package` before it; takes some minutes.
#
#   src/bench/run.sh               CPU per prompt at 0 ms latency, product and loop in turn, in pairs
#   src/bench/run.sh --throughput  prompts/s at 200 ms latency and concurrency 200 from the first prompt on, with the ledger on and off in
#                                  turn, against the ceiling of 1,000/s
#   src/bench/run.sh --observed    CPU per prompt of `run` at 0 ms latency, with meters and traces off, meters on, and both on in turn; the
#                                  spans go to the same server by OTLP
#
# Environment: PAIRS (3), WARM (20000) and MEASURED (40000) prompts, IN_FLIGHT (64), JAVA_OPTS (-Xmx512m, both clients), LEDGER (off) of the
# first form.
#
# CPU per prompt: the server reads the client's CPU time (user and system, all threads, JIT and GC too) from the operating system as
# prompt WARM and prompt WARM+MEASURED arrive, and divides the difference. That beats subtracting a short run from a long one, where
# the noise of two warm-ups ends up in the difference, and it leaves start and shutdown out. The files are a little longer than that, so
# that both marks fall into full load. Two processes on a busy machine disturb each other: believe the ratios within a pair.
set -eu
cd "$(dirname "$0")/../.."

latency=0
mode=cpu
if [ "${1:-}" = --throughput ]; then
    mode=throughput latency=200
    : "${IN_FLIGHT:=200}" "${WARM:=1}" "${MEASURED:=30000}"
elif [ "${1:-}" = --observed ]; then
    mode=observed
elif [ $# -gt 0 ]; then
    sed -n '2,11p' "$0" >&2
    exit 2
fi
: "${PAIRS:=3}" "${WARM:=20000}" "${MEASURED:=40000}" "${IN_FLIGHT:=64}" "${JAVA_OPTS:=-Xmx512m}" "${LEDGER:=off}"
[ -f target/prompt-routes.jar ] || { echo "target/prompt-routes.jar is not there: run mvn package first" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/prompt-routes-bench.XXXXXX")
server=
client=
trap 'kill $client $server 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/empty"
bench="$work/classes:target/prompt-routes.jar:target/lib/*"
javac -cp 'target/prompt-routes.jar:target/lib/*' -d "$work/classes" src/bench/*.java
java -cp "$bench" MakePrompts "$work/prompts.jsonl" $((WARM + MEASURED + 2 * IN_FLIGHT))

. src/bench/instant-server.sh

# Runs one client to its end and prints the server's report: CPU us per prompt, prompts/s, bytes per request, CPU us per prompt with the start.
run() {
    out="$work/out"
    rm -rf "$out"
    rm -f "$work/go"
    # the watch must be set before the first request, so the client's process waits for it
    (
        until [ -f "$work/go" ]; do sleep 0.1; done
        if [ "$1" = product ]; then
            jar="$PWD/target/prompt-routes.jar"
            cd "$work/empty" # application.properties and routes of the folder it starts in would count
            OPENROUTER_API_KEY=k OPENROUTER_BASE_URL="$base/api/v1" exec java $JAVA_OPTS -jar "$jar" \
                batch "$work/prompts.jsonl" --out "$out" --concurrency "$IN_FLIGHT" -D ledger.enabled="$LEDGER"
        fi
        exec java $JAVA_OPTS -cp "$bench" PlainLoop "$1" "$base/api/v1" "$work/prompts.jsonl" "$out" "$IN_FLIGHT" "$WARM"
    ) >"$work/client.log" 2>&1 &
    client=$!
    get "/watch/$client/$WARM/$((WARM + MEASURED))" >"$work/watching"
    : >"$work/go"
    wait $client || { cat "$work/client.log" >&2; exit 1; }
    client=
    for file in results costs; do
        [ "$(wc -l <"$out/$file.jsonl")" -eq $((WARM + MEASURED + 2 * IN_FLIGHT)) ] || { echo "$1: lines are missing in $file.jsonl" >&2; exit 1; }
    done
    get /report
}

# The same of the service, which is given the prompts as a file in its inbox. $1: meters, $2: traces, on or off.
serve() {
    rm -rf "$work/in" "$work/empty/data"
    mkdir "$work/in"
    jar="$PWD/target/prompt-routes.jar"
    (
        cd "$work/empty"
        OPENROUTER_API_KEY=k OPENROUTER_BASE_URL="$base/api/v1" OTEL_EXPORTER_OTLP_ENDPOINT="$base" exec java $JAVA_OPTS -jar "$jar" run \
            -D pipelines=inbox -D inbox.directory="$work/in" -D inbox.settled=1s -D management.port=0 -D prompts.concurrency="$IN_FLIGHT" \
            -D metrics.enabled="$1" -D tracing.enabled="$2"
    ) >"$work/client.log" 2>&1 &
    client=$!
    get "/watch/$client/$WARM/$((WARM + MEASURED))" >"$work/watching"
    cp "$work/prompts.jsonl" "$work/in/prompts.part"
    mv "$work/in/prompts.part" "$work/in/prompts.jsonl"
    until [ -f "$work/in/done/prompts.jsonl/prompts.jsonl" ]; do
        kill -0 $client || { cat "$work/client.log" >&2; exit 1; }
        sleep 0.5
    done
    kill $client
    wait $client || : # 3, since it was stopped
    client=
    [ "$(wc -l <"$work/in/done/prompts.jsonl/results.jsonl")" -eq $((WARM + MEASURED + 2 * IN_FLIGHT)) ] || { echo "lines are missing in results.jsonl" >&2; exit 1; }
    get /report
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

java -version 2>&1 | sed -n 2p
echo "$MEASURED prompts after a warm-up of $WARM, $IN_FLIGHT in flight, latency $latency ms, $JAVA_OPTS"

if [ $mode = throughput ]; then
    echo "pair    ledger on/s  off/s  ratio   CPU us on  off   (ceiling $((IN_FLIGHT * 1000 / latency))/s)"
    for pair in $(seq "$PAIRS"); do
        rm -rf "$work/empty/data"
        LEDGER=on run product >"$work/report"
        read -r lc lr lb rest <"$work/report"
        LEDGER=off run product >"$work/report"
        read -r oc or ob rest <"$work/report"
        awk -v n="$pair" -v lr="$lr" -v or="$or" -v lc="$lc" -v oc="$oc" \
            'BEGIN { printf "%-7s %11d  %5d  %5.2f   %9.0f  %.0f\n", n, lr, or, lr / or, lc, oc }'
    done
    exit
fi

if [ $mode = observed ]; then
    echo "pair    neither us  meters us  ratio   meters and traces us  ratio   prompts/s"
    for pair in $(seq "$PAIRS"); do
        serve off off >"$work/report"
        read -r oc or ob rest <"$work/report"
        serve on off >"$work/report"
        read -r mc mr mb rest <"$work/report"
        serve on on >"$work/report"
        read -r tc tr tb rest <"$work/report"
        awk -v n="$pair" -v o="$oc" -v m="$mc" -v t="$tc" -v a="$or" -v b="$mr" -v c="$tr" \
            'BEGIN { printf "%-7s %10.0f  %9.0f  %5.2f   %20.0f  %5.2f   %d / %d / %d\n", n, o, m, m / o, t, t / o, a, b, c }'
        awk -v o="$oc" -v m="$mc" -v t="$tc" 'BEGIN { print m / o >>"'"$work"'/meters"; print t / o >>"'"$work"'/traces" }'
    done
    printf 'median of the ratios: meters %.2f, meters and traces %.2f\n' "$(median <"$work/meters")" "$(median <"$work/traces")"
    exit
fi

# The loop in the form that needs less; LOOP=async or LOOP=threads skips the trial.
best=async
if [ -z "${LOOP:-}" ]; then
    run async >"$work/async"
    run threads >"$work/threads"
    read -r a rest <"$work/async"
    read -r t rest <"$work/threads"
    echo "plain loop: sendAsync $a us, threads with send $t us CPU per prompt"
    best=$(awk -v a="$a" -v t="$t" 'BEGIN { print a <= t ? "async" : "threads" }')
fi
: "${LOOP:=$best}"

echo "pair    product us  loop us  ratio   product/s  loop/s   bytes per request"
for pair in $(seq "$PAIRS"); do
    run product >"$work/report"
    read -r pc pr pb rest <"$work/report"
    run "$LOOP" >"$work/report"
    read -r lc lr lb rest <"$work/report"
    awk -v n="$pair" -v pc="$pc" -v pr="$pr" -v pb="$pb" -v lc="$lc" -v lr="$lr" -v lb="$lb" \
        'BEGIN { printf "%-7s %10.0f  %7.0f  %5.2f   %9d  %6d   %s / %s\n", n, pc, lc, pc / lc, pr, lr, pb, lb }'
    awk -v pc="$pc" -v lc="$lc" 'BEGIN { print pc / lc }' >>"$work/ratios"
    echo "$pc" >>"$work/products"
    echo "$lc" >>"$work/loops"
done
printf 'median  %10.0f  %7.0f  %5.2f   (loop: %s)\n' "$(median <"$work/products")" "$(median <"$work/loops")" "$(median <"$work/ratios")" "$LOOP"
