package io.promptroutes.pipeline;

import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.AlarmStates;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Recipient;
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
import java.io.IOException;
import java.time.Clock;
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
        Exception caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Throwable fault = caught.getCause() instanceof Error error ? error : caught;
        LOG.atError().addKeyValue("prompt", exchange.getVariable(Variables.ID)).setCause(fault).log("a fault in prompt-routes or its routes: {}",
                exchange.getVariable(Variables.ARRIVAL));
        return new Failure("internal_error", fault.getClass().getSimpleName() + (fault.getMessage() == null ? "" : ": " + fault.getMessage()), false);
    }

    /** Hands the result that is the body to whoever is to have it. */
    public void deliverResult(Exchange exchange) throws IOException {
        deliver(exchange, true);
    }

    /** The same of the dead letter that is the body. */
    public void deliverDeadLetter(Exchange exchange) throws IOException {
        deliver(exchange, false);
    }

    private void deliver(Exchange exchange, boolean answered) throws IOException {
        PromptContext run = run(exchange);
        Prompt prompt = exchange.getVariable(Variables.PROMPT, Prompt.class);
        Inbound arrival = exchange.getVariable(Variables.ARRIVAL, Inbound.class);
        String id = exchange.getVariable(Variables.ID, String.class);
        boolean again = exchange.getVariable(Variables.AGAIN) != null || !answered && run == null; // else it was called
        recipient(exchange).take(new Ending(id, prompt == null ? id : prompt.identity(), arrival.source(), run == null ? null : run.entry().id(), answered, again,
                exchange.getMessage().getBody(byte[].class), arrival.traceparent()));
    }

    private static Recipient recipient(Exchange exchange) {
        return exchange.getVariable(Variables.RECIPIENT, Recipient.class);
    }

    /** Who is told, once, how the prompt has ended; null where that was done. */
    public static Recipient takeRecipient(Exchange exchange) {
        return (Recipient) exchange.removeVariable(Variables.RECIPIENT);
    }

    /** Whether a prompt may be called: it is nobody else's by now, and the process is not about to end. */
    static boolean mayStart(Exchange exchange, AdmissionGate intake) {
        return !intake.closed() && recipient(exchange).mayStart();
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
        String code = Stored.of(exchange.getVariable(Variables.LETTER, byte[].class)).code();
        tally.deadLetter(code);
        finish(exchange, Meters.Outcome.DEAD_LETTER, null, code);
    }

    /** The prompt is somebody else's now, or left for a later start: it is not ours in the ledger any more. */
    public void givenUp(Exchange exchange) {
        PromptContext run = run(exchange);
        if (ledger != null && run.entry().work() != null) {
            ledger.release(run.entry().work().id());
        }
        Recipient whose = run.part() ? null : takeRecipient(exchange);
        if (whose != null) {
            over(exchange);
            leavePlace(exchange);
            whose.left();
        }
    }

    /** Nothing more is called: the prompt counts as unfinished. */
    public void stopped(Exchange exchange) {
        Recipient whose = takeRecipient(exchange);
        if (whose != null) {
            whose.left();
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
        telemetry.finished(Pipeline.of(exchange).name(), exchange.getVariable(Variables.PASSAGE, PromptSpans.class), exchange.getVariable(Variables.ID, String.class), run(exchange), outcome,
                fallback, code);
        finish(exchange);
    }

    private void finish(Exchange exchange) {
        Recipient whose = takeRecipient(exchange);
        if (whose == null) {
            return; // told before: publishing is tried again for another reason
        }
        over(exchange);
        leavePlace(exchange); // before the reply: what is answered may go on to another pipeline, which waits for a place
        whose.over();
    }

    private static void leavePlace(Exchange exchange) {
        Pipeline.of(exchange).window().finish(exchange.getVariable(Variables.ARRIVAL, Inbound.class).length());
    }

    /** There is no call of what is no prompt. */
    private void over(Exchange exchange) {
        Backstop.over(exchange);
        if (run(exchange) != null) {
            intake.called(run(exchange).permit());
        }
    }

    private static void letter(Exchange exchange, byte[] json) {
        exchange.setVariable(Variables.LETTER, json);
        exchange.getMessage().setBody(json);
    }

    private static PromptContext run(Exchange exchange) {
        return exchange.getVariable(Variables.RUN, PromptContext.class);
    }
}
