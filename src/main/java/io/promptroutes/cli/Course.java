package io.promptroutes.cli;

import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.pipeline.OpenBatches;
import io.promptroutes.prompt.Shown;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** How far a job is and where that leads, in words. For one thread. */
final class Course {

    /** Prompts that were paid for before a projection is worth a look, or a twentieth of a small job: calls that run are paid for before they count as done. */
    private static final int ENOUGH = 50;
    private static final int BAR = 20;
    private static final int LINES = 6;

    private final JobStatistics tally;
    private final AdmissionGate intake;
    private final PromptWindow window;
    private final OpenBatches batches;
    private final LongSupplier total;
    private final Pace pace = new Pace();

    /** @param total prompts of the input; negative while nobody knows */
    Course(JobStatistics tally, AdmissionGate intake, PromptWindow window, OpenBatches batches, LongSupplier total) {
        this.tally = tally;
        this.intake = intake;
        this.window = window;
        this.batches = batches;
        this.total = total;
        pace.note(System.nanoTime(), 0, BigDecimal.ZERO);
    }

    /** What is to be known now, the most important first; each part may be a line of its own. */
    List<String> parts() {
        long done = tally.answered() + tally.deadLetters();
        pace.note(System.nanoTime(), done, tally.spent());
        List<String> parts = new ArrayList<>();
        parts.add(way(done));
        parts.add(tally.answered() + " answered" + (tally.noted(JobStatistics.CUT) == 0 ? "" : " (" + tally.noted(JobStatistics.CUT) + " cut)") + ", " + tally.deadLetters() + " dead letters, " + tally.calling() + " in flight" + waiting());
        parts.add(money(done));
        parts.add("fallbacks: " + (tally.fallbacks().isEmpty() ? "none" : counts(tally.fallbacks())));
        if (batches.waiting() + batches.gathering() > 0) {
            parts.add("batches: " + batches.words(Instant.now()) + ", saved $" + cents(tally.savedInBatches()));
        }
        String reason = intake.reason();
        if (reason != null) {
            parts.add((intake.stopped() ? "! stopping: " : "! paused: ") + Shown.list(reason));
        } else if (batches.trouble() != null) {
            parts.add("! " + Shown.list(batches.trouble()));
        }
        return parts;
    }

    /** For a terminal: always as many. */
    List<String> lines() {
        List<String> lines = parts();
        while (lines.size() < LINES) {
            lines.add("");
        }
        long all = total.getAsLong();
        if (all > 0) {
            int full = (int) Math.min(BAR, BAR * (tally.answered() + tally.deadLetters()) / all);
            lines.set(0, "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + lines.get(0));
        }
        return lines;
    }

    private String way(long done) {
        String rate = String.format(Locale.ROOT, " done, %.1f/s", pace.rate());
        long all = total.getAsLong();
        if (all <= 0) {
            return done + rate;
        }
        Duration left = pace.until(all - done);
        return 100 * done / all + " %, ETA " + (left == null ? "?" : clock(left)) + ", " + done + " of " + all + rate;
    }

    private String waiting() {
        long queued = queued();
        Map<String, Long> waiting = tally.waiting();
        long waits = waiting.values().stream().mapToLong(Long::longValue).sum();
        long batched = batches.waiting() + batches.gathering();
        if (batched > 0) {
            waiting.put("for batches", batched);
            waits += batched;
        }
        if (queued > 0) {
            waiting.put("queued", queued);
        }
        return ", " + (waits + queued) + " waiting" + (waiting.isEmpty() ? "" : " (" + counts(waiting) + ")");
    }

    /** Prompts that are neither called nor in a batch, and wait for nothing that has a name: they are on their way. For any thread. */
    long queued() {
        long waits = tally.waiting().values().stream().mapToLong(Long::longValue).sum();
        return Math.max(0, window.unfinished() - intake.inFlight() - waits - batches.waiting() - batches.gathering());
    }

    private String money(long done) {
        BigDecimal spent = tally.spent();
        long all = total.getAsLong();
        long paid = done - tally.reused();
        String projected = all < 0 || paid < ENOUGH && paid * 20 < all ? "" : ", projected $" + cents(spent.add(spent.multiply(BigDecimal.valueOf(all - done))
                .divide(BigDecimal.valueOf(paid), MathContext.DECIMAL64)));
        String reused = tally.reused() == 0 ? "" : ", " + tally.reused() + " reused ($" + cents(tally.saved()) + ")";
        return "$" + cents(spent) + " so far" + projected + ", $" + cents(pace.usdPerMinute()) + "/min" + reused;
    }

    /** USD to a hundredth of a cent. */
    static String cents(BigDecimal usd) {
        return usd.setScale(4, RoundingMode.HALF_UP).toPlainString();
    }

    static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream().map(entry -> entry.getValue() + " " + entry.getKey()).collect(Collectors.joining(", "));
    }

    private static String clock(Duration time) {
        return time.toHours() > 0 ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }
}
