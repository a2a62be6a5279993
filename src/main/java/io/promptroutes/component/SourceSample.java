package io.promptroutes.component;

import io.promptroutes.PromptFailed;
import io.promptroutes.flow.Inbound;
import io.promptroutes.kafka.LatestRecords;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.Utf8;
import io.promptroutes.registry.RegistryUnreachable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The Kafka source of a route, of which some records are looked at beside its group. Stateless.
 *
 * @param pipeline of the first step {@code prompt:} of the route
 */
public record SourceSample(String pipeline, KafkaEndpoint endpoint) {

    /** Those of the routes of a context that name a pipeline; the routes need not run. */
    public static List<SourceSample> of(CamelContext camel) {
        return camel.getRoutes().stream().filter(route -> route.getEndpoint() instanceof KafkaEndpoint).flatMap(SourceSample::of).toList();
    }

    private static Stream<SourceSample> of(Route route) {
        Pipeline pipeline = RoutePipeline.of(route.getCamelContext(), route.getRouteId(), PromptComponent.of(route.getCamelContext()));
        return pipeline == null ? Stream.empty() : Stream.of(new SourceSample(pipeline.name(), (KafkaEndpoint) route.getEndpoint()));
    }

    /** As the route names them: topics with commas between them, or a pattern. */
    public String topics() {
        return endpoint.getConfiguration().getTopic();
    }

    public boolean reads(String topic) {
        return endpoint.getConfiguration().isTopicIsPattern() ? topic.matches(topics()) : List.of(topics().split(",")).contains(topic);
    }

    /**
     * The latest records of a topic, oldest first, as the step in the route would have them where nothing stands in front of it.
     *
     * @param most    of them
     * @param longest bytes of one
     * @param trusted whose certificates a registry may have; null for those of the JVM
     * @throws IllegalArgumentException where there is no such topic
     * @throws RegistryUnreachable      where the source's registry cannot be asked
     */
    public List<Inbound> latest(String topic, int most, int longest, SSLContext trusted) throws RegistryUnreachable {
        List<ConsumerRecord<byte[], byte[]>> records = LatestRecords.of(client(), topic, most);
        if (!(endpoint instanceof WindowedKafkaEndpoint ours) || ours.registry() == null) {
            return records.stream().map(record -> inbound(record, record.value(), longest, record.value() == null ? null : PromptProducer.refusal(record.value(),
                    Utf8.text(record.value()) != null))).toList();
        }
        try (RegistryRecords registry = new RegistryRecords(endpoint.getCamelContext(), this, ours.registry(), trusted, longest)) {
            List<Inbound> read = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                read.add(read(record, registry));
            }
            return read;
        }
    }

    private static Inbound read(ConsumerRecord<byte[], byte[]> record, RegistryRecords registry) throws RegistryUnreachable {
        if (record.value() == null) {
            return inbound(record, null, registry.most(), null);
        }
        try {
            return inbound(record, registry.reader(record.value()).join().read(record.value(), registry.most()), registry.most(), null);
        } catch (PromptFailed e) {
            return inbound(record, record.value(), registry.most(), new InvalidPrompt(e.getCode(), null, e.getMessage()));
        }
    }

    private static Inbound inbound(ConsumerRecord<byte[], byte[]> record, byte[] data, int longest, InvalidPrompt refusal) {
        boolean tooLong = data != null && data.length > longest;
        return new Inbound(Source.record(record.topic(), record.partition(), record.offset()), record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8),
                tooLong ? Arrays.copyOf(data, longest) : data, tooLong, data == null ? 0 : data.length, null, refusal);
    }

    /** As the source's own client has them, to the same brokers and with the same rights. */
    private Map<String, Object> client() {
        KafkaConfiguration kafka = endpoint.getConfiguration();
        Properties properties = kafka.createConsumerProperties();
        endpoint.updateClassProperties(properties);
        Map<String, Object> client = new HashMap<>();
        properties.forEach((name, value) -> client.put(name.toString(), value));
        client.put("bootstrap.servers", kafka.getBrokers());
        return client;
    }

    @Override
    public String toString() {
        return topics();
    }
}
