#!/bin/sh
# What the embedded ledger costs, of this checkout and, with BASE, of another one in turn, in pairs.
# Needs a JDK and `mvn package` before it, in both checkouts; takes some minutes, and with FILL or --figures many.
#
#   src/bench/ledger.sh              CPU per prompt and prompts/s of the ledger alone: prompts are begun, claimed, and settled with an answer of
#                                    2,000 bytes; with FILL on a new ledger and on one that has so many calls
#   src/bench/ledger.sh --processes  several processes that write to one ledger at once, and one more that reads its figures every 100 ms
#   src/bench/ledger.sh --batch      CPU of `batch` as a whole, from start to end, at 0 ms latency, with the ledger on and off in turn
#   src/bench/ledger.sh --figures    what a reading of the figures costs over a month of CALLS calls, which are made first
#
# Environment: BASE (none): the `target` of another checkout. PAIRS (3), WARM (20000) and MEASURED (40000) prompts, IN_FLIGHT (64), JAVA_OPTS
# (-Xmx512m; --batch: -XX:TieredStopAtLevel=1). FILL (0) calls. LIMIT (off): whether the day's total has a limit, which is never met.
# --processes: PROCESSES (4), each of WARM (2000) and MEASURED (20000) prompts, IN_FLIGHT (16). --batch: PROMPTS (20000). --figures: CALLS
# (1000000), READINGS (10) after the first, one pair. TMPDIR is where the ledgers are: a disk, if syncing is to cost what it does.
#
# CPU per prompt is the process's own (user and system, all threads, JIT and GC too) between prompt WARM and prompt WARM+MEASURED, which both
# fall into full load. Other work on the machine moves it, and moves prompts/s more: believe the ratios within a pair. Two checkouts take turns
# in who is first.
set -eu
cd "$(dirname "$0")/../.."

mode=alone
[ $# -eq 0 ] || mode=$1
case $mode in
alone) : "${WARM:=20000}" "${MEASURED:=40000}" "${IN_FLIGHT:=64}" ;;
--processes) : "${WARM:=2000}" "${MEASURED:=20000}" "${IN_FLIGHT:=16}" ;;
--batch) : "${PROMPTS:=20000}" "${IN_FLIGHT:=64}" "${JAVA_OPTS:=-XX:TieredStopAtLevel=1}" ;;
--figures) PAIRS=1 ;;
*) sed -n '2,14p' "$0" >&2; exit 2 ;;
esac
: "${PAIRS:=3}" "${JAVA_OPTS:=-Xmx512m}" "${FILL:=0}" "${LIMIT:=off}" "${PROCESSES:=4}" "${CALLS:=1000000}" "${READINGS:=10}" "${BASE:=}"

work=$(mktemp -d "${TMPDIR:-/tmp}/prompt-routes-bench.XXXXXX")
running=
end() {
    kill $running 2>/dev/null || :
    [ -z "$running" ] || wait $running || :
    running=
}
trap 'end; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# what reads figures fits this checkout alone
case $mode in
alone)
    sources="src/bench/LedgerCost.java"
    [ "$FILL" -eq 0 ] || sources="$sources src/bench/MakeLedger.java"
    ;;
--batch) sources="src/bench/InstantServer.java src/bench/MakePrompts.java" ;;
*) sources="src/bench/LedgerCost.java src/bench/MakeLedger.java src/bench/ReadLedger.java" ;;
esac
ours="base this"
[ -n "$BASE" ] || ours=this
for one in $ours; do
    target=$PWD/target
    [ $one = this ] || target=$(cd "$BASE" && pwd)
    [ -f "$target/prompt-routes.jar" ] || { echo "$target/prompt-routes.jar is not there: run mvn package first" >&2; exit 2; }
    mkdir "$work/$one"
    ln -s "$target" "$work/$one/target"
    javac -proc:none -cp "$target/prompt-routes.jar:$target/lib/*" -sourcepath src/bench -d "$work/$one/classes" \
        $sources
done

# Becomes a class of the benchmark, with this checkout's jar or the base's. $1: this or base.
bench() {
    one=$1
    shift
    exec java $JAVA_OPTS -cp "$work/$one/classes:$work/$one/target/prompt-routes.jar:$work/$one/target/lib/*" "$@"
}

# What it says; its log where it fails.
said() {
    if ! (bench "$@") >"$work/said" 2>"$work/failed"; then
        tail -n 20 "$work/failed" >&2
        exit 1
    fi
    cat "$work/said"
}

# This and base in turn: who was first in a pair is second in the next one. $1: the pair.
turn() {
    if [ $(($1 % 2)) -eq 0 ] && [ "$ours" != this ]; then echo "this base"; else echo "$ours"; fi
}

median() {
    sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%.2f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# What is in file $1 / what is in $2, which is also kept for the median of file $3.
ratio() {
    awk -v a="$(cat "$work/$1")" -v b="$(cat "$work/$2")" 'BEGIN { printf "%.3f\n", a / b }' | tee -a "$work/$3" | awk '{ printf "%.2f", $1 }'
}

alone() {
    echo "$MEASURED prompts after a warm-up of $WARM, $IN_FLIGHT in flight, limit $LIMIT"
    ledgers=new
    if [ "$FILL" -gt 0 ]; then
        ledgers="new full"
        for one in $ours; do
            printf '%s, full: ' $one
            said $one MakeLedger "$work/$one/full" "$FILL"
        done
    fi
    echo "pair  ledger  of    CPU us  prompts/s  p99 ms of an operation  MB"
    for pair in $(seq "$PAIRS"); do
        for ledger in $ledgers; do
            for one in $(turn "$pair"); do
                rm -rf "$work/data"
                if [ $ledger = full ]; then
                    cp -R "$work/$one/full" "$work/data"
                    sync # else the copy is written while the clock runs
                fi
                said $one LedgerCost "$work/data" "pair$pair" "$WARM" "$MEASURED" "$IN_FLIGHT" "$LIMIT" >"$work/line"
                read -r us rate p50 p99 most rest <"$work/line"
                size=$(du -sk "$work/data" | cut -f 1)
                printf '%-4s  %-6s  %-4s  %6.0f  %9d  %22.1f  %d\n' "$pair" $ledger $one "$us" "$rate" "$p99" $((size / 1024))
                echo "$us" >"$work/$one/$ledger.us"
            done
            [ "$ours" = this ] || echo "pair $pair, $ledger: this / base $(ratio "this/$ledger.us" "base/$ledger.us" "base.$ledger")"
        done
        [ "$FILL" -eq 0 ] || for one in $ours; do
            echo "pair $pair, $one: full / new $(ratio "$one/full.us" "$one/new.us" "full.$one")"
        done
    done
    for ledger in $ledgers; do
        [ "$ours" = this ] || echo "median, $ledger: this / base $(median "$work/base.$ledger")"
    done
    [ "$FILL" -eq 0 ] || for one in $ours; do
        echo "median, $one: full / new $(median "$work/full.$one")"
    done
}

# Each process waits for the file `go`, so that they begin together.
processes() {
    echo "$PROCESSES processes, each of $MEASURED prompts after a warm-up of $WARM, $IN_FLIGHT in flight, limit $LIMIT"
    for pair in $(seq "$PAIRS"); do
        for one in $(turn "$pair"); do
            rm -rf "$work/data" "$work"/go* "$work"/writer.* "$work/stop"
            running=
            writers=
            for n in $(seq "$PROCESSES"); do
                (bench $one LedgerCost "$work/data" "writer$n" "$WARM" "$MEASURED" "$IN_FLIGHT" "$LIMIT" "$work/go") \
                    >"$work/writer.$n" 2>"$work/log.$n" &
                running="$running $!"
                writers="$writers $!"
                # the first one makes the tables
                while [ ! -f "$work/go.writer$n" ]; do
                    if ! kill -0 $! 2>/dev/null; then
                        echo "$one: process $n did not open the ledger: $(grep -m 1 Exception "$work/log.$n")"
                        [ $one = base ] || exit 1
                        end # a base may belong to one process
                        continue 3
                    fi
                    sleep 0.1
                done
            done
            (bench $one ReadLedger "$work/data" until "$work/stop") >"$work/reader" 2>"$work/reader.log" &
            reader=$!
            running="$running $reader"
            : >"$work/go"
            n=0
            for writer in $writers; do
                n=$((n + 1))
                wait $writer || { echo "process $n failed" >&2; tail -n 20 "$work/log.$n" >&2; exit 1; }
            done
            : >"$work/stop"
            wait $reader || { echo "the reader failed" >&2; tail -n 20 "$work/reader.log" >&2; exit 1; }
            running=
            each=$((WARM + MEASURED + 2 * IN_FLIGHT))
            awk -v name="pair $pair, $one" -v each="$each" '{ us += $1; all += each; if (!from || $6 < from) from = $6; if ($7 > to) to = $7
                printf "%s, process %d: %.0f us CPU, %d prompts/s, waited for an operation p50 %.1f ms, ", name, NR, $1, $2, $3
                printf "p99 %.1f ms, at most %.1f ms\n", $4, $5 }
                END { printf "%s: %.0f us CPU, %d prompts/s together\n", name, us / NR, all * 1000 / (to - from) }' "$work"/writer.*
            read -r readings p50 p99 most cpu calls <"$work/reader"
            echo "pair $pair, $one, reader: $readings readings, p50 $p50 ms, p99 $p99 ms, at most $most ms, $cpu ms CPU"
            [ "$calls" -eq $((PROCESSES * each)) ] || { echo "$calls calls are in the ledger, $((PROCESSES * each)) were made" >&2; exit 1; }
        done
    done
}

# CPU s of a process as a whole, user and system, by the shell, into file $2. $1: this or base, $2: ledger on or off.
whole() {
    rm -rf "$work/out" "$work/empty"
    mkdir "$work/empty"
    (
        cd "$work/empty" # application.properties and routes of the folder it starts in would count
        OPENROUTER_API_KEY=k OPENROUTER_BASE_URL="$base/api/v1" java $JAVA_OPTS -jar "$work/$1/target/prompt-routes.jar" \
            batch "$work/prompts.jsonl" --out "$work/out" --concurrency "$IN_FLIGHT" -D ledger.enabled="$2" >"$work/client.log" 2>&1 || exit 1
        times >"$work/times"
    ) || { cat "$work/client.log" >&2; exit 1; }
    [ "$(wc -l <"$work/out/results.jsonl")" -eq "$PROMPTS" ] || { echo "lines are missing in results.jsonl" >&2; exit 1; }
    awk 'NR == 2 { for (i = 1; i <= 2; i++) { split($i, t, /[ms]/); s += t[1] * 60 + t[2] } print s }' "$work/times" >"$work/$2"
}

batch() {
    (bench this MakePrompts "$work/prompts.jsonl" "$PROMPTS")
    (bench this InstantServer "$work/port" 0) 2>"$work/server.log" &
    running=$!
    while [ ! -f "$work/port" ]; do
        kill -0 $running || { cat "$work/server.log" >&2; exit 1; }
        sleep 0.2
    done
    base="http://127.0.0.1:$(cat "$work/port")"
    echo "batch of $PROMPTS prompts, $IN_FLIGHT in flight, latency 0 ms, CPU of the whole process"
    echo "pair  of     on s   off s  on / off"
    for pair in $(seq "$PAIRS"); do
        for one in $(turn "$pair"); do
            whole $one on
            whole $one off
            printf '%-4s  %-4s %6.1f  %6.1f  %s\n' "$pair" $one "$(cat "$work/on")" "$(cat "$work/off")" "$(ratio on off "batch.$one")"
        done
    done
    for one in $ours; do
        echo "median, $one: on / off $(median "$work/batch.$one")"
    done
}

figures() {
    for one in $ours; do
        printf '%s: ' $one
        said $one MakeLedger "$work/$one/full" "$CALLS"
        printf '%s: ' $one
        said $one ReadLedger "$work/$one/full" "$READINGS"
        rm -rf "$work/$one/full"
    done
}

java -version 2>&1 | sed -n 2p
echo "Java options $JAVA_OPTS"
"${mode#--}"
