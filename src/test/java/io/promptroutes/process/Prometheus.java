package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Prometheus itself, of the machine's package, which scrapes a service every second; and promtool. */
final class Prometheus implements AutoCloseable {

    private final Process process;
    private final String address;

    /** @param target of the service, such as {@code http://127.0.0.1:8081} */
    Prometheus(Path folder, String target, String rules) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("rules.yml"), rules);
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: [rules.yml]
                scrape_configs:
                  - job_name: prompt-routes
                    metrics_path: /observe/metrics
                    static_configs: [{targets: ["%s"]}]
                """.formatted(target.replace("http://", "")));
        address = "127.0.0.1:" + KafkaBroker.freePort();
        process = new ProcessBuilder("prometheus", "--config.file=" + folder.resolve("prometheus.yml"), "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=" + address, "--log.level=warn").redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
    }

    /** Values by the label. */
    Set<String> labels(String query, String label) {
        Set<String> values = new TreeSet<>();
        try {
            HttpResponse<String> response = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://" + address + "/api/v1/query?query="
                    + URLEncoder.encode(query, StandardCharsets.UTF_8))).build(), HttpResponse.BodyHandlers.ofString());
            for (JsonNode row : Json.MAPPER.readTree(response.body()).at("/data/result")) {
                values.add(row.path("metric").path(label).asText());
            }
        } catch (IOException e) {
            return values; // it is starting
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return values;
    }

    /** All that have fired since the start. */
    Set<String> fired() {
        return labels("count by (alertname) (max_over_time(ALERTS{alertstate=\"firing\"}[1h]))", "alertname");
    }

    /** Fails where promtool does. */
    static String promtool(String in, String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of("promtool"));
            command.addAll(List.of(arguments));
            Path input = Files.createTempFile("promtool", ".txt");
            Files.writeString(input, in);
            Process tool = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(input.toFile()).start();
            String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(tool.waitFor()).as("promtool %s:%n%s", String.join(" ", arguments), said).isZero();
            Files.delete(input);
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
