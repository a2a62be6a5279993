import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The plain loop, once per partition: a thread with a consumer of its own polls, calls one by one, and commits when the broker has the
 * results. {@code java PlainConsumers BROKERS GROUP PROMPTS RESULTS BASE_URL THREADS}
 */
public final class PlainConsumers {

    public static void main(String[] args) {
        URI chats = URI.create(args[4] + "/chat/completions");
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Enrich.producer(args[0]));
        for (int i = 0; i < Integer.parseInt(args[5]); i++) {
            new Thread(() -> loop(args, chats, producer)).start();
        }
    }

    private static void loop(String[] args, URI chats, KafkaProducer<byte[], byte[]> producer) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Enrich.consumer(args[0], args[1]))) {
            consumer.subscribe(List.of(args[2]));
            while (true) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(1));
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    producer.send(new ProducerRecord<>(args[3], record.key(), Enrich.call(chats, record.value())), (done, failure) -> {
                        if (failure != null) {
                            failure.printStackTrace();
                            Runtime.getRuntime().halt(1);
                        }
                    });
                }
                producer.flush();
                consumer.commitSync();
            }
        }
    }
}
