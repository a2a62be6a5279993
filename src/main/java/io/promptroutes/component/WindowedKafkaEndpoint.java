package io.promptroutes.component;

import io.promptroutes.kafka.WindowLimits;
import io.promptroutes.registry.RegistryAddress;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.PollOnError;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.util.StringHelper;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** {@code windowed-kafka:TOPIC}: a source whose records are acknowledged one by one. It has camel-kafka's options besides its own. */
@UriEndpoint(firstVersion = "0.1.0", scheme = "windowed-kafka", title = "Windowed Kafka", syntax = "windowed-kafka:topic", consumerOnly = true, category = Category.MESSAGING)
public final class WindowedKafkaEndpoint extends KafkaEndpoint {

    /** In which order records go into the route. */
    enum Order { UNORDERED, KEY }

    /** Those that camel-kafka does not have. */
    static final Set<String> OPTIONS = Arrays.stream(WindowedKafkaEndpoint.class.getDeclaredFields()).filter(field -> field.isAnnotationPresent(UriParam.class))
            .map(Field::getName).collect(Collectors.toUnmodifiableSet());
    private static final String NONE = "none";
    private static final String AVRO = "org.apache.avro.Schema";

    @UriParam(description = "Topics whose whole names match this regular expression, in place of a topic.")
    private String topicPattern;
    @UriParam(description = "Records taken and not yet finished, at most. The window of the pipeline that the route names where it is left out.")
    private int inFlight;
    @UriParam(description = "unordered, or key: records of the same key go into the route one after another. Key prompts.order where it is left out.")
    private Order order;
    @UriParam(description = "Records taken of a partition since its oldest unfinished one, after which that partition waits. Key kafka.ahead where it is left out.")
    private int ahead;
    @UriParam(description = "How long what runs may go on when partitions are taken away or the route stops. Key kafka.drain where it is left out.",
            javaType = "java.time.Duration")
    private Duration drain;
    @UriParam(description = "Threads on which routes begin.", defaultValue = "16")
    private int workers = 16;
    @UriParam(description = "The topic of records that have no answer, or none: then a clause of the route has to take PromptFailed, else such a record is tried again "
            + "without end. Key kafka.topic.dead-letters where it is left out.")
    private String deadLetters;
    @UriParam(description = "How often a record whose route has failed is tried again before it is a dead letter. Without end where it is left out.")
    private Integer retries;
    @UriParam(description = "Names of headers of a record, with commas between them, that the route gets: they go along to kafka:. *: all. Key kafka.headers where it is left out.")
    private String headers;
    @UriParam(description = "The URL of a schema registry that speaks Confluent's REST API: records are Avro or JSON Schema in its wire format, and the route gets them as JSON.")
    private String registry;

    WindowedKafkaEndpoint(String uri, WindowedKafkaComponent component) {
        super(uri, component);
    }

    /** Fills in what nobody has said. @param topic of the address; null or empty where there is none */
    void complete(String topic) {
        KafkaConfiguration kafka = getConfiguration();
        if (kafka.getTopic() == null && topic != null && !topic.isEmpty()) {
            kafka.setTopic(topic);
        }
        if (topicPattern != null) {
            pattern();
            kafka.setTopicIsPattern(true);
            kafka.setTopic(topicPattern);
        }
        if (topicPattern == null && kafka.getTopic() != null) { // the client would look for a topic of a name with blanks
            kafka.setTopic(Arrays.stream(kafka.getTopic().split(",")).map(String::strip).filter(one -> !one.isEmpty()).distinct().collect(Collectors.joining(",")));
        }
        if (kafka.getTopic() == null || kafka.getTopic().isEmpty()) {
            throw new IllegalArgumentException(address() + ": the topic is missing (windowed-kafka:TOPIC)");
        }
    }

    /** Without its options, of which one may hold a password. */
    private String address() {
        return StringHelper.before(getEndpointUri(), "?", getEndpointUri());
    }

    private void pattern() {
        try {
            Pattern.compile(topicPattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(address() + ": option topicPattern is no regular expression: " + e.getDescription(), e);
        }
    }

    private void atLeast(int least, String option, int value) {
        if (value < least) {
            throw new IllegalArgumentException(address() + ": option " + option + " must be at least " + least + ", not " + value);
        }
    }

    @Override
    public Consumer createConsumer(Processor route) throws Exception {
        atLeast(1, "workers", workers);
        atLeast(0, "inFlight", inFlight);
        atLeast(0, "ahead", ahead);
        atLeast(0, "retries", retries == null ? 0 : retries);
        registry();
        KafkaConfiguration kafka = getConfiguration();
        if (kafka.getGroupId() == null) {
            throw new IllegalArgumentException(address() + ": option groupId is missing: the group's committed offsets are where it goes on after a restart");
        }
        if (kafka.isBatching() || kafka.isBreakOnFirstError()) {
            throw new IllegalArgumentException(address() + ": batching and breakOnFirstError do not go with a window: each record is acknowledged by itself");
        }
        kafka.setAllowManualCommit(true);
        kafka.setAutoCommitEnable(false);
        kafka.setPollTimeoutMs(Math.min(kafka.getPollTimeoutMs(), 200L));
        kafka.setPollOnError(PollOnError.RECONNECT); // a new consumer starts at the committed offsets, which is where an error leaves no gap
        kafka.setKeyDeserializer(ByteArrayDeserializer.class.getName());
        kafka.setValueDeserializer(ByteArrayDeserializer.class.getName());
        kafka.setPartitionAssignor(CooperativeStickyAssignor.class.getName());
        // prompts of a transaction that was aborted were never asked
        kafka.getAdditionalProperties().putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        WindowedKafkaConsumer consumer = new WindowedKafkaConsumer(this, route);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("windowed-kafka: is a source; send to kafka:" + getConfiguration().getTopic());
    }

    @Override
    public boolean isMultipleConsumersSupported() {
        return false;
    }

    /** @param pipelines window of the pipeline that the route names */
    WindowLimits limits(SourceDefaults defaults, int pipelines) {
        int size = inFlight > 0 ? inFlight : pipelines;
        Order ordered = order != null ? order : defaults.byKey() ? Order.KEY : Order.UNORDERED;
        return new WindowLimits(size, size * 3 / 4, Math.max(size, ahead > 0 ? ahead : defaults.ahead()), drain(defaults), ordered == Order.KEY);
    }

    Duration drain(SourceDefaults defaults) {
        return drain != null ? drain : defaults.drain();
    }

    int workers() {
        return workers;
    }

    /** Null for none. */
    String deadLetters(SourceDefaults defaults) {
        String topic = deadLetters != null ? deadLetters : defaults.deadLetters();
        return NONE.equals(topic) ? null : topic;
    }

    /** Null: without end. */
    Integer retries() {
        return retries;
    }

    /** In any case. */
    Set<String> headers(SourceDefaults defaults) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(headers == null ? defaults.headers() : Set.of(headers.strip().split("\\s*,\\s*")));
        return names;
    }

    /** Null where records are what they are. @throws IllegalArgumentException where the option cannot be used */
    RegistryAddress registry() {
        if (registry == null) {
            return null;
        }
        if (getCamelContext().getClassResolver().resolveClass(AVRO) == null) {
            throw new IllegalArgumentException(address() + ": option registry needs Avro: put org.apache.avro:avro on the class path");
        }
        try {
            return RegistryAddress.of(registry);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(address() + ": " + e.getMessage()); // without its cause, which would be told in place of it
        }
    }

    public void setTopicPattern(String topicPattern) {
        this.topicPattern = topicPattern;
    }

    public void setInFlight(int inFlight) {
        this.inFlight = inFlight;
    }

    public void setOrder(Order order) {
        this.order = order;
    }

    public void setAhead(int ahead) {
        this.ahead = ahead;
    }

    public void setDrain(Duration drain) {
        this.drain = drain;
    }

    public void setWorkers(int workers) {
        this.workers = workers;
    }

    public void setDeadLetters(String deadLetters) {
        this.deadLetters = deadLetters;
    }

    public void setRetries(Integer retries) {
        this.retries = retries;
    }

    public void setHeaders(String headers) {
        this.headers = headers;
    }

    public void setRegistry(String registry) {
        this.registry = registry;
    }
}
