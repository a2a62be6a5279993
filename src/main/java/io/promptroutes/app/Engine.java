package io.promptroutes.app;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.flow.Recipient;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.ops.RouteCheck;
import io.promptroutes.pipeline.Beans;
import io.promptroutes.pipeline.FairQueues;
import io.promptroutes.pipeline.Job;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.pipeline.Sinks;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.telemetry.Labels;
import io.promptroutes.telemetry.Meters;
import io.promptroutes.telemetry.Telemetry;
import io.promptroutes.telemetry.Traces;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;
import org.slf4j.LoggerFactory;

/**
 * How prompts are answered: the routes of routes/engine in a Camel context of their own, with the settings of one command or pipeline.
 * One use: start, ask, close.
 */
public final class Engine implements AutoCloseable {

    /** Running work that is left when it closes: whoever asked has waited for theirs before. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final RouteContext routes = new RouteContext("prompt-routes", DRAIN);
    private final AdmissionGate intake;
    private final JobStatistics tally;
    private final Catalogue catalogue = Catalogue.shipped();
    private final Beans beans;
    private final List<Pipeline> pipelines = new CopyOnWriteArrayList<>();
    private final Meters meters;
    private final OpenTelemetry traces;
    private final Properties properties;
    private final Map<String, String> files;
    private final Ledger ledger;
    private ProducerTemplate template;
    private Endpoint entry;
    private AsyncProducer prompts;

    /**
     * What an engine is for.
     *
     * @param provider whose answers these are: a provider's id, or {@code simulator}
     * @param hold     whether no other call may follow one that may have been billed
     * @param ledger   null where it is switched off
     * @param job      the only one that the process has; null where it is a service
     * @param files    of routes, by folder and name
     * @param keys     for placeholders, on top of those of the settings
     * @param counted  where calls and prompts are counted; null for nowhere
     */
    public record Use(String provider, boolean hold, Ledger ledger, Job job, Map<String, String> files, Map<String, String> keys, MeterRegistry counted) {

        /** Of a job, whose files or terminal take everything. */
        public static Use ofJob(String provider, boolean hold, Ledger ledger, Job job) {
            return new Use(provider, hold, ledger, job, RouteFiles.engine(Path.of("")), Map.of("management.port", "", "costs.to", "", "alerts.to", job == null ? "direct:alert-to-log" : "direct:alert-to-files"), null);
        }
    }

    public Engine(RouteSettings settings, AdmissionGate intake, JobStatistics tally, Use use) {
        this.intake = intake;
        this.tally = tally;
        traces = settings.traces();
        Labels labels = settings.labels(use.provider(), catalogue);
        meters = use.counted() == null ? null : new Meters(use.counted(), labels, tally);
        CatalogueCopy copy = new CatalogueCopy(settings.catalogueCopy());
        copy.load(catalogue);
        properties = settings.properties();
        properties.setProperty("job.files", use.job() == null ? "off" : "on");
        properties.putAll(use.keys());
        Telemetry telemetry = new Telemetry(meters, new Traces(traces, labels, settings.content()));
        beans = new Beans(routes.main(), new Beans.Shared(intake, tally, catalogue, copy, settings.key(), settings.managementKey(), use.ledger(), use.provider(), use.hold(),
                () -> pipelines.stream().map(pipeline -> pipeline.policy().job()).toList(), use.job(), !properties.getProperty("costs.to").isEmpty(), telemetry,
                Clock.systemUTC()), settings.options());
        files = use.files();
        ledger = use.ledger();
        routes.load(properties, files);
        routes.configured(camel -> {
            camel.getCamelContextExtension().addInterceptStrategy(new ErrorStrategy());
            FairQueues.in(camel);
        });
    }

    /** Begins with what does not depend on time. */
    public void start() {
        open();
        CamelContext camel = routes.camel();
        template = camel.createProducerTemplate();
        try {
            entry = camel.getEndpoint("direct:prompt");
            prompts = entry.createAsyncProducer();
            prompts.start();
        } catch (Exception e) {
            throw new IllegalStateException("the engine has no way for prompts", e);
        }
        send("direct:refresh-catalogue", null);
    }

    /** Makes all routes, with everything that they name, and takes no prompt. */
    public void build() {
        routes.main().configure().withAutoStartup(false);
        open();
    }

    private void open() {
        List<Finding> findings = new ArrayList<>();
        check(findings::add);
        Finding.refuse(findings);
        routes.open();
    }

    /** Looks for what the user's files of the engine name in vain. */
    public void check(Consumer<Finding> found) {
        check(files, found);
    }

    /** The same of other files. @param places by folder and name */
    public void check(Map<String, String> places, Consumer<Finding> found) {
        RouteCheck.engine(places, new RouteCheck.Known(routes::bean, properties, model -> catalogue.find(model).isPresent()
                || properties.values().stream().anyMatch(value -> Settings.split((String) value).contains(model))), found);
    }

    /** More beans that routes name. */
    public void bind(Map<String, ?> more) {
        more.forEach(routes.main()::bind);
    }

    /** Does something with Camel when it has its settings and has loaded the routes, before they start. */
    public void configured(Consumer<CamelContext> then) {
        routes.configured(then);
    }

    /** A way of prompts through this engine. @param window prompts taken and not yet finished, at most */
    public Pipeline pipeline(LedgerPolicy policy, PromptSettings prompts, int window) {
        return pipeline(policy, prompts, new PromptWindow(intake, window));
    }

    /** The same of prompts that may wait for batches: as many as keys batches.open* say. */
    public Pipeline waiting(LedgerPolicy policy, PromptSettings prompts, int window, int bytes) {
        return pipeline(policy, prompts, new PromptWindow(intake, window, () -> beans.batches().bytes() < bytes));
    }

    private Pipeline pipeline(LedgerPolicy policy, PromptSettings prompts, PromptWindow window) {
        Pipeline pipeline = new Pipeline(policy, new PromptParser(prompts), prompts.maxBytes(), window);
        pipelines.add(pipeline);
        if (meters != null) {
            meters.pipeline(pipeline.name(), pipeline.statistics());
        }
        return pipeline;
    }

    /**
     * Has what came in answered: its recipient is told. It has a place in the pipeline's window already.
     *
     * @param job of which it is; null where there is none
     */
    public void ask(Pipeline pipeline, Job job, Inbound inbound, Recipient recipient) {
        Exchange exchange = entry.createExchange(ExchangePattern.InOnly);
        exchange.setVariable(Variables.PIPELINE, pipeline);
        exchange.setVariable(Variables.RECIPIENT, recipient);
        if (job != null) {
            exchange.setVariable(Variables.JOB, job);
        }
        exchange.getMessage().setBody(inbound);
        prompts.process(exchange, done -> {
            if (exchange.getException() != null) { // the engine has stopped, or stops
                Recipient nobody = Sinks.takeRecipient(exchange);
                if (nobody != null) {
                    pipeline.window().finish();
                    nobody.left();
                }
            }
        });
    }

    /** Hands a body to a route and waits until the route has taken it. */
    public void send(String route, Object body) {
        template.sendBody(route, body);
    }

    public CamelContext camel() {
        return routes.camel();
    }

    public AdmissionGate intake() {
        return intake;
    }

    public JobStatistics tally() {
        return tally;
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    public Beans beans() {
        return beans;
    }

    /** Null where it is switched off. */
    public Ledger ledger() {
        return ledger;
    }

    /** Those that were made so far. */
    public List<Pipeline> pipelines() {
        return List.copyOf(pipelines);
    }

    @Override
    public void close() {
        try (beans) {
            beans.batches().leave();
            routes.close();
        } catch (Exception e) {
            LoggerFactory.getLogger(Engine.class).warn("the engine did not stop cleanly: {}", e.toString());
        }
        if (traces instanceof OpenTelemetrySdk sdk) {
            sdk.close(); // with what it has not sent yet
        }
    }
}
