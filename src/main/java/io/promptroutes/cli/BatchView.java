package io.promptroutes.cli;

import java.math.BigDecimal;
import picocli.CommandLine.Option;

/** Options of {@code batch} about what is seen of a job: before it runs, while it does, and in its files afterwards. */
final class BatchView {

    enum Order { INPUT, COMPLETION }

    enum Format { NATIVE, OPENAI, CSV }

    @Option(names = "--estimate", description = "Call nothing: tell what the job's first calls would cost, by task, tier and model. No bound: that is --max-cost. Needs no key.")
    boolean estimate;

    @Option(names = "--confirm-above", paramLabel = "USD",
            description = "Estimate first; where the first calls may cost more than this, ask on the terminal, and without one call nothing (exit 2). "
                    + "Retries and fallbacks come on top: --max-cost is the bound.")
    BigDecimal confirmAbove;

    @Option(names = "--order", paramLabel = "ORDER", defaultValue = "completion",
            description = "Order of the lines in the output files when the job is finished: completion (as they came), or input.")
    Order order;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "native",
            description = "native; openai: openai-output.jsonl and openai-errors.jsonl as of OpenAI's Batch API as well, made when the job ends or stops; or csv: "
                    + "results.csv as well, the columns of the input and behind them the fields of the schema (without one, text), error, model_used and cost_usd.")
    Format format;

    @Option(names = "--spreadsheet", description = "With --format csv: an apostrophe stands in front of a cell that a spreadsheet would compute (= + - @).")
    boolean spreadsheet;

    @Option(names = "--quiet", description = "No panel, progress or summary: errors, and the exit code.")
    boolean quiet;
}
