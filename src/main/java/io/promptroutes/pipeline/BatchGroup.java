package io.promptroutes.pipeline;

import io.promptroutes.pipeline.OpenBatches.Kind;
import io.promptroutes.pipeline.OpenBatches.Seat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Prompts that are to be asked together. Not thread-safe: guarded by whoever has it. */
final class BatchGroup {

    private final Kind kind;
    private final Instant since;
    private final List<Seat> seats = new ArrayList<>();
    private long bytes;

    BatchGroup(Kind kind, Instant since) {
        this.kind = kind;
        this.since = since;
    }

    void add(Seat seat) {
        seats.add(seat);
        bytes += seat.bytes();
    }

    /** @param why what follows; null for those that stay. left, takes the others */
    void leave(Function<Seat, Outcome> why, List<Seat> left) {
        int before = left.size();
        leave(seats, why, left);
        bytes -= left.subList(before, left.size()).stream().mapToLong(Seat::bytes).sum();
    }

    static void leave(Collection<Seat> seats, Function<Seat, Outcome> why, List<Seat> left) {
        seats.removeIf(seat -> why.apply(seat) != null && left.add(seat));
    }

    Kind kind() {
        return kind;
    }

    Instant since() {
        return since;
    }

    List<Seat> seats() {
        return seats;
    }

    /** Of all their requests. */
    long bytes() {
        return bytes;
    }
}
