package io.promptroutes.pipeline;

import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Chain;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * What a call came to is safe: says what follows, and gives its permission to call back where the prompt goes on; else that is done when the
 * result or dead letter is durable. Thread-safe.
 *
 * @param ledger null where there is none
 */
record FollowCall(Ledger ledger, AdmissionGate intake) implements Processor {

    @Override
    public void process(Exchange exchange) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        // what fails behind an answer, in a step of somebody's own, does not make it none
        Chain.Step step = run.calls().last().answer() != null ? Chain.Step.ANSWERED : run.chain().step();
        if (step != Chain.Step.ANSWERED && step != Chain.Step.FAILED) {
            intake.called(run.permit());
        }
        boolean others = ledger != null && run.entry().work() == null; // another process had answered it meanwhile: that answer is the one to publish
        exchange.setVariable(Variables.NEXT, others ? Outcome.LOOK_UP : switch (step) {
            case CALL -> run.calls().again() ? Outcome.BATCH_SUBMIT : Outcome.CALL;
            case WAIT -> Wait.begin(exchange, run.chain().delay().toMillis(), run.calls().failure().kind().toString(), Outcome.CALL);
            case HELD -> Wait.paused(exchange, Outcome.CALL);
            case FAILED -> Outcome.FAILED;
            case ANSWERED -> answered(exchange, run);
        });
    }

    private static Outcome answered(Exchange exchange, PromptContext run) {
        exchange.getMessage().setBody(run.calls().last().result());
        return run.part() ? Outcome.BRANCH_OVER : Outcome.ANSWERED;
    }
}
