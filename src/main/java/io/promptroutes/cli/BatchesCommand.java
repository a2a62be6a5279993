package io.promptroutes.cli;

import io.promptroutes.ledger.BatchLine;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.pipeline.ExpectedEnd;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.UsageException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command {@code batches}: what was asked in batches, as the ledger knows it. */
@Command(name = "batches", description = "Shows the batches in which prompts of service tier batch are asked.")
final class BatchesCommand extends ConfiguredCommand {

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Shows the batches of the last days, the latest first.")
    int list(@Option(names = "--days", paramLabel = "N", defaultValue = "7", description = "Of so many days.") int days) {
        return withLedger((ledger, settings) -> {
            Table table = new Table(1, "batch", "began", "model", "prompts", "state", "done", "cost $", "end");
            Map<String, List<Duration>> took = new HashMap<>();
            for (BatchRow batch : ledger.batches().since(Instant.now().minus(Duration.ofDays(days)))) {
                table.add(id(batch), batch.createdAt().truncatedTo(ChronoUnit.SECONDS), batch.model(), batch.lines(), state(batch), batch.done(), batch.costUsd() == null ? ""
                        : Course.cents(batch.costUsd()), end(ledger, batch, took));
            }
            table.print(out(), "");
            return ExitCodes.ANSWERED;
        });
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one batch, and what its lines came to.")
    int show(@Parameters(paramLabel = "BATCH", description = "As the list has it.") String id) {
        return withLedger((ledger, settings) -> {
            BatchRow batch = ledger.batches().since(Instant.EPOCH).stream().filter(one -> id(one).equals(id) || one.id().toString().equals(id)).findFirst()
                    .orElseThrow(() -> new UsageException("the ledger has no batch " + id));
            out().println("batch       " + id(batch) + " (here " + batch.id() + ")");
            out().println("state       " + state(batch) + (batch.reason() == null ? "" : ": " + Shown.list(batch.reason())));
            out().println("model       " + batch.model() + (batch.only() == null ? "" : ", of " + batch.only() + " only") + ", " + batch.endpoint());
            out().println("size        " + batch.lines() + " prompts, " + batch.bytes() + " bytes");
            out().println("time        began " + batch.createdAt() + (batch.within() == null ? "" : ", to be through within " + batch.within())
                    + (batch.finalizedAt() == null ? "" : ", was through " + batch.finalizedAt()) + ", " + (batch.endedAt() == null ? "" : "ended ")
                    + end(ledger, batch, new HashMap<>()));
            out().println("cost        " + (batch.costUsd() == null ? "not told" : "$" + batch.costUsd().toPlainString()));
            List<BatchLine> lines = ledger.batches().lines(batch.id(), -1, Integer.MAX_VALUE);
            Map<String, Long> states = lines.stream().collect(Collectors.groupingBy(line -> line.state().name().toLowerCase(Locale.ROOT), TreeMap::new, Collectors.counting()));
            out().println("lines       " + Course.counts(states));
            return ExitCodes.ANSWERED;
        });
    }

    /** When it ended, or is expected to. @param took how long earlier ones of a model took, as far as that was read */
    private static String end(Ledger ledger, BatchRow batch, Map<String, List<Duration>> took) {
        if (batch.endedAt() != null) {
            return batch.endedAt().truncatedTo(ChronoUnit.SECONDS).toString();
        }
        return ExpectedEnd.of(batch, took.computeIfAbsent(batch.model(), model -> ledger.batches().took(batch.provider(), model))).words(Instant.now());
    }

    private static String id(BatchRow batch) {
        return batch.remoteId() == null ? batch.id().toString() : batch.remoteId();
    }

    private static String state(BatchRow batch) {
        return batch.remoteState() == null ? batch.state().toString() : batch.state() + " (" + batch.remoteState() + ")";
    }
}
