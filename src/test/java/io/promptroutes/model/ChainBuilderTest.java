package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.PlainSettings;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.Source;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which models a prompt may be sent to, in which order, and why not to others. */
class ChainBuilderTest {

    private static final String LIST = """
            {"data":[
             {"id":"acme/cheap","context_length":1000,"pricing":{"prompt":"0.000001","completion":"0.000002"},"supported_parameters":["max_tokens"],
              "architecture":{"input_modalities":["text"]}},
             {"id":"acme/dear","context_length":100000,"pricing":{"prompt":"0.00001","completion":"0.00002"},"supported_parameters":["max_tokens","tools"],
              "architecture":{"input_modalities":["text","image"]}},
             {"id":"acme/spare","context_length":100000,"pricing":{"prompt":"0.000002","completion":"0.000004"},"supported_parameters":["max_tokens","tools"],
              "architecture":{"input_modalities":["text"]}},
             {"id":"beta/spare","context_length":100000,"pricing":{"prompt":"0.000002","completion":"0.000004"},"supported_parameters":["max_tokens","tools"],
              "architecture":{"input_modalities":["text"]}},
             {"id":"acme/gift:free","context_length":2000,"pricing":{"prompt":"0","completion":"0"},"supported_parameters":["max_tokens"],
              "architecture":{"input_modalities":["text"]}}]}""";

    private final Catalogue catalogue = Catalogue.shipped();
    private final ChainBuilder builder;

    ChainBuilderTest() {
        catalogue.replace(LIST.getBytes(StandardCharsets.UTF_8), Instant.EPOCH, true);
        PriceList prices = new PriceList(catalogue, Map.of());
        builder = new ChainBuilder(catalogue, new ModelAliases(catalogue, Map.of("mine", "acme/dear"), Map.of(), (name, id) -> true), prices,
                new Reservations(prices, false, false), new TokenCounter(),
                (request, model, facts, maxTokens) -> request.path("max_tokens").asInt(maxTokens), List.of("acme/spare"), List.of("acme/gift:free"));
    }

    private static Prompt prompt(String fields) {
        return prompt("Hello", fields);
    }

    private static Prompt prompt(String text, String fields) {
        try {
            byte[] json = ("{\"prompt\":\"" + text + "\"," + fields + "}").getBytes(StandardCharsets.UTF_8);
            return new PromptParser(PlainSettings.get()).parse(json, Source.line("test", 1), null, null);
        } catch (InvalidPrompt e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Choice choice(String fields, String... chosen) {
        return builder.build(prompt(fields), List.of(chosen), 100);
    }

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "strategy":"smart"                                       | acme/dear acme/cheap     | acme/dear acme/cheap acme/spare
            "strategy":"cost"                                        | acme/cheap               | acme/cheap acme/spare
            "model":"acme/cheap"                                     | acme/cheap               | acme/cheap acme/spare
            "model":"mine"                                           | mine                     | acme/dear acme/spare
            "model":"dear"                                           | dear                     | acme/dear acme/spare
            "model":"ACME/Dear"                                      | ACME/Dear                | acme/dear acme/spare
            "model":"acme/unlisted"                                  | acme/unlisted            | acme/unlisted acme/spare
            "strategy":"smart"                                       | acme/unlisted acme/cheap | acme/cheap acme/spare acme/unlisted
            "strategy":"free"                                        | acme/gift:free           | acme/gift:free
            "strategy":"free","free_only":false                      | acme/dear acme/cheap     | acme/cheap acme/gift:free
            "model":"acme/gift:free"                                 | acme/gift:free           | acme/gift:free
            "model":"acme/gift:free","allow_paid":true               | acme/gift:free           | acme/gift:free acme/spare
            "strategy":"fit","max_cost_cents":100                    | acme/cheap acme/dear     | acme/dear acme/cheap acme/spare
            "strategy":"compare","comparison":"cost"                    | acme/cheap acme/dear     | acme/cheap acme/dear
            "model":"acme/cheap","tools":[{"type":"function","function":{"name":"f"}}] | acme/cheap | acme/spare
            "strategy":"smart","max_tokens":999                      | acme/cheap acme/dear     | acme/dear acme/spare
            "strategy":"smart","max_cost_cents":0.03                 | acme/dear acme/cheap     | acme/cheap
            """)
    void theModelsInTheirOrder(String fields, String chosen, String models) {
        Choice choice = choice(fields, chosen.split(" "));
        assertThat(choice.refusal()).isNull();
        assertThat(choice.models()).containsExactly(models.split(" "));
    }

    @ParameterizedTest(name = "{2}: {0} of {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "model":"spare"                                          | spare                    | ambiguous_model
            "strategy":"free","max_tokens":1999                      | acme/gift:free           | context_length
            "model":"acme/gift:free","tools":[{"type":"function","function":{"name":"f"}}] | acme/gift:free | no_capable_model
            "strategy":"smart","max_cost_cents":0.0001               | acme/dear                | max_cost
            "strategy":"fit","max_cost_cents":0.0001                 | acme/dear                | max_cost
            """)
    void thereMayBeNoneToCall(String fields, String chosen, String code) {
        Choice choice = choice(fields, chosen.split(" "));
        assertThat(choice.refusal().code()).isEqualTo(code);
        assertThat(choice.models()).as("those that were looked at").isNotEmpty();
    }

    @Test
    void whatWasPassedOverIsToldWithTheReason() {
        assertThat(choice("\"strategy\":\"smart\",\"max_tokens\":999,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
                "acme/cheap", "acme/gift:free", "acme/unlisted").rejected()).satisfiesExactly(
                missing -> assertThat(missing).isEqualTo("acme/unlisted: not listed by OpenRouter, tried last"),
                lacking -> assertThat(lacking).isEqualTo("acme/cheap: does not support tools"),
                free -> assertThat(free).isEqualTo("acme/gift:free: does not support tools"));
    }

    @Test
    void aSubstituteOfTheWantedModelSaysWhy() {
        assertThat(choice("\"model\":\"acme/cheap\"", "acme/cheap").instead()).isNull();
        assertThat(choice("\"model\":\"acme/cheap\",\"max_tokens\":999", "acme/cheap").instead()).isEqualTo(LeftOut.CONTEXT_LENGTH);
        assertThat(choice("\"model\":\"acme/cheap\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "acme/cheap").instead())
                .isEqualTo(LeftOut.NOT_CAPABLE);
        Choice dear = choice("\"model\":\"acme/dear\",\"max_cost_cents\":0.1", "acme/dear");
        assertThat(dear.instead()).isEqualTo(LeftOut.MAX_COST);
        assertThat(dear.models()).containsExactly("acme/spare");
        assertThat(dear.wanted()).containsExactly("acme/dear");
    }

    @Test
    void freeModelsStepInOnlyWhereTheyCanDoIt() {
        assertThat(choice("\"strategy\":\"smart\"", "acme/cheap").freeModels().get()).containsExactly("acme/gift:free");
        assertThat(choice("\"strategy\":\"smart\",\"max_tokens\":1999", "acme/dear").freeModels().get()).isEmpty();
        assertThat(choice("\"strategy\":\"smart\"", "acme/cheap").freeOnly()).isFalse();
        assertThat(choice("\"model\":\"acme/gift:free\"", "acme/gift:free").freeOnly()).isTrue();
    }

    @Test
    void underALimitEachModelsWorstCaseIsToldAndAComparisonsSumCounts() {
        Choice one = choice("\"strategy\":\"smart\",\"max_cost_cents\":1", "acme/cheap");
        assertThat(one.worst()).containsOnlyKeys("acme/cheap", "acme/spare");
        assertThat(one.worst().get("acme/cheap")).isGreaterThanOrEqualTo(new BigDecimal("0.0002"));
        Choice many = choice("\"strategy\":\"compare\",\"comparison\":\"cost\",\"max_cost_cents\":0.25", "acme/dear", "acme/cheap", "acme/spare");
        assertThat(many.models()).containsExactly("acme/dear", "acme/cheap");
    }

    @Test
    void fitShortensAPromptThatNoModelTakesForTheMoney() {
        Prompt whole = prompt("word ".repeat(400), "\"strategy\":\"fit\",\"max_cost_cents\":0.04");
        Choice choice = builder.build(whole, List.of("acme/cheap"), 100);
        assertThat(choice.refusal()).isNull();
        assertThat(choice.truncatedTokens()).isPositive();
        assertThat(choice.prompt().request()).isNotEqualTo(whole.request());
    }
}
