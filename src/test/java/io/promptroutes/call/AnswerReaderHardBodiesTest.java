package io.promptroutes.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.promptroutes.prompt.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are broken at random, very deep, or very long. */
class AnswerReaderHardBodiesTest {

    private static final Function<String, String> NO_HEADERS = name -> null;
    private static final byte[] GOOD = """
            {"id":"gen-1","model":"acme/swift-2","provider":"Northwind","choices":[{"index":0,"finish_reason":"stop",
             "native_finish_reason":"end_turn","message":{"role":"assistant","content":"Grüße, \\"Ana\\" \\u00e9 😀","refusal":null,
             "tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}}],
             "usage":{"prompt_tokens":12,"completion_tokens":5,"cost":1.48e-4,"cost_details":{"upstream_inference_cost":null}}}"""
            .getBytes(StandardCharsets.UTF_8);

    private final AnswerReader reader = new AnswerReader(Clock.systemUTC());

    @Test
    void noTruncationOfAGoodBodyIsAnAnswer() throws CallFailed {
        assertThat(reader.read(200, NO_HEADERS, GOOD, "m").text()).startsWith("Grüße");
        for (int length = 0; length < GOOD.length; length++) {
            byte[] cut = Arrays.copyOf(GOOD, length);

            CallFailed failed = catchThrowableOfType(CallFailed.class, () -> reader.read(200, NO_HEADERS, cut, "m"));

            assertThat(failed).as("cut after %d bytes", length).isNotNull();
            assertThat(failed.details().kind()).isEqualTo(FailureKind.INVALID_ANSWER);
            assertThat(failed.details().billing()).isEqualTo(Billing.UNKNOWN);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 400, 401, 402, 403, 404, 413, 429, 500, 504})
    void bytesBrokenAtRandomGiveAnAnswerOrACallFailed(int status) {
        Random random = new Random(status);
        for (int round = 0; round < 3_000; round++) {
            byte[] body = GOOD.clone();
            for (int i = random.nextInt(8); i >= 0; i--) {
                body[random.nextInt(body.length)] = random.nextBoolean() ? (byte) random.nextInt() : (byte) "{}[]\",:0e-".charAt(random.nextInt(10));
            }
            try {
                assertThat(reader.read(status, NO_HEADERS, body, "m").text()).isNotNull();
                assertThat(status).isEqualTo(200);
            } catch (CallFailed failed) {
                assertThat(failed.details().message()).isNotBlank().hasSizeLessThanOrEqualTo(300);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 502})
    void aBodyTenThousandLevelsDeepIsAFailure(int status) {
        String arrays = "[".repeat(10_000) + "]".repeat(10_000);
        String raw = "{\"error\":{\"message\":\"Provider returned error\",\"code\":502,\"metadata\":{\"raw\":\"" + arrays + "\"}}}";

        assertThat(failure(status, "{\"choices\":" + arrays + "}").kind())
                .isEqualTo(status == 200 ? FailureKind.INVALID_ANSWER : FailureKind.PROVIDER_ERROR);
        assertThat(failure(status, raw).kind()).isEqualTo(FailureKind.PROVIDER_ERROR);
    }

    @Test
    void aBodyOfFiveMegabytesIsReadWhole() throws CallFailed {
        String text = "five megabytes ".repeat(350_000);
        String body = "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"" + text + "\"}}]}";

        assertThat(reader.read(200, NO_HEADERS, body.getBytes(StandardCharsets.UTF_8), "m").text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<", "<!--", "<script>", "<title>", "a", "&amp;", " ", "sk-or-", "bearer ", "context ", "model ", "key is ", "\\u0000"})
    void aHugeErrorTextIsJudgedQuickly(String piece) {
        String text = piece.repeat(5_000_000 / piece.length());
        String json = "{\"error\":{\"code\":400,\"message\":\"" + text + "\"}}";

        assertThat(failure(403, text).kind()).isIn(FailureKind.PROVIDER_ERROR, FailureKind.ACCOUNT_BLOCKED);
        assertThat(failure(400, json).message()).hasSizeLessThanOrEqualTo(300);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "1e-99999999999", "1e2147483647", "-1e2147483647", "1e-2147483647", "123456789012345678901234567890"})
    void anAbsurdNumberNeitherThrowsNorStalls(String number) {
        String body = "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"Hi\"}}],\"usage\":{\"prompt_tokens\":" + number
                + ",\"completion_tokens\":\"" + number + "\",\"cost\":" + number + "}}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try {
            Answer answer = reader.read(200, NO_HEADERS, bytes, "m");
            assertThat(answer.usage() == null || answer.usage().costUsd() == null || answer.usage().costUsd().scale() <= 18).isTrue();
        } catch (CallFailed failed) {
            assertThat(failed.details().kind()).isEqualTo(FailureKind.INVALID_ANSWER);
        }
        String error = "{\"error\":{\"message\":\"x\",\"code\":" + number + ",\"metadata\":{\"retry_after\":" + number
                + ",\"headers\":{\"X-RateLimit-Reset\":" + number + "}}}}";
        assertThat(failure(429, error).kind()).isEqualTo(FailureKind.RATE_LIMITED);
    }

    /** Each needs minutes where a piece is not taken up in constant time. */
    @ParameterizedTest
    @Timeout(20)
    @ValueSource(strings = {"{\"content\":\"a\"}", "{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"n\",\"arguments\":\"a\"}},{\"index\":127,\"function\":{\"arguments\":\"b\"}}]}",
        "{\"annotations\":[{\"a\":1}],\"reasoning_details\":[{\"index\":1,\"text\":\"t\"}]}", "{\"content\":[{\"text\":\"x\"}]}", "{\"content\":{\"a\":1}}"})
    void aStreamOfThirtyMegabytesIsJoinedInLinearTime(String delta) throws CallFailed {
        String chunk = "data: {\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}\n\n";
        String body = chunk.repeat(30_000_000 / chunk.length()) + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":5}}\n\n";

        assertThat(reader.read(200, NO_HEADERS, body.getBytes(StandardCharsets.UTF_8), "m").usage().completionTokens()).isEqualTo(5);
    }

    @Test
    void aTextWithHalfASurrogatePairCanBeWrittenAgain() throws CallFailed, JsonProcessingException {
        String body = "{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"a\\udc00b\\ud83d\",\"reasoning\":\"\\ud83d\"}}]}";

        Answer answer = reader.read(200, NO_HEADERS, body.getBytes(StandardCharsets.UTF_8), "m");

        assertThat(answer.text()).isEqualTo("a\ufffdb\ufffd");
        assertThat(Json.MAPPER.writeValueAsBytes(answer.text() + answer.reasoning())).isNotEmpty();
    }

    @Test
    void aMissingBodyIsAnEmptyOne() {
        CallFailed failed = catchThrowableOfType(CallFailed.class, () -> reader.read(200, NO_HEADERS, null, "m"));

        assertThat(failed.details().billing()).isEqualTo(Billing.UNKNOWN);
        assertThat(catchThrowableOfType(CallFailed.class, () -> reader.read(503, NO_HEADERS, null, "m")).details().billing()).isEqualTo(Billing.NO);
    }

    private CallFailed.Details failure(int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return catchThrowableOfType(CallFailed.class, () -> reader.read(status, NO_HEADERS, bytes, "m")).details();
    }
}
