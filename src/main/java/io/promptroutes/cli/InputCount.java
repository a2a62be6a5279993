package io.promptroutes.cli;

import io.promptroutes.file.Arrivals;
import io.promptroutes.flow.Intake;
import io.promptroutes.flow.Tally;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BiFunction;

/** Counts a job's prompts by reading its input a second time beside it, as it is read for answering. Thread-safe. */
final class InputCount implements AutoCloseable {

    private final Intake intake = everything();
    private volatile long total = -1;

    /** @param input opened with an intake and a tally of its own; null where it can be read only once */
    InputCount(BiFunction<Intake, Tally, Arrivals> input) {
        if (input != null) {
            Thread thread = new Thread(() -> count(input), "input-count");
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.start();
        }
    }

    /** An intake that takes all there is. */
    private static Intake everything() {
        return new Intake(Integer.MAX_VALUE, Duration.ZERO, Duration.ZERO, true, Clock.systemUTC());
    }

    private void count(BiFunction<Intake, Tally, Arrivals> input) {
        Tally tally = new Tally();
        try (Arrivals arrivals = input.apply(intake, tally)) {
            while (arrivals.hasNext()) {
                arrivals.next();
            }
        }
        total = intake.stopped() ? -1 : tally.taken();
    }

    /** Negative while it is not known. */
    long total() {
        return total;
    }

    @Override
    public void close() {
        intake.stop("nobody wants to know any more");
    }
}
