package io.promptroutes.pipeline;

import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.AlarmStates;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.Letter;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.KnownWork;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.message.Alerts;
import io.promptroutes.message.DeadLetters;
import io.promptroutes.message.Stored;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.telemetry.Meters;
import io.promptroutes.telemetry.PromptSpans;
import io.promptroutes.telemetry.Telemetry;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last steps of a prompt: makes the message to publish and, when that is durable, counts the prompt as finished.
 * Its methods are beans of routes/engine/publish.camel.yaml. Thread-safe.
 */
public record Sinks(AdmissionGate intake, JobStatistics tally, Ledger ledger, AlarmStates alarms, Telemetry telemetry, Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(Sinks.class);
    private static final String CHAIN_FAILED = "chain failed";
    /** On while OpenRouter refuses paid models. */
    static final String NO_CREDIT = "no credit";

    /** A stored result or dead letter is durable again. */
    public void republished(Exchange exchange) {
        Again again = exchange.getVariable(Variables.AGAIN, Again.class);
        if (again.as() == Outcome.RESULT_AGAIN) {
            tally.answeredAgain();
            finish(exchange, run(exchange).entry().known() instanceof KnownWork.Ended end && end.answered() ? Meters.Outcome.REUSED : Meters.Outcome.CACHED, null, null);
        } else {
            tally.deadLetter(Stored.of(again.message()).code());
            finish(exchange, Meters.Outcome.REUSED, null, null); // it was counted when it came to be
        }
    }

    /** Makes the dead letter of a prompt that no model answered the body. */
    public void deadLetter(Exchange exchange) {
        PromptContext run = run(exchange);
        letter(exchange, DeadLetters.failed(run));
        if (run.calls().end().retryable() && !run.chain().attempts().isEmpty() && !run.part() && alarms.goesOn(CHAIN_FAILED)) {
            Notices.leave(exchange, Alerts.of(Alerts.Kind.CHAIN_FAILED, run.prompt().id(), "no model of the chain answered: "
                    + run.calls().end().message(), alert -> alert.put("code", run.calls().end().code()), clock.instant()));
        }
    }

    /** Makes the dead letter of input that is no prompt the body. */
    public void reject(Exchange exchange) {
        InvalidPrompt why = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, InvalidPrompt.class);
        if (why.id() != null) {
            exchange.setVariable(Variables.ID, why.id());
        }
        letter(exchange, DeadLetters.rejected(exchange.getVariable(Variables.ARRIVAL, Inbound.class), why));
    }

    /** Makes the dead letter of a prompt that met a fault of ours the body. */
    public void defect(Exchange exchange) {
        Failure fault = fault(exchange);
        PromptContext run = run(exchange);
        if (run != null) {
            run.calls().fail(fault);
            deadLetter(exchange);
            return;
        }
        Prompt prompt = exchange.getVariable(Variables.PROMPT, Prompt.class);
        InvalidPrompt why = new InvalidPrompt(fault.code(), prompt == null ? null : prompt.id(), fault.message());
        letter(exchange, DeadLetters.rejected(exchange.getVariable(Variables.ARRIVAL, Inbound.class), why));
    }

    /** The fault that a prompt has met, as its dead letter says it; it is in the log from now on. */
    static Failure fault(Exchange exchange) {
        Exception fault = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        LOG.atError().addKeyValue("prompt", exchange.getVariable(Variables.ID)).setCause(fault).log("a fault in prompt-routes or its routes: {}",
                exchange.getVariable(Variables.ARRIVAL));
        return new Failure("internal_error", fault.getClass().getSimpleName() + (fault.getMessage() == null ? "" : ": " + fault.getMessage()), false);
    }

    /** Makes the dead letter of a prompt whose result, or stored dead letter, no topic takes the body. What the ledger has stays there. */
    public void tooLarge(Exchange exchange) {
        Again again = exchange.getVariable(Variables.AGAIN, Again.class);
        if (again != null && again.as() == Outcome.DEAD_LETTER_AGAIN) {
            letter(exchange, again.message());
            return;
        }
        byte[] result = exchange.getMessage().getBody(byte[].class);
        Exception refusal = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        PromptContext run = run(exchange);
        run.calls().fail(new Failure("result_too_large", "the result of " + result.length + " bytes is more than its topic takes (" + refusal.getMessage()
                + "): raise max.message.bytes of the topic, and kafka.client.max.request.size; the answer is kept in the ledger", true));
        exchange.setVariable(Variables.AGAIN, new Again(result, null, List.of())); // the ledger's word on this prompt stands
        letter(exchange, DeadLetters.failed(run));
    }

    /** Makes the body a dead letter without the request, which is in its own topic. */
    public void withoutText(Exchange exchange) {
        byte[] whole = exchange.getVariable(Variables.LETTER, Letter.class).json();
        exchange.setVariable(Variables.LETTER, new Letter(whole, false));
        exchange.getMessage().setBody(DeadLetters.withoutRequest(whole));
    }

    /** The result is durable. */
    public void answered(Exchange exchange) {
        PromptContext run = run(exchange);
        String fallback = run.chain().level() == 0 ? null : run.chain().fallbackReason();
        tally.answered(run);
        alarms.off(CHAIN_FAILED);
        if (run.bill().last() != null && run.bill().last().usd() != null && run.bill().last().usd().signum() > 0) {
            alarms.off(NO_CREDIT);
        }
        finish(exchange, Meters.Outcome.ANSWERED, fallback, null);
    }

    /** The dead letter is durable. */
    public void dead(Exchange exchange) {
        String code = Stored.of(exchange.getVariable(Variables.LETTER, Letter.class).json()).code();
        tally.deadLetter(code);
        finish(exchange, Meters.Outcome.DEAD_LETTER, null, code);
    }

    /** The prompt is somebody else's now, who will read it again: it is not ours in the ledger any more. */
    public void givenUp(Exchange exchange) {
        PromptContext run = run(exchange);
        if (ledger != null && run.entry().work() != null) {
            ledger.release(run.entry().work().id());
        }
        if (Job.of(exchange) != null) {
            Job.of(exchange).leave();
        }
        if (!run.part()) {
            finish(exchange);
        }
    }

    /** Nothing can be published: nothing more is called, and the prompt counts as unfinished. */
    public void unpublished(Exchange exchange) {
        Exception fault = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        intake.stop("results cannot be written: " + fault.getMessage());
        over(exchange);
    }

    /** @param fallback why another than the first model answered, or null; code, of the dead letter, or null */
    private void finish(Exchange exchange, Meters.Outcome outcome, String fallback, String code) {
        telemetry.finished(exchange.getVariable(Variables.PASSAGE, PromptSpans.class), exchange.getVariable(Variables.ID, String.class), run(exchange), outcome,
                fallback, code);
        finish(exchange);
    }

    private void finish(Exchange exchange) {
        over(exchange);
        intake.finish();
        if (Job.of(exchange) != null) {
            Job.of(exchange).finish();
        }
    }

    /** There is no call of what is no prompt. */
    private void over(Exchange exchange) {
        Backstop.over(exchange);
        if (run(exchange) != null) {
            intake.called(run(exchange).permit());
        }
    }

    private static void letter(Exchange exchange, byte[] json) {
        exchange.setVariable(Variables.LETTER, new Letter(json, true));
        exchange.getMessage().setBody(json);
    }

    private static PromptContext run(Exchange exchange) {
        return exchange.getVariable(Variables.RUN, PromptContext.class);
    }
}
