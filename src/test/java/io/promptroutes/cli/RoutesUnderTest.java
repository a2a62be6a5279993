package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptroutes.Schemas;
import io.promptroutes.call.ApiKey;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Breakers;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
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
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;

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

    static final LedgerPolicy POLICY = new LedgerPolicy("openrouter", "batch", "job", false, false, false, false, (id, result) -> false);

    private final List<JsonNode> results = new CopyOnWriteArrayList<>();
    private final List<JsonNode> costs = new CopyOnWriteArrayList<>();
    private final List<JsonNode> deadLetters = new CopyOnWriteArrayList<>();
    private final List<JsonNode> alerts = new CopyOnWriteArrayList<>();
    private final AtomicLong lines = new AtomicLong();
    private final Application application;
    private volatile CamelContext camel;

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

    private static RoutesUnderTest started(RoutesUnderTest routes) {
        routes.application.start();
        return routes;
    }

    private RoutesUnderTest(RouteSettings settings, Processor disk, Ledger ledger, LedgerPolicy policy, MeterRegistry meters) {
        application = new Application(settings, settings.intake(true), Application.Edges.ofJob("files",
                Map.of("appendResult", collect(results, disk), "appendCost", collect(costs, disk), "appendDeadLetter",
                        collect(deadLetters, disk), "appendAlert", collect(alerts, disk)), id -> true), ledger, policy, meters);
    }

    static RouteSettings settings(String baseUrl, Map<String, String> keys) {
        Map<String, String> all = new HashMap<>(QUICK);
        all.put("openrouter.base-url", baseUrl);
        all.put("catalogue.copy", Path.of("target", "catalogues", UUID.randomUUID() + ".json").toString());
        all.put("ledger.enabled", "off");
        all.putAll(keys);
        return new RouteSettings(Settings.load(Path.of("target", "no-settings-here"), Map.of(), all), new ApiKey(() -> KEY));
    }

    private Processor collect(List<JsonNode> list, Processor disk) {
        return exchange -> {
            disk.process(exchange);
            camel = exchange.getContext();
            list.add(Json.MAPPER.readTree(exchange.getMessage().getBody(byte[].class)));
        };
    }

    /** Hands a line to the way of a prompt, as the intake does, and returns what it will be known by. */
    String send(String line) {
        return send(line.getBytes(StandardCharsets.UTF_8));
    }

    String send(byte[] line) {
        Inbound arrival = arrival(line);
        application.send("direct:prompt", arrival);
        return arrival.source().defaultId();
    }

    /** The same, out of a message that brings headers along. Needs a prompt to have been through before. */
    String sendWithHeaders(String line, Map<String, Object> headers) {
        Inbound arrival = arrival(line.getBytes(StandardCharsets.UTF_8));
        try (ProducerTemplate template = camel.createProducerTemplate()) {
            template.sendBodyAndHeaders("direct:prompt", arrival, headers);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
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
        try (ProducerTemplate template = application.camel().createProducerTemplate()) {
            template.send("direct:prompt", exchange -> exchange.getMessage().setBody(arrival));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Sends a line and waits for what becomes of it: a result or a dead letter. */
    JsonNode ask(String line) {
        return outcome(send(line));
    }

    JsonNode outcome(String id) {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5)).until(() -> find(id), Objects::nonNull);
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
        return application.tally.waiting();
    }

    private Inbound arrival(byte[] bytes) {
        try {
            if (!application.intake.take()) {
                throw new IllegalStateException("intake has stopped: " + application.intake.reason());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        application.tally.take();
        return new Inbound(Source.line("test", lines.incrementAndGet()), null, bytes, false, bytes.length);
    }

    List<JsonNode> alerts() {
        return alerts;
    }

    CamelContext camel() {
        return application.camel();
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

    /** Needs a prompt to have been through before. */
    Breakers breakers() {
        return camel.getRegistry().lookupByNameAndType("breakers", Breakers.class);
    }

    JobStatistics tally() {
        return application.tally;
    }

    AdmissionGate intake() {
        return application.intake;
    }

    @Override
    public void close() {
        boolean idle = application.intake.unfinished() == 0;
        application.close();
        assertThat(idle ? application.tally.calling() : 0).as("calls that run when every prompt is finished").isZero();
        results.forEach(Schemas.RESULT::check);
        costs.forEach(Schemas.COST_EVENT::check);
        deadLetters.forEach(Schemas.DEAD_LETTER::check);
        alerts.forEach(Schemas.ALERT::check);
    }
}
