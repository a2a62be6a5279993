package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The properties that docs/routes.md has for an application set what the page says. */
class DocumentedPropertiesTest {

    private static final Pattern BLOCK = Pattern.compile("## In an application.*?```properties\\n(.*?)```", Pattern.DOTALL);

    @Test
    void engineAndComponentsAreSetByThem(@TempDir Path folder) throws Exception {
        MatchResult block = BLOCK.matcher(Files.readString(Path.of("docs/routes.md"))).results().findFirst().orElseThrow();
        Properties properties = new Properties();
        properties.load(new StringReader(block.group(1)));
        assertThat(properties).hasSize(4).containsEntry("prompt-routes.ledger.directory", "data").containsEntry("prompt-routes.openrouter.api-key", "env:OPENROUTER_API_KEY");
        properties.put("prompt-routes.ledger.directory", folder.resolve("data").toString());
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        properties.forEach((name, value) -> main.addInitialProperty((String) name, (String) value));
        try (Simulator simulator = Simulator.start(Simulated.by(Map.of()))) {
            main.addInitialProperty("prompt-routes.openrouter.base-url", simulator.baseUrl().toString());
            main.start();
            CamelContext camel = main.getCamelContext();

            PromptComponent prompts = camel.getComponent("prompt", PromptComponent.class);
            assertThat(prompts.getReplyThreads()).isEqualTo(32);
            assertThat(prompts.engines().ledger()).isNotNull();
            assertThat(folder.resolve("data")).isDirectoryContaining("glob:**/ledger.db");
            for (String address : new String[] {"windowed-kafka:letters?groupId=letters", "kafka:letters-answered"}) {
                assertThat(camel.getEndpoint(address, KafkaEndpoint.class).getConfiguration().getBrokers()).as(address).isEqualTo("localhost:9092");
            }
        } finally {
            main.stop();
        }
    }
}
