package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a company's security office asks for is in what is built: each library by name, version and licence, and a word about each known fault. */
class ReleaseIT {

    private static final Path TARGET = Path.of("target");

    private static final Path BOM = Path.of("deploy", "bom.json");

    private static Set<String> libraries() throws IOException {
        try (Stream<Path> jars = Files.list(TARGET.resolve("lib"))) {
            return jars.map(jar -> jar.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static List<JsonNode> components() throws IOException {
        List<JsonNode> components = new ArrayList<>();
        Json.MAPPER.readTree(BOM.toFile()).path("components").forEach(components::add);
        return components;
    }

    @Test
    void theBillOfMaterialsNamesEachLibraryWithItsLicence() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (JsonNode one : components()) {
            listed.add(one.path("name").asText() + "-" + one.path("version").asText() + ".jar");
            assertThat(one.path("licenses")).as(one.path("purl").asText()).isNotEmpty();
        }
        assertThat(listed).as("made anew by mvn -Pbom cyclonedx:makeBom").containsExactlyInAnyOrderElementsOf(libraries());
        List<String> lines = Files.readAllLines(TARGET.resolve("THIRD-PARTY.txt"));
        assertThat(lines.stream().filter(line -> line.strip().startsWith("("))).hasSameSizeAs(listed);
        assertThat(lines).noneMatch(line -> line.contains("Unknown license"));
    }

    /** Of the version that is in lib: another one needs another answer. */
    @Test
    void eachFaultThatIsToldOfIsOneOfALibraryThatIsThere() throws IOException {
        List<String> packages = components().stream().map(one -> one.path("purl").asText().replaceFirst("\\?.*", "")).toList();
        JsonNode vex = Json.MAPPER.readTree(Path.of("deploy", "vex.json").toFile());
        String version = Json.MAPPER.readTree(BOM.toFile()).at("/metadata/component/version").asText();
        assertThat(vex.path("statements").findValuesAsText("name")).doesNotHaveDuplicates().contains("CVE-2026-49098", "CVE-2026-85251", "CVE-2026-84176");
        for (JsonNode statement : vex.path("statements")) {
            String fault = statement.at("/vulnerability/name").asText();
            assertThat(statement.at("/products/0/@id").asText()).isEqualTo("pkg:maven/io.promptroutes/prompt-routes@" + version);
            assertThat(packages).as(fault).containsAll(statement.at("/products/0/subcomponents").findValuesAsText("@id"));
            String status = statement.path("status").asText();
            assertThat(status).as(fault).isIn("not_affected", "affected", "under_investigation");
            assertThat(statement.path("justification").asText().startsWith("vulnerable_code_")).as(fault).isEqualTo(status.equals("not_affected"));
            assertThat(statement.path("action_statement").asText().isEmpty()).as(fault).isNotEqualTo(status.equals("affected"));
            assertThat(statement.path(status.equals("not_affected") ? "impact_statement" : "status_notes").asText()).as(fault).contains("Fixed in ");
        }
    }

    /** Two builds give the same bytes: src/test/release/two-builds.sh makes them. Here: nothing in it is of this machine or hour. */
    @Test
    void theJarHoldsNothingOfItsBuilder() throws IOException {
        List<String> names = new ArrayList<>();
        try (JarFile jar = new JarFile(TARGET.resolve("prompt-routes.jar").toFile())) {
            for (ZipEntry entry : Collections.list(jar.entries())) {
                names.add(entry.getName());
                assertThat(entry.getLastModifiedTime().toInstant()).as(entry.getName()).isEqualTo(Instant.parse("2026-12-01T00:00:00Z"));
            }
            assertThat(jar.getManifest().getMainAttributes().keySet()).extracting(Object::toString).doesNotContain("Built-By", "Build-Date", "Build-Jdk");
        }
        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void theArchiveRunsItsFirstJobWithoutMaven(@TempDir Path folder) throws Exception {
        String version = Json.MAPPER.readTree(BOM.toFile()).at("/metadata/component/version").asText();
        assertThat(run(folder, 0, "tar", "-xf", TARGET.resolve("prompt-routes-" + version + ".tar.gz").toAbsolutePath().toString())).isEmpty();
        Path unpacked = folder.resolve("prompt-routes-" + version);
        for (String part : List.of("application.properties", "routes/prompts.camel.yaml", "docs/operations.md", "deploy/bom.json", "deploy/kubernetes/kustomization.yaml", "README.md",
                "LICENSE", "CHANGELOG.md", "SECURITY.md", "THIRD-PARTY.txt")) {
            assertThat(unpacked.resolve(part)).isNotEmptyFile();
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String said = run(unpacked, 1, java, "-XX:TieredStopAtLevel=1", "-jar", "prompt-routes.jar", "batch", "samples/prompts.jsonl", "--out", "out", "--simulate"); // two of its lines are broken
        assertThat(unpacked.resolve("out/results.jsonl")).as(said).isNotEmptyFile();
        assertThat(Files.readAllLines(unpacked.resolve("out/dead-letters.jsonl"))).hasSize(2);
    }

    private static String run(Path folder, int code, String... command) throws Exception {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(code);
        return said;
    }

    @Test
    @Tag("chaos")
    void twoBuildsGiveTheSameBytes() throws Exception {
        run(Path.of("").toAbsolutePath(), 0, "bash", "src/test/release/two-builds.sh");
    }
}
