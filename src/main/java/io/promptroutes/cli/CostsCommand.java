package io.promptroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.app.Endpoint;
import io.promptroutes.app.Ledgers;
import io.promptroutes.call.Dialect;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Usd;
import io.promptroutes.ops.CostRows;
import io.promptroutes.ops.FocusRows;
import io.promptroutes.ops.LastRequests;
import io.promptroutes.ops.Overview;
import io.promptroutes.ops.PageFile;
import io.promptroutes.ops.Reconciliation.Difference;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code costs}: what was called and what it cost, out of the ledger. */
@Command(name = "costs", description = "Shows what was called and what it cost, and what stored answers have saved.")
final class CostsCommand extends ConfiguredCommand implements Callable<Integer> {

    @Option(names = "--by", paramLabel = "WHAT", description = "model, day, task, tenant, pipeline, tier, job, source (of the cost) or reason (of failures and fallbacks); in all where it is left out.")
    private Figures.By by = Figures.By.TOTAL;

    @Option(names = "--since", paramLabel = "D", description = "A day (2026-11-01, UTC) or a time ago (12h, 7d), from the beginning of that day on; all where it is left out.")
    private String since;

    @Option(names = "--reconcile", description = "Compares the ledger with what OpenRouter lists by finished day and model, and explains the differences. Needs a management key.")
    private boolean reconcile;

    @Option(names = "--all-keys", description = "With --reconcile: what OpenRouter lists for every key of the account, and not for this one alone.")
    private boolean allKeys;

    @Option(names = "--format", paramLabel = "F", description = "table, json, csv, or focus: CSV by FOCUS 1.2, a row a day, model, tenant and pipeline.", defaultValue = "table")
    private Format format;

    @Option(names = "--last", paramLabel = "N", arity = "0..1", fallbackValue = "100", description = "The last N calls instead (100).")
    private Integer last;

    @Option(names = "--page", paramLabel = "FILE", description = "Writes the service's page with these figures as one HTML file instead.")
    private Path page;

    enum Format { TABLE, JSON, CSV, FOCUS }

    @Override
    public Integer call() {
        CostRows.from(since); // a typing error is told before anything else
        if (reconcile) {
            return reconcile(settings());
        }
        Settings settings = withoutCalls();
        if (page != null) {
            writePage(settings);
        } else {
            List<ObjectNode> rows = rows(settings);
            print(rows, out());
            if (rows.isEmpty() && !simulate && Files.exists(Path.of(settings.text("ledger.directory"), "simulated"))) {
                err().println("prompt-routes: what the simulator was asked is shown with --simulate");
            }
        }
        return ExitCodes.ANSWERED;
    }

    private List<ObjectNode> rows(Settings settings) {
        try (Ledger ledger = Ledgers.open(settings, null)) {
            return format == Format.FOCUS ? focus(settings, needed(ledger)) : CostRows.of(needed(ledger), by, since, last);
        }
    }

    private List<ObjectNode> focus(Settings settings, Ledger ledger) {
        String provider = simulate ? "simulator" : Endpoint.of(settings).chosen(ledger).provider();
        return new FocusRows(provider.equals(Dialect.OPENROUTER.toString()) ? "OpenRouter" : provider, settings.text("focus.billing-account"))
                .of(ledger.figures().uses(CostRows.from(since)));
    }

    private int reconcile(Settings settings) {
        if (format == Format.FOCUS || last != null || page != null) {
            throw new UsageException("--reconcile goes with --since, --all-keys and --format table, json or csv alone");
        }
        if (simulate) {
            throw new UsageException("--reconcile has nothing to compare with under --simulate: the simulator's list begins anew with each command");
        }
        try (Endpoint configured = endpoint(settings); Ledger ledger = Ledgers.open(configured.settings(), null)) {
            List<Difference> differences = new Reconciling(configured.chosen(needed(ledger)), ledger, allKeys, Clock.systemUTC(), err()).differences(CostRows.from(since));
            if (!differences.isEmpty() || format == Format.JSON) {
                print(differences.stream().map(one -> Json.MAPPER.<ObjectNode>valueToTree(one)).toList(), out());
            }
            return differences.stream().anyMatch(Difference::unexplained) ? ExitCodes.DEAD_LETTERS : ExitCodes.ANSWERED;
        }
    }

    private static Ledger needed(Ledger ledger) {
        if (ledger == null) {
            throw new UsageException("there are no figures without the ledger (key ledger.enabled is off)");
        }
        return ledger;
    }

    /** The page of a service with the figures in it, for what has no service. */
    private void writePage(Settings settings) {
        JsonNode usage;
        JsonNode requests;
        try (Ledger ledger = Ledgers.open(settings, null)) {
            usage = new Overview(needed(ledger), null, null, null).usage(since);
            requests = new LastRequests(ledger).latest(LastRequests.MOST, request -> true);
        }
        try {
            Files.writeString(page, PageFile.of(usage, requests));
        } catch (IOException e) {
            throw new UsageException("--page " + page + " cannot be written: " + e, e);
        }
        err().println("prompt-routes: the page is in " + page);
    }

    private void print(List<ObjectNode> rows, PrintWriter out) {
        if (format == Format.JSON) {
            ArrayNode list = Json.MAPPER.createArrayNode().addAll(rows);
            out.println(list.toPrettyString());
            return;
        }
        if (rows.isEmpty()) {
            out.println(format == Format.CSV || format == Format.FOCUS ? "" : "nothing was called yet");
            return;
        }
        List<String> names = new ArrayList<>();
        rows.get(0).fieldNames().forEachRemaining(names::add);
        List<List<String>> cells = rows.stream().map(row -> names.stream().map(name -> cell(row.path(name))).toList()).toList();
        if (format != Format.TABLE) {
            out.println(csv(names));
            cells.forEach(row -> out.println(csv(row)));
            return;
        }
        Table table = new Table(reconcile ? 2 : 1, names.toArray(String[]::new));
        cells.forEach(row -> table.add(row.toArray()));
        table.print(out, "");
    }

    /** Amounts have no exponent here either. A name that somebody gave is no formula to a spreadsheet. */
    private String cell(JsonNode value) {
        if (value.isTextual()) {
            String name = format == Format.FOCUS ? value.textValue() : Shown.of(value.textValue(), Shown.NAME);
            return format != Format.TABLE && name.matches("\\s*[=+@\uff0b\uff0d\uff1d\uff20-].*") ? "'" + name : name;
        }
        return value.isNull() ? "" : value.isBigDecimal() ? Usd.plain(value.decimalValue()) : value.asText();
    }

    private static String csv(List<String> cells) {
        return String.join(",", cells.stream().map(cell -> cell.matches("[^\",;]*") ? cell : "\"" + cell.replace("\"", "\"\"") + "\"").toList());
    }
}
