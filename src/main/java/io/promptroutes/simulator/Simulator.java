package io.promptroutes.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.math.BigDecimal;
import java.net.URI;
import java.util.concurrent.CompletionException;

/**
 * An OpenRouter-compatible server on the loopback interface that answers without any model and says so in every answer.
 * Thread-safe; one event loop does all the work, and its threads keep no JVM alive.
 */
public final class Simulator implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final String BASE = "/api/v1";
    private static final int BACKLOG = 4_096;

    private final Vertx vertx;
    private final Catalogue catalogue;
    private final Meter meter = new Meter();
    private final Completions completions;
    private volatile Setup setup;
    private int port;

    private Simulator(SimulatorConfig config, Catalogue catalogue) {
        this.catalogue = catalogue;
        this.setup = new Setup(config, catalogue);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.completions = new Completions(vertx, meter);
    }

    /** Serves the shipped catalogue's models; returns when requests are accepted. */
    public static Simulator start(SimulatorConfig config) {
        return start(config, Catalogue.load("/models.json"));
    }

    static Simulator start(SimulatorConfig config, Catalogue catalogue) {
        Simulator simulator = new Simulator(config, catalogue);
        try {
            simulator.listen(config.port());
            return simulator;
        } catch (RuntimeException e) {
            simulator.close();
            throw e;
        }
    }

    /** What a client's base URL has to be. */
    public URI baseUrl() {
        return URI.create("http://" + HOST + ":" + port + BASE);
    }

    /** From the next request on; the dice and the count of requests start anew, the bill and the port stay. */
    public void configure(SimulatorConfig config) {
        setup = new Setup(config, catalogue);
    }

    public Bill bill() {
        return meter.bill();
    }

    /** Ends the calls under way without an answer. */
    @Override
    public void close() {
        await(vertx.close());
    }

    private void listen(int wanted) {
        // without HTTP/2 a reset is a reset of the connection
        HttpServerOptions options = new HttpServerOptions()
                .setHost(HOST)
                .setPort(wanted)
                .setAcceptBacklog(BACKLOG)
                .setHttp2ClearTextEnabled(false);
        HttpServer server = vertx.createHttpServer(options)
                .requestHandler(this::handle)
                .invalidRequestHandler(request -> {
                    mark(request);
                    HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
                });
        port = await(server.listen()).actualPort();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new IllegalStateException("The simulator cannot start or stop: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private void handle(HttpServerRequest request) {
        mark(request);
        Setup current = setup;
        String path = request.path() == null ? "" : request.path();
        if (request.method() == HttpMethod.POST && path.equals(BASE + "/chat/completions")) {
            completions.handle(request, current);
            return;
        }
        try {
            if (request.method() != HttpMethod.GET || !path.startsWith(BASE)) {
                throw new Refused(404, "Endpoint not found");
            }
            Delivery.json(request.response(), lookUp(path.substring(BASE.length()), request, current));
        } catch (Refused refused) {
            Delivery.refuse(request.response(), refused);
        }
    }

    private Buffer lookUp(String path, HttpServerRequest request, Setup current) throws Refused {
        if (path.equals("/models")) {
            return current.listing();
        }
        if (path.equals("/simulator/bill")) {
            return Delivery.marked(Json.MAPPER.valueToTree(meter.bill()));
        }
        Refused keyRefused = current.keyRefused(request);
        if (keyRefused != null) {
            throw keyRefused;
        }
        return switch (path) {
            case "/key" -> Delivery.marked(key(current.config().access().creditUsd()));
            case "/credits" -> throw new Refused(403, "Only management keys can read this");
            case "/generation" -> Delivery.marked(generation(request.getParam("id", "")));
            default -> throw new Refused(404, "Endpoint not found");
        };
    }

    /** @param limit USD, or null for none */
    private ObjectNode key(BigDecimal limit) {
        BigDecimal used = meter.billedUsd();
        return Delivery.body("""
                {"data": {"label": "sk-or-v1-sim...ted", "limit": %s, "limit_remaining": %s, "usage": %s, "usage_daily": %s, "usage_weekly": %s,
                  "usage_monthly": %s, "is_free_tier": false, "is_management_key": false}}
                """, limit, limit == null ? null : limit.subtract(used), used, used, used, used);
    }

    private ObjectNode generation(String id) throws Refused {
        Generation found = completions.find(id);
        if (found == null) {
            throw new Refused(404, "Generation not found");
        }
        return found.lookedUp();
    }

    private static void mark(HttpServerRequest request) {
        request.response().putHeader("X-Simulated", "true");
    }
}
