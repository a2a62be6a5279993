package io.promptroutes.ops;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PipelineStatistics;
import io.promptroutes.ledger.BudgetState;
import io.promptroutes.ledger.Figures;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.prompt.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What {@code /api/usage} says (docs/api.md): the ledger's figures, its budgets, and what runs now. Thread-safe. Figures are kept for a
 * second, and for nine times as long as they took to find: however large the ledger and however many ask, that is a tenth of one core.
 */
public final class Overview {

    private static final Duration KEPT = Duration.ofSeconds(1);
    private static final int KEPT_FOR_TIME = 9;
    private static final int MOST_KEPT = 8;

    private static final List<Figures.By> TABLES = List.of(Figures.By.TOTAL, Figures.By.MODEL, Figures.By.DAY, Figures.By.TASK, Figures.By.TENANT,
            Figures.By.SOURCE, Figures.By.REASON);

    private record Found(ObjectNode figures, Duration kept) {
    }

    private final Ledger ledger;
    private final JobStatistics tally;
    private final Supplier<String> paused;
    private final Supplier<List<Pipeline>> pipelines;
    private final Instant started = Instant.now();
    private final Cache<String, Found> found = Caffeine.newBuilder().maximumSize(MOST_KEPT)
            .expireAfter(Expiry.<String, Found>creating((since, one) -> one.kept())).build();

    /**
     * @param ledger null where it is switched off
     * @param tally  null where nothing runs, as are the others
     * @param paused why calls are, or null
     */
    public Overview(Ledger ledger, JobStatistics tally, Supplier<String> paused, Supplier<List<Pipeline>> pipelines) {
        this.ledger = ledger;
        this.tally = tally;
        this.paused = paused;
        this.pipelines = pipelines;
    }

    /** @param since a day (UTC) or a time ago; null for all */
    public ObjectNode usage(String since) {
        LocalDate from = CostRows.from(since);
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("at", now().toString());
        out.put("ledger", ledger != null);
        out.set("now", tally == null ? null : running());
        return ledger == null ? out : out.setAll(figures(since == null ? "" : since, from));
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private synchronized ObjectNode figures(String since, LocalDate from) {
        return found.get(since, asked -> {
            Instant start = Instant.now();
            ObjectNode figures = read(from);
            Duration rest = Duration.between(start, Instant.now()).multipliedBy(KEPT_FOR_TIME);
            return new Found(figures, rest.compareTo(KEPT) > 0 ? rest : KEPT);
        }).figures();
    }

    private ObjectNode read(LocalDate from) {
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("figures_at", now().toString());
        out.put("since", from.equals(LocalDate.EPOCH) ? null : from.toString());
        Map<Figures.By, List<Figures.Row>> tables = ledger.figures().by(TABLES, Set.of(Figures.By.TOTAL, Figures.By.MODEL), from);
        List<Figures.Row> total = tables.remove(Figures.By.TOTAL);
        out.set("total", CostRows.row(Figures.By.TOTAL, total.isEmpty() ? Figures.nothing("total") : total.get(0)));
        tables.forEach((by, table) -> {
            ArrayNode rows = out.putArray("by_" + by.name().toLowerCase(Locale.ROOT));
            table.forEach(row -> rows.add(CostRows.row(by, row)));
        });
        out.set("budgets", Json.MAPPER.valueToTree(budgets()));
        return out;
    }

    /** Those of today and of this month that have a limit; what names whom it is for is there before anything was spent, too. */
    private Collection<BudgetState> budgets() {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        Map<List<?>, BudgetState> states = new LinkedHashMap<>();
        Stream.of(ledger.history().current(today), ledger.history().budgets(today)).flatMap(List::stream).filter(state -> state.limitUsd() != null)
                .forEach(state -> states.put(Arrays.asList(state.scope(), state.pipeline(), state.tenant(), state.model(), state.period()), state));
        return states.values();
    }

    private ObjectNode running() {
        ObjectNode out = Json.MAPPER.createObjectNode();
        out.put("started", started.truncatedTo(ChronoUnit.SECONDS).toString());
        out.put("paused", paused.get());
        out.put("in_flight", tally.calling());
        out.put("unfinished", pipelines.get().stream().mapToInt(pipeline -> pipeline.window().unfinished()).sum());
        out.set("waiting", Json.MAPPER.valueToTree(tally.waiting()));
        out.put("taken", tally.taken());
        out.put("answered", tally.answered());
        out.put("reused", tally.reused());
        out.put("saved_usd", tally.saved());
        out.set("fallbacks", Json.MAPPER.valueToTree(tally.fallbacks()));
        out.set("dead_letters", Json.MAPPER.valueToTree(tally.deadByCode()));
        ArrayNode each = out.putArray("pipelines");
        pipelines.get().forEach(pipeline -> each.add(row(pipeline)));
        return out;
    }

    /** In = answered + dead letters + left + in flight. */
    private static ObjectNode row(Pipeline pipeline) {
        PipelineStatistics counts = pipeline.statistics();
        ObjectNode row = Json.MAPPER.createObjectNode().put("pipeline", pipeline.name());
        row.put("taken", counts.taken()).put("answered", counts.answered()).put("dead_letters", counts.deadLetters()).put("left", counts.left());
        return row.put("in_flight", counts.inFlight()).put("passed", counts.passedOn()).put("oldest_seconds", counts.oldest(Instant.now()).toSeconds());
    }
}
