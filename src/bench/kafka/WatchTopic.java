import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * {@code java WatchTopic BROKERS GROUP PROMPTS RESULTS PID FROM TO COUNT GO}: writes file GO, waits for COUNT results, and prints
 * {@code RATE CPU LAG MISSING TWICE}: results a second and CPU microseconds (user and system, all threads) of process PID per result,
 * both between result FROM and TO; what the group has not committed of the topic of prompts when that no longer changes; prompts
 * without a result, and results too many. Asks for the ends of the topic of results only, so it costs the broker next to nothing.
 */
public final class WatchTopic implements AutoCloseable {

    private static final long EVERY_MILLIS = 10;
    /** Commits are this often in all that is measured, or more often. */
    private static final Duration LAST_COMMIT = Duration.ofSeconds(15);

    private record Mark(long results, long nanos, Duration cpu) {
    }

    private final ProcessHandle process;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> results;

    private WatchTopic(String brokers, String topic, long pid) {
        process = ProcessHandle.of(pid).orElseThrow();
        consumer = new KafkaConsumer<>(Enrich.consumer(brokers, "watch"));
        results = partitions(topic);
    }

    public static void main(String[] args) throws Exception {
        long count = Long.parseLong(args[7]);
        try (WatchTopic watch = new WatchTopic(args[0], args[3], Long.parseLong(args[4])); Admin admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
            Files.createFile(Path.of(args[8]));
            Mark from = watch.await(Long.parseLong(args[5]));
            Mark to = watch.await(Long.parseLong(args[6]));
            watch.await(count);
            long lag = watch.lag(admin, args[1], args[2]);
            Set<String> ids = new HashSet<>();
            long all = watch.read(ids);
            double between = to.results - from.results;
            System.out.printf(Locale.ROOT, "%.1f %.0f %d %d %d%n", between / ((to.nanos - from.nanos) / 1e9),
                    to.cpu.minus(from.cpu).toNanos() / 1e3 / between, lag, count - ids.size(), all - ids.size());
        }
    }

    private Mark await(long number) throws InterruptedException {
        while (true) {
            long there = consumer.endOffsets(results).values().stream().mapToLong(Long::longValue).sum();
            if (there >= number) {
                return new Mark(there, System.nanoTime(), process.info().totalCpuDuration().orElseThrow());
            }
            if (!process.isAlive()) {
                throw new IllegalStateException("the process ended after " + there + " results");
            }
            Thread.sleep(EVERY_MILLIS);
        }
    }

    private long lag(Admin admin, String group, String prompts) throws Exception {
        long end = consumer.endOffsets(partitions(prompts)).values().stream().mapToLong(Long::longValue).sum();
        long deadline = System.nanoTime() + LAST_COMMIT.toNanos();
        long lag;
        do {
            Thread.sleep(200);
            lag = end - admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(OffsetAndMetadata::offset).sum();
        } while (lag > 0 && System.nanoTime() < deadline);
        return lag;
    }

    /** Adds the ids of all results; returns how many results there are. */
    private long read(Set<String> ids) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        Map<TopicPartition, Long> ends = consumer.endOffsets(results);
        consumer.assign(results);
        consumer.seekToBeginning(results);
        long all = 0;
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                ids.add(mapper.readTree(record.value()).get("id").textValue());
                all++;
            }
        }
        return all;
    }

    private List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream().map(one -> new TopicPartition(topic, one.partition())).toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
