package io.promptroutes.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.producer.Producer;

/** Makes the clients by which the engine sends its own events: bean {@code topicProducers}, for the option {@code kafkaClientFactory}. Thread-safe. */
public final class TopicProducers extends DefaultKafkaClientFactory {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<TopicProducer> producers = new CopyOnWriteArrayList<>();

    @Override
    public Producer<?, ?> getProducer(Properties client) {
        TopicProducer producer = new TopicProducer(client);
        producers.add(producer);
        return producer;
    }

    /** What cannot be published at present; null where all can, as far as is known. */
    public String problem() {
        return producers.stream().map(producer -> producer.refused(PATIENCE)).filter(Objects::nonNull).findFirst().orElse(null);
    }
}
