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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probes as a kubelet asks for them, without a token. */
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
}
