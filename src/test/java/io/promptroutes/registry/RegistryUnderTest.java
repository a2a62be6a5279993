package io.promptroutes.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.promptroutes.prompt.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** A stand-in for a schema registry: what Confluent's REST API says of schemas, on this machine. Thread-safe. */
public final class RegistryUnderTest implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();
    public final List<String> asked = new CopyOnWriteArrayList<>();
    public final List<String> authorizations = new CopyOnWriteArrayList<>();
    /** Of each answer, and of how many letters. */
    public volatile int headers;
    public volatile int lengthOfEach = 1;
    /** In place of any answer; 0 for none. */
    public volatile int status;
    public volatile byte[] notFound = "{\"error_code\":40403,\"message\":\"Schema not found\"}".getBytes(StandardCharsets.UTF_8);

    public RegistryUnderTest() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    private void answer(HttpExchange http) throws IOException {
        try (http) {
            String path = http.getRequestURI().getRawPath();
            asked.add(path);
            authorizations.add(String.valueOf(http.getRequestHeaders().getFirst("Authorization")));
            CountDownLatch hold = held.get(path);
            if (hold != null) {
                hold.await();
            }
            IntStream.range(0, headers).forEach(n -> http.getResponseHeaders().add("X-" + n, "x".repeat(lengthOfEach)));
            byte[] body = status == 0 ? answers.get(path) : new byte[0];
            int code = status != 0 ? status : body == null ? 404 : 200;
            byte[] sent = body == null ? notFound : body;
            if (code / 100 == 3) {
                http.getResponseHeaders().add("Location", "/elsewhere");
            }
            http.sendResponseHeaders(code, sent.length == 0 ? -1 : sent.length);
            http.getResponseBody().write(sent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on nothing is said about that schema, until the latch is down. */
    public CountDownLatch hold(int id) {
        return held.computeIfAbsent("/schemas/ids/" + id, path -> new CountDownLatch(1));
    }

    /** @param type null for Avro @param references each {@code name subject version} */
    public RegistryUnderTest schema(int id, String type, String text, String... references) {
        return at("/schemas/ids/" + id, type, text, references);
    }

    public RegistryUnderTest version(String subject, int version, String text, String... references) {
        return at("/subjects/" + subject + "/versions/" + version, null, text, references);
    }

    private RegistryUnderTest at(String path, String type, String text, String... references) {
        ObjectNode answer = Json.MAPPER.createObjectNode().put("schema", text);
        if (type != null) {
            answer.put("schemaType", type);
        }
        for (String reference : references) {
            String[] parts = reference.split(" ");
            answer.withArray("references").addObject().put("name", parts[0]).put("subject", parts[1]).put("version", Integer.parseInt(parts[2]));
        }
        return raw(path, Json.bytes(answer));
    }

    public RegistryUnderTest raw(String path, byte[] body) {
        answers.put(path, body);
        return this;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A value as Avro's own library writes it, behind the head. */
    public static byte[] avro(int id, String schema, Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new GenericDatumWriter<>(new Schema.Parser().parse(schema)).write(value, encoder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return record(id, out.toByteArray());
    }

    /** Data behind the head. */
    public static byte[] record(int id, byte[] data) {
        return ByteBuffer.allocate(5 + data.length).put((byte) 0).putInt(id).put(data).array();
    }

    @Override
    public void close() {
        held.values().forEach(CountDownLatch::countDown);
        server.stop(0);
        threads.shutdownNow();
    }
}
