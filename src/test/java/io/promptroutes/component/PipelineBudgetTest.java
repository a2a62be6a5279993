package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.PromptFailed;
import io.promptroutes.Schemas;
import io.promptroutes.cli.Reply;
import io.promptroutes.cli.ScriptedServer;
import io.promptroutes.ledger.BudgetState;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Scope;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.prompt.Json;
import io.promptroutes.settings.BudgetSettings;
import io.promptroutes.settings.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines of one process, of which one has spent its budget. */
@Timeout(60)
class PipelineBudgetTest {

    /** A call reserves some $0.001, and costs $0.0006: the second one does not fit. */
    private static final String LIMIT = "0.0012";

    @TempDir
    private Path folder;
    private final ScriptedServer server = new ScriptedServer();
    private Ledger ledger;
    private StepsUnderTest steps;

    private void start(Map<String, String> more) throws Exception {
        Map<String, String> keys = new HashMap<>(Map.of("budget.pipeline.tickets.day", LIMIT, "alerts.to", "mock:alerts"));
        keys.putAll(more);
        ledger = Ledger.open(TestLedgers.made(folder.resolve("data")));
        ledger.limits(new BudgetSettings(Settings.embedded(keys)).limits());
        server.scriptThen(Reply.answer("\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":300,\"total_tokens\":310,\"cost\":0.0006}"));
        steps = StepsUnderTest.of(server, ledger, keys).start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:tickets").to("prompt:tickets?model=openai/gpt-4.1-mini&maxTokens=600&result=text");
                from("direct:moods").to("prompt:moods?model=openai/gpt-4.1-mini&maxTokens=600&result=text");
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        steps.close();
        ledger.close();
        server.close();
    }

    @Test
    void pipelineWhoseBudgetIsGoneHoldsBackItselfAlone() throws Exception {
        start(Map.of());
        assertThat(steps.send("tickets", "One").getException()).isNull();

        assertThat(steps.send("tickets", "Two").getException()).isInstanceOfSatisfying(PromptFailed.class, failed -> {
            assertThat(failed.getCode()).isEqualTo("budget_exhausted");
            assertThat(failed.getMessage()).contains("pipeline tickets limit of $" + LIMIT);
        });
        for (String text : new String[] {"One", "Two", "Three", "Four"}) {
            assertThat(steps.send("moods", text).getException()).as(text).isNull();
        }

        MockEndpoint alerts = steps.engines().main().camel().getEndpoint("mock:alerts", MockEndpoint.class);
        await().untilAsserted(() -> assertThat(alerts.getExchanges()).extracting(alert -> {
            JsonNode data = Schemas.ALERT.check(Json.tree(alert.getMessage().getBody(byte[].class))).path("data");
            return data.path("scope").asText() + " " + data.path("name").asText() + " " + data.path("percent");
        }).containsExactly("pipeline tickets 50", "pipeline tickets 80", "pipeline tickets 100"));
        assertThat(server.calls()).hasSize(5);
        assertThat(steps.engines().paused()).isNull();
        assertThat(ledger.history().budgets()).filteredOn(state -> "tickets".equals(state.pipeline())).singleElement()
                .satisfies(state -> assertThat(state.spentUsd()).isEqualByComparingTo("0.0006"));
    }

    @Test
    void pipelineWhoseBudgetIsGoneGoesOnWithFreeModelsWhereThatIsWanted() throws Exception {
        start(Map.of("budget.part-exhausted", "free"));
        steps.send("tickets", "One");
        server.script(Reply.answer("\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":4,\"total_tokens\":14,\"cost\":0}"));

        assertThat(steps.send("tickets", "Two").getException()).isNull();
        assertThat(server.modelsCalled()).singleElement().asString().matches(".*(:free|openrouter/free)");
        steps.send("moods", "One");
        assertThat(server.modelsCalled()).last().isEqualTo("openai/gpt-4.1-mini");
    }

    @Test
    void limitForEachPipelineIsEachOnesOwn() throws Exception {
        start(Map.of("budget.pipeline.*.day", LIMIT, "budget.pipeline.tickets.day", "5"));
        assertThat(steps.send("moods", "One").getException()).isNull();
        for (String text : new String[] {"One", "Two", "Three"}) {
            assertThat(steps.send("tickets", text).getException()).as("has a limit of its own").isNull();
        }
        assertThat(steps.send("moods", "Two").getException()).hasMessageContaining("pipeline moods limit of $" + LIMIT);
        assertThat(ledger.history().budgets()).filteredOn(state -> state.scope() == Scope.PIPELINE)
                .extracting(BudgetState::pipeline, state -> state.limitUsd().toPlainString()).containsExactlyInAnyOrder(tuple("moods", LIMIT), tuple("tickets", "5"));
    }
}
