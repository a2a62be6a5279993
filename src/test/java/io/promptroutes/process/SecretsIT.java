package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.promptroutes.cli.OtlpReceiver;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets set through every way in, all of which begin with the same word: it is in nothing that the product says, shows, sends or writes. */
class SecretsIT {

    private static final String CANARY = "c4nary";

    /** What is said of a route that fails is said of one whose address is a secret, too. */
    private static final String HOOKED = """
            - route:
                id: hooked
                from:
                  uri: inbox:hooked
                  steps:
                    - to: prompt:hooked
                    - setHeader: {name: Authorization, constant: "Bearer {{hook.password}}"}
                    - to: {uri: "http://127.0.0.1:%d/services/{{hook.path}}", parameters: {token: "{{hook.token}}", httpMethod: POST}}
            """;
    private static final String REGISTERED = """
            - route:
                id: registered
                from:
                  uri: windowed-kafka:letters
                  parameters: {groupId: letters, registry: "http://ann:{{registry.password}}@localhost:9"}
                  steps:
                    - to: prompt:registered
            """;

    @TempDir
    private Path folder;
    private Product product;

    @BeforeEach
    void everyWayIn() throws IOException {
        product = Product.in(folder.resolve("work")).file("application.properties", "http.token=c4nary-in-the-file\nhook.path=c4nary-in-the-file-of-a-route\n");
        Map.of("OPENROUTER_API_KEY", "c4nary-key-file", "OPENROUTER_PROXY", "http://ann:c4nary-proxy-file@localhost:9", "MANAGEMENT_TOKEN", "c4nary-token-file",
                "HOOK_PASSWORD", "c4nary-route-file").forEach((variable, secret) -> {
                    product.file("../" + variable, secret + "\n");
                    product = product.with(variable + "_FILE", folder.resolve(variable).toString());
                });
        Map.of("OPENROUTER_MANAGEMENT_KEY", "c4nary-management-key", "HTTPS_PROXY", "http://ann:c4nary-proxy-variable@localhost:9", "LEDGER_PASSWORD", "c4nary-ledger",
                "OPENROUTER_KEY_STORE_PASSWORD", "c4nary-key-store", "HOOK_TOKEN", "c4nary-route", "REGISTRY_PASSWORD", "c4nary-registry",
                "KAFKA_CLIENT_SASL_JAAS_CONFIG", "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"c4nary-jaas\";",
                "KAFKA_CLIENT_SSL_KEY_PASSWORD", "c4nary-kafka-key", "OTEL_EXPORTER_OTLP_HEADERS", "authorization=c4nary-collector")
                .forEach((variable, secret) -> product = product.with(variable, secret));
        product = product.with("KAFKA_CLIENT_SECURITY_PROTOCOL", "SASL_PLAINTEXT").with("KAFKA_CLIENT_SASL_MECHANISM", "PLAIN").with("KAFKA_BROKERS", "localhost:9");
    }

    @Test
    void checkSaysWhereEachIsAndNotWhatItIs() {
        product = product.with("OPENROUTER_BASE_URL", "http://localhost:9").file("routes/hooked.camel.yaml", HOOKED.formatted(9)).file("routes/registered.camel.yaml", REGISTERED);
        Product.Ended check = product.run("check", "-D", "ledger.url=jdbc:postgresql://localhost:9/x?password=c4nary-url", "-D", "openrouter.trust-store-password=c4nary-option").with(2);
        assertThat(check.out()).contains("openrouter.api-key: the environment, variable OPENROUTER_API_KEY_FILE, which names file " + folder.resolve("OPENROUTER_API_KEY"),
                "ledger.password: the environment, variable LEDGER_PASSWORD", "http.token: application.properties line 1", "hook.token: the environment, variable HOOK_TOKEN",
                "hook.password: the environment, variable HOOK_PASSWORD_FILE", "openrouter.trust-store-password: the command line, where others");
        assertThat(check.out() + check.err()).doesNotContain(CANARY);
    }

    @Test
    void aServiceShowsSendsAndWritesNone() throws Exception {
        Queue<String> hooks = new ConcurrentLinkedQueue<>();
        HttpServer hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", exchange -> {
            hooks.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        hook.start();
        int port = KafkaBroker.freePort();
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "10ms"))); OtlpReceiver collector = new OtlpReceiver()) {
            product = product.with("OPENROUTER_BASE_URL", simulator.baseUrl().toString()).with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address()).with("OTEL_BSP_SCHEDULE_DELAY", "100")
                    .file("routes/hooked.camel.yaml", HOOKED.formatted(hook.getAddress().getPort())).file("in/a.jsonl", "{\"prompt\":\"Hello\"}\n")
                    .file("hooked/b.jsonl", "{\"prompt\":\"Hello\"}\n");
            try (Service service = new Service(product, null, "canaries")) {
                service.start("inbox.directory=in", "http.port=" + port, "pipelines=inbox,http", "openrouter.trust-store-password=c4nary-option");
                await().atMost(Duration.ofSeconds(60)).until(() -> Files.isDirectory(folder.resolve("work/in/done/a.jsonl")) && !collector.spans().isEmpty());
                await().atMost(Duration.ofSeconds(60)).until(() -> service.get("/observe/health/ready", "Authorization", "Bearer c4nary-token-file").body().contains("the route of b.jsonl fails on line 1"));
                assertThat(hooks).contains("/services/c4nary-in-the-file-of-a-route?token=c4nary-route Bearer c4nary-route-file");
                for (String path : List.of("/", "/observe/health", "/observe/health/ready", "/observe/metrics", "/observe/costs", "/api/usage", "/api/requests")) {
                    HttpResponse<String> answer = service.get(path, "Authorization", "Bearer c4nary-token-file");
                    assertThat(answer.statusCode()).as(path).isBetween(200, 503);
                    assertThat(answer.headers().map() + answer.body()).as(path).doesNotContain(CANARY);
                }
                assertThat(collector.spans().toString()).doesNotContain(CANARY);
                assertThat(ProcessHandle.current().descendants().map(one -> one.info().commandLine().orElse("").replace("c4nary-option", ""))).noneMatch(line -> line.contains(CANARY));
                service.stop();
                assertThat(service.err()).contains("the route of b.jsonl fails on line 1");
            }
        } finally {
            hook.stop(0);
        }
        Files.delete(folder.resolve("work/application.properties"));
        try (Stream<Path> all = Files.walk(folder.resolve("work"))) { // what it said among them
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).as(file.toString()).doesNotContain(CANARY);
            }
        }
    }
}
