package io.promptroutes.flow;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** How many prompts of a pipeline may be taken and not yet finished. Thread-safe. */
public final class PromptWindow {

    /** Whoever waits looks again after this: the end of a pause wakes nobody. */
    private static final long LOOK_AGAIN_MILLIS = 1_000;

    private final AdmissionGate gate;
    private final int size;
    private final long mostBytes;
    private final BooleanSupplier more;
    private final boolean waits;
    /** Guarded by the gate, which wakes those who wait; so are the bytes of those. */
    private int unfinished;
    private long bytes;

    /** @param size prompts taken and not yet finished, at most */
    public PromptWindow(AdmissionGate gate, int size) {
        this(gate, size, Long.MAX_VALUE, () -> true, false);
    }

    /** Of prompts that may wait for a day. @param mostBytes of what came in, which the last one may pass. more, whether there is room for another one beside that */
    public PromptWindow(AdmissionGate gate, int size, long mostBytes, BooleanSupplier more) {
        this(gate, size, mostBytes, more, true);
    }

    private PromptWindow(AdmissionGate gate, int size, long mostBytes, BooleanSupplier more, boolean waits) {
        this.waits = waits;
        this.mostBytes = mostBytes;
        this.gate = gate;
        this.size = size;
        this.more = more;
    }

    /** Whether its prompts may wait for a day. */
    public boolean waits() {
        return waits;
    }

    public int size() {
        return size;
    }

    /** Takes a place, waiting for one as long as it takes. False: intake has stopped, nothing was taken. */
    public boolean take() throws InterruptedException {
        return take(null, () -> true);
    }

    /** The same. @param longest that it waits; null for as long as it takes. wanted, asked now and then: false ends the wait */
    public boolean take(Duration longest, BooleanSupplier wanted) throws InterruptedException {
        long deadline = longest == null ? 0 : System.nanoTime() + longest.toNanos();
        synchronized (gate) {
            while (!gate.shut() && wanted.getAsBoolean() && !room()) {
                long left = longest == null ? LOOK_AGAIN_MILLIS : (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                gate.wait(Math.min(left, LOOK_AGAIN_MILLIS));
            }
            if (gate.shut() || !room()) {
                return false;
            }
            unfinished++;
            return true;
        }
    }

    /** Whether there is a place now, and no pause. */
    public boolean room() {
        synchronized (gate) {
            return unfinished < size && bytes < mostBytes && gate.open() && more.getAsBoolean();
        }
    }

    /** What has the place that was taken. @param length in bytes */
    public void holds(long length) {
        synchronized (gate) {
            bytes += length;
        }
    }

    /** Gives the place back: the prompt's result or dead letter is where it is to be. @param length of what had it, in bytes */
    public void finish(long length) {
        synchronized (gate) {
            unfinished--;
            bytes -= length;
            gate.notifyAll();
        }
    }

    /** Prompts taken and not yet finished. */
    public int unfinished() {
        synchronized (gate) {
            return unfinished;
        }
    }

    /** Waits until every prompt that was taken is finished or, after a stop, until no call is running. */
    public void awaitFinished() throws InterruptedException {
        synchronized (gate) {
            while (gate.stopped() ? gate.inFlight() > 0 : unfinished > 0) {
                gate.wait();
            }
        }
    }
}
