package io.promptroutes.cli;

import io.promptroutes.file.Arrivals;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BiFunction;

/** Counts a job's prompts by reading its input a second time beside it, as it is read for answering; those of a trial are known. Thread-safe. */
final class InputCount implements AutoCloseable {

    /** Takes all there is. */
    private final AdmissionGate intake = new AdmissionGate(Duration.ZERO, Duration.ZERO, true, Clock.systemUTC());
    private final Thread thread;
    private volatile long total;

    /**
     * @param input opened with a window and statistics of its own; null where it can be read only once
     * @param most  prompts that are wanted of it, which is taken for their number; null for all
     */
    InputCount(BiFunction<PromptWindow, JobStatistics, Arrivals> input, Long most) {
        total = most == null ? -1 : most;
        thread = new Thread(() -> count(input), "input-count");
        if (input != null && most == null) {
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.start();
        }
    }

    private void count(BiFunction<PromptWindow, JobStatistics, Arrivals> input) {
        JobStatistics tally = new JobStatistics();
        try (Arrivals arrivals = input.apply(new PromptWindow(intake, Integer.MAX_VALUE), tally)) {
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
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
