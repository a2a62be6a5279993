package io.promptroutes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in deploy fits what reads it, and hangs together with the settings and with itself. */
final class DeployTest {

    private static final Path DEPLOY = Path.of("deploy");
    private static final Path KUBERNETES = DEPLOY.resolve("kubernetes");
    /** Of docs/operations.md: for routes, clients and the ledger to close, behind kafka.drain. */
    private static final Duration BEHIND_DRAIN = Duration.ofSeconds(45);

    static List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(KUBERNETES)) {
            return Stream.concat(files.filter(file -> file.toString().endsWith(".yaml")).sorted(), Stream.of(DEPLOY.resolve("compose.yaml"))).toList();
        }
    }

    private static JsonNode kubernetes(String name) {
        return Manifests.read(KUBERNETES.resolve(name + ".yaml"));
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void eachManifestIsReadWhole(Path file) {
        assertThat(Manifests.faults(Manifests.read(file))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "kubernetes/deployment.yaml | /spec | replica | 3",
        "kubernetes/deployment.yaml | /spec | replicas | \"3\"",
        "kubernetes/deployment.yaml | /spec | replicas | \"three\"",
        "kubernetes/deployment.yaml | /spec/template/spec/containers/0 | livenesProbe | {}",
        "kubernetes/deployment.yaml | /spec/template/spec/containers/0/livenessProbe/httpGet | pth | \"/live\"",
        "kubernetes/deployment.yaml | /spec/template/spec/containers/0/env/0 | value | 8082",
        "kubernetes/deployment.yaml | /spec/template/spec/containers/0/securityContext | readOnlyRootFilesystem | \"yes\"",
        "kubernetes/deployment.yaml | /spec/template/spec/volumes/0/configMap | nme | \"x\"",
        "kubernetes/service.yaml | /spec/ports/0 | port | \"management\"",
        "kubernetes/service.yaml | /metadata | lables | {}",
        "kubernetes/poddisruptionbudget.yaml | /spec | maxUnvailable | 1",
        "kubernetes/networkpolicy.yaml | /spec/egress/0/ports/0 | prot | 53",
        "kubernetes/networkpolicy.yaml | /spec | policyTypes | \"Ingress\"",
        "kubernetes/servicemonitor.yaml | /spec/endpoints/0 | intervall | \"30s\"",
        "kubernetes/servicemonitor.yaml | /spec/endpoints/0 | interval | 30",
        "kubernetes/scaledobject.yaml | /spec | minReplicas | 1",
        "kubernetes/scaledobject.yaml | /spec/triggers/0/metadata | lagThreshold | 6000",
        "kubernetes/kustomization.yaml | | resource | []",
        "kubernetes/deployment.yaml | | apiVersion | \"apps/v1beta1\"",
        "compose.yaml | /services/prompt-routes | readonly | true",
        "compose.yaml | /services/prompt-routes | mem_limit | 512",
        "compose.yaml | /services/kafka/environment | KAFKA_NODE_ID | 1",
        "compose.yaml | | service | {}"})
    void whatIsPlantedIsFound(String file, String where, String field, String value) throws IOException {
        JsonNode manifest = Manifests.read(DEPLOY.resolve(file));
        ((ObjectNode) manifest.at(where == null ? "" : where)).set(field, Json.MAPPER.readTree(value));
        assertThat(Manifests.faults(manifest)).isNotEmpty();
    }

    @Test
    void theFolderIsAppliedWhole() throws IOException {
        JsonNode kustomization = kubernetes("kustomization");
        Set<String> resources = new TreeSet<>();
        kustomization.path("resources").forEach(one -> resources.add(one.asText()));
        assertThat(resources).containsExactlyInAnyOrderElementsOf(manifests().stream().map(file -> file.getFileName().toString())
                .filter(name -> !List.of("kustomization.yaml", "compose.yaml").contains(name)).toList());
        Map<String, Set<String>> maps = new HashMap<>();
        kustomization.path("configMapGenerator").forEach(one -> one.path("files").forEach(file -> {
            maps.computeIfAbsent(one.path("name").asText(), name -> new TreeSet<>()).add(file.asText().replaceFirst("=.*", ""));
            assertThat(KUBERNETES.resolve(file.asText().replaceFirst(".*=", ""))).exists();
        }));
        JsonNode pod = kubernetes("deployment").at("/spec/template/spec");
        assertThat(pod.path("volumes").findValues("configMap").stream().map(one -> one.path("name").asText())).containsExactlyInAnyOrderElementsOf(maps.keySet());
        List<String> mounted = new ArrayList<>();
        pod.at("/containers/0/volumeMounts").forEach(one -> mounted.add(one.path("name").asText()));
        List<String> volumes = new ArrayList<>();
        pod.path("volumes").forEach(one -> volumes.add(one.path("name").asText()));
        assertThat(mounted).containsExactlyInAnyOrderElementsOf(volumes);
        assertThat(pod.at("/containers/0/image").asText()).isEqualTo(kustomization.at("/images/0/name").asText());
        assertThat(kustomization.at("/images/0/newTag").asText()).isEqualTo(version());
    }

    @Test
    void selectorsAndPortsMeetWhatTheyAreFor() {
        JsonNode deployment = kubernetes("deployment");
        JsonNode labels = deployment.at("/spec/template/metadata/labels");
        assertThat(List.of(deployment.at("/spec/selector/matchLabels"), kubernetes("service").at("/spec/selector"), kubernetes("poddisruptionbudget").at("/spec/selector/matchLabels"),
                kubernetes("networkpolicy").at("/spec/podSelector/matchLabels"), kubernetes("servicemonitor").at("/spec/selector/matchLabels"), kubernetes("service").at("/metadata/labels"))).containsOnly(labels);
        assertThat(kubernetes("scaledobject").at("/spec/scaleTargetRef/name")).isEqualTo(deployment.at("/metadata/name"));
        JsonNode container = deployment.at("/spec/template/spec/containers/0");
        Map<String, Integer> ports = new HashMap<>();
        container.path("ports").forEach(port -> ports.put(port.path("name").asText(), port.path("containerPort").asInt()));
        assertThat(ports).containsOnly(Map.entry("management", Integer.parseInt(Settings.ofTheJar().text("management.port"))), Map.entry("probes", Integer.parseInt(environment().get("PROBES_PORT"))));
        Map.of("startupProbe", "/started", "livenessProbe", "/live", "readinessProbe", "/ready").forEach((probe, path) -> {
            assertThat(container.at("/" + probe + "/httpGet/path").asText()).isEqualTo(path);
            assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("probes");
        });
        assertThat(kubernetes("servicemonitor").at("/spec/endpoints/0/port")).isEqualTo(kubernetes("service").at("/spec/ports/0/name"));
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        kubernetes("deployment").at("/spec/template/spec/containers/0/env").forEach(one -> environment.put(one.path("name").asText(), one.path("value").asText()));
        return environment;
    }

    /** By the settings' own reader: a key that nobody knows is refused, and each variable sets one. */
    @Test
    void theSettingsAreReadAndTheirNumbersAgree(@TempDir Path folder) throws IOException {
        Files.copy(KUBERNETES.resolve("config/application.properties"), folder.resolve("application.properties"));
        Files.createDirectories(folder.resolve("routes"));
        Files.copy(KUBERNETES.resolve("config/tickets.camel.yaml"), folder.resolve("routes/tickets.camel.yaml"));
        Settings settings = Settings.load(folder, environment(), Map.of());
        assertThat(environment().keySet()).allSatisfy(variable -> assertThat(settings.keys().stream().map(settings::where)).contains("the environment, variable " + variable));
        long grace = settings.duration("kafka.drain").plus(BEHIND_DRAIN).toSeconds();
        assertThat(kubernetes("deployment").at("/spec/template/spec/terminationGracePeriodSeconds").asLong()).isGreaterThan(grace);
        assertThat(Files.readString(DEPLOY.resolve("systemd/prompt-routes.service"))).contains("TimeoutStopSec=75", "KillSignal=SIGTERM", "SuccessExitStatus=3", "RestartPreventExitStatus=2");
        assertThat(Manifests.read(DEPLOY.resolve("compose.yaml")).at("/services/prompt-routes/stop_grace_period").asText()).isEqualTo("75s");
        JsonNode source = Manifests.read(KUBERNETES.resolve("config/tickets.camel.yaml")).at("/0/route/from");
        JsonNode trigger = kubernetes("scaledobject").at("/spec/triggers/0/metadata");
        assertThat("windowed-kafka:" + trigger.path("topic").asText()).isEqualTo(source.path("uri").asText());
        assertThat(trigger.path("consumerGroup")).isEqualTo(source.at("/parameters/groupId"));
        assertThat(trigger.path("bootstrapServers").asText()).isEqualTo(settings.text("kafka.brokers"));
        assertThat(trigger.path("lagThreshold").asInt()).isEqualTo(settings.integer("prompts.concurrency", 1, 10_000) / 2 * 60);
    }

    @Test
    void composeNamesWhatIsThere() throws IOException {
        JsonNode compose = Manifests.read(DEPLOY.resolve("compose.yaml"));
        assertThat(compose.at("/services/prompt-routes/image").asText()).isEqualTo("prompt-routes:" + version());
        Set<String> secrets = new TreeSet<>();
        compose.path("secrets").fieldNames().forEachRemaining(secrets::add);
        compose.path("services").forEach(service -> {
            service.path("secrets").forEach(secret -> assertThat(secrets).contains(secret.asText()));
            service.path("volumes").forEach(volume -> {
                String from = volume.asText().replaceFirst(":.*", "");
                if (from.startsWith(".")) {
                    assertThat(DEPLOY.resolve(from)).exists();
                } else {
                    assertThat(compose.path("volumes").has(from)).as(from).isTrue();
                }
            });
            service.path("depends_on").fieldNames().forEachRemaining(other -> assertThat(compose.path("services").has(other)).as(other).isTrue());
        });
        Map<String, String> variables = new HashMap<>();
        compose.at("/services/prompt-routes/environment").properties().forEach(one -> variables.put(one.getKey(), one.getValue().asText()));
        Settings settings = Settings.load(Path.of("nowhere"), variables, Map.of());
        assertThat(variables.keySet()).allSatisfy(variable -> assertThat(settings.keys().stream().map(settings::where)).contains("the environment, variable " + variable));
        assertThat(Manifests.read(DEPLOY.resolve("compose/prometheus.yml")).at("/scrape_configs/0/job_name").asText()).isEqualTo("prompt-routes");
    }

    /** What a linter would say: known instructions, forms that pass signals on, a user that is not root, and only sources that are let through. */
    @Test
    void theDockerfileSaysNothingThatIsNotThere() throws IOException {
        String text = Files.readString(Path.of("Dockerfile")).replaceAll("(?m)^#.*\\R", "").replaceAll("\\\\\\R\\s*", "");
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        assertThat(lines).allMatch(line -> line.matches("(ARG|FROM|RUN|COPY|ENV|WORKDIR|VOLUME|EXPOSE|USER|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD) .+"));
        assertThat(lines).contains("USER 10001:10001", "STOPSIGNAL SIGTERM", "CMD [\"run\"]").noneMatch(line -> line.contains(":latest"));
        for (String line : lines) {
            if (line.matches("(VOLUME|ENTRYPOINT|CMD) .*")) {
                assertThat(Json.MAPPER.readTree(line.replaceFirst("\\w+ ", "")).isArray()).as(line).isTrue();
            } else if (line.startsWith("HEALTHCHECK")) {
                assertThat(Json.MAPPER.readTree(line.replaceFirst(".* CMD ", ""))).hasSize(3);
            }
        }
        List<String> letThrough = Files.readAllLines(Path.of(".dockerignore")).stream().filter(line -> line.startsWith("!")).map(line -> line.substring(1)).toList();
        List<String> sources = lines.stream().filter(line -> line.startsWith("COPY")).flatMap(line -> Stream.of(line.replaceFirst(" \\S+$", "").split(" ")).skip(1))
                .filter(word -> !word.startsWith("--")).map(word -> word.replaceFirst("/$", "")).toList();
        assertThat(sources).containsExactlyInAnyOrderElementsOf(letThrough);
        assertThat(sources).allSatisfy(source -> assertThat(source.matches("target/.+|bin") || Files.exists(Path.of(source))).as(source).isTrue());
        assertThat(text).contains("PROMPT_ROUTES_CACHE=");
        String pom = Files.readString(Path.of("pom.xml")); // of what jib makes there
        assertThat(Stream.of("LEDGER_DIRECTORY", "CATALOGUE_COPY", "PROBES_PORT", "LANG", "MALLOC_ARENA_MAX"))
                .allSatisfy(variable -> assertThat(text).contains(variable + "=" + StringUtils.substringBetween(pom, "<" + variable + ">", "</")));
        assertThat(StringUtils.substringBetween(text, "JAVA_OPTS=\"", "\"").split(" ")).allSatisfy(option -> assertThat(pom).contains("<jvmFlag>" + option + "</jvmFlag>"));
    }

    private static String version() throws IOException {
        Matcher version = Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }
}
