package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.ops.ModelCheck;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A list that is set to nothing is empty: nobody is warned of a model without a name, and nobody is called by none. */
class EmptyListTest {

    @ParameterizedTest(name = "{0} set to \"{1}\": {2} calls {3}")
    @CsvSource(delimiter = '|', textBlock = """
            models.current.fallbacks              |     | "model":"acme/one"                          | acme/one
            models.current.fallbacks              | ,   | "model":"acme/one"                          | acme/one
            models.current.fallbacks              | a/b,, | "model":"acme/one"                        | acme/one a/b
            models.current.tier.free              |     | "strategy":"free"                           |
            models.current.tier.budget            |     | "strategy":"cost","budget":"low","complexity":"simple" | google/gemini-2.5-flash-lite mistralai/mistral-small-2603 openrouter/free
            models.current.smart.code.balanced    |     | "task":"code"                               | google/gemini-2.5-flash-lite mistralai/mistral-small-2603 openrouter/free
            models.current.compare.speed          |     | "strategy":"compare","comparison":"speed"   |
            models.current.tier.premium           |     | "strategy":"fit","max_cost_cents":100,"max_tokens":10 | google/gemini-2.5-flash openai/gpt-4.1-mini
            detection.keywords.code               |     | "model":"acme/one"                          | acme/one google/gemini-2.5-flash-lite mistralai/mistral-small-2603 openrouter/free
            """)
    void anEmptyListHasNothingInIt(String key, String value, String request, String models) throws Exception {
        Map<String, String> keys = new HashMap<>(Map.of(key, value == null ? "" : value));
        if (key.startsWith("detection")) {
            keys.put("detection.rules", "keywords");
        }
        try (ScriptedServer server = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), keys)) {
            server.scriptThen(Reply.error(404, "No endpoints found that support tool use."));
            JsonNode dead = routes.ask("{\"prompt\":\"x\"," + request + "}");
            if (models == null) {
                assertThat(server.calls()).isEmpty();
                assertThat(dead.at("/error/code").asText()).isEqualTo("no_capable_model");
            } else {
                assertThat(server.modelsCalled()).startsWith(models.split(" "));
            }
            assertThat(dead.at("/routing/candidates").toString()).doesNotContain("\"\"", "none");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"models.current.fallbacks", "models.current.tier.free", "models.current.compare.cost"})
    void nobodyIsWarnedOfAModelWithoutAName(String key) {
        Settings settings = Settings.load(Path.of("target", "no-settings-here"), Map.of(), Map.of(key, ""));
        List<Finding> found = new ArrayList<>();
        new ModelCheck(settings).names(found::add);
        assertThat(found).isEmpty();
        assertThat(ModelCheck.uses(settings)).doesNotContainKey("");
    }
}
