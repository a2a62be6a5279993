package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.Reservations.Bound;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call can cost at most (openrouter/corpus/bounds.json): 100 tokens of text at $1 a million, a cap of 1,000 at $2; or why it has no bound. */
class ReservationsTest {

    private static final String MODEL = "acme/one";

    private final PriceList prices = new PriceList(Catalogue.shipped(), Map.of("prices.acme/one", "1/2", "prices.acme/one:online", "1/2"));
    private final Reservations reservations = new Reservations(prices, false, false);

    static Stream<Named<JsonNode>> bounds() throws IOException {
        try (InputStream in = ReservationsTest.class.getResourceAsStream("/openrouter/corpus/bounds.json")) {
            return Json.MAPPER.readTree(in).valueStream().map(row -> Named.of(row.path("name").asText(), row)).toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bounds")
    void aCallHasABoundOrIsRefused(JsonNode row) {
        Bound bound = reservations.of(row.path("model").asText(MODEL), (ObjectNode) row.get("request"), Media.of(row.get("request")), 100, 1_000);

        if (row.has("refused")) {
            assertThat(bound.refusal()).contains(row.get("refused").asText(), "budget.");
        } else {
            assertThat(bound.refusal()).isNull();
            assertThat(bound.usd()).isEqualByComparingTo(new BigDecimal(row.get("usd").asText()));
            assertThat(bound.believable()).isEqualByComparingTo(new BigDecimal(row.get("usd").asText()).movePointRight(1));
        }
    }

    @Test
    void theKeyLetsACallWithoutABoundPassWhoseBillIsThenBelieved() {
        ObjectNode search = Json.MAPPER.createObjectNode().put("enable_search", true);

        Bound bound = new Reservations(prices, false, true).of(MODEL, search, Media.of(search), 100, 1_000);

        assertThat(bound.refusal()).isNull();
        assertThat(bound.believable()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"image_url", "input_audio", "file", "video_url"})
    void contentThatIsNoTextIsNotCountedByItsCharacters(String type) {
        String data = "A".repeat(4_000_000);
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.putArray("messages").addObject().put("role", "user").putArray("content").addObject().put("type", type)
                .putObject(type).put("data", data).put("format", "mp3");

        Media media = Media.of(request);

        assertThat(media.text(Json.bytes(request).length)).isBetween(80L, 150L);
        assertThat(media.likelyTokens()).isBetween(1L, 160_000L).isLessThan(media.mostTokens());
        assertThat(media.mostTokens()).isLessThanOrEqualTo(3_000_001L);
    }

    /** This model's sound costs $1 a million, its pictures $0.30 as its text does. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"image_url, 0.01753", "input_audio, 0.06503"})
    void eachKindIsReservedAtItsPrice(String type, String usd) {
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.putArray("messages").addObject().put("role", "user").putArray("content").addObject().put("type", type)
                .putObject(type).put("data", "A".repeat(1_333_332));

        assertThat(reservations.of("google/gemini-2.5-flash", request, Media.of(request), 100, 1_000).usd()).isBetween(new BigDecimal(usd), new BigDecimal(usd).add(new BigDecimal("0.001")));
    }

    @Test
    void whatADataUrlIsInATextIsText() {
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.putArray("messages").addObject().put("role", "user").put("content", "data:image/png;base64,AAAA");

        assertThat(Media.of(request).parts()).isEmpty();
    }

    @Test
    void theListIsTheCeilingAndADearerTierAsManyTimesThat() {
        ObjectNode request = Json.MAPPER.createObjectNode();

        assertThat(reservations.ceiling("openai/gpt-4o", request).prompt()).isEqualByComparingTo("0.0000025");
        assertThat(reservations.ceiling("openai/gpt-4o", request.deepCopy().put("service_tier", "flex")).prompt()).isEqualByComparingTo("0.0000025");
        assertThat(reservations.ceiling("openai/gpt-4o", request.deepCopy().put("service_tier", "priority")).prompt()).isEqualByComparingTo("0.000015");
        assertThat(reservations.ceiling(MODEL, request)).as("no provider is bound by a price that no list has").isNull();
    }

    /** Above 200,000 tokens this model costs twice as much. */
    @Test
    void aPictureDoesNotMakeALongPromptOfAShortOne() {
        String model = "anthropic/claude-sonnet-4.5";
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.putArray("messages").addObject().put("role", "user").putArray("content").addObject().put("type", "image_url").putObject("image_url")
                .put("url", "data:image/png;base64," + "A".repeat(300_000));

        assertThat(reservations.ceiling(model, request).prompt()).isEqualByComparingTo("0.000003");
        request.withArray("messages").addObject().put("role", "user").put("content", "A".repeat(300_000));
        assertThat(reservations.ceiling(model, request).prompt()).isEqualByComparingTo("0.000006");
    }
}
