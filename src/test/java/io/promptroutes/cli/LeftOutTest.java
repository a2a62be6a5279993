package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A prompt whose models are all left out, for what happened to others: the dead letter says why, and whether time mends it. */
class LeftOutTest {

    private static final Map<String, Reply> REPLIES = Map.of(
            "gone", Reply.error(404, "No endpoints found for this/model."),
            "no such id", Reply.error(400, "this/model is not a valid model ID"),
            "capped", Reply.error(429, "Rate limit exceeded: free-models-per-day"),
            "busy", Reply.error(503, "overloaded"));

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource(textBlock = """
            gone,       gone,   free,                  model_gone, false, 'openrouter/free, cohere/north:free', daily cap
            no such id, gone,   free,                  model_gone, false, 'openrouter/free, cohere/north:free', daily cap
            capped,     gone,   free,                  free_limit, true,  daily cap,                            no such model
            gone,       capped, free,                  free_limit, true,  'daily cap, no such model',           never called
            gone,       gone,   acme/paid,             model_gone, false, acme/paid,                            daily cap
            gone,       busy,   acme/paid,             provider_error, true, overloaded,                        daily cap
            """)
    void theReasonIsTheOneForWhichItIsLeftOut(String one, String other, String wish, String code, boolean retryable, String words, String not)
            throws IOException {
        boolean free = wish.equals("free");
        try (ScriptedServer server = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of(
                "models.current.tier.free", "openrouter/free, cohere/north:free",
                "models.current.fallbacks", free ? "openrouter/free" : "acme/other", "retry.provider-error.calls", "1"))) {
            server.byModel(Map.of(free ? "openrouter/free" : "acme/paid", REPLIES.get(one), free ? "cohere/north:free" : "acme/other", REPLIES.get(other)));
            String line = "{\"prompt\":\"x\"," + (free ? "\"strategy\":\"free\"" : "\"model\":\"" + wish + "\"") + "}";
            routes.ask(line);
            server.script();
            JsonNode dead = routes.ask(line);
            assertThat(dead.at("/error/code").asText()).isEqualTo(code);
            assertThat(dead.at("/error/retryable").asBoolean()).isEqualTo(retryable);
            assertThat(dead.at("/error/message").asText()).contains(words.split(", ")).doesNotContain(not);
            assertThat(server.calls()).hasSize(other.equals("busy") ? 1 : 0);
        }
    }
}
