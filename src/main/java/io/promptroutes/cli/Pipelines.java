package io.promptroutes.cli;

import io.promptroutes.app.Engines;
import io.promptroutes.app.RouteContext;
import io.promptroutes.component.InboxConsumer;
import io.promptroutes.component.PromptComponent;
import io.promptroutes.component.WindowedKafkaConsumer;
import io.promptroutes.kafka.Utf8Headers;
import io.promptroutes.ops.BudgetCheck;
import io.promptroutes.ops.PipelineFiles;
import io.promptroutes.ops.PromptServer;
import io.promptroutes.ops.RouteCheck;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.LoggingLevel;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.model.Model;
import org.apache.camel.model.MulticastDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RecipientListDefinition;
import org.apache.camel.model.SplitDefinition;
import org.apache.camel.model.errorhandler.DefaultErrorHandlerDefinition;
import org.apache.camel.model.errorhandler.RefErrorHandlerDefinition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The pipelines of a service: the user's route files and those shipped ones that are wanted, in a Camel context beside the engine's. One use. */
final class Pipelines implements AutoCloseable {

    /** For clients to close, behind the drain. */
    private static final Duration CLIENTS = Duration.ofSeconds(10);
    private static final Set<Class<?>> DIVIDING = Set.of(SplitDefinition.class, MulticastDefinition.class, RecipientListDefinition.class);

    /** Of a topic that takes nothing: it would hold threads on which other routes go on. */
    private static final int LONGEST_BLOCK_MILLIS = 5_000;

    private final Settings settings;
    private final PipelineFiles files;
    private final Properties properties;
    private final RouteContext routes;
    /** Null until routes are made. */
    private volatile PromptComponent prompts;

    /** @throws UsageException where key pipelines names what is not there */
    Pipelines(Settings settings) {
        this.settings = settings;
        files = PipelineFiles.of(Path.of(""), settings.list("pipelines"));
        properties = settings.properties();
        routes = new RouteContext("pipelines", settings.duration("kafka.drain").plus(CLIENTS));
        routes.load(properties, files.places());
        routes.configured(this::configure);
    }

    /** Where cost events and alerts go: the service's topics where any of its pipelines speaks to Kafka, else what the keys say. */
    Map<String, String> events() {
        boolean kafka = kafka();
        Map<String, String> keys = new HashMap<>();
        keys.put("costs.to", settings.text("costs.to").isEmpty() && kafka ? topic("costs") : settings.text("costs.to"));
        keys.put("alerts.to", settings.text("alerts.to").isEmpty() ? kafka ? topic("alerts") : "direct:alert-to-log" : settings.text("alerts.to"));
        return keys;
    }

    private String topic(String kind) {
        String bytes = ByteArraySerializer.class.getName();
        return "kafka:" + settings.text("kafka.topic." + kind) + "?brokers=RAW(" + settings.text("kafka.brokers") + ")&keySerializer=" + bytes + "&valueSerializer=" + bytes
                + "&useIterator=false&lingerMs=5&maxBlockMs=5000&kafkaClientFactory=#topicProducers";
    }

    /** Whether any of them speaks to Kafka. */
    boolean kafka() {
        return files.uses("windowed-kafka", "kafka");
    }

    /** Topics that they read. */
    Set<String> topics() {
        return files.topics(properties);
    }

    /** Topics that they write, and those of the service's own events. */
    Set<String> written() {
        Set<String> topics = new HashSet<>(files.written(properties));
        Stream.of("costs", "alerts").filter(kind -> settings.text(kind + ".to").isEmpty()).forEach(kind -> topics.addAll(settings.topics(kind)));
        return topics;
    }

    /** For every route that names no others. */
    static void kafkaClients(CamelContext camel, Settings settings) {
        KafkaConfiguration clients = camel.getComponent("kafka", KafkaComponent.class).getConfiguration();
        clients.setAdditionalProperties(new HashMap<>(settings.kafkaClient()));
        if (clients.getBrokers() == null) {
            clients.setBrokers(settings.text("kafka.brokers"));
        }
    }

    /**
     * A source of ours tells what fails, and does with it what is to be done: no stack trace for each record. Not where a file has an error handler of its
     * own, or a route takes a record apart: what becomes of a part is told nowhere else.
     */
    private static void leaveFailuresToSources(CamelContext camel) {
        DefaultErrorHandlerDefinition quiet = new DefaultErrorHandlerDefinition();
        quiet.setLevel(LoggingLevel.OFF.name());
        camel.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions().stream()
                .filter(route -> route.getInput().getEndpointUri().matches("(windowed-kafka|inbox):.*") && route.getErrorHandlerFactory() instanceof RefErrorHandlerDefinition)
                .filter(route -> ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ProcessorDefinition.class).stream().noneMatch(step -> DIVIDING.contains(step.getClass())))
                .forEach(route -> route.setErrorHandlerFactory(quiet));
    }

    private void configure(CamelContext camel) {
        leaveFailuresToSources(camel);
        if (kafka()) {
            kafkaClients(camel, settings);
            KafkaConfiguration clients = camel.getComponent("kafka", KafkaComponent.class).getConfiguration();
            clients.setHeaderSerializer(new Utf8Headers());
            clients.setKeySerializer(ByteArraySerializer.class.getName()); // a record's key goes along as it came
            clients.setAutoOffsetReset(settings.text("kafka.offset-reset"));
            clients.setUseIterator(false);
            clients.setMaxBlockMs(LONGEST_BLOCK_MILLIS);
        }
    }

    /** Finds what can be found wrong of the files. */
    void check(Consumer<Finding> found) {
        RouteCheck.pipelines(files.places(), new RouteCheck.Known(routes::bean, properties, model -> true), found);
        new BudgetCheck(settings).pipelines(name -> files.names(name, properties), found);
    }

    /** Makes all routes, with everything that they name, and takes nothing. To be called where {@link #check} has found nothing. */
    void build(Engines engines) {
        routes.withoutStart();
        load(engines);
        routes.open();
    }

    /** Reads the route files, so that what is wrong in them ends the start before anything is under way. @throws UsageException where one is wrong, or a port cannot be had */
    void read(Engines engines) {
        if (files.uses("platform-http")) {
            routes.configured(new PromptServer(settings)::open);
        }
        List<Finding> findings = new ArrayList<>();
        check(findings::add);
        Finding.refuse(findings);
        load(engines);
    }

    private void load(Engines engines) {
        routes.configured(camel -> {
            prompts = new PromptComponent();
            prompts.setEngines(engines);
            prompts.setReplyThreads(settings.integer("prompts.reply-threads", 1, 1_000));
            camel.addComponent("prompt", prompts);
        });
        routes.read();
    }

    /** Begins, after {@link #read}. @throws UsageException where an option is wrong */
    void start() {
        routes.open();
        if (prompts.sources().isEmpty() && prompts.inboxes().isEmpty() && camel().getRoutes().isEmpty()) {
            throw new UsageException("there is no pipeline: put a route file into ./routes, or name shipped ones (key pipelines)");
        }
    }

    Collection<WindowedKafkaConsumer> sources() {
        return prompts == null ? List.of() : prompts.sources();
    }

    Collection<InboxConsumer> inboxes() {
        return prompts == null ? List.of() : prompts.inboxes();
    }

    CamelContext camel() {
        return routes.camel();
    }

    @Override
    public void close() {
        routes.close();
    }
}
