package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    private final Catalogue catalogue = Catalogue.shipped();

    @Test
    void theShippedCopyHasEveryRowAndIsNotLive() {
        assertThat(catalogue.all()).hasSize(413);
        assertThat(catalogue.live()).isFalse();
        assertThat(catalogue.asOf()).isEqualTo("2026-08-15T00:00:00Z");
    }

    @Test
    void aRowTellsLimitsAbilitiesAndPrice() {
        Model model = catalogue.find("mistralai/mistral-small-2603").orElseThrow();

        assertThat(model.contextLength()).isEqualTo(262_144);
        assertThat(model.maxCompletionTokens()).isNull();
        assertThat(model.supportedParameters()).contains("temperature", "tools", "response_format");
        assertThat(model.inputModalities()).containsExactlyInAnyOrder("text", "image");
        assertThat(model.reasoning().mandatory() || model.reasoning().defaultEnabled()).isFalse();
        assertThat(model.expirationDate()).isNull();
        assertThat(model.price().prompt()).isEqualByComparingTo("0.00000015");
    }

    @Test
    void theSmallerOfTwoContextsCounts() {
        assertThat(catalogue.find("meta-llama/llama-4-scout").orElseThrow().contextLength()).isEqualTo(327_680);
        assertThat(catalogue.find("openrouter/free").orElseThrow().contextLength()).isEqualTo(200_000);
    }

    @Test
    void whatIsPeculiarToSomeRowsIsRead() {
        assertThat(catalogue.find("z-ai/glm-4.5").orElseThrow().expirationDate()).isEqualTo(LocalDate.of(2026, 12, 31));
        assertThat(catalogue.find("openai/gpt-5-mini").orElseThrow().reasoning().mandatory()).isTrue();
        assertThat(catalogue.find("openai/gpt-4.1").orElseThrow().reasoning()).isNull();
        assertThat(catalogue.find("~anthropic/claude-haiku-latest").orElseThrow().aliasTarget())
                .isEqualTo("anthropic/claude-haiku-4.5");
    }

    @ParameterizedTest(name = "{0} is found as {1}")
    @CsvSource({
            "anthropic/claude-haiku-4.5, anthropic/claude-haiku-4.5",
            "anthropic/claude-4.5-haiku-20251001, anthropic/claude-haiku-4.5",
            "anthropic/claude-haiku-4.5:batch, anthropic/claude-haiku-4.5:batch",
            "openai/gpt-4o:nitro, openai/gpt-4o",
            "openai/gpt-4o:floor, openai/gpt-4o",
            "openai/gpt-4o:exacto, openai/gpt-4o",
            "openai/gpt-4.1-2025-04-14:online, openai/gpt-4.1",
            "google/gemma-4-26b-a4b-it-20260403, google/gemma-4-26b-a4b-it",
            "google/gemma-4-26b-a4b-it-20260403:free, google/gemma-4-26b-a4b-it:free",
            "cohere/north-mini-code-20260617, cohere/north-mini-code:free",
            "qwen/qwen-plus-2025-07-28:thinking, qwen/qwen-plus-2025-07-28:thinking"})
    void findsByIdThenBySlugThenWithoutARoutingVariant(String name, String id) {
        assertThat(catalogue.find(name)).map(Model::id).hasValue(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai/gpt-4o:free", "openai/gpt-4o:extended", "openai/gpt-4o:thinking", "meta-llama/llama-3.1-8b-instruct:free",
            "anthropic/claude-3.5-sonnet", "gpt-4o", ""})
    void aVariantThatIsARowOfItsOwnIsNotReplacedByThePlainOne(String name) {
        assertThat(catalogue.find(name)).isEmpty();
    }

    @ParameterizedTest(name = "{0} served as {1}: {2}")
    @CsvSource({
            "anthropic/claude-haiku-4.5, anthropic/claude-haiku-4.5, true",
            "anthropic/claude-haiku-4.5, anthropic/claude-4.5-haiku-20251001, true",
            "anthropic/claude-haiku-4.5:nitro, anthropic/claude-4.5-haiku-20251001, true",
            "google/gemma-4-26b-a4b-it:free, google/gemma-4-26b-a4b-it, true",
            "google/gemma-4-26b-a4b-it:free, google/gemma-4-26b-a4b-it-20260403:free, true",
            "~anthropic/claude-haiku-latest, anthropic/claude-4.5-haiku-20251001, true",
            // listed, but under a date that is not
            "anthropic/claude-haiku-4.5, anthropic/claude-4.5-haiku-20260401, true",
            // not listed at all
            "anthropic/claude-3.5-sonnet, anthropic/claude-3.5-sonnet-20241022, true",
            "anthropic/claude-haiku-5.5, anthropic/claude-5.5-haiku-20260930, true",
            "acme/one-1:free, acme/one-1-2026-01-31, true",
            "anthropic/claude-haiku-4.5, anthropic/claude-4.5-sonnet-20250929, false",
            "openai/gpt-4o, openai/gpt-4o-mini, false",
            // dated, yet a row of its own with its own price
            "openai/gpt-4o, openai/gpt-4o-2024-08-06, false",
            "acme/one-1, other/one-1, false",
            "anthropic/claude-haiku-5.5, anthropic/claude-haiku-4.5, false",
            "openrouter/free, google/gemma-4-26b-a4b-it:free, false"})
    void tellsTheSameModelUnderAnotherNameFromAnotherModel(String requested, String served, boolean same) {
        assertThat(catalogue.sameModel(requested, served)).isEqualTo(same);
    }

    @Test
    void anAnswerThatNamesNoModelIsNotTheSame() {
        assertThat(catalogue.sameModel("openai/gpt-4o", null)).isFalse();
    }

    @Test
    void batchRowsAreNotCallableAndAliasesOnlyWhereAskedFor() {
        assertThat(catalogue.callable("openai/gpt-4o")).isTrue();
        assertThat(catalogue.callable("openai/gpt-4o:nitro")).isTrue();
        assertThat(catalogue.callable("openai/gpt-4.1:batch")).isFalse();
        assertThat(catalogue.callable("~openai/gpt-latest")).isFalse();
        assertThat(catalogue.callable("google/gemini-pro")).isFalse();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
            "anthropic/claude-3.5-sonnet, anthropic/claude-sonnet-5",
            "meta-llama/llama-3.1-405b-instruct, meta-llama/llama-3.1-8b-instruct",
            "google/gemma-4-27b-it:free, google/gemma-4-31b-it:free",
            "meta-llama/llama-3.1-8b-instruct:free, openrouter/free",
            "01-ai/yi-large, "})
    void hintsAtTheListedModelWithTheNearestName(String missing, String successor) {
        assertThat(catalogue.successorOf(missing).orElse(null)).isEqualTo(successor);
    }

    @Test
    void aFetchedListTakesThePlaceOfTheShippedOneAndBadRowsAreLeftOut() {
        replace("""
                {"data":[{"id":"acme/one","canonical_slug":"acme/one-20260101","pricing":{"prompt":"0","completion":"0"},"new_field":{}},
                         {"id":"acme/two","pricing":{"prompt":"cheap","completion":"0"}}, {"name":"no id"}, 7,
                         {"id":"acme/three","pricing":null}],"total_count":5}""");

        assertThat(catalogue.all()).extracting(Model::id).containsExactly("acme/one");
        assertThat(catalogue.live()).isTrue();
        assertThat(catalogue.asOf()).isEqualTo(NOW);
        assertThat(catalogue.find("acme/one-20260101")).isPresent();
        assertThat(catalogue.find("openai/gpt-4o")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"data\":[]}", "{\"data\":[{\"name\":\"x\"}]}", "<html>busy</html>", "{\"data\":[{\"id\":\"a/b\","})
    void aBodyWithoutAReadableRowIsRefusedAndTheOldListStays(String body) {
        assertThatIllegalArgumentException().isThrownBy(() -> replace(body));

        assertThat(catalogue.all()).hasSize(413);
        assertThat(catalogue.live()).isFalse();
    }

    private void replace(String body) {
        catalogue.replace(body.getBytes(StandardCharsets.UTF_8), NOW, true);
    }
}
