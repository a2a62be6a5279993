package io.promptroutes.pipeline;

import io.promptroutes.flow.Recipient;
import io.promptroutes.flow.PromptWindow;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.HandClock;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Decision;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.TestLedgers;
import io.promptroutes.model.Chain;
import io.promptroutes.model.Choice;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.PlainSettings;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the ledger, for a prompt whose call came too late, too. */
class LookUpTest {

    private static final byte[] LINE = "{\"prompt\":\"Hello\"}".getBytes(StandardCharsets.UTF_8);

    private final AdmissionGate intake = new AdmissionGate(Duration.ofSeconds(5), Duration.ofMinutes(10), true, new HandClock());
    private final LedgerPolicy policy = new LedgerPolicy("openrouter", "batch", "job", false, false, false, false);

    private Exchange exchange() throws InvalidPrompt {
        Prompt prompt = new PromptParser(PlainSettings.get()).parse(LINE, Source.line("test", 1), null, null);
        Choice choice = new Choice(prompt, List.of("acme/short"), false, List::of, new ArrayList<>(), null, Map.of(), 0, Set.of(), null, null);
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.setVariable(Variables.PIPELINE, new Pipeline(policy, new PromptParser(PlainSettings.get()), 1_000, new PromptWindow(intake, 10)));
        exchange.setVariable(Variables.RECIPIENT, (Recipient) ending -> { });
        exchange.setVariable(Variables.ARRIVAL, new Inbound(Source.line("test", 1), null, LINE, false, LINE.length));
        exchange.setVariable(Variables.PROMPT, prompt);
        exchange.setVariable(Variables.RUN, new PromptContext(prompt, "chat", new Chain(List.of("acme/short"), Duration.ofMinutes(2), false, "acme/short", null),
                new Decision("balanced", "test", null, 100, choice, null, List.of(), null)));
        return exchange;
    }

    /** A call of it was answered after another process had ended the prompt: whatever becomes of it now, a stop waits for no call. */
    @Test
    void aPromptThatIsLookedUpAgainHoldsNoPermit(@TempDir Path folder) throws InvalidPrompt {
        Exchange exchange = exchange();
        intake.mayCall(exchange.getVariable(Variables.RUN, PromptContext.class).permit());
        try (Ledger ledger = Ledger.open(TestLedgers.embedded(folder))) {
            new LookUp(ledger, intake, null, new JobStatistics(), null, Runnable::run).process(exchange);
        }
        assertThat(exchange.getVariable(Variables.NEXT)).isEqualTo(Outcome.UNANSWERED);
        assertThat(intake.inFlight()).isZero();
    }
}
