package io.promptroutes.cli;

import io.promptroutes.file.InputFiles;
import io.promptroutes.file.OutputFolder;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Estimate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.ModelStatistics;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Shown;
import java.io.PrintWriter;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.Locale;

/** What a job has come to, in words; checks that every prompt that came in has come out. */
final class Summary {

    private final JobStatistics tally;
    private final AdmissionGate intake;
    private final long started = System.nanoTime();

    Summary(JobStatistics tally, AdmissionGate intake) {
        this.tally = tally;
        this.intake = intake;
    }

    /**
     * The last words of a job.
     *
     * @param all      prompts of the input; negative where it is not known
     * @param estimate that was made before it; null where there was none
     * @param removed  lines of rows that are gone
     */
    void print(PrintWriter out, Path folder, long all, Estimate estimate, long removed) {
        long in = tally.taken();
        long done = tally.answered() + tally.deadLetters();
        boolean stopped = intake.stopped();
        out.println();
        out.printf(Locale.ROOT, "prompts     %d in = %d answered + %d dead letters%s%n", in, tally.answered(), tally.deadLetters(),
                stopped ? " + " + (in - done) + " left as they were" : "");
        if (stopped && all != in) {
            out.println("            " + (all < 0 ? "what was not read yet is not counted" : all - in + " more were not read"));
        }
        if (!tally.deadByCode().isEmpty()) {
            out.println("            dead letters: " + Course.counts(tally.deadByCode()));
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        out.printf(Locale.ROOT, "time        %.1f s, %.1f prompts/s%n", seconds, done / Math.max(0.001, seconds));
        if (tally.reused() > 0) {
            out.printf(Locale.ROOT, "reused      %d answers worth $%s, paid $%s now%n", tally.reused(), Usd.plain(tally.saved()), Usd.plain(tally.spent()));
        }
        noted(out, tally.noted(JobStatistics.UNNAMED_MODEL), "            %d answers are of models that the table no longer names (--fresh calls them again)");
        noted(out, tally.noted(JobStatistics.OTHER_INSTRUCTION), "changed     %d prompts have another instruction than before, and are called");
        noted(out, removed, "removed     %d results are of rows that are not in the input any more, and moved to " + OutputFolder.REMOVED_ROWS);
        noted(out, tally.noted(JobStatistics.MAYBE_PAID_TWICE), "ambiguous   %d calls of processes that died were made again and may have been paid twice");
        if (tally.noted(JobStatistics.LOOKED_UP) > 0) {
            out.printf(Locale.ROOT, "looked up   %d calls of unknown cost came to $%s%n", tally.noted(JobStatistics.LOOKED_UP), Usd.plain(tally.lookedUpUsd()));
        }
        out.println("fallbacks   " + (tally.fallbacks().isEmpty() ? "none" : Course.counts(tally.fallbacks())));
        noted(out, tally.noted(JobStatistics.SUBSTITUTE), "substitutes %d answers are of another model than the one that the request names (fallback.reason)");
        noted(out, tally.noted(JobStatistics.CUT), "cut         %d answers ended at their token limit (finish_reason length); a higher max_tokens lets them end");
        noted(out, tally.noted(JobStatistics.OTHER_TIER), "tiers       %d answers did not come at the service tier that was asked for, or do not say at which one (routing.notes)");
        noted(out, tally.noted(JobStatistics.NO_ROOM), "no room     %d answers came at the standard price, since service tier flex had no room (routing.notes)");
        if (tally.inBatches() > 0) {
            out.printf(Locale.ROOT, "batches     %d answers came in batches, for $%s less than alone by the list of models%n", tally.inBatches(), Usd.plain(tally.savedInBatches()));
        }
        noted(out, tally.noted(JobStatistics.ALONE), "            %d answers of service tier batch were called alone (routing.notes)");
        out.println("cost        $" + Usd.plain(tally.spent()));
        if (estimate != null) {
            Estimate.Range usd = estimate.total().usd();
            out.printf(Locale.ROOT, "            estimated: $%s, from $%s to $%s%n", Course.cents(usd.expected()), Course.cents(usd.low()),
                    Course.cents(usd.high()));
        }
        if (!tally.models().isEmpty()) {
            table(estimate).print(out, "  ");
        }
        out.println("results     " + (folder.equals(InputFiles.STDIN) ? "standard output" : folder));
        if (stopped) {
            out.println("STOPPED     " + Shown.list(intake.reason()));
            out.println(intake.reason().contains("--max-cost") ? "            go on, with a higher limit, with:  "
                    + Interruption.again().replaceAll("(--max-cost[= ]|budget\\.job=)[^\\s']+", "$1USD") : "            go on with:  " + Interruption.again());
        } else if (in != done) {
            out.println("MISMATCH    " + (in - done) + " prompts are neither answered nor dead letters. This is a defect of prompt-routes.");
        }
    }

    /** A line about what there is at all. */
    private static void noted(PrintWriter out, long count, String line) {
        if (count > 0) {
            out.printf(Locale.ROOT, line + "%n", count);
        }
    }

    private Table table(Estimate estimate) {
        Table table = new Table(2, "task", "model", "calls", "cost $", estimate == null ? "" : "estimated $", "in", "out", "p50 ms", "p95 ms",
                "fallbacks", "reused");
        for (ModelStatistics.Total row : tally.models()) {
            table.add(row.task(), row.model(), row.calls(), row.usd().setScale(6, RoundingMode.HALF_UP) + (row.unknown() > 0 ? " + " + row.unknown() + " unknown" : ""),
                    estimate == null ? "" : Course.cents(estimate.expected(row.task(), row.model())),
                    row.tokensIn(), row.tokensOut(), row.p50Ms(), row.p95Ms(), row.fallbacks(), row.reused());
        }
        return table;
    }

    /** Of the process. */
    int exitCode(boolean inputLost) {
        if (intake.stopped()) {
            return ExitCodes.STOPPED;
        }
        if (tally.taken() != tally.answered() + tally.deadLetters()) {
            return ExitCodes.DEFECT;
        }
        return tally.deadLetters() > 0 || inputLost ? ExitCodes.DEAD_LETTERS : ExitCodes.ANSWERED;
    }
}
