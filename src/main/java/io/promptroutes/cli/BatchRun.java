package io.promptroutes.cli;

import io.promptroutes.app.Engine;
import io.promptroutes.file.Arrivals;
import io.promptroutes.flow.Estimate;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.pipeline.OpenBatches;
import io.promptroutes.pipeline.Pipeline;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;

/** A job under way: asks about all that its input holds, shows how far it is, and says what it came to. One use. */
final class BatchRun {

    private final Engine engine;
    private final Pipeline pipeline;
    private final BatchOutput output;
    private final BiFunction<PromptWindow, JobStatistics, Arrivals> input;
    private final BatchView view;
    private final PrintWriter err;
    private Summary summary;
    private boolean submitted;
    private long total;
    private List<String> unreadable = List.of();

    BatchRun(Engine engine, Pipeline pipeline, BatchOutput output, BiFunction<PromptWindow, JobStatistics, Arrivals> input, BatchView view, PrintWriter err) {
        this.engine = engine;
        this.pipeline = pipeline;
        this.output = output;
        this.input = input;
        this.view = view;
        this.err = err;
    }

    /**
     * Blocks until all is answered, or nothing more may be called.
     *
     * @param countable whether the input can be read beside the job, to know how much there is
     * @param most      lines that are wanted; null for all
     * @param submitOnly whether to end when all that waits is submitted
     * @return the exit code
     */
    int ask(boolean countable, Long most, boolean submitOnly, Interruption interruption) throws InterruptedException, IOException {
        try (Arrivals arrivals = input.apply(pipeline.window(), engine.tally())) {
            engine.start();
            summary = new Summary(engine.tally(), engine.intake());
            InputCount count = new InputCount(view.quiet || !countable ? null : input, most);
            Course course = new Course(engine.tally(), engine.intake(), pipeline.window(), engine.beans().batches(), count::total);
            try (count; Progress progress = new Progress(course, err, view.quiet); Submission submission = submitOnly ? new Submission(engine, pipeline.window()) : null) {
                interruption.last(progress);
                interruption.waiting(engine.beans().batches()::waiting);
                while (arrivals.hasNext()) {
                    Inbound next = arrivals.next();
                    engine.ask(pipeline, output.job(), next, output.next(next));
                }
                OpenBatches open = engine.beans().batches();
                open.hurry(() -> course.queued() == 0);
                submitted = submission != null && submission.complete();
                pipeline.window().awaitFinished();
                engine.send("direct:unknown-costs", null); // those that OpenRouter does not have yet are asked for when a command next runs
            }
            total = count.total();
            unreadable = arrivals.unreadable();
            unreadable.forEach(problem -> err.println("prompt-routes: " + problem));
            return submitted ? ExitCodes.ANSWERED : summary.exitCode(!unreadable.isEmpty());
        }
    }

    /** Files that could not be read to their ends. */
    List<String> unreadable() {
        return unreadable;
    }

    /** @param whole whether the job was to read all of its input. removed, lines of rows that are gone */
    void summary(Path out, boolean whole, Estimate estimate, long removed) {
        summary.print(err, out, whole ? total : -1, estimate, removed);
    }
}
