package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.Variables;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.pipeline.Beans;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.telemetry.Telemetry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The route files by themselves: Camel's own schema, names that mean something, and nothing in them that is not theirs to say. */
class RouteFilesTest {

    /** Two routes that a lost line made one have the same keys twice. */
    private static final ObjectMapper YAML = new YAMLMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
    private static final List<String> TASKS = List.of("code", "creative", "analysis", "math", "chat", "general");
    /** Steps, and what a route is made of: each is an object with an id. */
    private static final Set<String> STEPS = Set.of("process", "to", "toD", "choice", "delay", "log", "split", "setVariable", "throwException",
            "doTry", "bean", "multicast", "aggregate", "filter", "recipientList", "wireTap", "enrich", "poll", "onException");
    /** Set by code when the routes start. */
    private static final Set<String> SET_BY_CODE = Set.of("job.files", "prompts.first-queue", "prompts.call-queue", "alerts.account-watch", "costs.again");
    private static final Pattern INNERMOST = Pattern.compile("\\{\\{([^{}]+)}}");

    private static JsonSchema schema;

    @BeforeAll
    static void readSchema() throws IOException {
        try (InputStream in = RouteFilesTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(in);
        }
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml")).sorted().toList();
        }
    }

    private static JsonNode read(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every field of every object in a file, with its name. */
    private static void walk(JsonNode node, BiConsumer<String, JsonNode> each) {
        node.properties().forEach(field -> {
            each.accept(field.getKey(), field.getValue());
            walk(field.getValue(), each);
        });
        if (node.isArray()) {
            node.forEach(element -> walk(element, each));
        }
    }

    @Test
    void pipelinesLieBesideTheEngine() throws IOException {
        assertThat(files()).filteredOn(file -> file.startsWith("routes/engine")).hasSizeGreaterThan(15);
        assertThat(files()).filteredOn(file -> !file.startsWith("routes/engine")).extracting(file -> file.getFileName().toString())
                .containsExactly("http.camel.yaml", "inbox.camel.yaml", "prompts.camel.yaml");
    }

    @ParameterizedTest
    @MethodSource("files")
    void followsCamelsSchema(Path file) {
        assertThat(schema.validate(read(file))).isEmpty();
    }

    @Test
    void theSchemaWouldFindAMistake() throws IOException {
        JsonNode wrong = YAML.readTree("- route:\n    id: x\n    from:\n      uri: direct\n      steps:\n        - proces:\n            ref: y\n");
        assertThat(schema.validate(wrong)).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyRouteSaysWhatItIs(Path file) {
        walk(read(file), (name, node) -> {
            if (Set.of("route", "routeTemplate", "routeConfiguration").contains(name)) {
                boolean forAll = name.equals("routeConfiguration") && !node.has("id"); // Camel applies it to every route that names none
                assertThat(forAll || !node.path("id").asText().isBlank()).as("id of a %s in %s", name, file).isTrue();
                assertThat(node.path("description").asText()).as("description of %s in %s", node.path("id"), file).isNotBlank();
            }
        });
    }

    @Test
    void oneConfigurationAtMostHoldsForEveryRoute() throws IOException {
        List<Path> without = new ArrayList<>();
        for (Path file : files()) {
            walk(read(file), (name, node) -> {
                if (name.equals("routeConfiguration") && !node.has("id")) {
                    without.add(file);
                }
            });
        }
        assertThat(without).hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyStepHasAnId(Path file) {
        walk(read(file), (name, node) -> {
            if (name.equals("steps") || name.equals("when") || name.equals("doCatch")) {
                node.forEach(step -> {
                    JsonNode one = name.equals("steps") ? step.properties().iterator().next().getValue() : step;
                    assertThat(one.path("id").asText()).as("id of %s in %s", step, file).isNotBlank();
                });
            }
            if (STEPS.contains(name) && node.isObject() || name.equals("otherwise")) {
                assertThat(node.path("id").asText()).as("id of %s %s in %s", name, node, file).isNotBlank();
            }
        });
    }

    @Test
    void idsAreUniqueOverAllFiles() throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path file : files()) {
            walk(read(file), (name, node) -> {
                if (name.equals("id") && node.isTextual()) {
                    ids.add(node.textValue());
                }
            });
        }
        assertThat(ids).hasSizeGreaterThan(100).doesNotHaveDuplicates();
    }

    @Test
    void everyBeanThatIsNamedIsBound(@TempDir Path folder) throws IOException {
        Main main = new Main();
        RouteSettings settings = RoutesUnderTest.settings("http://127.0.0.1:9", Map.of());
        Set<String> others = Set.of("costRows", "lookout", "usage", "lastRequests", "estimateCalls", "appendAlert", "topicProducers");
        try (Beans beans = new Beans(main, new Beans.Shared(settings.intake(true), new JobStatistics(), Catalogue.shipped(),
                new CatalogueCopy(folder.resolve("models.json")), settings.key(), settings.managementKey(), null, "openrouter", false, List::of, null, false,
                new Telemetry(null, null), Clock.systemUTC()), settings.options())) {
            Set<String> refs = new TreeSet<>();
            for (Path file : files()) {
                walk(read(file), (name, node) -> {
                    if ((name.equals("ref") || name.endsWith("Ref") && !name.equals("routeTemplateRef")) || node.isTextual() && node.textValue().startsWith("#")) {
                        refs.add(node.textValue().replaceFirst("^#(class:.*)?", ""));
                    }
                });
            }
            refs.remove(""); // what Camel makes by its class
            assertThat(refs).hasSizeGreaterThan(10).allSatisfy(ref ->
                    assertThat(others.contains(ref) || main.lookup(ref, Object.class) != null).as(ref).isTrue());
        }
    }

    @Test
    void everyPlaceholderIsAKey() throws IOException {
        Set<String> known = new TreeSet<>(SET_BY_CODE);
        Properties shipped = new Properties();
        try (InputStream in = Files.newInputStream(Path.of("application.properties"))) {
            shipped.load(in);
        }
        known.addAll(shipped.stringPropertyNames());
        Set<String> used = new TreeSet<>();
        for (Path file : files()) {
            walk(read(file), (name, node) -> {
                if (name.equals("routeTemplate")) {
                    node.path("parameters").forEach(parameter -> known.add(parameter.path("name").asText()));
                }
                if (node.isTextual()) {
                    placeholders(node.textValue(), used, shipped);
                } else if (node.isArray()) {
                    node.forEach(element -> placeholders(element.asText(), used, shipped));
                }
            });
        }
        assertThat(used).hasSizeGreaterThan(30);
        assertThat(known).containsAll(used);
    }

    /** Inner placeholders first; a template's own parameter stands for each of the six tasks. */
    private static void placeholders(String text, Set<String> used, Properties shipped) {
        Matcher innermost = INNERMOST.matcher(text);
        if (!innermost.find()) {
            return;
        }
        String key = innermost.group(1);
        if (key.equals("task")) {
            TASKS.forEach(task -> placeholders(text.replace("{{task}}", task), used, shipped));
            return;
        }
        used.add(key);
        List<String> values = key.equals("models.profile") ? List.of("current", "models-2024") : List.of(shipped.getProperty(key, "x"));
        values.forEach(value -> placeholders(text.replace("{{" + key + "}}", value.replace("{{", "").replace("}}", "")), used, shipped));
    }

    @Test
    void variablesAreFewAndListedInOnePlaceAndInTheDocs() throws Exception {
        Map<String, String> names = new TreeMap<>();
        for (Field field : Variables.class.getFields()) {
            if (field.getType() == String.class) {
                names.put(field.getName(), (String) field.get(null));
            }
        }
        assertThat(names).hasSizeBetween(10, 25);
        String docs = Files.readString(Path.of("docs", "routes.md"));
        assertThat(names.values()).allSatisfy(name -> assertThat(docs).contains("`" + name + "`"));
        Set<String> set = new TreeSet<>();
        Set<String> read = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                Pattern.compile("\\b([gs])etVariable\\((\"?[\\w.\"]+)").matcher(Files.readString(source)).results()
                        .forEach(use -> (use.group(1).equals("s") ? set : read).add(use.group(2)));
            }
        }
        assertThat(set).allMatch(use -> use.startsWith("Variables.")).extracting(use -> names.get(use.substring(10))).containsExactlyInAnyOrderElementsOf(Variables.SET);
        assertThat(read).allMatch(use -> use.startsWith("Variables.")).extracting(use -> names.get(use.substring(10))).containsExactlyInAnyOrderElementsOf(Variables.READ);
    }

    @ParameterizedTest
    @MethodSource("files")
    void holdsNoSecretAndNoPlaceAndNoInlineMap(Path file) throws IOException {
        String text = Files.readString(file);
        assertThat(text).doesNotContainIgnoringCase("localhost").doesNotContain("127.0.0.1", "http://", "https://")
                .doesNotContainIgnoringCase("bearer").doesNotContainPattern("\\bsk-[a-z]").doesNotContainIgnoringCase("password");
        String flow = text.lines().filter(line -> !line.strip().startsWith("#")).filter(line -> line.matches(".*:\\s+[\\[{](?!\\{|}\\s*$).*")
                || line.matches("\\s*-\\s+[\\[{](?!\\{).*")).findFirst().orElse(null);
        assertThat(flow).as("an inline map or list in %s", file).isNull();
    }

    @ParameterizedTest
    @MethodSource("files")
    void isInTheJarAsItIs(Path file) throws IOException {
        try (InputStream copy = RouteFilesTest.class.getResourceAsStream("/io/promptroutes/" + file)) {
            assertThat(copy).as("copy of %s", file).isNotNull();
            assertThat(copy.readAllBytes()).isEqualTo(Files.readAllBytes(file));
        }
    }
}
