package io.promptroutes.cli;

import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.DefaultThreadFactory;

/** Shows how far a job is: on a terminal as a panel that is always there, else in a line now and then. */
final class Progress implements AutoCloseable {

    private static final long PANEL_MILLIS = 500;
    private static final long LINE_MILLIS = 10_000;

    private final Panel panel;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("progress", true));

    /** @param quiet shows nothing */
    Progress(Course course, PrintWriter out, boolean quiet) {
        panel = quiet ? null : Panel.open();
        if (!quiet) {
            Runnable show = panel != null ? () -> panel.show(course.lines()) : () -> out.println(String.join("; ", course.parts()));
            long every = panel != null ? PANEL_MILLIS : LINE_MILLIS;
            timer.scheduleAtFixedRate(show, every, every, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        if (panel != null) {
            panel.close();
        }
    }
}
