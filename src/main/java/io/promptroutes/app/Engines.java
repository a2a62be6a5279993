package io.promptroutes.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.kafka.TopicProducers;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.settings.BatchSettings;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;

/**
 * The engines of a service: one for each provider that its pipelines call, each with permits and pauses of its own. They share the ledger, and what is
 * counted. Thread-safe.
 */
public final class Engines implements AutoCloseable {

    private final Endpoint called;
    private final RouteSettings routes;
    private final Ledger ledger;
    private final Surroundings around;
    private final JobStatistics tally = new JobStatistics();
    private final PromptSettings prompts;
    /** Replaced, and never changed: who only looks must not wait for an engine that starts or stops, which may wait for who looks. */
    private volatile Map<String, Engine> engines = Map.of();
    private final TopicProducers producers = new TopicProducers();
    private volatile boolean single;

    /**
     * Where engines run.
     *
     * @param folder with route files of the user's; null where there is none
     * @param keys   for placeholders, on top of those of the settings
     * @param meters null where nothing is counted
     * @param owned  whether the ledger is closed with the engines
     */
    public record Surroundings(Path folder, Map<String, String> keys, MeterRegistry meters, boolean owned) {
    }

    /** @param called what pipelines call that name no provider; ledger, null where it is switched off */
    public Engines(Endpoint called, Ledger ledger, Surroundings around) {
        this.called = called;
        this.ledger = ledger;
        this.around = around;
        routes = new RouteSettings(called.settings(), called.key());
        prompts = routes.prompts();
        engines = Map.of(called.provider(), made(called));
    }

    /** With the keys prompt-routes.* of an application, started. It has neither files nor a ledger where the application names no folder or URL. */
    public static Engines embedded(CamelContext host) {
        Settings settings = EmbeddedSettings.of(host);
        Ledger ledger = Ledgers.open(settings, null);
        Ledgers.keep(ledger, settings);
        Endpoint endpoint = Endpoint.of(settings).chosen(ledger);
        Engines engines = new Engines(endpoint, ledger, new Surroundings(null, Map.of("management.port", ""), null, true));
        engines.main().start();
        return engines;
    }

    /** For a check, in which nothing is called: the main one stands in for those of all providers. */
    public Engines single() {
        single = true;
        return this;
    }

    private Engine made(Endpoint endpoint) {
        RouteSettings settings = new RouteSettings(endpoint.settings(), endpoint.key());
        Map<String, String> keys = new HashMap<>(around.keys());
        if (!engines.isEmpty()) {
            keys.put("management.port", ""); // which the first one has
            keys.put("costs.again", "off"); // what the first one does for all of them
        }
        keys.putIfAbsent("alerts.to", endpoint.settings().text("alerts.to").isEmpty() ? "direct:alert-to-log" : endpoint.settings().text("alerts.to"));
        Map<String, String> files = around.folder() == null ? RouteFiles.engineOfTheJar() : RouteFiles.engine(around.folder());
        Engine engine = new Engine(settings, settings.intake(false), tally, new Engine.Use(endpoint.provider(), Ledgers.hold(endpoint.settings()), ledger, null, files, keys, around.meters()));
        engine.bind(Map.of("topicProducers", producers));
        return engine;
    }

    /** That of pipelines that name no provider. */
    public Engine main() {
        return engines.get(called.provider());
    }

    /** That of a provider, started. @param provider null for the main one */
    public synchronized Engine of(String provider) {
        if (provider == null || single) {
            return main();
        }
        Engine engine = engines.get(provider);
        if (engine == null) {
            engine = made(called.named(ledger, provider).withKey());
            engine.start();
            Map<String, Engine> more = new LinkedHashMap<>(engines);
            more.put(provider, engine);
            engines = Collections.unmodifiableMap(more);
        }
        return engine;
    }

    /** A way of prompts. @param window prompts taken and not yet finished; 0 for the settings' own @param waits whether they may wait for batches */
    public Pipeline pipeline(Engine engine, String name, PromptSettings settings, int window, boolean waits) {
        String provider = engines.entrySet().stream().filter(one -> one.getValue() == engine).map(Map.Entry::getKey).findFirst().orElseThrow();
        LedgerPolicy policy = new LedgerPolicy(provider, name, "pipeline " + name, false, false, Ledgers.hold(called.settings()), true);
        if (waits) {
            BatchSettings batches = new BatchSettings(called.settings());
            return engine.waiting(policy, settings, window > 0 ? window : batches.open(), batches.openBytes());
        }
        return engine.pipeline(policy, settings, window > 0 ? window : routes.window());
    }

    public List<Pipeline> pipelines() {
        return engines.values().stream().flatMap(engine -> engine.pipelines().stream()).toList();
    }

    /** When the last pause of the engine of that pipeline was over. */
    public Instant openSince(Pipeline pipeline) {
        return engines.values().stream().filter(engine -> engine.pipelines().contains(pipeline)).findFirst().map(engine -> engine.intake().openSince()).orElse(Instant.EPOCH);
    }

    /** Why calls are paused; null where none are. */
    public String paused() {
        String reasons = engines.values().stream().map(engine -> engine.intake().reason()).filter(Objects::nonNull).distinct().collect(Collectors.joining("; "));
        return reasons.isEmpty() ? null : reasons;
    }

    /** What cannot be sent of our own events; null where all can. */
    public String unsent() {
        return producers.problem();
    }

    public Settings settings() {
        return called.settings();
    }

    /** Of pipelines that say nothing else. */
    public PromptSettings prompts() {
        return prompts;
    }

    /** Of pipelines that say nothing else. */
    public int window() {
        return routes.window();
    }

    /** The longest that a prompt may take. */
    public Duration longest() {
        return routes.longest();
    }

    /** Whose certificates are taken; null for those of the JVM. */
    public SSLContext trusted() {
        return routes.service().network().trusted();
    }

    /** A dead letter is where it is to be. @param ending of its prompt; null where it asked nothing */
    public void arrived(Ending ending) {
        if (ledger != null && ending != null && ending.work() != null) {
            ledger.deliveries().arrived(ending.work());
        }
    }

    public JobStatistics tally() {
        return tally;
    }

    public Ledger ledger() {
        return ledger;
    }

    /** Takes nothing more, and lets nothing begin that has not. */
    public void leave() {
        engines.values().forEach(engine -> engine.intake().close());
    }

    @Override
    public synchronized void close() {
        engines.values().forEach(Engine::close);
        if (around.owned() && ledger != null) {
            ledger.close();
        }
    }
}
