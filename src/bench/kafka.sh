#!/bin/sh
# `run` on a topic of 8 partitions next to what else enriches a topic with slow calls: same broker, same server, same prompts.
# Needs a JDK, Maven (for the broker and for Confluent's parallel-consumer) and `mvn package` before it.
#
#   src/bench/kafka.sh         10,000 records, calls of 100 ms, 100 in flight: the ceiling is 1,000/s. Some 7 minutes a round
#   src/bench/kafka.sh --slow  20,000 records, 1 % of the calls take 60 s and the others 200 ms, concurrency 400, against concurrency 200
#                              without slow ones. Some 4 minutes a round
#
# Environment: ROUNDS (3), RECORDS, IN_FLIGHT (100; with --slow 200 and twice that: less of it and of RECORDS asks less of a busy machine),
# SLOW_MS (60000), ROWS (names of the rows to run, all by default), ONCE (rows of the first round only,
# such as "plain camel", which are held back by the latency alone), JAVA_OPTS (-Xmx512m, all clients).
#
# Rows: plain       poll, call one by one, commit; a thread with a consumer of its own for each partition
#       camel       camel-kafka and camel-http as in their documentation, consumersCount = partitions
#       pc          Confluent parallel-consumer 0.5.3.3, UNORDERED, IN_FLIGHT workers; pc-key the same with KEY
#       run         the product without its ledger; run-ledger with it; run-key without, prompts.order=key
# Each publishes a result for each prompt with acks=all; the product a cost event too. 1,000 keys, evenly.
#
# Measured between the first and the last tenth of the results: results/s, and CPU (user and system, all threads, JIT and GC too) of the
# client's process per result. lag: records not committed at the end. Broker, server and client share the machine: compare rows of a round.
set -eu
cd "$(dirname "$0")/../.."

mode=rows
if [ "${1:-}" = --slow ]; then
    mode=slow
elif [ $# -gt 0 ]; then
    sed -n '2,13p' "$0" >&2
    exit 2
fi
: "${ROUNDS:=3}" "${ONCE:=}" "${SLOW_MS:=60000}" "${JAVA_OPTS:=-Xmx512m}"
partitions=8
if [ $mode = slow ]; then
    : "${RECORDS:=20000}" "${IN_FLIGHT:=200}" "${ROWS:=alone slow alone-ledger slow-ledger}"
    latency=200
else
    : "${RECORDS:=10000}" "${IN_FLIGHT:=100}" "${ROWS:=plain camel pc pc-key run run-ledger run-key}"
    latency=100
fi
[ -f target/prompt-routes.jar ] || { echo "target/prompt-routes.jar is not there: run mvn package first" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/prompt-routes-bench.XXXXXX")
broker=
server=
client=
trap 'kill $client $server $broker 2>/dev/null || :; wait; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

maven() {
    mvn --quiet --batch-mode "$@" >"$work/maven.log" 2>&1 || { cat "$work/maven.log" >&2; exit 1; }
}
maven dependency:build-classpath -DincludeScope=test -Dmdep.outputFile="$work/test.classpath"
maven -f src/bench/kafka/parallel-consumer.xml org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath \
    -Dmdep.outputFile="$work/parallel-consumer.classpath"
bench="$work/classes:target/prompt-routes.jar:target/lib/*"
parallel="$work/classes:$(cat "$work/parallel-consumer.classpath"):target/lib/*"
javac -cp "target/prompt-routes.jar:target/lib/*:$(cat "$work/parallel-consumer.classpath")" -d "$work/classes" src/bench/*.java src/bench/kafka/*.java
javac -cp "$(cat "$work/test.classpath")" -d "$work/broker.classes" src/test/java/io/promptroutes/kafka/KafkaBroker.java \
    src/test/java/io/promptroutes/kafka/JavaProcess.java src/test/java/io/promptroutes/QuickJvm.java

# Waits for the file that process $2 writes when it is ready.
ready() {
    while [ ! -f "$1" ]; do
        kill -0 "$2" || { cat "$work"/*.log >&2; exit 1; }
        sleep 0.2
    done
}
java -Xmx512m -cp "$bench" InstantServer "$work/port" $latency "$SLOW_MS" 2>"$work/server.log" &
server=$!
ready "$work/port" $server
base="http://127.0.0.1:$(cat "$work/port")/api/v1"
java -cp "$bench" FreePorts 2 >"$work/ports"
read -r kafka_port controller_port <"$work/ports"
java -Xmx512m -cp "$work/broker.classes:$(cat "$work/test.classpath")" io.promptroutes.kafka.KafkaBroker \
    "$work/broker" "$kafka_port" "$controller_port" "$work/broker.ready" >"$work/broker.log" 2>&1 &
broker=$!
ready "$work/broker.ready" $broker
brokers="localhost:$kafka_port"

tool() {
    java -XX:TieredStopAtLevel=1 -cp "$bench" "$@"
}
java -cp "$bench" MakePrompts "$work/prompts.jsonl" "$RECORDS"
tool MakeTopics fill "$brokers" $partitions prompts "$work/prompts.jsonl" 0
if [ $mode = slow ]; then
    tool MakeTopics fill "$brokers" $partitions prompts-slow "$work/prompts.jsonl" 100
fi

# The product: topic of prompts, concurrency, then further keys
product() {
    jar="$PWD/target/prompt-routes.jar"
    log="$PWD/src/bench/kafka/log4j2.properties"
    from=$1 concurrency=$2
    shift 2
    rm -rf "$work/empty" # application.properties, routes and the ledger of the folder it starts in would count
    mkdir "$work/empty"
    cd "$work/empty"
    OPENROUTER_API_KEY=k OPENROUTER_BASE_URL="$base" exec java $JAVA_OPTS -Dlog4j2.configurationFile="$log" -jar "$jar" run \
        -D kafka.brokers="$brokers" -D kafka.group="$id" -D kafka.topic.prompts="$from" -D kafka.topic.results="$id" \
        -D kafka.topic.costs="$id-costs" -D prompts.concurrency="$concurrency" "$@"
}

# Becomes the client of a row.
start() {
    case $1 in
        plain) exec java $JAVA_OPTS -cp "$bench" PlainConsumers "$brokers" "$id" prompts "$id" "$base" $partitions ;;
        camel) exec java $JAVA_OPTS -cp "$bench" CamelRoute "$brokers" "$id" prompts "$id" "$base" $partitions ;;
        pc) exec java $JAVA_OPTS -cp "$parallel" ParallelConsumer "$brokers" "$id" prompts "$id" "$base" "$IN_FLIGHT" UNORDERED ;;
        pc-key) exec java $JAVA_OPTS -cp "$parallel" ParallelConsumer "$brokers" "$id" prompts "$id" "$base" "$IN_FLIGHT" KEY ;;
        run) product prompts "$IN_FLIGHT" -D ledger.enabled=off ;;
        run-ledger) product prompts "$IN_FLIGHT" ;;
        run-key) product prompts "$IN_FLIGHT" -D ledger.enabled=off -D prompts.order=key ;;
        alone) product prompts "$IN_FLIGHT" -D ledger.enabled=off ;;
        alone-ledger) product prompts "$IN_FLIGHT" ;;
        slow) product prompts-slow $((2 * IN_FLIGHT)) -D ledger.enabled=off -D openrouter.timeout=90s -D prompts.deadline=180s ;;
        slow-ledger) product prompts-slow $((2 * IN_FLIGHT)) -D openrouter.timeout=90s -D prompts.deadline=180s ;;
        *) echo "no row is named $1" >&2; exit 2 ;;
    esac
}

# Runs a row to the end of the topic, and leaves its report: results/s, CPU us per result, lag, missing, twice; then rebalances.
run() {
    id="$1-$round"
    from=prompts
    case $1 in slow*) from=prompts-slow ;; esac
    tool MakeTopics new "$brokers" $partitions "$id" "$id-costs"
    rm -f "$work/go"
    # the watch must know the process before the first result
    (
        until [ -f "$work/go" ]; do sleep 0.1; done
        start "$1"
    ) >"$work/client.log" 2>&1 &
    client=$!
    tool WatchTopic "$brokers" "$id" "$from" "$id" $client $((RECORDS / 10)) $((RECORDS * 9 / 10)) "$RECORDS" "$work/go" >"$work/report" \
        || { cat "$work/client.log" >&2; exit 1; }
    kill $client
    wait $client || : # stopped by a signal
    client=
    read -r rate cpu lag missing twice <"$work/report"
    echo "$rate" >>"$work/$1.rate"
    echo "$cpu" >>"$work/$1.cpu"
    rebalances=$(($(grep -c 'Successfully joined group' "$work/client.log" || :) - 1))
}

median() {
    sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

java -version 2>&1 | sed -n 2p
echo "$RECORDS records, $partitions partitions, latency $latency ms, $IN_FLIGHT in flight, $JAVA_OPTS"
[ $mode = rows ] || echo "slow: 1 % of the calls take $SLOW_MS ms, concurrency $((2 * IN_FLIGHT)); alone: none does, concurrency $IN_FLIGHT"
echo "round   row           results/s  CPU us per result  lag  missing  twice  $([ $mode = rows ] || echo rebalances)"
for round in $(seq "$ROUNDS"); do
    for row in $ROWS; do
        case "$round: $ONCE " in 1:*) ;; *" $row "*) continue ;; esac
        run "$row"
        [ $mode = slow ] || rebalances=
        printf '%-7s %-12s %10.0f  %17.0f  %3d  %7d  %5d  %s\n' "$round" "$row" "$rate" "$cpu" "$lag" "$missing" "$twice" "$rebalances"
    done
done
for row in $ROWS; do
    printf 'median  %-12s %10.0f  %17.0f\n' "$row" "$(median <"$work/$row.rate")" "$(median <"$work/$row.cpu")"
done
for ledger in '' -ledger; do
    if [ -f "$work/alone$ledger.rate" ] && [ -f "$work/slow$ledger.rate" ]; then
        awk -v s="$(median <"$work/slow$ledger.rate")" -v a="$(median <"$work/alone$ledger.rate")" -v l="$ledger" \
            'BEGIN { printf "slow%s goes at %.0f %% of alone%s\n", l, 100 * s / a, l }'
    fi
done
