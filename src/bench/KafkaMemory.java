import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * {@code java KafkaMemory topics BROKERS} makes the topics. {@code java KafkaMemory watch BROKERS PID GCLOG RECORDS SAMPLES} fills the topic
 * of prompts, at most {@value #AHEAD} records ahead of what process PID has committed, and tells at every SAMPLES-th part of the way
 * what that process holds: its resident set, and its heap after a full collection, as its own log of collections has it (asked for
 * later, it would be mostly garbage again). Ends with status 1 where the heap grows.
 */
public final class KafkaMemory {

    private static final int AHEAD = 50_000;
    private static final int PARTITIONS = 8;
    private static final String GROUP = "prompt-routes";
    private static final Duration STUCK = Duration.ofMinutes(5);
    private static final Pattern FULL = Pattern.compile("Pause Full .*->(\\d+)M\\(");

    /** Sizes in MB. */
    private record Sample(long records, double seconds, double resident, double heap) {
    }

    private final Admin admin;
    private final long pid;
    private final Path collections;
    private final long start = System.nanoTime();

    private KafkaMemory(Admin admin, long pid, Path collections) {
        this.admin = admin;
        this.pid = pid;
        this.collections = collections;
    }

    public static void main(String[] args) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[1]))) {
            if (args[0].equals("topics")) {
                admin.createTopics(Stream.of("prompts", "prompt-results", "prompt-costs", "prompt-dead-letters", "prompt-alerts")
                        .map(name -> new NewTopic(name, PARTITIONS, (short) 1)).toList()).all().get();
                return;
            }
            KafkaMemory memory = new KafkaMemory(admin, Long.parseLong(args[2]), Path.of(args[3]));
            System.exit(memory.watch(args[1], Integer.parseInt(args[4]), Integer.parseInt(args[5])) ? 0 : 1);
        }
    }

    private boolean watch(String brokers, int records, int wanted) throws Exception {
        List<Sample> samples = new ArrayList<>();
        System.out.println("   records  seconds   records/s   RSS MB   heap after full GC MB");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", brokers, "linger.ms", "20",
                "compression.type", "lz4"), new StringSerializer(), new StringSerializer())) {
            int sent = 0;
            long moved = System.nanoTime();
            for (long done = 0; done < records;) {
                for (long most = Math.min(records, done + AHEAD); sent < most; sent++) {
                    producer.send(new ProducerRecord<>("prompts", "key-" + sent % 10_000, "{\"id\":\"m-" + sent
                            + "\",\"prompt\":\"Name one thing that there are " + sent + " of, and say in a sentence where.\"}"));
                }
                Thread.sleep(200);
                long now = committed();
                moved = now > done ? System.nanoTime() : moved;
                if (System.nanoTime() - moved > STUCK.toNanos()) {
                    throw new IllegalStateException("nothing was committed for " + STUCK + ", at " + done);
                }
                done = now;
                if (done >= (samples.size() + 1L) * records / wanted) {
                    samples.add(sample(done, samples));
                }
            }
        }
        return verdict(samples);
    }

    private long committed() throws Exception {
        return admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset).sum();
    }

    private Sample sample(long records, List<Sample> before) throws IOException, InterruptedException {
        double heap = heapAfterFullCollection();
        double seconds = (System.nanoTime() - start) / 1e9;
        Sample last = before.isEmpty() ? new Sample(0, 0, 0, 0) : before.get(before.size() - 1);
        Sample sample = new Sample(records, seconds, resident(), heap);
        System.out.printf(Locale.ROOT, "%10d  %7.0f  %10.0f  %7.0f  %10.0f%n", records, seconds,
                (records - last.records()) / (seconds - last.seconds()), sample.resident(), heap);
        return sample;
    }

    private double resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("no VmRSS of process " + pid);
    }

    private double heapAfterFullCollection() throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), "" + pid, "GC.run")
                .redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd GC.run: " + said);
        }
        double heap = -1;
        for (String line : Files.readAllLines(collections)) {
            Matcher full = FULL.matcher(line);
            heap = full.find() ? Double.parseDouble(full.group(1)) : heap;
        }
        return heap;
    }

    /** The first fifth is warm-up: caches fill, classes are loaded. */
    private static boolean verdict(List<Sample> samples) {
        List<Sample> warm = samples.subList(samples.size() / 5, samples.size());
        double first = mean(warm.subList(0, warm.size() / 2));
        double second = mean(warm.subList(warm.size() / 2, warm.size()));
        double perMillion = (second - first) / (warm.get(warm.size() - 1).records() - warm.get(0).records()) * 2 * 1_000_000;
        System.out.printf(Locale.ROOT, "heap after full GC, first and second half after the warm-up: %.1f and %.1f MB (%+.1f MB per million records)%n",
                first, second, perMillion);
        return second - first < 5;
    }

    private static double mean(List<Sample> samples) {
        return samples.stream().mapToDouble(Sample::heap).average().orElse(0);
    }
}
