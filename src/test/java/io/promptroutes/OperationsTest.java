package io.promptroutes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is in docs/operations hangs together: each alert has its page, each panel its place. By Prometheus itself: process/AlertRulesIT. */
public class OperationsTest {

    private static final Path FOLDER = Path.of("docs", "operations");

    public static Map<String, JsonNode> alerts() throws IOException {
        Map<String, JsonNode> alerts = new TreeMap<>();
        new YAMLMapper().readTree(FOLDER.resolve("alerts.yml").toFile()).at("/groups/0/rules").forEach(rule -> alerts.put(rule.path("alert").asText(), rule));
        return alerts;
    }

    private static List<JsonNode> panels() throws IOException {
        List<JsonNode> panels = new ArrayList<>();
        Json.MAPPER.readTree(FOLDER.resolve("grafana-dashboard.json").toFile()).path("panels").forEach(panels::add);
        return panels;
    }

    /** Of all panels of the dashboard. */
    public static List<String> queries() throws IOException {
        return panels().stream().flatMap(panel -> panel.findValuesAsText("expr").stream()).toList();
    }

    @Test
    void eachAlertSaysHowBadItIsAndHasItsPartOfTheRunbook() throws IOException {
        String runbook = Files.readString(Path.of("docs", "operations.md"));
        assertThat(alerts()).hasSizeGreaterThan(12).allSatisfy((name, rule) -> {
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
            assertThat(rule.at("/annotations/runbook").asText()).isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(runbook).containsPattern(Pattern.compile("(?s)\n### " + name + "\n\\*.*?Do: "));
        });
        assertThat(runbook.lines().filter(line -> line.startsWith("### ")).map(line -> line.substring(4))).containsExactlyInAnyOrderElementsOf(alerts().keySet());
        assertThat(Files.readString(Path.of("src", "test", "promtool", "alerts.test.yml"))).as("each is tested with its own numbers").contains(alerts().keySet());
    }

    @Test
    void eachPanelHasAPlaceOfItsOwnAndAQuery() throws IOException {
        JsonNode dashboard = Json.MAPPER.readTree(FOLDER.resolve("grafana-dashboard.json").toFile());
        assertThat(dashboard.path("schemaVersion").asInt()).isGreaterThanOrEqualTo(36);
        assertThat(dashboard.at("/templating/list").findValuesAsText("name")).contains("datasource", "instance");
        Set<String> taken = new HashSet<>();
        Set<Integer> ids = new HashSet<>();
        for (JsonNode panel : panels()) {
            String title = panel.path("title").asText();
            assertThat(title).isNotBlank();
            assertThat(ids.add(panel.path("id").asInt())).as("id of %s", title).isTrue();
            JsonNode place = panel.path("gridPos");
            for (int x = place.path("x").asInt(); x < place.path("x").asInt() + place.path("w").asInt(); x++) {
                assertThat(x).as(title).isLessThan(24);
                for (int y = place.path("y").asInt(); y < place.path("y").asInt() + place.path("h").asInt(); y++) {
                    assertThat(taken.add(x + "," + y)).as("%s lies on another", title).isTrue();
                }
            }
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.at("/datasource/uid").asText()).as(title).isEqualTo("${datasource}");
                assertThat(panel.path("targets")).as(title).isNotEmpty().allSatisfy(target -> {
                    assertThat(target.path("expr").asText()).as(title).contains("instance=~\"$instance\"");
                    assertThat(target.path("refId").asText()).isNotBlank();
                });
                assertThat(panel.at("/fieldConfig/defaults/unit").asText()).as(title).isNotBlank();
            }
        }
    }
}
