package io.promptroutes.cli;

import io.promptroutes.app.Engine;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.pipeline.OpenBatches;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;

/** Of a job that only submits: ends it when all is submitted, or when the rest waits for the answers to what is, which may take a day. */
final class Submission implements AutoCloseable {

    private static final long LOOK_MILLIS = 200;
    /** Looks at which all stood still, with none between them that found a change: who waits for room in a limit has asked again meanwhile, and a group was sent. */
    private static final int STILL = 50;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("submission", true));
    private final OpenBatches open;
    private final AdmissionGate intake;
    private final JobStatistics tally;
    private final PromptWindow window;
    private List<Integer> before = List.of();
    private int still;
    private boolean roomless;

    Submission(Engine engine, PromptWindow window) {
        open = engine.beans().batches();
        intake = engine.intake();
        tally = engine.tally();
        this.window = window;
        timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        int asked = open.waiting();
        Set<String> waits = tally.waiting().keySet();
        boolean others = waits.stream().anyMatch(reason -> !reason.equals(JobStatistics.BUDGET_RESERVED)); // which end by themselves, as a pause does
        List<Integer> now = List.of(asked, window.unfinished());
        if (others || intake.reason() != null || !now.equals(before)) {
            before = now;
            still = 0;
            roomless = false;
            return;
        }
        roomless |= !waits.isEmpty() || asked == window.unfinished() && !window.room();
        still += intake.inFlight() == 0 ? 1 : 0;
        if (asked > 0 && roomless && still >= STILL) {
            intake.stop(words() + "; the rest has no room beside these in a limit or in batches.open until they are answered");
        }
    }

    private String words() {
        return open.waiting() + " prompts are submitted, in " + open.batches().size() + " batches (--submit-only)";
    }

    /** Blocks until nothing more is submitted; to be called at the end of the input. Tells whether all is. */
    boolean complete() throws InterruptedException {
        while (!intake.stopped() && (open.gathering() > 0 || intake.inFlight() > 0 || open.waiting() < window.unfinished())) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        boolean all = !intake.stopped();
        if (all && open.waiting() > 0) {
            intake.stop(words());
        }
        return all;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
