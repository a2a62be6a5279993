package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.model.PriceList.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The model tables, task settings and seed prices of application.properties, cell by cell. */
class ShippedSettingsTest {

    private static final List<String> BUDGETS = List.of("free", "budget", "balanced", "premium");

    private static final String SMART_2024 = """
            code     | meta-llama/llama-3.1-8b-instruct:free | mistralai/mistral-7b-instruct    | meta-llama/llama-3.1-70b-instruct | anthropic/claude-3.5-sonnet
            creative | meta-llama/llama-3.1-8b-instruct:free | meta-llama/llama-3.1-8b-instruct | meta-llama/llama-3.1-70b-instruct | openai/gpt-4o
            analysis | meta-llama/llama-3.1-8b-instruct:free | google/gemini-pro                | meta-llama/llama-3.1-70b-instruct | anthropic/claude-3.5-sonnet
            math     | meta-llama/llama-3.1-8b-instruct:free | mistralai/mistral-7b-instruct    | microsoft/wizardlm-2-8x22b        | openai/gpt-4o
            chat     | meta-llama/llama-3.1-8b-instruct:free | google/gemini-pro                | anthropic/claude-3-haiku          | anthropic/claude-3.5-sonnet
            general  | meta-llama/llama-3.1-8b-instruct:free | mistralai/mistral-7b-instruct    | meta-llama/llama-3.1-70b-instruct | anthropic/claude-3.5-sonnet
            """;

    private static final String LISTS_2024 = """
            tier.free       | meta-llama/llama-3.1-8b-instruct:free
            tier.budget     | mistralai/mistral-7b-instruct, google/gemini-pro, meta-llama/llama-3.1-8b-instruct
            tier.balanced   | meta-llama/llama-3.1-70b-instruct, microsoft/wizardlm-2-8x22b, qwen/qwen-2-72b-instruct
            tier.premium    | anthropic/claude-3.5-sonnet, openai/gpt-4o, anthropic/claude-3-opus
            compare.quality | anthropic/claude-3.5-sonnet, openai/gpt-4o, meta-llama/llama-3.1-70b-instruct
            compare.speed   | anthropic/claude-3-haiku, openai/gpt-3.5-turbo, google/gemini-pro
            compare.cost    | meta-llama/llama-3.1-8b-instruct:free, mistralai/mistral-7b-instruct, google/gemini-pro
            compare.diverse | anthropic/claude-3.5-sonnet, openai/gpt-4o, meta-llama/llama-3.1-70b-instruct, google/gemini-pro, mistralai/mistral-7b-instruct
            fallbacks       | google/gemini-pro, mistralai/mistral-7b-instruct, meta-llama/llama-3.1-8b-instruct:free
            """;

    private static final String SMART_NOW = """
            code     | openrouter/free | mistralai/mistral-small-2603      | deepseek/deepseek-v3.2     | anthropic/claude-sonnet-4.5
            creative | openrouter/free | meta-llama/llama-3.3-70b-instruct | google/gemini-2.5-flash    | openai/gpt-4.1
            analysis | openrouter/free | google/gemini-2.5-flash-lite      | google/gemini-2.5-flash    | anthropic/claude-sonnet-4.5
            math     | openrouter/free | mistralai/mistral-small-2603      | deepseek/deepseek-v3.2     | openai/gpt-4.1
            chat     | openrouter/free | google/gemini-2.5-flash-lite      | anthropic/claude-haiku-4.5 | anthropic/claude-sonnet-4.5
            general  | openrouter/free | google/gemini-2.5-flash-lite      | openai/gpt-4.1-mini        | anthropic/claude-sonnet-4.5
            """;

    private static final String LISTS_NOW = """
            tier.free       | openrouter/free, google/gemma-4-26b-a4b-it:free, nvidia/nemotron-3-nano-30b-a3b:free, nvidia/nemotron-3-super-120b-a12b:free
            tier.budget     | google/gemini-2.5-flash-lite, mistralai/mistral-small-2603, meta-llama/llama-3.3-70b-instruct
            tier.balanced   | deepseek/deepseek-v3.2, openai/gpt-4.1-mini, google/gemini-2.5-flash
            tier.premium    | anthropic/claude-sonnet-4.5, openai/gpt-4.1, mistralai/mistral-large
            compare.quality | anthropic/claude-sonnet-4.5, openai/gpt-4.1, deepseek/deepseek-v3.2
            compare.speed   | google/gemini-2.5-flash-lite, anthropic/claude-haiku-4.5, openai/gpt-4.1-mini
            compare.cost    | openrouter/free, meta-llama/llama-3.1-8b-instruct, google/gemini-2.5-flash-lite
            compare.diverse | anthropic/claude-sonnet-4.5, openai/gpt-4.1, meta-llama/llama-3.3-70b-instruct, google/gemini-2.5-flash, mistralai/mistral-small-2603
            fallbacks       | google/gemini-2.5-flash-lite, mistralai/mistral-small-2603, openrouter/free
            """;

    /** Those of the paid ids that were still listed on 8 October 2026. */
    private static final Set<String> LISTED_IN_OCTOBER = Set.of(
            "anthropic/claude-haiku-4.5", "anthropic/claude-sonnet-4.5", "anthropic/claude-opus-5",
            "deepseek/deepseek-v3.2", "google/gemini-2.5-flash", "google/gemini-2.5-flash-lite", "google/gemini-2.5-pro",
            "meta-llama/llama-3.1-8b-instruct", "meta-llama/llama-3.3-70b-instruct", "mistralai/mistral-large",
            "mistralai/mistral-small-2603", "openai/gpt-3.5-turbo", "openai/gpt-4-turbo", "openai/gpt-4.1", "openai/gpt-4.1-mini",
            "openai/gpt-4o", "openai/gpt-4o-mini", "openai/gpt-5-mini", "openai/gpt-5-nano");

    private static final Properties SETTINGS = new Properties();

    private final Catalogue catalogue = Catalogue.shipped();

    @BeforeAll
    static void load() throws IOException {
        try (InputStream in = ShippedSettingsTest.class.getResourceAsStream("/io/promptroutes/application.properties")) {
            SETTINGS.load(in);
        }
    }

    @Test
    void theTablesOf2024AreThoseToTheCell() {
        assertThat(under("models.models-2024.")).isEqualTo(table(SMART_2024, LISTS_2024)).hasSize(33);
    }

    @Test
    void theTablesOfTodayAreThoseToTheCell() {
        assertThat(SETTINGS.getProperty("models.profile")).isEqualTo("current");
        assertThat(under("models.current.")).isEqualTo(table(SMART_NOW, LISTS_NOW));
    }

    @ParameterizedTest
    @MethodSource("currentIds")
    void everyModelOfTodayIsListedAndAnswersWithinAFewHundredTokens(String id) {
        Model model = catalogue.find(id).orElseThrow();

        assertThat(model.id()).isEqualTo(id);
        assertThat(catalogue.callable(id)).isTrue();
        assertThat(model.expirationDate()).isNull();
        assertThat(model.supportedParameters()).contains("temperature", "max_tokens", "tools");
        assertThat(model.reasoning() == null || !model.reasoning().mandatory()).isTrue();
        if (!model.price().free()) {
            assertThat(LISTED_IN_OCTOBER).contains(id);
            assertThat(model.supportedParameters()).contains("response_format");
            assertThat(model.reasoning() == null || !model.reasoning().mandatory() && !model.reasoning().defaultEnabled()).isTrue();
        }
    }

    @Test
    void freeCellsAreFreeStartWithTheRouterAndTheOthersArePaid() {
        under("models.current.").forEach((key, ids) -> {
            if (key.startsWith("smart.") || key.startsWith("tier.")) {
                assertThat(split(ids)).as(key).allSatisfy(id ->
                        assertThat(catalogue.find(id).orElseThrow().price().free()).isEqualTo(key.endsWith(".free")));
            }
        });
        assertThat(split(under("models.current.").get("tier.free"))).hasSizeGreaterThan(2).first().isEqualTo("openrouter/free");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tier.budget", "tier.balanced", "tier.premium", "fallbacks"})
    void theModelsOfATierAndTheFallbacksAreOfDifferentVendors(String key) {
        assertThat(split(under("models.current.").get(key))).hasSize(3)
                .extracting(ModelNames::author).doesNotHaveDuplicates();
    }

    @Test
    void everyForeignNameLeadsToAListedModel() {
        Map<String, String> aliases = under("models.alias.");

        assertThat(aliases).containsEntry("gpt-4o-mini", "openai/gpt-4o-mini").containsEntry("gpt-3.5-turbo", "openai/gpt-3.5-turbo");
        assertThat(aliases.values()).allSatisfy(id -> {
            assertThat(LISTED_IN_OCTOBER).contains(id);
            assertThat(catalogue.callable(id)).isTrue();
        });
    }

    @ParameterizedTest(name = "{0}: {1}, {2}")
    @CsvSource({"code, 0.1, 2048", "creative, 0.9, 1500", "analysis, 0.3, 1200", "math, 0.0, 800", "chat, 0.8, 600", "general, 0.7, 1000"})
    void eachTaskHasItsSettings(String task, String temperature, String maxTokens) {
        assertThat(under("tasks." + task + ".")).isEqualTo(Map.of("temperature", temperature, "max-tokens", maxTokens));
    }

    @Test
    void strategiesHaveTheirSettings() {
        assertThat(under("complexity.")).isEqualTo(
                Map.of("simple.max-tokens", "512", "medium.max-tokens", "1024", "complex.max-tokens", "2048"));
        assertThat(under("strategy.")).containsEntry("free.max-tokens", "1000")
                .containsEntry("compare.temperature", "0.7").containsEntry("compare.max-tokens", "800");
    }

    @Test
    void theOriginalKeywordsAreThere() {
        assertThat(under("detection.keywords.")).isEqualTo(Map.of(
                "code", "code, programming, function, debug, syntax, python, javascript",
                "creative", "story, creative, poem, write, imagine, character",
                "analysis", "analyze, compare, evaluate, explain, why, how",
                "math", "calculate, solve, equation, math, science, formula",
                "chat", "hello, hi, how are you, what do you think"));
    }

    @Test
    void theSeedPricesAreThoseAndCanBeRead() {
        Map<String, String> expected = new HashMap<>();
        """
                meta-llama/llama-3.1-8b-instruct:free 0/0
                meta-llama/llama-3.1-8b-instruct 0.18/0.18
                meta-llama/llama-3.1-70b-instruct 0.88/0.88
                mistralai/mistral-7b-instruct 0.25/0.25
                google/gemini-pro 0.125/0.375
                microsoft/wizardlm-2-8x22b 1.00/1.00
                qwen/qwen-2-72b-instruct 0.90/0.90
                anthropic/claude-3-haiku 0.50/0.50
                anthropic/claude-3.5-sonnet 3.00/15.00
                anthropic/claude-3-opus 15.00/15.00
                openai/gpt-4o 5.00/15.00
                unknown 1.00/1.00
                """.lines().map(line -> line.split(" ")).forEach(cells -> expected.put(cells[0], cells[1]));
        assertThat(under("prices.")).isEqualTo(expected);

        Map<String, String> settings = new HashMap<>();
        SETTINGS.stringPropertyNames().forEach(key -> settings.put(key, SETTINGS.getProperty(key)));
        PriceList.Entry entry = new PriceList(catalogue, settings).of("meta-llama/llama-3.1-8b-instruct:free");
        assertThat(entry.origin()).isEqualTo(Origin.CONFIGURED);
        assertThat(entry.price().free()).isTrue();
    }

    static Stream<String> currentIds() {
        Set<String> ids = new TreeSet<>();
        table(SMART_NOW, LISTS_NOW).values().forEach(list -> ids.addAll(split(list)));
        return ids.stream();
    }

    private static Map<String, String> table(String smart, String lists) {
        Map<String, String> cells = new TreeMap<>();
        smart.lines().map(line -> line.split("\\|")).forEach(row -> {
            for (String budget : BUDGETS) {
                cells.put("smart." + row[0].strip() + "." + budget, row[1 + BUDGETS.indexOf(budget)].strip());
            }
        });
        lists.lines().map(line -> line.split("\\|")).forEach(row -> cells.put(row[0].strip(), row[1].strip()));
        return cells;
    }

    private static List<String> split(String ids) {
        return new ArrayList<>(Arrays.asList(ids.split(", ")));
    }

    private static Map<String, String> under(String prefix) {
        Map<String, String> settings = new TreeMap<>();
        SETTINGS.stringPropertyNames().stream().filter(key -> key.startsWith(prefix))
                .forEach(key -> settings.put(key.substring(prefix.length()), SETTINGS.getProperty(key)));
        return settings;
    }
}
