package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters that are put back on the topic of prompts. */
class ReplayedTest {

    private static final String RECORD = "{\"id\":\"p\",\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}";

    @TempDir
    private Path folder;

    @Test
    void eachIsCalledAgainOnceHoweverOftenItIsDelivered() throws IOException {
        try (ScriptedServer server = new ScriptedServer(); Ledger ledger = Ledger.open(TestLedgers.made(folder));
                RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("ledger.enabled", "on"), exchange -> { }, ledger)) {
            server.script(Reply.error(400, "first"), Reply.error(400, "second"));
            routes.sendRecord(RECORD, 0, false);
            dead(routes, 1, "first");
            routes.sendRecord(RECORD, 7, true);
            dead(routes, 2, "second");
            routes.sendRecord(RECORD, 7, true); // its offset was not committed when the process died
            dead(routes, 3, "second");
            assertThat(routes.results()).isEmpty();

            routes.sendRecord(RECORD, 9, true);
            await().atMost(Duration.ofSeconds(30)).until(() -> routes.results().size() == 1);
        }
    }

    private static void dead(RoutesUnderTest routes, int letters, String why) {
        await().atMost(Duration.ofSeconds(30)).until(() -> routes.deadLetters().size() + routes.results().size() == letters);
        assertThat(routes.deadLetters()).hasSize(letters).last().extracting(letter -> letter.at("/error/message").asText()).asString().contains(why);
    }
}
