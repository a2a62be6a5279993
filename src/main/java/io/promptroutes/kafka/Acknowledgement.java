package io.promptroutes.kafka;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the route says about one record that was taken: {@link #done} when its result or dead letter is acknowledged by the broker.
 * A record whose exchange ends without that is never committed past. In exchange variable {@code acknowledgement}.
 * Thread-safe; after its partition is gone, its calls change nothing.
 */
public final class Acknowledgement {

    private enum State { TAKEN, DONE, DROPPED }

    private final PartitionWindow window;
    private final long offset;
    private final Instant taken;
    private final AtomicReference<State> state = new AtomicReference<>(State.TAKEN);
    /** What must be done before the record is: its own outcome, and what goes on beside it. */
    private final AtomicInteger open = new AtomicInteger(1);

    /** This record's place among those of its key: for {@link KeyLanes}, under its lock of the key. */
    final KeyLanes.Place place;

    /** Done when it is this record's turn, or when it has none to wait for. */
    private final CompletableFuture<Void> turn = new CompletableFuture<>();

    Acknowledgement(PartitionWindow window, long offset, Object key, Instant taken) {
        this.window = window;
        this.offset = offset;
        this.taken = taken;
        place = key == null ? null : new KeyLanes.Place(key);
        if (key == null) {
            open();
        }
    }

    /** Something else goes on beside the record's outcome: one more {@link #done} finishes it. */
    void alsoWaits() {
        open.incrementAndGet();
    }

    /** The record is finished for good, unless something beside it is not. Repeating it then does no harm. */
    public void done() {
        if (open.decrementAndGet() <= 0 && state.compareAndSet(State.TAKEN, State.DONE)) {
            window.ended(this);
        }
    }

    /**
     * To be asked before each call. False: the partition is being given up or is gone, so do nothing; the record belongs to whoever
     * reads the partition next.
     */
    public boolean mayStart() {
        if (window.leaving()) {
            drop();
        }
        return state.get() == State.TAKEN;
    }

    /**
     * Waits, on no thread, until the records of the same key before this one are done.
     *
     * @param go run once, when the wait is over, by the thread that ended it or this one; {@link #mayStart} says whether to go on
     * @return false: there is nothing to wait for, and {@code go} will not be run
     */
    boolean awaitTurn(Runnable go) {
        boolean wait = !turn.isDone();
        if (wait) {
            turn.thenRun(go);
        }
        return wait;
    }

    /** Ends the wait for its turn, now or to come. */
    void open() {
        turn.complete(null);
    }

    /** The record will be delivered again, to this consumer or another; until then it stays a hole. */
    void drop() {
        if (state.compareAndSet(State.TAKEN, State.DROPPED)) {
            window.ended(this);
            open();
        }
    }

    boolean isDone() {
        return state.get() == State.DONE;
    }

    long offset() {
        return offset;
    }

    Instant taken() {
        return taken;
    }
}
