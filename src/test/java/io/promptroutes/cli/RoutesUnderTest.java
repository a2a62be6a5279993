package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptroutes.Schemas;
import io.promptroutes.app.Engine;
import io.promptroutes.call.ApiKey;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Breakers;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.pipeline.OpenBatches;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultExchange;

/** The shipped routes, running in this process against any server, with lists where a job has its three files. Thread-safe. */
final class RoutesUnderTest implements AutoCloseable {

    static final String KEY = "sk-or-v1-of-the-tests";

    /** Waits so short that no test is slow, and no file of the folder the tests run in. */
    private static final Map<String, String> QUICK = Map.of(
            "retry.backoff", "10ms",
            "retry.max-wait", "1s",
            "pause.first-look", "200ms",
            "breaker.enabled", "off",
            "prompts.concurrency", "8");

    static final LedgerPolicy POLICY = new LedgerPolicy("openrouter", "batch", "job", false, false, false, false);

    private final List<JsonNode> results = new CopyOnWriteArrayList<>();
    private final List<JsonNode> costs = new CopyOnWriteArrayList<>();
    private final List<JsonNode> deadLetters = new CopyOnWriteArrayList<>();
    private final List<JsonNode> alerts = new CopyOnWriteArrayList<>();
    private final AtomicLong lines = new AtomicLong();
    private final Engine engine;
    private final Pipeline pipeline;
    private final Processor disk;

    /** @param keys of application.properties, as with -D */
    static RoutesUnderTest start(String baseUrl, Map<String, String> keys) {
        return start(baseUrl, keys, exchange -> { });
    }

    /** @param disk is told of each line before it is taken; what it throws is as if the line could not be written */
    static RoutesUnderTest start(String baseUrl, Map<String, String> keys, Processor disk) {
        return start(baseUrl, keys, disk, null);
    }

    /** @param ledger closed by the test */
    static RoutesUnderTest start(String baseUrl, Map<String, String> keys, Processor disk, Ledger ledger) {
        return start(baseUrl, keys, disk, ledger, POLICY);
    }

    static RoutesUnderTest start(String baseUrl, Map<String, String> keys, Processor disk, Ledger ledger, LedgerPolicy policy) {
        return started(new RoutesUnderTest(settings(baseUrl, keys), disk, ledger, policy, null));
    }

    /** @param meters where calls and prompts are counted */
    static RoutesUnderTest counting(String baseUrl, Map<String, String> keys, MeterRegistry meters) {
        return started(new RoutesUnderTest(settings(baseUrl, keys), exchange -> { }, null, POLICY, meters));
    }

    /** With beans in the places of those that routes name. */
    static RoutesUnderTest with(String baseUrl, Map<String, ?> beans) {
        RoutesUnderTest routes = new RoutesUnderTest(settings(baseUrl, Map.of()), exchange -> { }, null, POLICY, null);
        routes.engine.bind(beans);
        return started(routes);
    }

    private static RoutesUnderTest started(RoutesUnderTest routes) {
        routes.engine.start();
        return routes;
    }

    private RoutesUnderTest(RouteSettings settings, Processor disk, Ledger ledger, LedgerPolicy policy, MeterRegistry meters) {
        this.disk = disk;
        Map<String, String> keys = Map.of("management.port", "", "costs.to", "", "alerts.to", "direct:alert-to-files", "job.files", "on");
        engine = new Engine(settings, settings.intake(true), new JobStatistics(), new Engine.Use(policy.provider(), policy.hold(), ledger, null,
                RouteFiles.engine(Path.of("")), keys, meters));
        engine.bind(Map.of("appendAlert", (Processor) alert -> collect(alerts, alert.getMessage().getBody(byte[].class)), "appendCost", (Processor) this::cost));
        pipeline = engine.pipeline(policy, settings.prompts(), settings.window());
    }

    static RouteSettings settings(String baseUrl, Map<String, String> keys) {
        Map<String, String> all = new HashMap<>(QUICK);
        all.put("openrouter.base-url", baseUrl);
        all.put("catalogue.copy", Path.of("target", "catalogues", UUID.randomUUID() + ".json").toString());
        all.put("ledger.enabled", "off");
        all.putAll(keys);
        return new RouteSettings(Settings.load(Path.of("target", "no-settings-here"), Map.of(), all), new ApiKey(() -> KEY));
    }

    private void cost(Exchange exchange) {
        collect(costs, exchange.getMessage().getBody(byte[].class));
        exchange.getMessage().setBody(null);
    }

    private void collect(List<JsonNode> list, byte[] line) {
        Exchange told = new DefaultExchange(engine.camel());
        told.getMessage().setBody(line);
        try {
            disk.process(told);
            list.add(Json.MAPPER.readTree(line));
        } catch (Exception e) {
            throw e instanceof RuntimeException unchecked ? unchecked : new UncheckedIOException(e instanceof IOException io ? io : new IOException(e));
        }
    }

    private void take(Ending ending) {
        collect(ending.answered() ? results : deadLetters, ending.json());
    }

    /** Hands a line to the way of a prompt, as the intake does, and returns what it will be known by. */
    String send(String line) {
        return send(line.getBytes(StandardCharsets.UTF_8));
    }

    String send(byte[] line) {
        Inbound arrival = arrival(line);
        send(arrival);
        return arrival.source().defaultId();
    }

    /** The same, as a record that names its sender's span. */
    String sendBelow(String line, String traceparent) {
        Inbound arrival = arrival(line.getBytes(StandardCharsets.UTF_8));
        send(new Inbound(arrival.source(), null, arrival.bytes(), false, arrival.length(), null, null, false, traceparent));
        return arrival.source().defaultId();
    }

    /** The same, as a record of a topic. */
    void sendRecord(String line, long offset, boolean replayed) {
        byte[] bytes = arrival(line.getBytes(StandardCharsets.UTF_8)).bytes();
        send(new Inbound(Source.record("prompts", 0, offset), null, bytes, false, bytes.length, null, null, replayed, null));
    }

    private void send(Inbound arrival) {
        engine.ask(pipeline, null, arrival, this::take);
    }

    /** As at the end of a job's input: from now on no prompt waits for others that would go into a batch with it. */
    void inputIsOver() {
        Course course = new Course(engine.tally(), engine.intake(), pipeline.window(), engine.beans().batches(), () -> 0);
        engine.beans().batches().hurry(() -> course.queued() == 0);
    }

    /** Sends a line and waits for what becomes of it: a result or a dead letter. */
    JsonNode ask(String line) {
        return outcome(send(line));
    }

    JsonNode outcome(String id) {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5)).until(() -> find(id), Objects::nonNull);
    }

    private JsonNode find(String id) {
        return Stream.concat(results.stream(), deadLetters.stream()).filter(one -> sourceOf(one).equals(id)).findFirst().orElse(null);
    }

    private static String sourceOf(JsonNode one) {
        return one.at("/source/file").asText() + ":" + one.at("/source/line").asText();
    }

    /** The cost events of one prompt, in order. */
    List<JsonNode> costsOf(JsonNode outcome) {
        return costs.stream().filter(event -> event.path("subject").equals(outcome.path("id"))).toList();
    }

    /** Prompts that wait now, by reason. */
    Map<String, Long> waiting() {
        return engine.tally().waiting();
    }

    private Inbound arrival(byte[] bytes) {
        try {
            if (!pipeline.window().take()) {
                throw new IllegalStateException("intake has stopped: " + engine.intake().reason());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        engine.tally().take();
        return new Inbound(Source.line("test", lines.incrementAndGet()), null, bytes, false, bytes.length);
    }

    List<JsonNode> alerts() {
        return alerts;
    }

    CamelContext camel() {
        return engine.camel();
    }

    List<JsonNode> results() {
        return List.copyOf(results);
    }

    List<JsonNode> costs() {
        return List.copyOf(costs);
    }

    List<JsonNode> deadLetters() {
        return List.copyOf(deadLetters);
    }

    Breakers breakers() {
        return camel().getRegistry().lookupByNameAndType("breakers", Breakers.class);
    }

    JobStatistics tally() {
        return engine.tally();
    }

    OpenBatches batches() {
        return engine.beans().batches();
    }

    PromptWindow window() {
        return pipeline.window();
    }

    AdmissionGate intake() {
        return engine.intake();
    }

    @Override
    public void close() {
        boolean idle = pipeline.window().unfinished() == 0;
        engine.close();
        assertThat(idle ? engine.tally().calling() : 0).as("calls that run when every prompt is finished").isZero();
        results.forEach(Schemas.RESULT::check);
        costs.forEach(Schemas.COST_EVENT::check);
        deadLetters.forEach(Schemas.DEAD_LETTER::check);
        alerts.forEach(Schemas.ALERT::check);
    }
}
