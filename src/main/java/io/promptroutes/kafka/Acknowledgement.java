package io.promptroutes.kafka;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the route says about one record that was taken: {@link #done} when its result or dead letter is acknowledged by the broker.
 * A record whose exchange ends without that is never committed past.
 * Thread-safe; after its partition is gone, its calls change nothing.
 */
public final class Acknowledgement {

    private enum State { TAKEN, DONE, DROPPED }

    private final PartitionWindow window;
    private final long offset;
    private final Instant taken;
    private final AtomicReference<State> state = new AtomicReference<>(State.TAKEN);

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

    /** The record is finished for good. Repeating it does no harm. */
    public void done() {
        if (state.compareAndSet(State.TAKEN, State.DONE)) {
            window.ended(this);
        }
    }

    /**
     * To be asked before each call. False: the partition is being given up or is gone, so do nothing; the record belongs to whoever
     * reads the partition next. A record that is done belongs to nobody: what its route has passed on elsewhere may go on.
     */
    public boolean mayStart() {
        if (window.leaving()) {
            drop();
        }
        return state.get() != State.DROPPED;
    }

    /**
     * Waits, on no thread, until the records of the same key before this one are done.
     *
     * @param go run once, when the wait is over, by the thread that ended it or this one; {@link #mayStart} says whether to go on
     * @return false: there is nothing to wait for, and {@code go} will not be run
     */
    public boolean awaitTurn(Runnable go) {
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

    /** The record will be delivered again, to this consumer or another; until then it stays a hole, and {@link #done} changes nothing. */
    public void drop() {
        if (state.compareAndSet(State.TAKEN, State.DROPPED)) {
            window.ended(this);
            open();
        }
    }

    public boolean isDropped() {
        return state.get() == State.DROPPED;
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
