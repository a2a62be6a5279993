package io.promptroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * A stand-in for OpenRouter that answers chat calls with the replies it is given, one after the other, and keeps what it was sent to
 * the byte. Thread-safe; a thread for each connection.
 */
public final class ScriptedServer implements AutoCloseable {

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Deque<Reply> script = new ArrayDeque<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<Call> gets = new ArrayList<>();
    private Reply otherwise = Reply.answer();
    private final Map<String, Reply> documents = new HashMap<>();
    private Map<String, Reply> byModel = Map.of();
    private Predicate<Call> chosen = call -> false;
    private Reply forChosen;

    /**
     * A chat call as it came.
     *
     * @param target  of the request line
     * @param headers by name as spelt on the wire; a name that came twice has both values
     * @param nanos   when it had come whole
     */
    public record Call(String target, TreeMap<String, List<String>> headers, JsonNode body, long nanos) {

        public String model() {
            return body.path("model").asText();
        }

        public String header(String name) {
            return String.join("|", headers.getOrDefault(name, List.of()));
        }
    }

    public ScriptedServer() {
        this(0);
    }

    public ScriptedServer(int port) {
        try {
            server = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    public String baseUrl() {
        return "http://127.0.0.1:" + port() + "/api/v1";
    }

    public int port() {
        return server.getLocalPort();
    }

    /** From now on these replies, then a plain answer; what was received so far is forgotten. */
    public synchronized void script(Reply... replies) {
        scriptThen(Reply.answer(), replies);
    }

    public synchronized void scriptThen(Reply last, Reply... replies) {
        script.clear();
        script.addAll(List.of(replies));
        calls.clear();
        otherwise = last;
    }

    /** From now on calls of these models are answered so, whatever the script says. */
    public synchronized void byModel(Map<String, Reply> replies) {
        byModel = replies;
    }

    /** From now on such calls are answered so, whatever the script says. */
    public synchronized void when(Predicate<Call> which, Reply reply) {
        chosen = which;
        forChosen = reply;
    }

    /** What {@code GET /models} answers; 404 before. */
    public void models(String json) {
        document("/models", json);
    }

    /** What a GET answers whose target ends so; 404 before. */
    public void document(String target, String json) {
        reply(target, Reply.json(200, json));
    }

    /** What becomes of a GET whose target ends so. */
    public synchronized void reply(String target, Reply reply) {
        documents.put(target, reply);
    }

    public synchronized List<Call> calls() {
        return List.copyOf(calls);
    }

    /** How often a target that ends so was asked for. */
    public synchronized int gets(String target) {
        return (int) gets.stream().filter(get -> get.target().endsWith(target)).count();
    }

    /** The key that came with the first request for such a target. */
    public synchronized String authorization(String target) {
        return gets.stream().filter(get -> get.target().endsWith(target)).findFirst().map(get -> get.header("Authorization")).orElse(null);
    }

    public List<String> modelsCalled() {
        return calls().stream().map(Call::model).toList();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                start("connection", () -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (String first = line(in); first != null && !socket.isClosed(); first = line(in)) {
                TreeMap<String, List<String>> headers = new TreeMap<>();
                for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
                    String[] parts = header.split(":", 2);
                    headers.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(parts[1].strip());
                }
                int length = Integer.parseInt(headers.getOrDefault("Content-Length", List.of("0")).get(0));
                byte[] body = in.readNBytes(length);
                String target = first.split(" ")[1];
                reply(first, new Call(target, headers, length == 0 ? null : Json.MAPPER.readTree(body), System.nanoTime()))
                        .write(socket, out);
                out.flush();
            }
        } catch (IOException gone) {
            // the client ended the call, or a reply broke the connection on purpose
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private synchronized Reply reply(String first, Call call) {
        if (first.startsWith("GET ")) {
            gets.add(call);
            return documents.entrySet().stream().filter(document -> call.target().endsWith(document.getKey())).findFirst()
                    .map(Map.Entry::getValue)
                    .orElse(Reply.json(404, "{\"error\":{\"message\":\"not here\"}}"));
        }
        calls.add(call);
        if (chosen.test(call)) {
            return forChosen;
        }
        if (byModel.containsKey(call.model())) {
            return byModel.get(call.model());
        }
        return script.isEmpty() ? otherwise : script.poll();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "scripted-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
