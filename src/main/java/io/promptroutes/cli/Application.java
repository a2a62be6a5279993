package io.promptroutes.cli;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.ops.OptionFault;
import io.promptroutes.ops.RouteCheck;
import io.promptroutes.pipeline.Beans;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.telemetry.Labels;
import io.promptroutes.telemetry.Meters;
import io.promptroutes.telemetry.Telemetry;
import io.promptroutes.telemetry.Traces;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.slf4j.LoggerFactory;

/** The routes, running with the settings of one command. One use: start, work, close. */
final class Application implements AutoCloseable {

    private final Main main = new Main() {
        @Override
        public void bind(String name, Object bean) {
            registry.bind(name, Object.class, () -> bean); // by its name alone: of a known type Camel would give it to components that it is not meant for
        }
    };
    final AdmissionGate intake;
    final JobStatistics tally = new JobStatistics();
    final Catalogue catalogue = Catalogue.shipped();
    final Beans beans;
    private final OpenTelemetry traces;
    private final Properties properties;
    private ProducerTemplate template;

    /**
     * Where prompts come from and results go.
     *
     * @param publishTo the ending of routes {@code result-to-…}, {@code cost-to-…}, {@code dead-letter-to-…} and {@code alert-to-…}
     * @param beans     that those routes name
     * @param firstSeen false for an id that the job has had before
     * @param mayStart  asked before each call: false where the prompt is somebody else's by now
     * @param drain     how long running work may take when the routes stop
     * @param settings  for Camel's placeholders and its own keys, beside those of the settings
     */
    record Edges(String publishTo, Map<String, ?> beans, Predicate<String> firstSeen, Predicate<Exchange> mayStart, Duration drain,
            Map<String, String> settings) {

        /** A job has its own intake. */
        private static final Map<String, String> NO_SERVICE = Map.of("kafka.enabled", "off", "inbox.directory", "", "management.port", "");

        /** The same with other settings on top. */
        Edges with(Map<String, String> more) {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(more);
            return new Edges(publishTo, beans, firstSeen, mayStart, drain, all);
        }

        static Edges ofJob(String publishTo, Map<String, ? extends Processor> sinks, Predicate<String> firstSeen) {
            return new Edges(publishTo, sinks, firstSeen, exchange -> true, Duration.ofSeconds(5), NO_SERVICE);
        }
    }

    /** @param ledger null where it is switched off */
    Application(RouteSettings settings, AdmissionGate intake, Edges edges, Ledger ledger, LedgerPolicy policy) {
        this(settings, intake, edges, ledger, policy, null);
    }

    /** @param counted where calls and prompts are counted; null for nowhere */
    Application(RouteSettings settings, AdmissionGate intake, Edges edges, Ledger ledger, LedgerPolicy policy, MeterRegistry counted) {
        this.intake = intake;
        traces = settings.traces();
        Labels labels = settings.labels(policy.provider(), catalogue);
        Telemetry telemetry = new Telemetry(counted == null ? null : new Meters(counted, labels, tally), new Traces(traces, labels, settings.content()));
        CatalogueCopy copy = new CatalogueCopy(settings.catalogueCopy());
        copy.load(catalogue);
        beans = new Beans(main, new Beans.Shared(intake, tally, catalogue, copy, settings.key(), settings.managementKey(), edges.firstSeen(), ledger, policy,
                edges.mayStart(), telemetry, Clock.systemUTC()), settings.options(), settings.prompts());
        edges.beans().forEach(main::bind);
        properties = settings.properties();
        properties.setProperty("publish.to", edges.publishTo());
        properties.putAll(edges.settings());
        configure(edges.drain());
    }

    private void configure(Duration drain) {
        main.setOverrideProperties(properties);
        main.setDefaultPropertyPlaceholderLocation("false");
        main.configure().withName("prompt-routes");
        main.configure().withRoutesIncludePattern(RouteFiles.locations(Path.of("")));
        main.configure().withJmxEnabled(false);
        main.configure().withStreamCachingEnabled(false);
        main.configure().withAutoConfigurationLogSummary(false);
        main.configure().withShutdownTimeout((int) drain.toSeconds());
        main.configure().withShutdownLogInflightExchangesOnTimeout(false);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeInitialize(BaseMainSupport starting) {
                // Settings has put environment and command line in their places already; Camel would let the environment win
                PropertiesComponent component = (PropertiesComponent) starting.getCamelContext().getPropertiesComponent();
                component.setEnvironmentVariableMode(PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_NEVER);
                component.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_NEVER);
            }
        });
    }

    void start() {
        open();
        template = main.getCamelContext().createProducerTemplate();
        send("direct:refresh-catalogue", null);
    }

    /** Makes all routes, with everything that they name, and takes no prompt. */
    void build() {
        main.configure().withAutoStartup(false);
        open();
    }

    private void open() {
        List<Finding> findings = new ArrayList<>();
        check(RouteFiles.places(Path.of("")), findings::add);
        Finding.refuse(findings);
        try {
            main.start();
        } catch (Exception e) {
            String option = Optional.ofNullable(ExceptionUtils.throwableOfType(e, ResolveEndpointFailedException.class))
                    .flatMap(failed -> OptionFault.of(failed, camel(), RouteFiles.places(Path.of("")))).orElse(null);
            throw new UsageException(option != null ? option : "the routes do not start: " + inOneLine(ExceptionUtils.getRootCause(e).getMessage()), e);
        }
    }

    /** Without the lines of the file that a YAML parser shows, which have four blanks in front, and its marks below them. */
    private static String inOneLine(String message) {
        return String.valueOf(message).replaceAll("(?m)^ {4}.*\\R?", "").replaceAll("(?<= in )file:", "").strip()
                .replaceFirst(":$", "").replaceAll(":\\s*\\R\\s*", "; ").replaceAll("\\s*\\R\\s*", " ");
    }

    /** @param places of route files by folder and name, as of Camel */
    void check(Map<String, String> places, Consumer<Finding> found) {
        RouteCheck.check(places, new RouteCheck.Known(name -> main.lookup(name, Object.class), properties, model -> catalogue.find(model).isPresent()
                || properties.values().stream().anyMatch(value -> Settings.split((String) value).contains(model))), found);
    }

    /** More beans that routes name. */
    void bind(Map<String, ?> more) {
        more.forEach(main::bind);
    }

    /** Does something with Camel when it has its settings and has loaded the routes, before they start. */
    void configured(Consumer<CamelContext> then) {
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void afterConfigure(BaseMainSupport starting) {
                then.accept(starting.getCamelContext());
            }
        });
    }

    /**
     * For every route that names no others.
     *
     * @param properties what a client of Kafka takes and Camel has no name for
     */
    void kafkaClients(String brokers, Map<String, String> properties) {
        configured(camel -> {
            KafkaConfiguration clients = camel.getComponent("kafka", KafkaComponent.class).getConfiguration();
            clients.setAdditionalProperties(new HashMap<>(properties));
            if (clients.getBrokers() == null) {
                clients.setBrokers(brokers);
            }
        });
    }

    /** Hands a body to a route and waits until the route has taken it. */
    void send(String route, Object body) {
        template.sendBody(route, body);
    }

    CamelContext camel() {
        return main.getCamelContext();
    }

    @Override
    public void close() {
        try (beans) {
            main.stop();
        } catch (Exception e) {
            LoggerFactory.getLogger(Application.class).warn("the routes did not stop cleanly: {}", e.toString());
        }
        if (traces instanceof OpenTelemetrySdk sdk) {
            sdk.close(); // with what it has not sent yet
        }
    }
}
