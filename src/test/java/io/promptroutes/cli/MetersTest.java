package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What /observe/metrics says after calls and prompts: names, labels and figures to the letter. */
class MetersTest {

    @Test
    void prints() throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (ScriptedServer server = new ScriptedServer(); RoutesUnderTest routes = RoutesUnderTest.counting(server.baseUrl(), Map.of(), registry)) {
            server.script(Reply.error(502, "down"), Reply.error(502, "down"));
            routes.ask("{\"prompt\":\"Hello\",\"model\":\"openai/gpt-4.1-mini\"}");
            routes.ask("{\"prompt\":\"Hello\",\"model\":\"evil/model\"}");
            routes.ask("{\"prompt\":}");
            System.out.println(registry.scrape());
        }
    }
}
