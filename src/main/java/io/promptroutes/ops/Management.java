package io.promptroutes.ops;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.component.micrometer.prometheus.MicrometerPrometheus;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.health.HealthCheckRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port at which a running service is asked how it is: Camel's own management server, behind a token where it is not for this machine alone. */
public final class Management {

    private static final Logger LOG = LoggerFactory.getLogger(Management.class);

    private final String host;
    private final int port;
    private final Token token;
    private final ManagementHttpServer server = new ManagementHttpServer();
    private final MeterRegistry meters;
    private final Map<String, Supplier<String>> checks = new TreeMap<>();
    private final Map<String, Supplier<String>> shown = new TreeMap<>();

    /** What holds no figures: the page, which asks for the token itself. */
    private static final Set<String> OPEN = Set.of("/", "/page.css", "/page.js", "/chart.js");
    private static final int LONGEST_QUESTION = 2_000;
    /** Bytes that are read of an answer: figures of far more rows than anybody looks at. */
    private static final int LONGEST_ANSWER = 64 << 20;
    /** A control character, also in its escaped form, or an escape that is none. */
    private static final Pattern UNREADABLE = Pattern.compile("[^!-~]|%(?![2-689a-fA-F]\\p{XDigit}|7[0-9a-eA-E])");
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
                    + "form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer", "Cross-Origin-Resource-Policy", "same-origin", "Cache-Control", "no-store");

    /** @throws UsageException where the port is taken, or open to others without a token */
    public Management(Settings settings) {
        host = settings.text("management.host");
        port = settings.text("management.port").isEmpty() ? -1 : settings.integer("management.port", 0, 65_535);
        meters = port >= 0 && settings.onOff("metrics.enabled") ? new PrometheusMeterRegistry(PrometheusConfig.DEFAULT) : new CompositeMeterRegistry();
        token = new Token(settings.text("management.token"));
        if (port >= 0) {
            check();
        }
    }

    private void check() {
        try {
            InetAddress address = InetAddress.getByName(host);
            if (host.matches("[0-9.]+|0[xX].*") && !host.equals(address.getHostAddress())) {
                throw new UnknownHostException("write it as " + address.getHostAddress()); // the server would not read it, and go on without a port
            }
            server.setHost(address.getHostAddress());
            if (!address.isLoopbackAddress() && !token.usable()) {
                throw new UsageException("key management.host is \"" + host + "\", which others can reach: that needs a token that is not empty "
                        + "(key management.token, for example env:MANAGEMENT_SECRET)");
            }
            // Camel's server would log the failure and go on without a port
            try (ServerSocket free = new ServerSocket()) {
                free.setReuseAddress(true);
                free.bind(new InetSocketAddress(address, port));
            }
        } catch (IOException e) {
            throw new UsageException("the management port " + host + ":" + port + " cannot be had (" + e.getMessage()
                    + "): another service may have it; set keys management.port (empty: none) and management.host", e);
        }
    }

    /** @param problem what is wrong, in words; null while nothing is. May take a few seconds */
    public void ready(String check, Supplier<String> problem) {
        checks.put(check, problem);
    }

    /** @param words for people; they do not decide whether work can be done */
    public void shows(String check, Supplier<String> words) {
        shown.put(check, words);
    }

    /** What is wrong at present, by check; null where nothing is. */
    public Map<String, Supplier<String>> checks() {
        return checks;
    }

    /** What {@code /observe/metrics} tells; nothing where there is no such address. */
    public MeterRegistry meters() {
        return meters;
    }

    /** Camel's own keys. */
    public Map<String, String> settings() {
        // of Camel's checks only its own state: ours say more
        return Map.of("camel.health.exposureLevel", "full", "camel.health.routesEnabled", "false", "camel.health.consumersEnabled", "false",
                "camel.health.producersEnabled", "false");
    }

    /** Listens. To be called before routes start. */
    public void open(CamelContext camel) {
        if (port < 0) {
            return;
        }
        HealthCheckRegistry registry = HealthCheckRegistry.get(camel);
        checks.forEach((name, problem) -> registry.register(new Readiness(name, problem, true)));
        shown.forEach((name, words) -> registry.register(new Readiness(name, words, false)));
        server.setPort(port);
        server.setPath("/");
        server.setHealthCheckEnabled(true);
        server.setHealthPath("/observe/health");
        server.getConfiguration().getAuthenticationConfig().getEntries().add(Token.before(this::admit));
        server.getConfiguration().getAuthenticationConfig().setEnabled(true);
        server.setMetricsEnabled(meters instanceof PrometheusMeterRegistry);
        try {
            camel.addService(server, true, true);
            if (server.isMetricsEnabled()) {
                camel.getRegistry().bind(MicrometerConstants.METRICS_REGISTRY_NAME, meters);
                camel.addService(endpoint(), true, true);
            }
        } catch (Exception e) {
            throw new UsageException("the management port cannot be opened: " + e.getMessage(), e);
        }
    }

    /** Camel's, without its own meters: ours count prompts, not exchanges. */
    private static MicrometerPrometheus endpoint() {
        MicrometerPrometheus endpoint = new MicrometerPrometheus();
        endpoint.setEnableRoutePolicy(false);
        endpoint.setEnableExchangeEventNotifier(false);
        endpoint.setEnableRouteEventNotifier(false);
        endpoint.setClearOnReload(false);
        endpoint.setBinders("jvm-memory,jvm-gc,jvm-thread,file-descriptor,uptime");
        return endpoint;
    }

    private void admit(RoutingContext request) {
        HEADERS.forEach(request.response()::putHeader);
        HostAndPort asked = request.request().authority();
        if (!readable(request.request(), asked)) {
            LOG.info("the management port was asked what cannot be read: {}", Shown.of(request.request().uri(), Shown.NAME));
            request.response().setStatusCode(400).putHeader("Content-Type", "application/json").putHeader("Connection", "close")
                    .end("{\"error\":\"this question cannot be read\"}").onComplete(told -> request.request().connection().close()); // whatever is still to come
            return;
        }
        if (token.none() && asked != null && !asked.host().equals(host) && !LOCAL.contains(asked.host())) {
            // a page elsewhere whose name leads here
            request.response().setStatusCode(403).end("only for this machine: key management.token opens it to other names\n");
            return;
        }
        if (OPEN.contains(request.request().path()) || token.admits(request.request().getHeader("Authorization"))) {
            request.next();
        } else {
            request.response().setStatusCode(401).putHeader("WWW-Authenticate", "Bearer").end();
        }
    }

    /** Camel makes headers of parameters and of what is in a body, and some of its classes stop where an address is none. */
    private static boolean readable(HttpServerRequest question, HostAndPort asked) {
        boolean host = asked == null ? question.getHeader("Host") == null : asked.host().matches("[\\w.:\\[\\]-]*");
        String length = question.getHeader("Content-Length");
        return host && question.uri().length() <= LONGEST_QUESTION && !UNREADABLE.matcher(question.uri()).find()
                && question.getHeader("Transfer-Encoding") == null && (length == null || length.equals("0"));
    }

    /** For people: where it is; null where there is none. */
    public String address() {
        return port < 0 ? null : "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.getRouter().getServer().getPort();
    }
}
