package io.promptroutes.simulator;

import io.promptroutes.simulator.batch.BatchBill;
import io.promptroutes.simulator.batch.BatchRoutes;
import io.promptroutes.simulator.batch.Batches;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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
    private final Clock clock = new Clock();
    private final Generations generations = new Generations(clock);
    private final Batches batches = new Batches(clock, generations);
    private final LookUps lookUps = new LookUps(clock, meter, generations, batches);
    private final Completions completions;
    private final BatchRoutes batchRoutes;
    private volatile Setup setup;
    private int port;

    private Simulator(SimulatorConfig config, Catalogue catalogue) {
        this.catalogue = catalogue;
        this.setup = new Setup(config, catalogue);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.completions = new Completions(vertx, meter, generations, clock, lookUps::billedUsd);
        this.batchRoutes = new BatchRoutes(vertx, batches);
    }

    /** Serves the shipped catalogue's models; returns when requests are accepted. */
    public static Simulator start(SimulatorConfig config) {
        return start(config, Catalogue.load("/io/promptroutes/models.json"));
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

    /** Of single calls. */
    public Bill bill() {
        return meter.bill();
    }

    /** Of batches, as far as they have ended. */
    public BatchBill batchBill() {
        return batches.bill();
    }

    /** Puts the simulator's clock forward, by which batches end and expire and days are finished; latencies of single calls are real. */
    public void advance(Duration time) {
        clock.advance(time);
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
        if (BatchRoutes.concern(path)) {
            Refused refused = current.keyRefused(request);
            batchRoutes.handle(new BatchRoutes.Call(request, current.config(), current.catalogue(),
                    refused == null ? current.creditRefused(lookUps.billedUsd()) : refused, refused == null ? Setup.keyHash(request) : null));
            return;
        }
        try {
            if (!path.startsWith(BASE)) {
                throw new Refused(404, "Endpoint not found");
            }
            lookUps.handle(path.substring(BASE.length()), request, current);
        } catch (Refused refused) {
            Delivery.refuse(request.response(), refused);
        }
    }

    private void mark(HttpServerRequest request) {
        request.response().putHeader("X-Simulated", "true").putHeader("Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.now().atZone(ZoneOffset.UTC)));
    }
}
