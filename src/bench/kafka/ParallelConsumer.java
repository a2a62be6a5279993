import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.net.URI;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Confluent's parallel-consumer, as its page shows it for calls whose results are produced.
 * {@code java ParallelConsumer BROKERS GROUP PROMPTS RESULTS BASE_URL WORKERS UNORDERED|KEY}
 */
public final class ParallelConsumer {

    public static void main(String[] args) {
        URI chats = URI.create(args[4] + "/chat/completions");
        ParallelStreamProcessor<byte[], byte[]> processor = ParallelStreamProcessor.createEosStreamProcessor(
                ParallelConsumerOptions.<byte[], byte[]>builder()
                        .ordering(ProcessingOrder.valueOf(args[6]))
                        .maxConcurrency(Integer.parseInt(args[5]))
                        .consumer(new KafkaConsumer<>(Enrich.consumer(args[0], args[1])))
                        .producer(new KafkaProducer<>(Enrich.producer(args[0])))
                        .build());
        processor.subscribe(List.of(args[2]));
        processor.pollAndProduce(record -> new ProducerRecord<>(args[3], record.key(), Enrich.call(chats, record.value())));
    }
}
