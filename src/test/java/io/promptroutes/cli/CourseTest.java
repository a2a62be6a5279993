package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the panel and the lines of progress say. */
class CourseTest {

    @Test
    void cutAnswersAreCountedNextToTheAnswers() throws Exception {
        try (ScriptedServer server = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of())) {
            server.script(Reply.answer(), Reply.choice("{\"index\":0,\"finish_reason\":\"length\",\"message\":{\"role\":\"assistant\",\"content\":\"Half\"}}",
                    "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":4,\"cost\":0.000001}"));
            Course course = new Course(routes.tally(), routes.intake(), routes.window(), routes.batches(), () -> 2);
            routes.ask("{\"prompt\":\"x\"}");
            await().untilAsserted(() -> assertThat(String.join("\n", course.parts())).contains("1 answered, ").doesNotContain("cut"));
            JsonNode cut = routes.ask("{\"prompt\":\"y\"}");
            assertThat(cut.path("finish_reason").asText()).isEqualTo("length");
            await().untilAsserted(() -> assertThat(String.join("\n", course.parts())).contains("2 answered (1 cut), "));
        }
    }
}
