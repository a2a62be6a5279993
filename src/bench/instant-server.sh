# Read by run.sh and peers.sh: starts the server that answers at once, or after $latency ms. Needs $work and $bench; sets server, base and get.
java -Xmx512m -cp "$bench" InstantServer "$work/port" "$latency" 2>"$work/server.log" &
server=$!
while [ ! -f "$work/port" ]; do
    kill -0 $server || { cat "$work/server.log" >&2; exit 1; }
    sleep 0.2
done
base="http://127.0.0.1:$(cat "$work/port")"
get() {
    java -XX:TieredStopAtLevel=1 -cp "$work/classes" Get "$base$1"
}
