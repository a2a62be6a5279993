import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What somebody would write without the product: reads the same prompts, sends the same requests with the JDK's client, writes a result
 * and a cost line for each. No choice of a model, no retry, no fallback, no limits.
 *
 * <p>{@code java PlainLoop async|threads BASE_URL PROMPTS OUT_DIR IN_FLIGHT WARM_UP}: {@code async} is sendAsync behind a semaphore,
 * {@code threads} is send on that many threads.
 */
public final class PlainLoop {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI uri;
    private final Semaphore permits;
    private final int inFlight;
    private final long warmUp;
    private final OutputStream results;
    private final OutputStream costs;
    private final AtomicLong done = new AtomicLong();
    private volatile long cpuAtStart;
    private volatile long nanosAtStart;

    private PlainLoop(String baseUrl, Path out, int inFlight, long warmUp) throws IOException {
        uri = URI.create(baseUrl + "/chat/completions");
        this.inFlight = inFlight;
        permits = new Semaphore(inFlight);
        this.warmUp = warmUp;
        Files.createDirectories(out);
        results = Files.newOutputStream(out.resolve("results.jsonl"));
        costs = Files.newOutputStream(out.resolve("costs.jsonl"));
    }

    public static void main(String[] args) throws Exception {
        PlainLoop loop = new PlainLoop(args[1], Path.of(args[3]), Integer.parseInt(args[4]), Long.parseLong(args[5]));
        ExecutorService threads = Executors.newFixedThreadPool(loop.inFlight);
        try (BufferedReader lines = Files.newBufferedReader(Path.of(args[2]))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String prompt = line;
                loop.permits.acquire();
                if (args[0].equals("async")) {
                    loop.async(prompt);
                } else {
                    threads.execute(() -> loop.blocking(prompt));
                }
            }
        }
        loop.permits.acquire(loop.inFlight);
        threads.shutdown();
        long prompts = loop.done.get() - loop.warmUp;
        System.out.printf(Locale.ROOT, "%d prompts, by the loop's own clock %.1f us CPU per prompt, %.0f/s%n", prompts,
                (cpuNanos() - loop.cpuAtStart) / 1e3 / prompts, prompts / ((System.nanoTime() - loop.nanosAtStart) / 1e9));
        System.exit(0);
    }

    private void async(String line) throws IOException {
        JsonNode prompt = MAPPER.readTree(line);
        client.sendAsync(request(prompt), BodyHandlers.ofByteArray()).whenComplete((response, failure) -> {
            if (failure != null) {
                fail(failure);
            }
            finish(prompt, response);
        });
    }

    private void blocking(String line) {
        try {
            JsonNode prompt = MAPPER.readTree(line);
            finish(prompt, client.send(request(prompt), BodyHandlers.ofByteArray()));
        } catch (IOException | InterruptedException e) {
            fail(e);
        }
    }

    private HttpRequest request(JsonNode prompt) throws IOException {
        ObjectNode body = MAPPER.createObjectNode();
        body.put("model", "openai/gpt-4.1-mini");
        body.putArray("messages").addObject().put("role", "user").put("content", prompt.get("prompt").textValue());
        body.put("temperature", 0.7);
        body.put("max_tokens", 1000);
        return HttpRequest.newBuilder(uri).header("Content-Type", "application/json").header("Authorization", "Bearer k")
                .POST(BodyPublishers.ofByteArray(MAPPER.writeValueAsBytes(body))).build();
    }

    private void finish(JsonNode prompt, HttpResponse<byte[]> response) {
        try {
            JsonNode answer = MAPPER.readTree(response.body());
            JsonNode usage = answer.get("usage");
            ObjectNode result = MAPPER.createObjectNode();
            result.put("id", prompt.get("id").textValue());
            result.put("text", answer.get("choices").get(0).get("message").get("content").textValue());
            result.set("usage", usage);
            result.set("cost_usd", usage.get("cost"));
            append(results, result);
            ObjectNode event = MAPPER.createObjectNode();
            event.put("id", answer.get("id").textValue());
            event.put("prompt_id", prompt.get("id").textValue());
            event.put("time", Instant.now().toString());
            event.set("model", answer.get("model"));
            event.set("cost_usd", usage.get("cost"));
            append(costs, event);
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
        if (done.incrementAndGet() == warmUp) {
            cpuAtStart = cpuNanos();
            nanosAtStart = System.nanoTime();
        }
        permits.release();
    }

    /** A line is in the file before its prompt counts as done: the product promises that too. */
    private static void append(OutputStream file, ObjectNode line) throws IOException {
        byte[] json = MAPPER.writeValueAsBytes(line);
        byte[] whole = Arrays.copyOf(json, json.length + 1);
        whole[json.length] = '\n';
        synchronized (file) {
            file.write(whole);
        }
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static void fail(Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
    }
}
