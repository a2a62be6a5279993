package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Variables;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped Kafka routes with a way of the prompt that only decides between answer and dead letter. */
class KafkaRoutesIT {

    private static final String RESULT = """
            {"id": "p", "text": "done"}""";
    private static final String LETTER = """
            {"id": "p-1", "error": {"code": "invalid_json", "message": "no JSON: \u00fc", "retryable": false}, "attempts": []}""";

    @TempDir
    Path folder;

    @Test
    void without_kafka_no_route_is_made() throws Exception {
        try (DefaultCamelContext camel = camel("localhost:1", false)) {
            camel.start();
            assertThat(camel.getRoutes()).isEmpty();
        }
    }

    @Test
    void results_and_dead_letters_keep_key_headers_and_bytes_and_acknowledge_their_record() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start(folder); Topic topic = new Topic(broker.bootstrapServers());
                DefaultCamelContext camel = camel(broker.bootstrapServers(), true)) {
            for (String name : List.of("prompts", "results", "costs", "dead-letters", "alerts")) {
                topic.create(name, 1);
            }
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:prompt")
                            .process(exchange -> exchange.setVariable(Variables.ARRIVAL, exchange.getMessage().getBody(Inbound.class)))
                            .choice()
                            .when(exchange -> new String(exchange.getVariable(Variables.ARRIVAL, Inbound.class).bytes(), StandardCharsets.UTF_8)
                                    .startsWith("bad"))
                            .setBody(exchange -> LETTER.getBytes(StandardCharsets.UTF_8)).to("direct:dead-letter-to-kafka")
                            .otherwise()
                            .setBody(exchange -> RESULT.getBytes(StandardCharsets.UTF_8))
                            .to("direct:cost-to-kafka", "direct:result-to-kafka");
                }
            });
            camel.start();
            send(broker.bootstrapServers(), "k", "good");
            send(broker.bootstrapServers(), null, "bad");
            await().atMost(Duration.ofSeconds(20)).until(() -> topic.committedInAll("prompt-routes") == 2);

            ConsumerRecord<String, String> result = topic.read("results").get(0);
            assertThat(result.key()).isEqualTo("k");
            assertThat(result.value()).isEqualTo(RESULT);
            assertThat(headers(result)).isEqualTo(Map.of("traceparent", "00-ab", "x-kept", "yes",
                    "source-topic", "prompts", "source-partition", "0", "source-offset", "0"));

            ConsumerRecord<String, String> dead = topic.read("dead-letters").get(0);
            assertThat(dead.key()).isNull();
            assertThat(dead.value()).isEqualTo("bad");
            assertThat(headers(dead)).containsAllEntriesOf(Map.of("traceparent", "00-ab", "x-kept", "yes", "x-secret", "no",
                    "source-topic", "prompts", "source-partition", "0", "source-offset", "1"))
                    .containsAllEntriesOf(Map.of("prompt-id", "p-1", "error-code", "invalid_json", "error-message", "no JSON: \u00fc",
                            "error-retryable", "false", "error-attempts", "0"))
                    .containsAllEntriesOf(Map.of("Kafka.OVERRIDE_TOPIC", "alerts", "kafka.PARTITION_KEY", "none")).hasSize(13);
        }
    }

    private static DefaultCamelContext camel(String brokers, boolean enabled) throws Exception {
        DefaultCamelContext camel = new DefaultCamelContext();
        Properties settings = new Properties();
        settings.putAll(Map.of("kafka.enabled", enabled ? "on" : "off", "kafka.brokers", brokers, "kafka.group", "prompt-routes",
                "kafka.offset-reset", "earliest", "kafka.topic.prompts", "prompts", "kafka.topic.results", "results",
                "kafka.topic.costs", "costs", "kafka.topic.dead-letters", "dead-letters", "kafka.topic.alerts", "alerts"));
        camel.getPropertiesComponent().setOverrideProperties(settings);
        camel.getRegistry().bind("inFlightWindow", new InFlightWindow(
                new WindowLimits(100, 75, 1_000, Duration.ofSeconds(2), true), () -> true, Clock.systemUTC()));
        camel.getRegistry().bind("takeRecord", new TakeRecord(1_000, () -> { }, () -> { }));
        camel.getRegistry().bind("keyOrder", new KeyOrder(() -> { }));
        camel.getRegistry().bind("addressRecord", new AddressRecord(Set.of("X-Kept")));
        camel.getRegistry().bind("deadLetterRecord", new DeadLetterRecord());
        camel.getRegistry().bind("acknowledge", new Acknowledge());
        camel.getRegistry().bind("alsoWait", (Processor) Acknowledge::alsoWaits);
        camel.getRegistry().bind("leaveMetadataOut", (Processor) exchange -> { });
        camel.addRoutesConfigurations(new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                routeConfiguration("bad-input");
                routeConfiguration("defects");
                routeConfiguration("publishing");
            }
        });
        for (String file : List.of("prompts-from-kafka", "engine/publish-to-kafka")) {
            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveResource(camel, "classpath:routes/" + file + ".camel.yaml"));
        }
        return camel;
    }

    private static void send(String brokers, String key, String value) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", brokers),
                new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("prompts", null, key, value, List.of(header("traceparent", "00-ab"), header("x-kept", "yes"),
                    header("x-secret", "no"), header("Kafka.OVERRIDE_TOPIC", "alerts"), header("kafka.PARTITION_KEY", "none"))));
        }
    }

    private static RecordHeader header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> headers(ConsumerRecord<String, String> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
