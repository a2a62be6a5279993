package io.promptroutes.cli;

import static io.promptroutes.cli.Reply.error;
import static io.promptroutes.cli.Reply.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows from each way in which a call can fail: spec section 5's table, row by row, over the wire. */
class FallbackTest {

    /** The models of the tests by letter: the one that is asked for, then the standard fallbacks in their order. */
    private static final Map<String, String> LETTERS = Map.of(
            "openai/gpt-4.1-mini", "M",
            "google/gemini-2.5-flash-lite", "A",
            "mistralai/mistral-small-2603", "B",
            "openrouter/free", "F",
            "anthropic/claude-haiku-4.5", "H",
            "meta-llama/llama-3.1-8b-instruct", "L");
    private static final String ASKED = "openai/gpt-4.1-mini";

    private static ScriptedServer server;
    private static RoutesUnderTest routes;

    /**
     * @param request  fields beside the prompt
     * @param calls    models in the order in which they are to be called, a letter each
     * @param level    of the answer; null where there is to be a dead letter
     * @param reason   {@code fallback.reason} or {@code error.code}; null where the first choice answers
     * @param attempts {@code error} of each failed attempt up to the colon
     */
    record Row(String what, String request, List<Reply> replies, String calls, Integer level, String reason, List<String> attempts) {

        @Override
        public String toString() {
            return what;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        server = new ScriptedServer();
        routes = RoutesUnderTest.start(server.baseUrl(), Map.of("openrouter.timeout", "800ms", "openrouter.timeout.reasoning", "4s"));
    }

    @AfterAll
    static void stop() throws IOException {
        routes.close();
        server.close();
    }

    private static Row answered(String what, String calls, Integer level, String reason, Reply... replies) {
        return new Row(what, "\"model\":\"" + ASKED + "\"", List.of(replies), calls, level, reason,
                reasons(calls.length() - 1, replies.length, reason));
    }

    private static Row asking(String what, String request, String calls, Integer level, String reason, Reply... replies) {
        return new Row(what, request, List.of(replies), calls, level, reason, reasons(calls.length() - 1, replies.length, reason));
    }

    private static Row dead(String what, String calls, String code, Reply... replies) {
        return new Row(what, "\"model\":\"" + ASKED + "\"", List.of(replies), calls, null, code, reasons(calls.length(), replies.length, code));
    }

    /** Where every attempt fails alike, which is so in all rows but those that name their attempts. */
    private static List<String> reasons(int failed, int replies, String reason) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < failed; i++) {
            all.add(reason);
        }
        return reason == null ? null : all;
    }

    private static Reply[] times(int times, Reply reply) {
        return Stream.generate(() -> reply).limit(times).toArray(Reply[]::new);
    }

    private static Reply[] each(Reply... replies) {
        return replies;
    }

    static Stream<Row> rows() {
        return Stream.of(requests(), account(), provider(), connection(), bodies()).flatMap(rows -> rows);
    }

    private static Stream<Row> requests() {
        Reply context = error(400, "This endpoint's maximum context length is 131072 tokens. However, you requested about 200000 tokens.");
        return Stream.of(
                dead("400 is a dead letter at once", "M", "bad_request", error(400, "temperature: must be at most 2")),
                dead("422 is a dead letter at once", "M", "bad_request", error(422, "cannot be processed")),
                answered("400 of a provider is another model's chance", "MA", 1, "bad_request", json(400, """
                        {"error":{"code":400,"message":"Provider returned error","metadata":{"provider_name":"Azure","raw":"no such thing"}}}""")),
                asking("too long: the next model has a longer context", "\"model\":\"meta-llama/llama-3.1-8b-instruct\"",
                        "LA", 1, "context_length", context),
                asking("too long: models with the same or a shorter context are passed over",
                        "\"models\":[\"mistralai/mistral-small-2603\",\"anthropic/claude-haiku-4.5\",\"meta-llama/llama-3.1-8b-instruct\"]",
                        "BA", 1, "context_length", context),
                new Row("too long for the longest: dead letter", "\"model\":\"google/gemini-2.5-flash-lite\"", List.of(context), "A", null,
                        "context_length", List.of("context_length")),
                dead("403 moderation is a dead letter", "M", "moderation", json(403, """
                        {"error":{"code":403,"message":"Input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…"}}}""")),
                answered("403 for the region is another model's chance", "MA", 1, "no_endpoint",
                        error(403, "This model is not available in your region.")),
                answered("404 for the request's needs: next model", "MA", 1, "no_endpoint",
                        error(404, "No endpoints found that support tool use.")));
    }

    private static Stream<Row> account() {
        Reply afford = error(402, "This request requires more credits, or fewer max_tokens. You requested up to 600 tokens, "
                + "but can only afford 77. To increase, visit the settings");
        Reply empty = error(402, "Insufficient credits. Add more to continue.");
        Reply tooLong = error(402, "Prompt tokens limit exceeded: 64128 > 6964. To increase, visit https://openrouter.ai/settings/credits");
        return Stream.of(
                answered("402 with an affordable number: once more with it", "MM", 0, null, afford),
                answered("402 with a number again: a cheaper model", "MMA", 1, "max_tokens_unaffordable", afford, afford),
                asking("402 with a number again: dearer models are passed over", "\"model\":\"meta-llama/llama-3.1-8b-instruct\"", "LLF", 1,
                        "max_tokens_unaffordable", afford, afford),
                answered("402 for the prompt's length: a cheaper model at once", "MA", 1, "request_unaffordable", tooLong),
                asking("402 for the prompt's length: dearer models are passed over", "\"model\":\"meta-llama/llama-3.1-8b-instruct\"", "LF", 1,
                        "request_unaffordable", tooLong),
                dead("402 for the prompt's length of every model: a dead letter, and nothing waits", "MAF", "request_unaffordable", times(3, tooLong)),
                dead("402 with a number of every model: a dead letter, and nothing waits", "MMAAFF", "max_tokens_unaffordable", times(6, afford)),
                answered("402 nested, with what is available: once more with it", "MM", 0, null, json(402, """
                        {"error":{"error":{"message":"More credits are required to run this request. 128000 token capacity required, \
                        2484 available.","code":402},"code":402}}""")),
                answered("429 without credit: straight to the free models", "MF", 1, "insufficient_credit", json(429, """
                        {"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}""")),
                answered("402 without credit: straight to the free models", "MF", 1, "insufficient_credit", empty),
                answered("402 for the key's limit: straight to the free models", "MF", 1, "insufficient_credit",
                        error(402, "Quota exceeded for this key")));
    }

    private static Stream<Row> provider() {
        List<Row> rows = new ArrayList<>();
        for (int status : new int[] {408, 500, 502, 503, 504, 524, 529}) {
            rows.add(answered(status + " once: the same model again", "MM", 0, null, error(status, "trouble")));
            rows.add(answered(status + " twice: the next model", "MMA", 1, "provider_error", times(2, error(status, "trouble"))));
        }
        rows.add(answered("an HTML page with 524", "MMA", 1, "provider_error",
                times(2, Reply.html(524, "<html><head><title>A timeout occurred</title></head></html>"))));
        rows.add(answered("503 that names its wait", "MM", 0, null, error(503, "overloaded", "Retry-After", "0")));
        rows.add(answered("429 twice: the same model a third time", "MMM", 0, null, times(2, error(429, "slow down"))));
        rows.add(answered("429 three times: the next model", "MMMA", 1, "rate_limited", times(3, error(429, "slow down"))));
        rows.add(answered("429 with a wait beyond the cap: the next model at once", "MA", 1, "rate_limited",
                error(429, "slow down", "Retry-After", "30")));
        rows.add(answered("two models fail: level 2, and the reason is the first one's", "MABB", 2, "rate_limited",
                error(429, "slow", "Retry-After", "30"), error(429, "slow", "Retry-After", "30"), error(429, "slow")));
        rows.add(dead("all fail: a dead letter with every attempt", "MMAABBFF", "provider_error", times(8, error(502, "down"))));
        return rows.stream();
    }

    private static Stream<Row> connection() {
        return Stream.of(
                answered("reset once: the same model again", "MM", 0, null, Reply.reset()),
                answered("reset twice: the next model", "MMA", 1, "connection", times(2, Reply.reset())),
                answered("the connection ends in the body: the same model again, then the next", "MMA", 1, "connection",
                        times(2, Reply.half())),
                answered("our own timeout: the next model, never the same", "MA", 1, "timeout", Reply.silence()),
                answered("a dribbling body is ended by the same clock", "MA", 1, "timeout", Reply.dribble(Duration.ofMillis(50))),
                asking("a request that asks for thoughts gets more time", "\"model\":\"" + ASKED + "\",\"reasoning\":{\"effort\":\"low\"}", "M", 0,
                        null, Reply.after(Duration.ofMillis(1300), Reply.answer())));
    }

    private static Stream<Row> bodies() {
        Reply noChoices = json(200, "{\"id\":\"gen-1\",\"model\":\"" + ASKED + "\",\"choices\":[]}");
        Reply cut = json(200, "{\"id\":\"gen-1\",\"choices\":[{\"message\":{\"content\":\"Go");
        Reply filtered = Reply.choice("{\"finish_reason\":\"content_filter\",\"native_finish_reason\":\"SAFETY\",\"message\":{\"content\":\"\"}}",
                "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0,\"total_tokens\":9,\"cost\":0.000002}");
        Reply empty = Reply.choice("{\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"\"}}", "\"object\":\"x\"");
        return Stream.of(
                answered("200 with an error: judged by its code, 502", "MMA", 1, "provider_error",
                        times(2, json(200, "{\"error\":{\"code\":502,\"message\":\"upstream\"}}"))),
                answered("200 with an error: its code as a string, 429", "MMMA", 1, "rate_limited",
                        times(3, json(200, "{\"error\":{\"code\":\"429\",\"message\":\"slow\"}}"))),
                answered("200 with an error: its code as a word", "MMMA", 1, "rate_limited",
                        times(3, json(200, "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}}"))),
                answered("200 with an error without a code: like 502", "MMA", 1, "provider_error",
                        times(2, json(200, "{\"error\":{\"message\":\"something\"}}"))),
                dead("200 with an error: its code 400", "M", "bad_request", json(200, "{\"error\":{\"code\":400,\"message\":\"no\"}}")),
                answered("200 with an error on the choice", "MMA", 1, "provider_error", times(2, Reply.choice("""
                        {"finish_reason":"error","message":{"content":"par"},"error":{"code":502,"message":"broke"}}""", "\"object\":\"x\""))),
                answered("200 without choices", "MMA", 1, "invalid_answer", times(2, noChoices)),
                answered("200 with an empty answer and no usage", "MMA", 1, "invalid_answer", times(2, empty)),
                answered("200 with an empty answer, no tokens and no cost", "MMA", 1, "invalid_answer", times(2, Reply.choice(
                        "{\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":null}}",
                        "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0,\"total_tokens\":9,\"cost\":0}"))),
                dead("200 of a filter: a dead letter", "M", "moderation", filtered),
                new Row("200 of a filter where JSON is asked for: no repair", "\"model\":\"" + ASKED
                        + "\",\"response_format\":{\"type\":\"json_object\"}", List.of(filtered), "M", null, "moderation", List.of("moderation")),
                answered("200 with cut JSON", "MMA", 1, "invalid_answer", times(2, cut)),
                answered("200 with a page", "MMA", 1, "invalid_answer", times(2, Reply.html(200, "<html>welcome</html>"))),
                answered("200 without a body", "MMA", 1, "invalid_answer", times(2, json(200, ""))),
                answered("padding before the answer is none of it", "M", 0, null, each(json(200, "\n         \n".repeat(30)
                        + "{\"id\":\"g\",\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"Good.\"}}],\"usage\":{\"total_tokens\":3}}"))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void endsAsTheTableSays(Row row) {
        server.script(row.replies().toArray(Reply[]::new));
        long before = System.nanoTime();
        JsonNode outcome = routes.ask("{\"prompt\":\"Hello\"," + row.request() + "}");
        Duration took = Duration.ofNanos(System.nanoTime() - before);

        List<String> called = server.modelsCalled();
        assertThat(String.join("", called.stream().map(model -> LETTERS.getOrDefault(model, "?")).toList())).isEqualTo(row.calls());
        List<String> attempts = new ArrayList<>();
        JsonNode told = row.level() == null ? outcome.path("attempts") : outcome.at("/fallback/attempts");
        told.forEach(attempt -> attempts.add(attempt.path("error").asText().split(":")[0]));
        if (row.level() == null) {
            assertThat(outcome.at("/status").asText()).isEqualTo("failed");
            assertThat(outcome.at("/error/code").asText()).isEqualTo(row.reason());
            assertThat(outcome.at("/request/prompt").asText()).isEqualTo("Hello");
            assertThat(attempts).hasSize(called.size());
        } else {
            assertThat(outcome.at("/status").asText()).as("%s", outcome).isEqualTo("success");
            assertThat(outcome.at("/text").asText()).isEqualTo("Good.");
            assertThat(outcome.at("/model_requested").asText()).isEqualTo(called.get(0));
            assertThat(outcome.at("/model_used").asText()).isEqualTo(called.get(called.size() - 1));
            assertThat(outcome.at("/fallback/level").asInt()).isEqualTo(row.level());
            assertThat(outcome.at("/fallback/reason").asText(null)).isEqualTo(row.reason());
            assertThat(attempts).hasSize(called.size() - 1);
        }
        if (row.attempts() != null) {
            assertThat(attempts).isEqualTo(row.attempts());
        }
        List<String> attempted = new ArrayList<>();
        told.forEach(attempt -> attempted.add(attempt.path("model").asText()));
        assertThat(attempted).isEqualTo(called.subList(0, attempted.size()));
        assertThat(took).isLessThan(Duration.ofSeconds(8));
    }
}
