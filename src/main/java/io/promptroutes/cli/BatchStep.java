package io.promptroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.component.StepOptions;
import io.promptroutes.ops.PipelineFiles;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.settings.UsageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** What {@code batch} asks of each record: the options of the step {@code prompt:} of these names. */
final class BatchStep {

    /** Whose answers they are, among the options. */
    static final String PIPELINE = "pipeline";

    @Option(names = "--prompt", paramLabel = "FILE", description = "The prompt that is made of each record: a Mustache template in a file ({{column}}), or a jq text in double quotes.")
    private String prompt;

    @Option(names = "--system", paramLabel = "FILE", description = "The system message, in the same forms.")
    private String system;

    @Option(names = "--schema", paramLabel = "FILE", description = "JSON Schema of the answer: asked for, checked, and repaired once.")
    private String schema;

    @Option(names = "--model", paramLabel = "MODEL", description = "The model to ask.")
    private String model;

    @Option(names = "--strategy", paramLabel = "STRATEGY", description = "How models are chosen: explicit, smart, cost, free, fit or compare.")
    private String strategy;

    @Option(names = "--budget", paramLabel = "BUDGET", description = "free, budget, balanced or premium: a column of the model tables.")
    private String budget;

    @Option(names = "--task", paramLabel = "TASK", description = "The task, which is then not looked for in the text.")
    private String task;

    @Option(names = "--temperature", paramLabel = "T", description = "The temperature.")
    private String temperature;

    @Option(names = "--max-tokens", paramLabel = "N", description = "The longest answer, in tokens.")
    private String maxTokens;

    @Option(names = "--service-tier", paramLabel = "TIER", description = "How soon it is to be served, and at which price: default, flex (cheaper, when there is room), priority (dearer) or batch (within a day, at about half the price).")
    private String serviceTier;

    @Option(names = "--complete-within", paramLabel = "TIME", description = "With service tier batch: the time within which a batch is asked to be through, one of key batches.complete-within (24h).")
    private String completeWithin;

    @Option(names = "--tenant", paramLabel = "NAME", description = "Who pays.")
    private String tenant;

    @Option(names = "--set", paramLabel = "FIELD=JSON", description = "Any other field of requests, such as reasoning={\"effort\":\"low\"}; may be given more than once.")
    private Map<String, String> fields = Map.of();

    @Option(names = "--id", paramLabel = "COLUMN", description = "The column, or a jq expression (.ticket.id), by which a record is known; else its content is.")
    private String id;

    @Option(names = "--result", paramLabel = "FORM", description = "With --out -: what a line is. result, text, answer, or a jq expression over {record, answer, text, result, error}.")
    String result;

    @Option(names = "--pipeline", paramLabel = "NAME", description = "Asks as the step prompt:NAME of a route in ./routes does, with its options in place of those here. "
            + "A record that its pipeline has answered, known by the same id, is not called again.")
    private String pipeline;

    /** Those that were given, by their names. @param files of the routes here. keys for placeholders in them. @throws UsageException where the pipeline is not there */
    Map<String, String> given(Supplier<PipelineFiles> files, Properties keys) {
        Map<String, String> options = own();
        if (pipeline == null) {
            return options;
        }
        options.remove("result");
        if (!options.isEmpty()) {
            throw new UsageException("--pipeline takes the options of its step, and goes with none of " + String.join(", ", options.keySet()));
        }
        Map<String, String> step = files.get().step(pipeline, keys);
        if (step == null) {
            throw new UsageException("--pipeline " + pipeline + ": no route in ./routes has a step prompt:" + pipeline);
        }
        if (step.containsKey("provider")) {
            throw new UsageException("--pipeline " + pipeline + " calls a provider of its own, " + step.get("provider") + ", which batch does not");
        }
        options.putAll(step);
        if (result != null) {
            options.put("result", result);
        }
        options.put(PIPELINE, pipeline);
        return options;
    }

    private Map<String, String> own() {
        Map<String, String> options = new TreeMap<>();
        put(options, "prompt", place(prompt));
        put(options, "system", place(system));
        put(options, "schema", place(schema));
        put(options, "model", model);
        put(options, "strategy", strategy);
        put(options, "budget", budget);
        put(options, "task", task);
        put(options, "temperature", temperature);
        put(options, "maxTokens", maxTokens);
        put(options, "serviceTier", serviceTier);
        put(options, "completeWithin", completeWithin);
        put(options, "tenant", tenant);
        put(options, "request", request());
        put(options, "result", result);
        put(options, "id", id == null || id.startsWith(".") ? id : "." + Json.MAPPER.createArrayNode().add(id));
        return options;
    }

    private static void put(Map<String, String> options, String name, String value) {
        if (value != null) {
            options.put(name, value);
        }
    }

    /** @param given by their names. keys that hold where an option says nothing. @throws UsageException where one cannot be used */
    static StepOptions over(Map<String, String> given, PromptSettings keys) {
        if (given.isEmpty()) {
            return StepOptions.none(keys);
        }
        Map<String, String> options = new TreeMap<>(given);
        String name = options.remove(PIPELINE);
        if (name == null && !options.containsKey("tenant")) {
            options.put("tenantFrom", "request"); // lines say who pays, unless all are one's
        }
        try {
            return StepOptions.of(name == null ? LedgerPolicy.BATCH : name, options, keys);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage().replaceFirst("^prompt:batch: ", "options of batch: "), e);
        }
    }

    /** A file may be named as it is. */
    private static String place(String option) {
        return option != null && !option.matches("(?s)(file|classpath):.*|\\s*\".*") && Files.exists(Path.of(option)) ? "file:" + Path.of(option).toAbsolutePath() : option;
    }

    /** What is no JSON is a text. */
    private String request() {
        ObjectNode request = Json.MAPPER.createObjectNode();
        fields.forEach((field, value) -> {
            JsonNode json = Json.tree(value.getBytes(StandardCharsets.UTF_8));
            if (json.isMissingNode()) {
                request.put(field, value);
            } else {
                request.set(field, json);
            }
        });
        return request.isEmpty() ? null : new String(Json.bytes(request), StandardCharsets.UTF_8);
    }
}
