import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * {@code java MakeTopics new BROKERS PARTITIONS TOPIC...} makes topics; {@code java MakeTopics fill BROKERS PARTITIONS TOPIC FILE SLOW}
 * makes one and puts in the lines of FILE, evenly, under 1,000 keys. The prompt of every SLOW-th line then begins with "Slowly" (0: none).
 */
public final class MakeTopics {

    private static final int KEYS = 1_000;

    public static void main(String[] args) throws Exception {
        int partitions = Integer.parseInt(args[2]);
        boolean fill = args[0].equals("fill");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[1]))) {
            admin.createTopics(Arrays.stream(args, 3, fill ? 4 : args.length).map(name -> new NewTopic(name, partitions, (short) 1)).toList())
                    .all().get();
        }
        if (fill) {
            fill(args, partitions);
        }
    }

    private static void fill(String[] args, int partitions) throws Exception {
        Properties settings = Enrich.producer(args[1]);
        settings.put("linger.ms", "20");
        int slow = Integer.parseInt(args[5]);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings); BufferedReader lines = Files.newBufferedReader(Path.of(args[4]))) {
            int n = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String prompt = slow > 0 && n % slow == slow - 1 ? line.replace("\"prompt\": \"", "\"prompt\": \"Slowly: ") : line;
                // the same partition for the same key, and as many prompts in each
                int key = n % KEYS;
                producer.send(new ProducerRecord<>(args[3], key % partitions, bytes("key-" + key), bytes(prompt)));
                n++;
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
