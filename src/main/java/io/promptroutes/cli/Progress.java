package io.promptroutes.cli;

import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A line about how far a job is, now and then. */
final class Progress implements AutoCloseable {

    private static final int EVERY_SECONDS = 10;

    private final Summary summary;
    private final PrintWriter out;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });

    Progress(Summary summary, PrintWriter out) {
        this.summary = summary;
        this.out = out;
        timer.scheduleAtFixedRate(() -> out.println(summary.line()), EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
