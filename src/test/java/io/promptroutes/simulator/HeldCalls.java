package io.promptroutes.simulator;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Stands between processes and the simulator, knows who has asked what, and holds one call where a test wants it, so that its process can be killed at just that point. Thread-safe. */
public final class HeldCalls implements AutoCloseable {

    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** How far a call gets. */
    public enum Point {
        /** The simulator has not seen it. */
        ASKED,
        /** The simulator has done what was asked, and its reply has not been told. */
        DONE,
        /** Half of the reply has been told. */
        HALF,
        /** All of it but the last byte. */
        NEARLY,
        /** All of it. */
        TOLD
    }

    /**
     * A call, as far as it is known where it is held.
     *
     * @param from  the name of the application that asks (key {@code openrouter.app-name}); null for none
     * @param what  method, path and query
     * @param reply null before there is one
     */
    public record Held(String from, String what, String reply) {
    }

    private record Wanted(Point point, Predicate<Held> which, Runnable before, CountDownLatch there, CountDownLatch released) {
    }

    private final Simulator simulator;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "held-calls");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Held> calls = new CopyOnWriteArrayList<>();
    private volatile Wanted wanted;
    private volatile Predicate<Held> dammed = call -> false;

    public HeldCalls(Simulator simulator) throws IOException {
        this.simulator = simulator;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::pass);
        server.setExecutor(threads);
        server.start();
    }

    public String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + simulator.baseUrl().getPath();
    }

    /** All that the simulator has replied to, in that order. */
    public List<Held> calls() {
        return calls;
    }

    /** Holds the first such call from now on. @param before is run before a reply of which all will be told */
    public void hold(Point point, Predicate<Held> which, Runnable before) {
        wanted = new Wanted(point, which, before, new CountDownLatch(1), new CountDownLatch(1));
    }

    /** Waits for the call. @return whether it is held; false where {@code over} came before */
    public boolean held(BooleanSupplier over) {
        Wanted current = wanted;
        await().atMost(LONGEST).pollInterval(Duration.ofMillis(2)).until(() -> current.there().getCount() == 0 || over.getAsBoolean());
        return current.there().getCount() == 0;
    }

    /** Ends the call without any more of it; holds nothing from now on. */
    public void release() {
        Wanted current = wanted;
        wanted = null;
        current.released().countDown();
    }

    /** From now on such calls never reach the simulator where a call is held or waited for; they end with it. */
    public void dam(Predicate<Held> which) {
        dammed = which;
    }

    private void pass(HttpExchange call) throws IOException {
        try (call) {
            String from = call.getRequestHeaders().getFirst("X-Title");
            String what = call.getRequestMethod() + " " + call.getRequestURI();
            byte[] body = call.getRequestBody().readAllBytes();
            if (stops(Point.ASKED, new Held(from, what, null))) {
                return;
            }
            HttpResponse<byte[]> reply = forward(call, body);
            Held held = new Held(from, what, new String(reply.body(), StandardCharsets.UTF_8));
            calls.add(held);
            if (stops(Point.DONE, held)) {
                return;
            }
            Wanted current = wanted;
            boolean partly = current != null && (current.point() == Point.HALF || current.point() == Point.NEARLY) && current.which().test(held);
            int first = !partly ? reply.body().length : current.point() == Point.HALF ? reply.body().length / 2 : reply.body().length - 1;
            if (current != null && current.point() == Point.TOLD && current.which().test(held)) {
                current.before().run();
            }
            reply.headers().map().forEach((name, values) -> {
                if (!name.matches("(?i)content-length|transfer-encoding|:status|connection")) {
                    call.getResponseHeaders().put(name, values);
                }
            });
            call.sendResponseHeaders(reply.statusCode(), reply.body().length == 0 ? -1 : reply.body().length);
            OutputStream out = call.getResponseBody();
            out.write(reply.body(), 0, first);
            out.flush();
            if (partly && stops(current.point(), held)) {
                return;
            }
            out.write(reply.body(), first, reply.body().length - first);
            out.close();
            stops(Point.TOLD, held);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<byte[]> forward(HttpExchange call, byte[] body) throws IOException, InterruptedException {
        URI uri = simulator.baseUrl().resolve(call.getRequestURI().toString());
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(call.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        for (String header : new String[] {"Authorization", "Content-Type"}) {
            if (call.getRequestHeaders().getFirst(header) != null) {
                request.header(header, call.getRequestHeaders().getFirst(header));
            }
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** Whether it was held here, and is to go no further. */
    private boolean stops(Point point, Held call) throws InterruptedException {
        Wanted current = wanted;
        if (current != null && point == Point.ASKED && dammed.test(call)) {
            current.released().await();
            return true;
        }
        if (current == null || current.point() != point || current.there().getCount() == 0 || !current.which().test(call)) {
            return false;
        }
        current.there().countDown();
        current.released().await();
        return true;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
