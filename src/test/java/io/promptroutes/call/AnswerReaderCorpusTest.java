package io.promptroutes.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.model.Price;
import io.promptroutes.model.Usage;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Writable;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Response bodies of every documented shape against what is to become of them (openrouter/corpus/*.json). What a case does not name must
 * be absent: a wait, a cost, a refusal.
 */
class AnswerReaderCorpusTest {

    private static final AnswerReader READER = new AnswerReader(Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC));

    static Stream<Arguments> answers() throws IOException {
        return cases("answers");
    }

    static Stream<Arguments> streamsAndExtras() throws IOException {
        return cases("streams-and-extras");
    }

    static Stream<Arguments> streamsThatFail() throws IOException {
        return cases("streams-that-fail");
    }

    static Stream<Arguments> errorsInside200() throws IOException {
        return cases("errors-inside-200");
    }

    static Stream<Arguments> errorStatuses() throws IOException {
        return cases("error-statuses");
    }

    static Stream<Arguments> usages() throws IOException {
        return cases("usages");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("usages")
    void readsWhatACallUsedInTheWordsOfManyServers(JsonNode given) throws CallFailed {
        assertUsage(read(given).usage(), given.path("expected"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"answers", "streamsAndExtras"})
    void readsAnAnswer(JsonNode given) throws CallFailed {
        JsonNode expected = given.at("/expected/answer");

        Answer answer = read(given);

        assertThat(answer.text()).isEqualTo(expected.path("text").textValue());
        assertThat(answer.finishReason()).isEqualTo(expected.path("finish_reason").textValue());
        assertThat(answer.refusal()).isEqualTo(expected.path("refusal").textValue());
        assertThat(answer.reasoning()).isEqualTo(expected.path("reasoning").textValue());
        assertThat(sizeOf(answer.toolCalls())).isEqualTo(expected.path("tool_calls").intValue());
        assertThat(sizeOf(answer.images())).isEqualTo(expected.path("images").intValue());
        assertThat(sizeOf(answer.annotations())).isEqualTo(expected.path("annotations").intValue());
        whereNamed(expected, "model", answer.model());
        whereNamed(expected, "provider", answer.provider());
        whereNamed(expected, "generation_id", answer.generationId());
        whereNamed(expected, "native_finish_reason", answer.nativeFinishReason());
        if (expected.has("usage")) {
            assertUsage(answer.usage(), expected.path("usage"));
        }
        int choices = expected.has("choices_json") ? expected.path("choices_json").size() : expected.path("choices").intValue();
        if (expected.has("choices_json") || expected.has("choices") || !expected.has("tool_calls") && given.path("body").isTextual()) {
            assertThat(sizeOf(answer.choices())).as("choices %s", answer.choices()).isEqualTo(choices);
        }
        sameJson(answer.choices(), expected.path("choices_json"));
        sameJson(answer.toolCalls(), expected.path("tool_calls_json"));
        for (JsonNode carried : Arrays.asList(answer.choices(), answer.toolCalls())) {
            assertThat(carried == null ? null : Writable.problem(carried)).isNull();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"errorsInside200", "errorStatuses", "streamsThatFail"})
    void judgesAFailure(JsonNode given) {
        JsonNode expected = given.path("expected");

        CallFailed.Details failure = failureOf(given);

        assertThat(failure.kind()).hasToString(expected.path("kind").textValue());
        assertThat(failure.billing().name().toLowerCase(Locale.ROOT)).isEqualTo(expected.path("billing").textValue());
        assertThat(failure.status()).isEqualTo(expected.path("status").intValue());
        assertThat(failure.retryAfter() == null ? null : failure.retryAfter().toMillis())
                .isEqualTo(expected.has("retry_after_ms") ? expected.path("retry_after_ms").longValue() : null);
        assertThat(failure.affordableTokens()).isEqualTo(expected.has("affordable") ? expected.path("affordable").intValue() : null);
        assertThat(failure.retryable()).isEqualTo(expected.has("retryable") ? expected.path("retryable").booleanValue() : null);
        assertThat(failure.provider()).isEqualTo(expected.path("provider").textValue());
        assertThat(failure.generationId()).isEqualTo(expected.path("generation_id").textValue());
        assertUsage(failure.usage(), expected.path("usage"));
        assertThat(failure.message()).isNotBlank().hasSizeLessThanOrEqualTo(300).doesNotContain("\n", "\r", "\u2028")
                .contains(expected.path("message").asText());
        if (expected.has("not_message")) {
            assertThat(failure.message()).doesNotContain(expected.path("not_message").textValue());
        }
    }

    private static void assertUsage(Usage usage, JsonNode expected) {
        if (!expected.isObject()) {
            assertThat(usage).isNull();
            return;
        }
        String cost = expected.path("cost").textValue();
        Map<Price.Kind, Long> special = expected.path("special").propertyStream().collect(Collectors.toMap(
                field -> Price.Kind.valueOf(field.getKey().toUpperCase(Locale.ROOT)), field -> field.getValue().longValue()));
        assertThat(usage).usingRecursiveComparison().ignoringFields("beyondList").isEqualTo(new Usage(expected.path("prompt").longValue(), expected.path("completion").longValue(),
                expected.path("reasoning").longValue(), expected.path("cached").longValue(), expected.path("cache_write").longValue(),
                expected.path("total").longValue(), cost == null ? null : new BigDecimal(cost), special, false));
        if (expected.has("beyond_list")) {
            assertThat(usage.beyondList()).isEqualTo(expected.path("beyond_list").booleanValue());
        }
    }

    private static void whereNamed(JsonNode expected, String field, String actual) {
        if (expected.has(field)) {
            assertThat(actual).as(field).isEqualTo(expected.path(field).textValue());
        }
    }

    private static void sameJson(JsonNode actual, JsonNode expected) {
        if (!expected.isMissingNode()) {
            assertThat(actual).isEqualTo(expected);
        }
    }

    private static int sizeOf(JsonNode array) {
        return array == null ? 0 : array.size();
    }

    private static CallFailed.Details failureOf(JsonNode given) {
        try {
            return fail("is an answer: " + read(given));
        } catch (CallFailed e) {
            assertThat(e.getClass()).isEqualTo(e.details().kind().exceptionClass());
            return e.details();
        }
    }

    private static Answer read(JsonNode given) throws CallFailed {
        TreeMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        given.path("headers").properties().forEach(h -> headers.put(h.getKey(), h.getValue().textValue()));
        return READER.read(given.path("status").intValue(), headers::get, bodyOf(given), "acme/asked-for");
    }

    private static byte[] bodyOf(JsonNode given) {
        JsonNode body = given.path("body");
        if (given.has("body_base64")) {
            return Base64.getDecoder().decode(given.path("body_base64").textValue());
        }
        String padding = given.path("status").intValue() == 200 ? "\n         \n".repeat(3) : "";
        return (body.isTextual() ? body.textValue() : padding + body).getBytes(StandardCharsets.UTF_8);
    }

    private static Stream<Arguments> cases(String file) throws IOException {
        try (InputStream in = AnswerReaderCorpusTest.class.getResourceAsStream("/openrouter/corpus/" + file + ".json")) {
            JsonNode cases = Json.MAPPER.readTree(in);
            return StreamSupport.stream(cases.spliterator(), false).map(c -> Arguments.of(Named.of(c.path("name").textValue(), c)));
        }
    }
}
