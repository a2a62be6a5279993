package io.promptroutes.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PipelineStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.model.Cost;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.ServiceTier;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Counts calls and prompts: {@code gen_ai.*} as OpenTelemetry's conventions for generative AI name them, {@code prompt_routes.*} where
 * these have no name, such as for money. Each label has few values whatever prompts say. Thread-safe.
 */
public final class Meters {

    /** What became of a prompt. */
    public enum Outcome {
        ANSWERED, DEAD_LETTER, REUSED, CACHED;

        /** As labels and spans have it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final String PROMPTS = "prompt_routes.prompts";
    private static final String FINISHED = "Prompts that are finished, by what became of them";
    private static final Duration[] CALL_SECONDS = DoubleStream.iterate(10, millis -> millis * 2).limit(14)
            .mapToObj(millis -> Duration.ofMillis((long) millis)).toArray(Duration[]::new);
    private static final double[] TOKENS = DoubleStream.iterate(1, tokens -> tokens * 4).limit(14).toArray();
    /** OpenRouter does not say which tokens were text. */
    private static final String MODALITY = "unknown";

    private final MeterRegistry registry;
    private final Labels labels;
    private final Map<List<String>, Timer> durations = new ConcurrentHashMap<>();
    private final Map<List<String>, List<Counter>> usages = new ConcurrentHashMap<>();
    private final Map<List<String>, Tokens> tokens = new ConcurrentHashMap<>();
    private final Map<List<String>, Counter> costs = new ConcurrentHashMap<>();
    private final Map<String, Counter> prompts = new ConcurrentHashMap<>();
    private final Map<String, Counter> unknownCosts = new ConcurrentHashMap<>();

    /** What calls of one model have used that another, or the same, has answered. */
    private record Tokens(DistributionSummary input, DistributionSummary output) {
    }

    public Meters(MeterRegistry registry, Labels labels, JobStatistics tally) {
        this.registry = registry;
        this.labels = labels;
        FunctionCounter.builder("prompt_routes.cache.hits", tally, JobStatistics::reused)
                .description("Prompts that a stored answer was given to, of the cache or the ledger").register(registry);
        FunctionCounter.builder("prompt_routes.cache.saved", tally, counts -> counts.saved().doubleValue()).baseUnit("USD")
                .description("What those answers had cost").register(registry);
    }

    /** From now on its counters are there, at 0. */
    public void pipeline(String name, PipelineStatistics statistics) {
        Stream.of(Outcome.values()).forEach(outcome -> prompts(name, outcome));
        unknownCosts.computeIfAbsent(name, this::unknownCosts);
        FunctionCounter.builder(PROMPTS, statistics, PipelineStatistics::passedOn).description(FINISHED).tag("outcome", "passed").tag("pipeline", name).register(registry);
    }

    /** A call has ended. @param pipeline of its prompt; cost, null where it was not billed */
    void called(String pipeline, PromptContext run, Cost cost) {
        Call call = run.calls().last();
        Usage usage = call.usage();
        List<String> key = List.of(labels.model(run.chain().calledModel()), call.paid() == null ? "" : labels.model(call.model()), pipeline);
        durations.computeIfAbsent(List.of(key.get(0), key.get(1), pipeline, call.answer() != null ? "" : call.failure().kind().toString()), this::duration)
                .record(Duration.ofMillis(call.latencyMs()));
        List<Counter> counters = usages.computeIfAbsent(key, this::usage); // also where nothing was used, which then is 0
        if (usage != null) {
            Tokens histograms = tokens.computeIfAbsent(key, this::tokens);
            histograms.input.record(usage.promptTokens());
            histograms.output.record(usage.completionTokens());
            counters.get(0).increment(usage.promptTokens());
            counters.get(1).increment(usage.completionTokens());
            counters.get(2).increment(usage.cachedTokens());
            counters.get(3).increment(usage.cacheWriteTokens());
            counters.get(4).increment(usage.reasoningTokens());
        }
        if (cost != null && cost.usd() == null) {
            unknownCosts.computeIfAbsent(pipeline, this::unknownCosts).increment();
        } else if (cost != null) {
            costs.computeIfAbsent(List.of(key.get(0), run.task(), pipeline, cost.source().toString(), ServiceTier.label(call.tier())), this::cost)
                    .increment(cost.usd().doubleValue());
        }
    }

    /** A prompt is finished. @param fallback of the closed list of failures, or null; code, of that of dead letters, or null */
    void finished(String pipeline, Outcome outcome, String fallback, String code) {
        prompts(pipeline, outcome).increment();
        if (fallback != null) {
            counter("prompt_routes.fallbacks", "Prompts that another than the first model answered, by why the first did not", pipeline, "reason", fallback)
                    .increment();
        }
        if (code != null) {
            counter("prompt_routes.dead_letters", "Dead letters, by their code", pipeline, "code", code).increment();
        }
    }

    private Counter prompts(String pipeline, Outcome outcome) {
        return counter(PROMPTS, FINISHED, pipeline, "outcome", outcome.toString());
    }

    private Counter counter(String name, String description, String pipeline, String label, String value) {
        return prompts.computeIfAbsent(name + ' ' + value + ' ' + pipeline, key -> Counter.builder(name).description(description).tag(label, value)
                .tag("pipeline", pipeline).register(registry));
    }

    private Counter cost(List<String> key) {
        return Counter.builder("prompt_routes.cost").baseUnit("USD").description("What calls cost, as far as it is known when they end")
                .tags("model", key.get(0), "task", key.get(1), "pipeline", key.get(2), "cost_source", key.get(3), "service_tier", key.get(4)).register(registry);
    }

    private Counter unknownCosts(String pipeline) {
        return Counter.builder("prompt_routes.calls.unknown_cost").description("Calls that may have been billed and whose cost is not known").tag("pipeline", pipeline)
                .register(registry);
    }

    /** A label that a call does not have is empty, which Prometheus takes for none: it wants the same labels of all meters of a name. */
    private Tags tags(List<String> key) {
        return labels.endpoint().and("gen_ai.request.model", key.get(0), "gen_ai.response.model", key.get(1), "pipeline", key.get(2));
    }

    private Timer duration(List<String> key) {
        return Timer.builder("gen_ai.client.operation.duration").description("Duration of calls, failed ones included").tags(tags(key))
                .tag("error.type", key.get(3)).serviceLevelObjectives(CALL_SECONDS).register(registry);
    }

    private List<Counter> usage(List<String> key) {
        return Stream.of("input_tokens", "output_tokens", "cache_read.input_tokens", "cache_write.input_tokens", "reasoning.output_tokens")
                .map(kind -> Counter.builder("gen_ai.client.inference.usage." + kind).description("Tokens that calls have used, as OpenRouter counts them")
                        .tags(tags(key)).tag("gen_ai.token.modality", MODALITY).register(registry)).toList();
    }

    private Tokens tokens(List<String> key) {
        return new Tokens(tokens(tags(key), "input"), tokens(tags(key), "output"));
    }

    private DistributionSummary tokens(Tags tags, String type) {
        return DistributionSummary.builder("gen_ai.client.token.usage").description("Tokens in and out of a call").tags(tags)
                .tag("gen_ai.token.type", type).serviceLevelObjectives(TOKENS).register(registry);
    }
}
