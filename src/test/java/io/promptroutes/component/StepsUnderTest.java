package io.promptroutes.component;

import io.promptroutes.app.Endpoint;
import io.promptroutes.app.Engines;
import io.promptroutes.call.ApiKey;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ops.Utf8SourceLoader;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.settings.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.FluentProducerTemplate;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** An application's Camel context with routes that have steps {@code prompt:}, whose engines call a scripted server. For one thread. */
final class StepsUnderTest implements AutoCloseable {

    static final String KEY = "sk-or-v1-of-the-steps";

    /** Waits so short that no test is slow, and no file of the folder the tests run in. */
    private static final Map<String, String> QUICK = Map.of(
            "retry.backoff", "10ms",
            "retry.max-wait", "1s",
            "pause.first-look", "200ms",
            "breaker.enabled", "off",
            "publish.retries", "-1",
            "prompts.concurrency", "8");

    private final Engines engines;
    private final boolean owned;
    private final CamelContext camel = new DefaultCamelContext();

    private StepsUnderTest(Engines engines, boolean owned) {
        this.engines = engines;
        this.owned = owned;
        PromptComponent component = new PromptComponent();
        component.setEngines(engines);
        camel.addComponent("prompt", component);
        camel.getRegistry().bind("routeSources", new Utf8SourceLoader());
    }

    /** @param ledger closed by the test, or null; keys, of application.properties */
    static StepsUnderTest of(ScriptedServer server, Ledger ledger, Map<String, String> keys) {
        return of(server.baseUrl(), ledger, keys);
    }

    /** The same against whatever answers there. */
    static StepsUnderTest of(String baseUrl, Ledger ledger, Map<String, String> keys) {
        return new StepsUnderTest(engines(baseUrl, ledger, keys), true);
    }

    /** Beside engines that go on when these steps are closed: their start costs more than most tests do. */
    static StepsUnderTest beside(Engines engines) {
        return new StepsUnderTest(engines, false);
    }

    /** Started. @param ledger closed by the test, or null; keys, of application.properties */
    static Engines engines(ScriptedServer server, Ledger ledger, Map<String, String> keys) {
        return engines(server.baseUrl(), ledger, keys);
    }

    private static Engines engines(String baseUrl, Ledger ledger, Map<String, String> keys) {
        Settings settings = settings(baseUrl, ledger != null, keys);
        Map<String, String> around = Map.of("management.port", "", "costs.to", settings.text("costs.to"));
        Engines engines = new Engines(new Endpoint(settings, new ApiKey(() -> KEY), "openrouter", true, null), ledger, new Engines.Surroundings(null, around, null, false));
        engines.main().start();
        return engines;
    }

    private static Settings settings(String baseUrl, boolean ledger, Map<String, String> keys) {
        Map<String, String> all = new HashMap<>(QUICK);
        all.put("openrouter.base-url", baseUrl);
        all.put("catalogue.copy", Path.of("target", "catalogues", UUID.randomUUID() + ".json").toString());
        all.put("ledger.enabled", ledger ? "on" : "off");
        all.putAll(keys);
        return Settings.embedded(all);
    }

    /** With records of bytes for every route that speaks to Kafka. */
    StepsUnderTest kafka(String brokers) {
        KafkaConfiguration clients = camel.getComponent("kafka", KafkaComponent.class).getConfiguration();
        clients.setBrokers(brokers);
        clients.setKeySerializer(ByteArraySerializer.class.getName());
        clients.setAutoOffsetReset("earliest");
        return this;
    }

    /** The source of route {@code name}. */
    WindowedKafkaConsumer source(String name) {
        return camel.getComponent("prompt", PromptComponent.class).sources().stream().filter(source -> source.name().equals(name)).findFirst().orElseThrow();
    }

    /** With these routes, started. @throws Exception as Camel does where a route is wrong */
    StepsUnderTest start(RoutesBuilder routes) throws Exception {
        camel.addRoutes(routes);
        camel.start();
        return this;
    }

    /** The same of a route file. */
    StepsUnderTest yaml(String text) throws Exception {
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString("user.camel.yaml", text));
        camel.start();
        return this;
    }

    /** What became of an exchange that was sent to {@code direct:NAME}. */
    Exchange send(String name, Object body) {
        return send(name, body, Map.of());
    }

    Exchange send(String name, Object body, Map<String, Object> headers) {
        return template(name).withBody(body).withHeaders(new HashMap<>(headers)).send();
    }

    FluentProducerTemplate template(String name) {
        return camel.createFluentProducerTemplate().to("direct:" + name);
    }

    /** What arrived at {@code mock:NAME}. */
    MockEndpoint mock(String name) {
        return camel.getEndpoint("mock:" + name, MockEndpoint.class);
    }

    Pipeline pipeline(String name) {
        return camel.getComponent("prompt", PromptComponent.class).pipeline(name);
    }

    Engines engines() {
        return engines;
    }

    CamelContext camel() {
        return camel;
    }

    @Override
    public void close() {
        camel.stop();
        if (owned) {
            engines.close();
        }
    }
}
