package io.promptroutes.component;

import io.promptroutes.app.Engines;
import io.promptroutes.kafka.Acknowledgement;
import io.promptroutes.kafka.DeadLetterTopic;
import io.promptroutes.kafka.InFlightWindow;
import io.promptroutes.kafka.WindowLimits;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.registry.RegistryAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Channel;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ShutdownRunningTask;
import org.apache.camel.component.kafka.KafkaConsumer;
import org.apache.camel.processor.errorhandler.NoErrorHandler;
import org.apache.camel.spi.ShutdownAware;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * camel-kafka's consumer, whose records go into the route on other threads than the one that polls, and are acknowledged at its end. What fails is
 * tried again in its place while the others go on. Thread-safe.
 */
public final class WindowedKafkaConsumer extends KafkaConsumer implements ShutdownAware {

    private static final Logger LOG = LoggerFactory.getLogger(WindowedKafkaConsumer.class);

    private final WindowedKafkaEndpoint options;
    private final Deliveries deliveries = new Deliveries(this);
    private volatile boolean suspended;
    private volatile InFlightWindow window;
    private volatile Pipeline pipeline;
    private SourceDefaults defaults;
    private Set<String> headers;
    private DeadLetterTopic deadLetters;
    private RegistryRecords registry;
    private ExecutorService workers;
    private ScheduledExecutorService timer;

    WindowedKafkaConsumer(WindowedKafkaEndpoint endpoint, Processor route) {
        super(endpoint, route);
        options = endpoint;
    }

    /** What camel-kafka calls on the poll thread. It looks at the exchange right afterwards, and then uses it again: the route gets one of its own. */
    @Override
    public Processor getProcessor() {
        return this::handOver;
    }

    private void handOver(Exchange polled) {
        Acknowledgement record = InFlightWindow.claimed(polled);
        if (record == null) { // an error of the client's, with bridgeErrorHandler
            getAsyncProcessor().process(polled, done -> { });
            return;
        }
        Delivery delivery = deliveries.of(polled, record, headers);
        if (!record.awaitTurn(() -> workers.execute(delivery))) {
            workers.execute(delivery);
        }
    }

    /** Again after a while. Of a source that has stopped never: the offset stands. */
    void later(Runnable delivery, long millis) {
        try {
            timer.schedule(() -> workers.execute(delivery), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} has stopped", name(), e);
        }
    }

    /** Whether an exchange that comes with an exception goes to an error handler, and not into the first step: a doTry has none. */
    boolean handlesErrors() {
        return getRoute().navigate().next().stream().findFirst().orElse(null) instanceof Channel first && first.getErrorHandler() != null
                && !(first.getErrorHandler() instanceof NoErrorHandler);
    }

    boolean suspended() {
        return suspended;
    }

    /** Null: without end. */
    Integer retries() {
        return options.retries();
    }

    /** Null for none. */
    DeadLetterTopic deadLetters() {
        return deadLetters;
    }

    /** Null where records are what they are. */
    RegistryRecords registry() {
        return registry;
    }

    /** What is in flight. */
    public InFlightWindow window() {
        return window;
    }

    /** Its name in figures and messages. */
    public String name() {
        return getRouteId();
    }

    /** The pipeline that its route names; null where it names none. */
    public Pipeline pipeline() {
        return pipeline;
    }

    /** Topics, with commas between them. */
    public String topics() {
        return options.getConfiguration().getTopic();
    }

    public String group() {
        return options.getConfiguration().getGroupId();
    }

    public Deliveries deliveries() {
        return deliveries;
    }

    /** Why records are not taken, or not finished; null where all is well, as far as is known. */
    public String problem() {
        return Stream.of(window.consuming(), refused(), deliveries.failing(), stuck()).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** Why its dead letters are not taken; null where they are, as far as is known. */
    public String refused() {
        return deadLetters == null ? null : deadLetters.refused();
    }

    /** Of a record that is neither finished nor can still be on its way, in words; null where there is none. */
    public String stuck() {
        Duration longest = pipeline != null && pipeline.window().waits() ? defaults.waiting() : defaults.longest();
        return refused() != null || deliveries.failing() != null ? null : window.state().stuck(openSince(), Instant.now(), longest);
    }

    private Instant openSince() {
        return pipeline == null ? Instant.EPOCH : engines().openSince(pipeline);
    }

    Engines engines() {
        return PromptComponent.of(getEndpoint().getCamelContext()).engines();
    }

    @Override
    protected void doStart() throws Exception {
        PromptComponent prompts = PromptComponent.of(getEndpoint().getCamelContext());
        suspended = false;
        defaults = SourceDefaults.of(engines().settings(), engines().longest());
        headers = options.headers(defaults);
        pipeline = RoutePipeline.of(getEndpoint().getCamelContext(), getRouteId(), prompts);
        WindowLimits limits = options.limits(defaults, pipeline == null ? engines().window() : pipeline.window().size());
        window = new InFlightWindow(limits, () -> !suspended && (pipeline == null || pipeline.window().room()), Clock.systemUTC());
        options.setKafkaClientFactory(window);
        options.setKafkaManualCommitFactory(window);
        options.getConfiguration().setShutdownTimeout((int) limits.drain().toMillis() + 10_000);
        String topic = options.deadLetters(defaults);
        deadLetters = topic == null ? null : new DeadLetterTopic(topic, producer());
        workers = Threads.pool(getEndpoint().getCamelContext(), this, "windowed-kafka", options.workers());
        timer = Threads.timer(getEndpoint().getCamelContext(), this, "windowed-kafka-again");
        RegistryAddress address = options.registry();
        registry = address == null ? null : new RegistryRecords(getEndpoint().getCamelContext(), this, address, engines().trusted(),
                pipeline == null ? engines().prompts().maxBytes() : pipeline.maxBytes());
        prompts.add(this);
        super.doStart();
    }

    /** A plain client, for bytes. */
    private Properties producer() {
        Properties client = options.getConfiguration().createProducerProperties();
        options.updateClassProperties(client);
        client.put("bootstrap.servers", options.getComponent().getKafkaClientFactory() == null ? options.getConfiguration().getBrokers()
                : options.getComponent().getKafkaClientFactory().getBrokers(options.getConfiguration()));
        client.put("key.serializer", ByteArraySerializer.class.getName());
        client.put("value.serializer", ByteArraySerializer.class.getName());
        client.put("max.block.ms", 5_000); // a topic that takes nothing holds up what goes there, and nothing else
        client.put("acks", "all");
        return client;
    }

    @Override
    protected void doStop() throws Exception {
        if (window == null) {
            return; // it never began
        }
        window.leave();
        super.doStop(); // in it, the client gives its partitions up: waits for what runs, commits, leaves the group
        PromptComponent.of(getEndpoint().getCamelContext()).remove(this);
        getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(timer);
        getEndpoint().getCamelContext().getExecutorServiceManager().shutdownGraceful(workers, Duration.ofSeconds(5).toMillis());
        if (registry != null) {
            registry.close();
        }
        if (deadLetters != null) {
            deadLetters.close();
        }
    }

    /** Not camel-kafka's way, which seeks back to what is committed at resume and so would do again all that is under way. */
    @Override
    protected void doSuspend() {
        suspended = true;
        if (getEndpoint().getCamelContext().isStopping()) {
            window.leave(); // its shutdown waits for what is under way, of which nothing more is to be called
        }
    }

    @Override
    protected void doResume() {
        suspended = false;
    }

    @Override
    public void prepareShutdown(boolean suspendOnly, boolean forced) {
        if (!suspendOnly) {
            window.leave();
        }
    }

    @Override
    public boolean deferShutdown(ShutdownRunningTask task) {
        return false;
    }

    @Override
    public int getPendingExchangesSize() {
        return 0; // those that have not begun need not: they are read again
    }
}
