package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.promptroutes.model.CostCalculator.Call;
import io.promptroutes.model.PriceList.Origin;
import io.promptroutes.model.Reservations.Bound;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CostCalculatorTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Map<String, String> SETTINGS = Map.of(
            "prices.google/gemini-pro", "0.125/0.375",
            "prices.openai/gpt-4o", "5.00/15.00",
            "prices.gone/model:free", "0/0",
            "prices.unknown", "2.00/4.00",
            "models.profile", "current");

    private static final Bound BOUND = new Bound(BigDecimal.ONE, null, BigDecimal.TEN, 20_000);

    private final Catalogue catalogue = Catalogue.shipped();
    private final PriceList prices = new PriceList(catalogue, SETTINGS);
    private final CostCalculator calculator = new CostCalculator(catalogue, prices, new TokenCounter());

    /** Usage: none, or IN/OUT tokens, or IN/OUT/COST. The prompt is 3 tokens, the answer 5. */
    @ParameterizedTest(name = "{0} served as {1} with {2}: {3} {4}")
    @CsvSource({
            // the reported figure, whatever the list says
            "openai/gpt-4o, openai/gpt-4o, 1000/100/0.00123, 0.00123, reported",
            "openai/gpt-4o, openai/gpt-4o, 1000/100/3.9E-6, 0.0000039, reported",
            "nobody/knows, nobody/knows, 1000/100/0.5, 0.5, reported",
            "openai/gpt-4o, openai/gpt-4o, 1000/100/0, 0, reported",
            // a negative figure is none
            "openai/gpt-4o, openai/gpt-4o, 1000/100/-1, 0.0035, priced",
            // reported tokens at the catalogue's price, not the configured one
            "openai/gpt-4o, openai/gpt-4o, 1000/100, 0.0035, priced",
            "openai/gpt-4o:nitro, openai/gpt-4o, 1000/100, 0.0035, priced",
            "openai/gpt-4o, , 1000/100, 0.0035, priced",
            "anthropic/claude-haiku-4.5, anthropic/claude-4.5-haiku-20251001, 1000/100, 0.0015, priced",
            // another model served: its price
            "openai/gpt-4o, meta-llama/llama-3.1-8b-instruct, 1000/100, 0.000058, priced",
            "openrouter/auto, openai/gpt-4o, 1000/100, 0.0035, priced",
            "openai/gpt-4o, nobody/knows, 1000/100, 0.0035, priced",
            // not in the catalogue: the configured price
            "google/gemini-pro, google/gemini-pro, 1000/100, 0.0001625, priced",
            // nobody knows: the configured price of unknown models
            "nobody/knows, nobody/knows, 1000/100, 0.0024, estimated",
            "openrouter/auto, openrouter/auto, 1000/100, 0.0024, estimated",
            // free
            "google/gemma-4-26b-a4b-it:free, google/gemma-4-26b-a4b-it, 1000/100, 0, priced",
            "openrouter/free, nvidia/nemotron-3-super-120b-a12b-20230311, 1000/100, 0, priced",
            "gone/model:free, , 1000/100, 0, priced",
            "openrouter/free, , none, 0, estimated",
            // own count
            "openai/gpt-4o, openai/gpt-4o, none, 0.0000575, estimated",
            "nobody/knows, , none, 0.000026, estimated",
            // what no call can cost or use
            "openai/gpt-4o, openai/gpt-4o, 1000/100/1E+999999999, 0.0000575, estimated",
            "openai/gpt-4o, openai/gpt-4o, 1000/100/5000000, 0.0000575, estimated",
            "openai/gpt-4o, openai/gpt-4o, 2000000000000000000/100, 0.0000575, estimated",
            "openai/gpt-4o, openai/gpt-4o, 100/2000000000000000000, 0.0000575, estimated",
            "gone/model:free, , 2000000000000000000/100, 0, estimated",
            // but what it cost can be right all the same
            "openai/gpt-4o, openai/gpt-4o, 2000000000000000000/100/0.002, 0.002, reported"})
    void theBestFigureThereIsSaysWhatACallCost(String requested, String served, String usage, String usd, String source) {
        Call call = new Call(requested, served, usage(usage), () -> 3, "It is a fine day", () -> 0, null, () -> BOUND);

        Cost cost = calculator.cost(call, NOON);

        assertThat(cost.usd()).hasToString(usd);
        assertThat(cost.source()).hasToString(source);
    }

    @ParameterizedTest(name = "{0} of {1} in, {2} of them cached: {3} {4}")
    @CsvSource({"0.002, 2000000000000000000, 5, 0.002, reported, true", ", 2000000000000000000, 5, 0.0000575, estimated, true", "0.002, 100, 2000000000000000000, 0.002, reported, true",
            "50, 100, 5, 50, reported, false", "0, 0, 0, 0, reported, false"})
    void whatCachesMakeOfAUsageIsBelievedAndNoMore(BigDecimal reported, long in, long cached, String usd, String source, boolean counted) {
        Usage usage = new Usage(in, 10, 0, cached, 0, in, reported, Map.of(), true);

        Cost cost = calculator.cost(new Call("openai/gpt-4o", null, usage, () -> 3, "It is a fine day", () -> 0, null, () -> BOUND), NOON);

        assertThat(cost.usd()).hasToString(usd);
        assertThat(cost.source()).hasToString(source);
        assertThat(cost.instead() != null).isEqualTo(counted);
    }

    @Test
    void thePromptIsAskedForOnlyWhereTokensHaveToBeCounted() {
        Call call = new Call("openai/gpt-4o", null, usage("10/10"), () -> {
            throw new AssertionError("asked for");
        }, "x", () -> 0, null, () -> BOUND);

        assertThat(calculator.cost(call, NOON).source()).isEqualTo(CostSource.PRICED);
    }

    @Test
    void anAnswerWithoutTextCostsItsPromptAlone() {
        Call call = new Call("openai/gpt-4o", null, null, () -> 3, null, () -> 0, null, () -> BOUND);

        assertThat(calculator.cost(call, NOON).usd()).hasToString("0.0000075");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
            "openai/gpt-4o, CATALOGUE, 0.0000025", "openai/gpt-4o:floor, CATALOGUE, 0.0000025",
            "google/gemini-pro, CONFIGURED, 0.000000125", "google/gemini-pro:nitro, CONFIGURED, 0.000000125",
            "openrouter/auto, UNKNOWN, 0.000002", "nobody/knows, UNKNOWN, 0.000002", ", UNKNOWN, 0.000002"})
    void aPriceComesWithWhoSaysIt(String model, Origin origin, BigDecimal prompt) {
        assertThat(prices.of(model).origin()).isEqualTo(origin);
        assertThat(prices.of(model).price().prompt()).isEqualByComparingTo(prompt);
    }

    @Test
    void anUnknownModelCostsADollarAMillionUnlessConfigured() {
        PriceList.Entry entry = new PriceList(catalogue, Map.of()).of("nobody/knows");

        assertThat(entry.origin()).isEqualTo(Origin.UNKNOWN);
        assertThat(entry.price()).isEqualTo(Price.perMillion(BigDecimal.ONE, BigDecimal.ONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1/2/3", "a/b", "-1/1", "1/-1", "1/"})
    void aPriceThatCannotBeReadIsRefusedWithItsKey(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PriceList(catalogue, Map.of("prices.acme/one", value)))
                .withMessageContaining("prices.acme/one");
    }

    private static Usage usage(String given) {
        if (given.equals("none")) {
            return null;
        }
        String[] parts = given.split("/");
        long in = Long.parseLong(parts[0]);
        long out = Long.parseLong(parts[1]);
        return new Usage(in, out, 0, 0, 0, in + out, parts.length > 2 ? new BigDecimal(parts[2]) : null);
    }
}
