package io.promptroutes.simulator;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.CompletionException;

/**
 * An OpenRouter-compatible server on the loopback interface that answers without any model and says so in every answer.
 * Thread-safe; one event loop does all the work, and its threads keep no JVM alive.
 */
public final class Simulator implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final String BASE = "/api/v1";
    private static final int BACKLOG = 4_096;
    /** Long Authorization headers and the like. */
    private static final int LARGEST_HEADER = 32_768;

    private final Vertx vertx;
    private final Catalogue catalogue;
    private final Meter meter = new Meter();
    private final Completions completions;
    private final Account account;
    private volatile Setup setup;
    private int port;

    private Simulator(SimulatorConfig config, Catalogue catalogue, Clock clock) {
        this.catalogue = catalogue;
        this.setup = new Setup(config, catalogue);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Generations generations = new Generations();
        this.account = new Account(clock, meter, generations);
        this.completions = new Completions(vertx, clock, meter, generations);
    }

    /** Serves the shipped catalogue's models; returns when requests are accepted. */
    public static Simulator start(SimulatorConfig config) {
        return start(config, Catalogue.shipped(), Clock.systemUTC());
    }

    static Simulator start(SimulatorConfig config, Catalogue catalogue, Clock clock) {
        Simulator simulator = new Simulator(config, catalogue, clock);
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
                .setMaxHeaderSize(LARGEST_HEADER)
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
            if (request.method() != HttpMethod.GET || !path.startsWith(BASE + "/")) {
                throw Refused.notFound("Endpoint");
            }
            if (path.equals(BASE + "/models")) {
                Delivery.json(request.response(), current.listing());
            } else {
                Delivery.json(request.response(), Bodies.marked(account.lookUp(path.substring(BASE.length()), request, current)));
            }
        } catch (Refused refused) {
            Delivery.refuse(request.response(), refused);
        }
    }

    private static void mark(HttpServerRequest request) {
        request.response().putHeader("X-Simulated", "true");
    }
}
