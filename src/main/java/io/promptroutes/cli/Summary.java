package io.promptroutes.cli;

import io.promptroutes.cost.Usd;
import io.promptroutes.flow.Intake;
import io.promptroutes.flow.Tally;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a job has come to, in words; checks that every prompt that came in has come out. */
final class Summary {

    private final Tally tally;
    private final Intake intake;
    private final long started = System.nanoTime();

    Summary(Tally tally, Intake intake) {
        this.tally = tally;
        this.intake = intake;
    }

    /** One line for now. */
    String line() {
        long done = tally.answered() + tally.deadLetters();
        String state = intake.reason() == null ? "" : "; waiting: " + intake.reason();
        return String.format(Locale.ROOT, "%d answered, %d dead letters, %d under way, %.0f/s, $%s%s", tally.answered(), tally.deadLetters(),
                tally.taken() - done, rate(done), Usd.plain(tally.spent()), state);
    }

    /** The last words of a job, and its exit code. */
    int print(PrintWriter out, Path folder, boolean inputLost) {
        long in = tally.taken();
        long done = tally.answered() + tally.deadLetters();
        boolean stopped = intake.stopped();
        out.println();
        out.printf(Locale.ROOT, "prompts     %d in = %d answered + %d dead letters%s%n", in, tally.answered(), tally.deadLetters(),
                stopped ? " + " + (in - done) + " left as they were" : "");
        if (!tally.deadByCode().isEmpty()) {
            out.println("            dead letters: " + counts(tally.deadByCode()));
        }
        out.printf(Locale.ROOT, "time        %.1f s, %.1f prompts/s%n", elapsed().toMillis() / 1000.0, rate(done));
        if (tally.reused() > 0) {
            out.printf(Locale.ROOT, "reused      %d answers worth $%s, paid $%s now%n", tally.reused(), Usd.plain(tally.saved()), Usd.plain(tally.spent()));
        }
        if (tally.paidTwiceAtMost() > 0) {
            out.printf(Locale.ROOT, "ambiguous   %d calls of processes that died were made again and may have been paid twice%n",
                    tally.paidTwiceAtMost());
        }
        if (tally.lookedUp() > 0) {
            out.printf(Locale.ROOT, "looked up   %d calls of unknown cost came to $%s%n", tally.lookedUp(), Usd.plain(tally.lookedUpUsd()));
        }
        out.println("fallbacks   " + (tally.fallbacks().isEmpty() ? "none" : counts(tally.fallbacks())));
        out.println("cost        $" + Usd.plain(tally.spent()));
        tally.models().forEach((model, total) -> out.printf(Locale.ROOT, "            %-44s %7d calls  $%s%s%n", model, total.calls(),
                Usd.plain(total.usd()), total.unknown() == 0 ? "" : " + " + total.unknown() + " calls of unknown cost"));
        out.println("results     " + folder);
        if (stopped) {
            out.println("STOPPED     " + intake.reason());
            return ExitCodes.STOPPED;
        }
        if (in != done) {
            out.println("MISMATCH    " + (in - done) + " prompts are neither answered nor dead letters. This is a defect of prompt-routes.");
            return ExitCodes.DEFECT;
        }
        return tally.deadLetters() > 0 || inputLost ? ExitCodes.DEAD_LETTERS : ExitCodes.ANSWERED;
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream().map(entry -> entry.getValue() + " " + entry.getKey()).collect(Collectors.joining(", "));
    }

    private double rate(long done) {
        return done / Math.max(0.001, elapsed().toMillis() / 1000.0);
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
