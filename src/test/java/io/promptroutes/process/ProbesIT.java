package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probes as a kubelet asks for them, without a token; and secrets set through every way in, which are found nowhere. */
class ProbesIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private static HttpResponse<String> ask(int port, String method, String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(20)).method(method, BodyPublishers.noBody()).build(),
                BodyHandlers.ofString());
    }

    private static String said(int port, String path) {
        try {
            HttpResponse<String> answer = ask(port, "GET", path);
            return answer.statusCode() + " " + answer.body();
        } catch (Exception e) {
            return "nothing";
        }
    }

    @Test
    void eachProbeIsAWordAndTheFiguresKeepTheirToken() throws Exception {
        int port = KafkaBroker.freePort();
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "3s")))) {
            Product product = Product.in(folder.resolve("work")).calling(simulator).with("PROBES_PORT", String.valueOf(port)).with("PROBES_HOST", "127.0.0.1")
                    .with("MANAGEMENT_TOKEN", "s3cret").with("MANAGEMENT_HOST", "0.0.0.0");
            try (Service service = new Service(product, null, "probes")) {
                service.start("inbox.directory=in", "health.openrouter-every=1s");
                await().atMost(Duration.ofSeconds(30)).until(() -> said(port, "/ready").equals("200 UP"));
                assertThat(Stream.of("/live", "/started").map(path -> said(port, path))).containsOnly("200 UP");
                HttpResponse<String> head = ask(port, "HEAD", "/ready");
                assertThat(head.statusCode()).isEqualTo(200);
                assertThat(head.headers().map().keySet()).isSubsetOf("content-type", "content-length", "cache-control");
                assertThat(List.of(said(port, "/"), said(port, "/observe/health/ready"), said(port, "/live/"), said(port, "/api/usage"))).containsOnly("404 ");
                assertThat(ask(port, "POST", "/live").statusCode()).isEqualTo(404);
                assertThat(service.err()).contains("probes at port " + port);
                String management = service.address().replaceFirst(".*:", "");
                for (String path : List.of("/observe/health/live", "/observe/health/ready", "/observe/metrics", "/observe/costs", "/api/usage")) {
                    assertThat(said(Integer.parseInt(management), path)).isEqualTo("401 ");
                }
                assertThat(service.get("/observe/costs", "Authorization", "Bearer wrong").statusCode()).isEqualTo(401);
                assertThat(service.get("/observe/health/ready", "Authorization", "Bearer s3cret").statusCode()).isEqualTo(200);
                assertThat(service.get("/observe/costs", "Authorization", "Bearer s3cret").body()).isEqualTo("[]");
                simulator.close();
                await().atMost(Duration.ofSeconds(30)).until(() -> said(port, "/ready").equals("503 DOWN"));
                assertThat(Stream.of("/live", "/started").map(path -> said(port, path))).containsOnly("200 UP");
            }
        }
    }

    @Test
    void aPortThatCannotBeHadIsExit2() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            Product product = Product.in(folder).with("OPENROUTER_API_KEY", "k");
            assertThat(product.runHere("run", "-D", "pipelines=http", "-D", "probes.port=" + taken.getLocalPort()).with(2).err()).contains("the port for probes", "probes.port")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void secretsThroughEveryWayInAreFoundNowhere() throws Exception {
        Files.writeString(folder.resolve("key"), "c4nary-key-file\n");
        Files.writeString(folder.resolve("proxy"), "http://ann:c4nary-proxy-file@localhost:9\n");
        Files.writeString(folder.resolve("token"), "c4nary-token-file\n");
        int port = KafkaBroker.freePort();
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "10ms")))) {
            Product product = Product.in(folder.resolve("work")).with("OPENROUTER_BASE_URL", simulator.baseUrl().toString()).with("OPENROUTER_API_KEY_FILE", folder.resolve("key").toString())
                    .with("OPENROUTER_MANAGEMENT_KEY", "c4nary-management-key").with("OPENROUTER_PROXY_FILE", folder.resolve("proxy").toString()).with("HTTPS_PROXY", "http://ann:c4nary-proxy-variable@localhost:9")
                    .with("KAFKA_CLIENT_SASL_JAAS_CONFIG", "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"c4nary-jaas\";")
                    .with("KAFKA_CLIENT_SECURITY_PROTOCOL", "SASL_PLAINTEXT").with("KAFKA_CLIENT_SASL_MECHANISM", "PLAIN").with("KAFKA_CLIENT_SSL_KEY_PASSWORD", "c4nary-kafka-key").with("LEDGER_PASSWORD", "c4nary-ledger")
                    .with("MANAGEMENT_TOKEN_FILE", folder.resolve("token").toString()).with("KAFKA_BROKERS", "localhost:9").file("application.properties", "http.token=c4nary-in-the-file\n");
            Product.Ended check = product.runHere("check", "-D", "ledger.url=jdbc:postgresql://localhost:9/x?password=c4nary-url", "-D", "openrouter.trust-store-password=c4nary-option").with(2);
            assertThat(check.out()).contains("openrouter.api-key: the environment, variable OPENROUTER_API_KEY_FILE, which names file " + folder.resolve("key"),
                    "ledger.password: the environment, variable LEDGER_PASSWORD", "http.token: application.properties line 1", "openrouter.trust-store-password: the command line, where others");
            assertThat(check.out() + check.err()).doesNotContain("c4nary");
            try (Service service = new Service(product, null, "canaries")) {
                service.start("inbox.directory=in", "http.port=" + port, "pipelines=inbox,http");
                product.file("in/a.jsonl", "{\"prompt\":\"Hello\"}\n");
                await().atMost(Duration.ofSeconds(60)).until(() -> Files.isDirectory(folder.resolve("work/in/done/a.jsonl")));
                for (String path : List.of("/", "/observe/health", "/observe/metrics", "/observe/costs", "/api/usage", "/api/requests")) {
                    HttpResponse<String> answer = service.get(path, "Authorization", "Bearer c4nary-token-file");
                    assertThat(answer.statusCode()).as(path).isBetween(200, 503);
                    assertThat(answer.headers().map() + answer.body()).as(path).doesNotContain("c4nary");
                }
                assertThat(ProcessHandle.allProcesses().filter(one -> one.pid() == ProcessHandle.current().pid() || one.info().commandLine().orElse("").contains(folder.toString()))
                        .map(one -> one.info().commandLine().orElse(""))).noneMatch(line -> line.contains("c4nary-key"));
                service.stop();
            }
        }
        Files.writeString(folder.resolve("work/application.properties"), "");
        try (Stream<Path> all = Files.walk(folder.resolve("work"))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).as(file.toString()).doesNotContain("c4nary");
            }
        }
    }
}
