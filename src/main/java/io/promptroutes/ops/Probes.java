package io.promptroutes.ops;

import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;

/**
 * The port at which whoever starts, stops and feeds services asks, without a token: each question is answered by UP with 200 or DOWN with 503, and not a
 * word more. Thread-safe; one event loop does all but the looking.
 */
public final class Probes implements AutoCloseable {

    private static final String KEY = "probes.port";
    /** An answer is good for so long, however often somebody asks: a look asks the broker and the database. */
    private static final Duration HELD = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final int LONGEST_LINE = 200;

    private final Vertx vertx;
    private final Map<String, Look> looks = Map.of("/live", new Look(true), "/ready", new Look(false), "/started", new Look(false));
    private int port;

    private Probes(Vertx vertx) {
        this.vertx = vertx;
    }

    /** The key's; -1 for none. @throws UsageException where it cannot be used */
    public static int port(Settings settings) {
        int port = settings.text(KEY).isEmpty() ? -1 : settings.integer(KEY, 0, 65_535);
        if (port > 0 && settings.text("management.port").equals(String.valueOf(port))) {
            settings.refuse(KEY, "another port than management.port, which asks for a token");
        }
        return port;
    }

    /** Listens: nothing has started yet. @return null where there is no port. @throws UsageException where it cannot be had */
    public static Probes open(Settings settings) {
        int port = port(settings);
        if (port < 0) {
            return null;
        }
        Probes probes = new Probes(Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(3).setUseDaemonThread(true)
                .setFileSystemOptions(new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false))));
        try {
            probes.listen(InetAddress.getByName(settings.text("probes.host")).getHostAddress(), port);
            return probes;
        } catch (IOException | CompletionException e) {
            probes.close();
            throw new UsageException("the port for probes " + settings.text("probes.host") + ":" + port + " cannot be had (" + e.getMessage()
                    + "): another service may have it; set keys probes.port (empty: none) and probes.host", e);
        }
    }

    private void listen(String host, int wanted) {
        HttpServerOptions options = new HttpServerOptions().setHost(host).setPort(wanted).setIdleTimeout((int) IDLE.toSeconds()).setMaxInitialLineLength(LONGEST_LINE)
                .setHttp2ClearTextEnabled(false);
        HttpServer server = vertx.createHttpServer(options).requestHandler(this::answer).listen().toCompletionStage().toCompletableFuture().join();
        port = server.actualPort();
    }

    /** @param live whether it is worth its place. ready, whether work can be done at present; may take a few seconds */
    public void begun(BooleanSupplier live, BooleanSupplier ready) {
        looks.get("/live").at = live;
        looks.get("/ready").at = ready;
        looks.get("/started").at = () -> true;
    }

    /** Nothing new is to come in. */
    public void ends() {
        looks.get("/ready").at = () -> false;
    }

    public int port() {
        return port;
    }

    private void answer(HttpServerRequest question) {
        Look look = looks.get(question.path());
        boolean body = question.getHeader("Transfer-Encoding") != null || !"0".equals(question.headers().get("Content-Length") == null ? "0" : question.getHeader("Content-Length"));
        if (look == null || body || !question.method().equals(HttpMethod.GET) && !question.method().equals(HttpMethod.HEAD)) {
            question.response().setStatusCode(404).putHeader("Connection", "close").end().onComplete(told -> question.connection().close());
            return;
        }
        look.now().onComplete(seen -> {
            boolean up = seen.succeeded() && seen.result();
            question.response().setStatusCode(up ? 200 : 503).putHeader("Content-Type", "text/plain").putHeader("Cache-Control", "no-store").end(up ? "UP" : "DOWN");
        });
    }

    @Override
    public void close() {
        vertx.close();
    }

    /** One at a time, whoever asks. Used by the event loop alone, but for what it looks at. */
    private final class Look {

        private volatile BooleanSupplier at;
        private BooleanSupplier seen;
        private Future<Boolean> last;
        private long began;

        Look(boolean up) {
            at = () -> up;
        }

        private Future<Boolean> now() {
            BooleanSupplier wanted = at;
            if (last == null || last.isComplete() && (seen != wanted || System.nanoTime() - began > HELD.toNanos())) {
                seen = wanted;
                began = System.nanoTime();
                last = vertx.executeBlocking(wanted::getAsBoolean, false);
            }
            return last;
        }
    }
}
