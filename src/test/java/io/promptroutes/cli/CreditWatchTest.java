package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is left on the key and, with a management key, on the account: an alert when it falls below the threshold, and not each time. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
class CreditWatchTest {

    @TempDir
    private Path folder;
    @AutoClose
    private final ScriptedServer server = new ScriptedServer();

    @Test
    void aKeysOwnLimitIsToldOnceEachTimeItFallsBelow() {
        left("0.75");
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("alerts.credit-every", "100ms"))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !routes.alerts().isEmpty());
            JsonNode alert = routes.alerts().get(0).path("data");
            assertThat(alert.path("kind").asText()).isEqualTo("credit");
            assertThat(alert.path("figure_of").asText()).isEqualTo("GET /key limit_remaining");
            assertThat(alert.path("left_usd").decimalValue()).isEqualByComparingTo("0.75");
            int asked = server.gets("/key");
            await().atMost(Duration.ofSeconds(10)).until(() -> server.gets("/key") > asked + 3);
            assertThat(routes.alerts()).hasSize(1);

            left("20");
            int before = server.gets("/key");
            await().atMost(Duration.ofSeconds(10)).until(() -> server.gets("/key") > before + 2);
            left("0.5");
            await().atMost(Duration.ofSeconds(10)).until(() -> routes.alerts().size() == 2);
        }
    }

    @Test
    void theAccountIsAskedForWithTheManagementKeyAlone() throws IOException {
        Files.writeString(folder.resolve("management"), "sk-or-v1-management");
        server.document("/credits", "{\"data\":{\"total_credits\":25,\"total_usage\":24.5}}");
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(),
                Map.of("alerts.credit-every", "100ms", "openrouter.management-key", "file:" + folder.resolve("management")))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !routes.alerts().isEmpty());
            JsonNode alert = routes.alerts().get(0).path("data");
            assertThat(alert.path("figure_of").asText()).isEqualTo("GET /credits");
            assertThat(alert.path("left_usd").decimalValue()).isEqualByComparingTo("0.5");
            routes.ask("{\"prompt\":\"Hello\"}");
            assertThat(server.calls().get(0).header("Authorization")).isEqualTo("Bearer " + RoutesUnderTest.KEY);
            assertThat(server.authorization("/credits")).isEqualTo("Bearer sk-or-v1-management");
        }
    }

    @Test
    void noOtherServiceGetsTheManagementKey() throws IOException {
        Files.writeString(folder.resolve("management"), "sk-or-v1-management");
        left("20");
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("openrouter.dialect", "openai", "alerts.credit-every", "100ms",
                "openrouter.management-key", "file:" + folder.resolve("management")))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> server.gets("/key") > 3);
            assertThat(server.gets("/credits")).isZero();
        }
    }

    @Test
    void withoutAManagementKeyTheAccountIsNotAskedFor() {
        left("20");
        try (RoutesUnderTest routes = RoutesUnderTest.start(server.baseUrl(), Map.of("alerts.credit-every", "100ms"))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> server.gets("/key") > 3);
            assertThat(server.gets("/credits")).isZero();
            assertThat(routes.alerts()).isEmpty();
        }
    }

    private void left(String usd) {
        server.document("/key", "{\"data\":{\"limit\":50,\"limit_remaining\":%s}}".formatted(usd));
    }
}
