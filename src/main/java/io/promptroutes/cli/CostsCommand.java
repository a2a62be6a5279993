package io.promptroutes.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.prompt.Json;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.camel.util.TimeUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command {@code costs}: what was called and what it cost, out of the ledger. */
@Command(name = "costs", mixinStandardHelpOptions = true, versionProvider = PromptRoutes.Version.class,
        description = "Shows what was called and what it cost, and what stored answers have saved.")
final class CostsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;
    @Mixin
    private Common common;

    @Option(names = "--by", paramLabel = "WHAT", description = "model, day, task, tenant or job; in all where it is left out.")
    private Figures.By by = Figures.By.TOTAL;

    @Option(names = "--since", paramLabel = "D", description = "A day (2026-11-01, UTC) or a time ago (12h, 7d); all where it is left out.")
    private String since;

    @Option(names = "--format", paramLabel = "F", description = "table, json or csv.", defaultValue = "table")
    private Format format;

    @Option(names = "--last", paramLabel = "N", arity = "0..1", fallbackValue = "100", description = "The last N calls instead (100).")
    private Integer last;

    enum Format { TABLE, JSON, CSV }

    @Override
    public Integer call() {
        Settings settings = common.settings(Map.of());
        try (Common.Endpoint endpoint = common.endpoint(settings); Ledger ledger = Ledgers.open(endpoint.settings(), null)) {
            if (ledger == null) {
                throw new UsageException("there are no figures without the ledger (key ledger.enabled is off)");
            }
            List<ObjectNode> rows = new ArrayList<>();
            if (last != null) {
                ledger.figures().last(last).forEach(call -> rows.add(Json.MAPPER.valueToTree(new LastCall(call))));
            } else {
                ledger.figures().by(by, from()).forEach(row -> rows.add(row(row)));
            }
            print(rows, spec.commandLine().getOut());
            return ExitCodes.ANSWERED;
        }
    }

    private Instant from() {
        if (since == null) {
            return Instant.EPOCH;
        }
        try {
            return LocalDate.parse(since).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException notADay) {
            try {
                return Instant.now().minus(Duration.ofMillis(TimeUtils.toMilliSeconds(since)));
            } catch (RuntimeException e) {
                throw new UsageException("--since " + since + " is neither a day (2026-11-01) nor a time ago (12h, 7d)", e);
            }
        }
    }

    /** A call as it is shown. */
    private record LastCall(String at, String job, String tenant, String task, String model, String served, String state, BigDecimal cost_usd,
            String cost_source, Long latency_ms, Long prompt_tokens, Long completion_tokens, String generation_id) {

        LastCall(Figures.Call call) {
            this(call.claimedAt().toString(), call.job(), call.tenant(), call.task(), call.model(), call.servedModel(), call.state(), call.costUsd(),
                    call.costSource(), call.latencyMs(), call.promptTokens(), call.completionTokens(), call.generationId());
        }
    }

    private ObjectNode row(Figures.Row row) {
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put(by.name().toLowerCase(Locale.ROOT), row.name());
        out.put("requests", row.requests());
        out.put("cost_usd", plain(row.costUsd()));
        out.put("uncertain_usd", plain(row.uncertainUsd()));
        out.put("mean_cost_usd", plain(row.meanCostUsd()));
        out.put("mean_ms", row.meanMs());
        out.put("p95_ms", row.p95Ms());
        out.put("prompt_tokens", row.promptTokens());
        out.put("completion_tokens", row.completionTokens());
        out.put("fallbacks", row.fallbacks());
        out.put("errors", row.errors());
        out.put("reused", row.reused());
        out.put("saved_usd", plain(row.savedUsd()));
        return out;
    }

    private static BigDecimal plain(BigDecimal usd) {
        return usd.signum() == 0 ? BigDecimal.ZERO : usd.stripTrailingZeros();
    }

    private void print(List<ObjectNode> rows, PrintWriter out) {
        if (format == Format.JSON) {
            ArrayNode list = Json.MAPPER.createArrayNode().addAll(rows);
            out.println(list.toPrettyString());
            return;
        }
        if (rows.isEmpty()) {
            out.println(format == Format.CSV ? "" : "nothing was called yet");
            return;
        }
        List<String> names = new ArrayList<>();
        rows.get(0).fieldNames().forEachRemaining(names::add);
        List<List<String>> table = new ArrayList<>();
        table.add(names);
        rows.forEach(row -> table.add(names.stream().map(name -> row.path(name).isNull() ? "" : row.path(name).asText()).toList()));
        table.forEach(cells -> out.println(format == Format.CSV ? csv(cells) : aligned(cells, table)));
    }

    private static String csv(List<String> cells) {
        return String.join(",", cells.stream().map(cell -> cell.matches("[^\",\\n]*") ? cell : "\"" + cell.replace("\"", "\"\"") + "\"").toList());
    }

    private static String aligned(List<String> cells, List<List<String>> table) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            int column = i;
            int width = table.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
            String blank = " ".repeat(width - cells.get(i).length());
            line.append(i == 0 ? cells.get(i) + blank : "  " + blank + cells.get(i));
        }
        return line.toString().stripTrailing();
    }
}
