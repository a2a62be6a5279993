package io.promptroutes.pipeline;

import io.promptroutes.call.Billing;
import io.promptroutes.call.CallFailed;
import io.promptroutes.call.FailureKind;
import io.promptroutes.call.FailureKind.Trait;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.model.Chain;
import io.promptroutes.model.Chain.Step;
import io.promptroutes.prompt.Strategy;
import org.apache.camel.Exchange;

/**
 * What becomes of a prompt when no model of its chain is left. Thread-safe.
 *
 * @param freeFallback whether free models step in when there is no credit
 * @param hold         whether no other call may follow one that may have been billed
 */
record ChainEnd(Pauses pauses, boolean freeFallback, boolean hold) {

    /** A chain that has come to its end is a dead letter, or is put back. */
    void conclude(Exchange exchange, PromptContext run) {
        Chain chain = run.chain();
        CallFailed.Details last = run.calls().failure();
        if (hold && last.billing() == Billing.UNKNOWN) {
            run.calls().fail(new Failure("ambiguous", "the call may have been billed, and ledger.ambiguous=hold allows no other: "
                    + last.message(), true));
            return;
        }
        if (chain.step() != Step.FAILED) {
            return;
        }
        FailureKind kind = last.kind();
        // the other models of a comparison may still be called
        boolean others = freeFallback && run.prompt().strategy() == Strategy.COMPARE && kind == FailureKind.INSUFFICIENT_CREDIT;
        // whoever cannot be reached has refused nothing, whatever went before
        if (!others && !kind.is(Trait.OF_ONE_REQUEST) && (kind == FailureKind.UNREACHABLE
                || chain.attempts().stream().allMatch(attempt -> FailureKind.named(attempt.kind()).is(Trait.NOBODYS_FAULT)))) {
            hold(exchange, "no model can be called: " + kind + ", " + last.message());
            return;
        }
        if (run.calls().last().paid() != null) {
            run.calls().fail(new Failure(FailureKind.INVALID_OUTPUT.toString(), "no model gave an answer that fits response_format; the last one: "
                    + last.message(), false));
            return;
        }
        run.calls().fail(new Failure(kind.toString(), "no model answered; the last one: " + last.message(), kind.is(Trait.RETRYABLE)));
    }

    void hold(Exchange exchange, String why) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        if (run.calls().failure().kind() == FailureKind.UNREACHABLE) {
            run.chain().hold();
            pauses.pause(exchange, why);
        } else if (pauses.putBack(run)) {
            pauses.pause(exchange, why);
        }
    }
}
