package io.promptroutes.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.promptroutes.call.FailureKind;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.BudgetState;
import io.promptroutes.ledger.Scope;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a service is like at present. What costs nothing is read when it is asked for, the rest at each {@link #refresh}. Thread-safe. */
public final class Gauges {

    private final Labels labels;
    private final MeterRegistry registry;
    private final Map<String, MultiGauge> gauges = new ConcurrentHashMap<>();

    /**
     * What has to be asked for.
     *
     * @param budgets that name whom they are for
     * @param lag     of each topic, in records
     * @param credit  in USD, by {@code key} and {@code account}; without those that nobody knows
     * @param open    models whose circuit breakers are
     * @param ready   checks, and whether each is passed
     * @param pipelines what is under way in each
     * @param failing records of each route that fail and are tried again
     */
    public record State(List<BudgetState> budgets, Map<String, Long> lag, Map<String, BigDecimal> credit, List<String> open, Map<String, Boolean> ready,
            List<UnderWay> pipelines, Map<String, Integer> failing) {

        /** Of a service that has not looked around yet. */
        public static final State NOTHING = new State(List.of(), Map.of(), Map.of(), List.of(), Map.of(), List.of(), Map.of());
    }

    /** A pipeline's prompts that are under way. @param oldest how long the oldest of them has been */
    public record UnderWay(String pipeline, int prompts, Duration oldest) {
    }

    public Gauges(MeterRegistry registry, Labels labels) {
        this.labels = labels;
        this.registry = registry;
    }

    /** Those that are read when they are asked for. @param paused says why intake is, or null; age, of the oldest record that is not finished, in seconds; 0 where there is none */
    public void live(Supplier<String> paused, JobStatistics tally, DoubleSupplier age) {
        Gauge.builder("prompt_routes.in_flight", tally, JobStatistics::calling).description("Calls that run").register(registry);
        Gauge.builder("prompt_routes.paused", () -> paused.get() == null ? 0 : 1).description("1 while intake is paused").register(registry);
        Gauge.builder("prompt_routes.queue.age", () -> age.getAsDouble()).baseUnit("seconds")
                .description("Age of the oldest record of the topic that was taken and is not finished").register(registry);
        Stream.concat(Stream.of(JobStatistics.PAUSED, JobStatistics.ANOTHER_PROCESS, JobStatistics.REQUESTS_PER_MINUTE, JobStatistics.BUDGET_RESERVED),
                Arrays.stream(FailureKind.values()).map(FailureKind::toString)).forEach(reason ->
                        Gauge.builder("prompt_routes.waiting", tally, counts -> counts.waiting().getOrDefault(reason, 0L))
                                .description("Prompts that wait without a permit, by what for").tag("reason", reason).register(registry));
    }

    public void refresh(State now) {
        show("prompt_routes.budget.limit", "USD", "Budgets that name whom they are for", rows(now.budgets(), "budget", Gauges::name, BudgetState::limitUsd));
        show("prompt_routes.budget.left", "USD", "What is neither spent, nor held for calls of unknown cost, nor reserved",
                rows(now.budgets(), "budget", Gauges::name, BudgetState::leftUsd));
        show("prompt_routes.budget.reserved", "USD", "The most that the calls that run now can cost",
                rows(now.budgets(), "budget", Gauges::name, BudgetState::reservedUsd));
        show("prompt_routes.kafka.lag", null, "Records from the committed offsets to the end of the topic",
                rows(now.lag().entrySet(), "topic", Map.Entry::getKey, Map.Entry::getValue));
        show("prompt_routes.credit.left", "USD", "Credit that OpenRouter says is left", rows(now.credit().entrySet(), "of", Map.Entry::getKey, Map.Entry::getValue));
        Map<String, Integer> models = new TreeMap<>();
        labels.models().forEach(model -> models.put(model, 0));
        now.open().forEach(model -> models.put(labels.model(model), 1));
        show("prompt_routes.breaker.open", null, "1 where the model is left out because it fails too often",
                rows(models.entrySet(), "model", Map.Entry::getKey, Map.Entry::getValue));
        show("prompt_routes.ready", null, "1 where the check of /observe/health/ready is passed",
                rows(now.ready().entrySet(), "check", Map.Entry::getKey, one -> one.getValue() ? 1 : 0));
        pipelines(now);
    }

    private void pipelines(State now) {
        show("prompt_routes.pipeline.in_flight", null, "Prompts of the pipeline that are taken and not yet answered",
                rows(now.pipelines(), "pipeline", UnderWay::pipeline, UnderWay::prompts));
        show("prompt_routes.pipeline.age", "seconds", "How long the oldest of these has been under way",
                rows(now.pipelines(), "pipeline", UnderWay::pipeline, one -> one.oldest().toMillis() / 1000d));
        show("prompt_routes.records.failing", null, "Records whose route fails, and which are tried again",
                rows(now.failing().entrySet(), "route", Map.Entry::getKey, Map.Entry::getValue));
    }

    private void show(String name, String unit, String description, List<Row<?>> rows) {
        gauges.computeIfAbsent(name, key -> MultiGauge.builder(key).baseUnit(unit).description(description).register(registry)).register(rows, true);
    }

    private static <T> List<Row<?>> rows(Iterable<T> all, String label, Function<T, String> name, Function<T, Number> value) {
        List<Row<?>> rows = new ArrayList<>();
        all.forEach(one -> rows.add(Row.of(Tags.of(label, name.apply(one)), value.apply(one))));
        return rows;
    }

    /** As in the settings: {@code total.day}, {@code pipeline.tickets.day}; for a tenant's one model {@code tenant.school.MODEL.day}. */
    public static String name(BudgetState budget) {
        String scope = budget.scope() == Scope.TENANT_MODEL ? "tenant" : budget.scope().name().toLowerCase(Locale.ROOT);
        return Stream.of(scope, budget.pipeline(), budget.tenant(), budget.model(), budget.period().name().toLowerCase(Locale.ROOT)).filter(Objects::nonNull)
                .collect(Collectors.joining("."));
    }
}
