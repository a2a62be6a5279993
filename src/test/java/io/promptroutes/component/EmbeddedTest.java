package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that has Camel and takes the jar: a route, some properties, and no class of ours named anywhere. */
class EmbeddedTest {

    private static final String ROUTE = """
            - route:
                id: tickets
                from:
                  uri: direct:tickets
                  steps:
                    - to:
                        uri: prompt:tickets
                        parameters:
                          budget: budget
                          result: text
            """;

    @TempDir
    private static Path folder;
    private static Simulator simulator;

    @BeforeAll
    static void start() {
        simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "5ms")));
    }

    @AfterAll
    static void stop() {
        simulator.close();
    }

    private static Main application(String... more) throws Exception {
        Path route = Files.writeString(Files.createTempDirectory(folder, "app").resolve("tickets.camel.yaml"), ROUTE);
        Main main = new Main();
        main.setDefaultPropertyPlaceholderLocation("false");
        main.configure().withRoutesIncludePattern("file:" + route);
        main.addInitialProperty("prompt-routes.openrouter.base-url", simulator.baseUrl().toString());
        main.addInitialProperty("prompt-routes.openrouter.api-key", "file:" + Files.writeString(folder.resolve("key"), "simulated"));
        for (int at = 0; at < more.length; at += 2) {
            main.addInitialProperty(more[at], more[at + 1]);
        }
        return main;
    }

    @Test
    void aRouteOfAnApplicationIsAnsweredAndNothingOfOursIsInItsContext() throws Exception {
        Stream<Path> before = Files.list(Path.of(""));
        Main main = application();
        try {
            main.start();
            CamelContext host = main.getCamelContext();
            try (ProducerTemplate template = host.createProducerTemplate()) {
                assertThat(template.requestBody("direct:tickets", "My bill is wrong", String.class)).startsWith("[simulated]");
            }
            assertThat(host.getRoutes()).hasSize(1);
            assertThat(host.getRegistry().findByType(io.promptroutes.model.Breakers.class)).isEmpty();
            assertThat(host.getRegistry().lookupByName("prepareCall")).isNull();
        } finally {
            main.stop();
        }
        try (before; Stream<Path> after = Files.list(Path.of(""))) {
            assertThat(after.toList()).as("nothing is made where nobody named a folder").hasSameElementsAs(before.toList());
        }
    }

    @Test
    void aLedgerIsKeptWhereTheApplicationNamesItsFolder() throws Exception {
        Path data = folder.resolve("ledger");
        Main main = application("prompt-routes.ledger.directory", data.toString());
        try {
            main.start();
            try (ProducerTemplate template = main.getCamelContext().createProducerTemplate()) {
                template.requestBody("direct:tickets", "My bill is wrong", String.class);
            }
        } finally {
            main.stop();
        }
        assertThat(data).isDirectoryContaining("glob:**/ledger.db");
    }

    @Test
    void aKeyThatNobodyKnowsIsToldAndEndsNothingButTheStart() throws Exception {
        Main main = application("prompt-routes.prompts.concurency", "5");
        try {
            assertThatThrownBy(main::start).satisfies(failure -> assertThat(ExceptionUtils.getStackTrace(failure))
                    .contains("unknown key prompts.concurency in the application's properties prompt-routes.*").contains("prompts.concurrency"));
        } finally {
            main.stop();
        }
    }
}
