package io.promptroutes.component;

import io.promptroutes.prompt.ServiceTier;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.commons.lang3.function.Failable;

/** {@code prompt:NAME}: has a model answer what is in the body. Options are set before it starts, and not changed. */
@UriEndpoint(firstVersion = "0.1.0", scheme = "prompt", title = "Prompt", syntax = "prompt:name", producerOnly = true, category = Category.AI)
public final class PromptEndpoint extends DefaultEndpoint {

    /** What comes in. */
    enum Input { DATA, REQUEST }

    /** What becomes of a record that has no answer. */
    enum OnFailure { FAIL, PASS }

    /** What becomes of a record without a value. */
    enum Tombstones { PASS, SKIP, FAIL }

    /** What happens where there is no place. */
    enum WhenFull { BLOCK, REJECT }

    @UriPath
    @Metadata(required = true, description = "The pipeline's name: lower case letters, digits and dashes, at most 64. It is in the ledger (costs --by pipeline), a label of "
            + "meters, and a part of what a prompt is known by.")
    private final String name;
    @UriParam(description = "The prompt that is made of each record: a Mustache template by file:PATH or classpath:NAME, or a jq text (\"Summarise \\(.title)\"). Without it the body is "
            + "a request (docs/messages.md) or a plain text.")
    private String prompt;
    @UriParam(description = "The system message, in the same forms.")
    private String system;
    @UriParam(description = "data: no field of the record, not even id, is a parameter, a payer or a model, and nothing of it is sent but what the templates name. request: the body is a "
            + "request. data with a prompt, else request, where it is left out.")
    private Input input;
    @UriParam(description = "JSON Schema of the answer, by file:PATH or classpath:NAME: asked for as response_format, checked, and repaired once.")
    private String schema;
    @UriParam(description = "A jq expression over the record that gives what it is known by (.ticket_id).")
    private String id;
    @UriParam(description = "A jq expression over what comes in that gives the record in it (.payload, .after).")
    private String unwrap;
    @UriParam(description = "How models are chosen, where the request does not say it: explicit, smart, cost, free, fit or compare. A request's own strategy, model and "
            + "models replace those of the pipeline together.")
    private String strategy;
    @UriParam(description = "The model to ask.")
    private String model;
    @UriParam(description = "Models to ask behind it, with commas between them.")
    private String models;
    @UriParam(description = "free, budget, balanced or premium: a column of the model tables.")
    private String budget;
    @UriParam(description = "For strategy fit: basic, low, good, balanced or high.")
    private String quality;
    @UriParam(description = "For strategy cost: simple, medium or complex.")
    private String complexity;
    @UriParam(description = "For strategy compare: quality, speed, cost or diverse.")
    private String comparison;
    @UriParam(description = "The task, which is then not looked for in the text.")
    private String task;
    @UriParam(description = "US cents that a prompt may cost.")
    private String maxCostCents;
    @UriParam(description = "Who pays.", defaultValue = "default")
    private String tenant;
    @UriParam(description = "Who pays for a record: request (a request's own tenant, where it names one), or a jq expression over the record (.customer.org).")
    private String tenantFrom;
    @UriParam(description = "The temperature.")
    private String temperature;
    @UriParam(description = "The longest answer, in tokens.")
    private String maxTokens;
    @UriParam(description = "How soon it is to be served, and at which price: default, flex (cheaper, when there is room), priority (dearer) or batch (within a day, at about half the price).")
    private String serviceTier;
    @UriParam(description = "With serviceTier=batch: the time within which a batch is asked to be through. One of key batches.complete-within, whose first it is where it is left out: 24h, "
            + "the only one that OpenRouter is known to take. Another time is another batch.")
    private String completeWithin;
    @UriParam(description = "A JSON object with other fields of requests: tools, provider, reasoning and so on.")
    private String request;
    @UriParam(description = "Fields of requests, with commas between them, that are sent though OpenRouter is not known to have them.")
    private String passthrough;
    @UriParam(description = "The id of one of the providers of command providers, which is called by this pipeline alone.")
    private String provider;
    @UriParam(description = "Prompts taken and not yet answered, at most. Key prompts.window where it is left out; with serviceTier=batch, key batches.open.")
    private int window;
    @UriParam(description = "What goes on: result (the result as JSON, docs/messages.md), text (the answer alone), answer (the object or array that the answer is or holds, else null), or a "
            + "jq expression over {record, answer, text, result, key, headers, error}.", defaultValue = "result")
    private String result = "result";
    @UriParam(description = "fail: a record that has no answer is a PromptFailed. pass: it goes on, with result as the dead letter, else with answer null and error {code, message}; "
            + "header PromptRoutesStatus says failed.", defaultValue = "FAIL")
    private OnFailure onFailure = OnFailure.FAIL;
    @UriParam(description = "A Kafka record without a value, or in which what unwrap names is null (a deletion of Debezium): pass (it goes on untouched), skip (the route "
            + "ends there) or fail.", defaultValue = "PASS")
    private Tombstones tombstones = Tombstones.PASS;
    @UriParam(description = "With all places of the window taken, or in a pause: block (wait) or reject (PromptFailed busy).", defaultValue = "BLOCK")
    private WhenFull whenFull = WhenFull.BLOCK;
    @UriParam(description = "Waiting for a place ends after so long with PromptFailed busy.", javaType = "java.time.Duration")
    private Duration longestWait;

    PromptEndpoint(String uri, PromptComponent component, String name) {
        super(uri, component);
        this.name = name;
    }

    @Override
    public Producer createProducer() {
        return new PromptProducer(this, component().step(this));
    }

    @Override
    public Consumer createConsumer(Processor route) {
        throw new UnsupportedOperationException("prompt: is a step, and no source: begin the route with windowed-kafka:, inbox: or any other");
    }

    private PromptComponent component() {
        return (PromptComponent) getComponent();
    }

    String name() {
        return name;
    }

    /** Every option, by which two steps of one name are compared. */
    String options() {
        return Arrays.stream(PromptEndpoint.class.getDeclaredFields()).filter(field -> field.isAnnotationPresent(UriParam.class))
                .map(field -> field.getName() + "=" + Failable.get(() -> field.get(this))).collect(Collectors.joining("\n"));
    }

    /** Fields of requests, as text; without those that are left out. */
    TreeMap<String, String> defaults() {
        TreeMap<String, String> fields = new TreeMap<>();
        put(fields, "strategy", strategy);
        put(fields, "model", model);
        put(fields, "budget", budget);
        put(fields, "quality", quality);
        put(fields, "complexity", complexity);
        put(fields, "comparison", comparison);
        put(fields, "task", task);
        put(fields, "tenant", tenant);
        put(fields, "models", models);
        put(fields, "max_cost_cents", maxCostCents);
        put(fields, "temperature", temperature);
        put(fields, "max_tokens", maxTokens);
        put(fields, ServiceTier.FIELD, serviceTier);
        put(fields, "complete_within", completeWithin);
        return fields;
    }

    private static void put(TreeMap<String, String> fields, String field, String value) {
        if (value != null) {
            fields.put(field, value);
        }
    }

    boolean tenantsOfRequests() {
        return "request".equals(tenantFrom);
    }

    String request() {
        return request;
    }

    Set<String> passthrough() {
        return passthrough == null ? Set.of() : Set.of(passthrough.strip().split("\\s*,\\s*"));
    }

    String provider() {
        return provider;
    }

    int window() {
        return window;
    }

    String result() {
        return result;
    }

    /** Null where there is none; the same for the next ones. */
    String prompt() {
        return prompt;
    }

    String system() {
        return system;
    }

    String schema() {
        return schema;
    }

    String id() {
        return id;
    }

    String unwrap() {
        return unwrap;
    }

    String tenantFrom() {
        return tenantFrom;
    }

    /** Null: as the other options say. */
    Input input() {
        return input;
    }

    OnFailure onFailure() {
        return onFailure;
    }

    Tombstones tombstones() {
        return tombstones;
    }

    WhenFull whenFull() {
        return whenFull;
    }

    /** Null: as long as it takes. */
    Duration longestWait() {
        return longestWait;
    }

    public void setStrategy(String strategy) {
        this.strategy = strategy;
    }

    public void setModel(String model) {
        this.model = model;
    }

    public void setModels(String models) {
        this.models = models;
    }

    public void setBudget(String budget) {
        this.budget = budget;
    }

    public void setQuality(String quality) {
        this.quality = quality;
    }

    public void setComplexity(String complexity) {
        this.complexity = complexity;
    }

    public void setComparison(String comparison) {
        this.comparison = comparison;
    }

    public void setTask(String task) {
        this.task = task;
    }

    public void setMaxCostCents(String maxCostCents) {
        this.maxCostCents = maxCostCents;
    }

    public void setTenant(String tenant) {
        this.tenant = tenant;
    }

    public void setTenantFrom(String tenantFrom) {
        this.tenantFrom = tenantFrom;
    }

    public void setPrompt(String prompt) {
        this.prompt = prompt;
    }

    public void setSystem(String system) {
        this.system = system;
    }

    public void setInput(Input input) {
        this.input = input;
    }

    public void setSchema(String schema) {
        this.schema = schema;
    }

    public void setId(String id) {
        this.id = id;
    }

    public void setUnwrap(String unwrap) {
        this.unwrap = unwrap;
    }

    public void setTemperature(String temperature) {
        this.temperature = temperature;
    }

    public void setMaxTokens(String maxTokens) {
        this.maxTokens = maxTokens;
    }

    public void setServiceTier(String serviceTier) {
        this.serviceTier = serviceTier;
    }

    public void setCompleteWithin(String completeWithin) {
        this.completeWithin = completeWithin;
    }

    public void setRequest(String request) {
        this.request = request;
    }

    public void setPassthrough(String passthrough) {
        this.passthrough = passthrough;
    }

    public void setProvider(String provider) {
        this.provider = provider;
    }

    /** @throws IllegalArgumentException where it is negative */
    public void setWindow(int window) {
        if (window < 0) {
            throw new IllegalArgumentException("window=" + window + ": at least 1, or 0 for key prompts.window");
        }
        this.window = window;
    }

    public void setResult(String result) {
        this.result = result;
    }

    public void setOnFailure(OnFailure onFailure) {
        this.onFailure = onFailure;
    }

    public void setTombstones(Tombstones tombstones) {
        this.tombstones = tombstones;
    }

    public void setWhenFull(WhenFull whenFull) {
        this.whenFull = whenFull;
    }

    public void setLongestWait(Duration longestWait) {
        this.longestWait = longestWait;
    }
}
