package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static final String TIERED = """
            {"prompt":"0.00000003","completion":"0.00000013","input_cache_read":"0.000000006","overrides":[
              {"min_prompt_tokens":32000,"prompt":"0.0000001","completion":"0.0000004"},
              {"min_prompt_tokens":256000,"prompt":"0.0000002","completion":"0.0000008"}]}""";

    private static final String AT_NIGHT = """
            {"prompt":"0.000004","completion":"0.000008","overrides":[
              {"utc_start":"2230","utc_end":"0630","prompt":"0.000001"},
              {"utc_start":"0600","utc_end":"0700","min_prompt_tokens":10,"prompt":"0.000002"}]}""";

    @ParameterizedTest(name = "{0} tokens in: {1} a token")
    @CsvSource({"1, 0.00000003", "32000, 0.00000003", "32001, 0.0000001", "256000, 0.0000001", "256001, 0.0000002"})
    void anOverrideHoldsForPromptsAboveItsNumberOfTokens(long tokens, BigDecimal expected) {
        assertThat(price(TIERED).at(tokens, NOON).prompt()).isEqualByComparingTo(expected);
    }

    @Test
    void whatAnOverrideDoesNotNameStaysAsItIs() {
        assertThat(price(TIERED).at(300_000, NOON).token(Price.Kind.INPUT_CACHE_READ)).isEqualByComparingTo("0.000000006");
    }

    @ParameterizedTest(name = "{0} with {1} tokens: {2} a token")
    @CsvSource({
            "22:29:59, 1, 0.000004", "22:30:00, 1, 0.000001", "23:59:59, 1, 0.000001", "00:00:00, 1, 0.000001",
            "06:29:59, 1, 0.000001", "06:30:00, 1, 0.000004", "12:00:00, 1, 0.000004",
            // both hold: the later entry wins
            "06:15:00, 11, 0.000002", "06:15:00, 10, 0.000001", "06:45:00, 11, 0.000002", "07:00:00, 11, 0.000004"})
    void hoursGoOverMidnightAndTheLaterEntryWins(String time, long tokens, BigDecimal expected) {
        Instant when = Instant.parse("2026-11-22T" + time + "Z");

        assertThat(price(AT_NIGHT).at(tokens, when).prompt()).isEqualByComparingTo(expected);
        assertThat(price(AT_NIGHT).at(tokens, when).completion()).isEqualByComparingTo("0.000008");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{'prompt':'-1','completion':'-1'}",
            "{'prompt':'0','completion':'-1'}",
            "{'prompt':'0','completion':'0','request':'-1'}",
            "{'prompt':'0.1','completion':'0.1','overrides':[{'min_prompt_tokens':5,'prompt':'-1'}]}",
            "{'completion':'0.1'}"})
    void aPriceThatDependsIsUnknownAndNeverANumber(String pricing) {
        Price price = price(pricing.replace('\'', '"'));

        assertThat(price.known()).isFalse();
        assertThat(price.free()).isFalse();
        assertThat(price.cost(10, 10, 0, NOON)).isEmpty();
        assertThat(price.worstCase(10, 10, 0, false)).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = ';', value = {
            "{'prompt':'0','completion':'0'}; true",
            "{'prompt':'0','completion':'0.000','request':'0'}; true",
            "{'prompt':'0','completion':'0','request':'0.01'}; false",
            "{'prompt':'0','completion':'0.0000001'}; false",
            "{'prompt':'0','completion':'0','overrides':[{'min_prompt_tokens':1000,'prompt':'0.1'}]}; false"})
    void freeIsWhatNeverCostsAnything(String pricing, boolean free) {
        assertThat(price(pricing.replace("'", "").replaceAll("([a-z_]+)", "\"$1\"")).free()).isEqualTo(free);
    }

    @Test
    void readsPricesInExponentFormAndWritesCostsPlainly() {
        Price price = price("""
                {"prompt":"3.9e-6","completion":1E-7}""");

        assertThat(price.cost(1, 0, 0, NOON).orElseThrow()).hasToString("0.0000039");
        assertThat(price.cost(0, 10, 0, NOON).orElseThrow()).hasToString("0.000001");
        assertThat(price.cost(1_000_000_000, 0, 0, NOON).orElseThrow()).hasToString("3900");
    }

    @Test
    void roundsACostTo18DigitsAndAWorstCaseUp() {
        Price price = price("""
                {"prompt":"0.0000000833333333333333","completion":"0"}""");

        assertThat(price.cost(1, 0, 0, NOON).orElseThrow().toPlainString()).isEqualTo("0.000000083333333333");
        assertThat(price.worstCase(1, 0, 0, false).orElseThrow().toPlainString()).isEqualTo("0.000000083333333334");
    }

    @Test
    void cachedWrittenAndThoughtTokensHaveTheirOwnPrices() {
        Price price = price("""
                {"prompt":"0.001","completion":"0.01","request":"5","input_cache_read":"0.0001","input_cache_write":"0.002",
                 "internal_reasoning":"0.02"}""");

        // 100 fresh x 0.001 + 700 cached x 0.0001 + 200 written x 0.002 + 30 x 0.01 + 20 thought x 0.02 + 5 a call
        assertThat(price.cost(new Usage(1000, 50, 20, 700, 200, 1050, null), 0, NOON).orElseThrow()).hasToString("6.27");
    }

    @Test
    void withoutPricesOfTheirOwnTheyCostWhatTheOthersDo() {
        Price price = Price.perMillion(new BigDecimal("1"), new BigDecimal("2"));

        assertThat(price.cost(new Usage(1000, 50, 20, 700, 200, 1050, null), 3, NOON).orElseThrow()).hasToString("0.0011");
    }

    @Test
    void aWritePriceBelowThePromptPriceIsStorageOnTop() {
        Price price = price("""
                {"prompt":"0.003","completion":"0","input_cache_write":"0.001"}""");

        assertThat(price.cost(new Usage(10, 0, 0, 0, 10, 10, null), 0, NOON).orElseThrow()).hasToString("0.04");
    }

    @Test
    void countsThatContradictEachOtherNeverMakeACostNegative() {
        Price price = Price.perMillion(new BigDecimal("1"), new BigDecimal("1"));

        assertThat(price.cost(new Usage(10, 5, 50, 400, 400, 15, null), 0, NOON).orElseThrow()).hasToString("0.000015");
        assertThat(price.cost(-5, -5, -1, NOON).orElseThrow()).hasToString("0");
    }

    @Test
    void aPicturePricedLikeATokenIsAmongThePromptTokens() {
        assertThat(price("""
                {"prompt":"0.001","completion":"0","image":"0.001"}""").cost(10, 0, 2, NOON).orElseThrow()).hasToString("0.01");
        assertThat(price("""
                {"prompt":"0.001","completion":"0","image":"0.5"}""").cost(10, 0, 2, NOON).orElseThrow()).hasToString("1.01");
    }

    @Test
    void thoughtTokensFollowTheAnswerToItsPriceForLongPrompts() {
        Price price = price("""
                {"prompt":"0","completion":"0.01","internal_reasoning":"0.01",
                 "overrides":[{"min_prompt_tokens":100,"completion":"0.02"}]}""");

        assertThat(price.cost(new Usage(101, 10, 10, 0, 0, 111, null), 0, NOON).orElseThrow()).hasToString("0.2");
        assertThat(price.cost(new Usage(100, 10, 10, 0, 0, 110, null), 0, NOON).orElseThrow()).hasToString("0.1");
    }

    @ParameterizedTest(name = "up to {0} in and {1} out: {2}")
    @CsvSource({"32000, 1000, 0.00109", "32001, 1000, 0.0036001", "300000, 0, 0.06"})
    void theWorstCaseTakesTheDearestPriceThatAPromptOfThatLengthCanComeUnder(long in, long out, String expected) {
        assertThat(price(TIERED).worstCase(in, out, 0, false).orElseThrow()).hasToString(expected);
    }

    @Test
    void theWorstCaseIsThatOfTheDearestHourEvenWhereALaterEntryIsCheaper() {
        assertThat(price(AT_NIGHT).worstCase(1000, 0, 0, false).orElseThrow()).hasToString("0.004");
        assertThat(price("""
                {"prompt":"0.001","completion":"0","overrides":[{"utc_start":"0800","utc_end":"1000","prompt":"0.003"}]}""")
                .worstCase(1000, 0, 0, false).orElseThrow()).hasToString("3");
    }

    @Test
    void theWorstCaseCountsRequestPicturesThoughtsAndOnDemandDearerInput() {
        Price price = price("""
                {"prompt":"0.001","completion":"0.01","request":"5","image":"0.5","audio":"0.003","internal_reasoning":"0.02",
                 "input_cache_write":"0.00125","input_cache_write_1h":"0.002"}""");

        assertThat(price.worstCase(1000, 100, 2, false).orElseThrow()).hasToString("9");
        assertThat(price.worstCase(1000, 100, 2, true).orElseThrow()).hasToString("11");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'free'", "''", "'1e999999999'", "'1e-999999999'", "'10000000'", "'NaN'"})
    void aFigureThatIsNoPriceIsRefused(String prompt) {
        assertThatIllegalArgumentException().isThrownBy(() ->
                price("{'prompt':%s,'completion':'0'}".formatted(prompt).replace('\'', '"')));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'2500'", "'0860'", "'night'", "-100"})
    void anHourThatIsNoneIsRefused(String start) {
        assertThatIllegalArgumentException().isThrownBy(() ->
                price("{'prompt':'0','completion':'0','overrides':[{'utc_start':%s}]}".formatted(start).replace('\'', '"')));
    }

    private static Price price(String pricing) {
        try {
            return Model.price(Json.MAPPER.readTree(pricing));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
