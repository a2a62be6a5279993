package io.promptroutes.route;

import io.promptroutes.flow.Intake;
import io.promptroutes.flow.Run;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.routing.Chain;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * What a call came to is safe: says what follows, and gives its permission to call back where the prompt goes on; else that is done when the
 * result or dead letter is durable. Thread-safe.
 *
 * @param ledger null where there is none
 */
record FollowCall(Ledger ledger, Intake intake) implements Processor {

    @Override
    public void process(Exchange exchange) {
        Run run = exchange.getVariable(Variables.RUN, Run.class);
        // what fails behind an answer, in a step of somebody's own, does not make it none
        Chain.Step step = run.call().answer() != null ? Chain.Step.ANSWERED : run.chain().step();
        if (step != Chain.Step.ANSWERED && step != Chain.Step.FAILED) {
            intake.called(run);
        }
        boolean others = ledger != null && run.work() == null; // another process had answered it meanwhile: that answer is the one to publish
        exchange.setVariable(Variables.NEXT, others ? Outcome.LOOK_UP : switch (step) {
            case CALL -> Outcome.CALL;
            case WAIT -> Wait.begin(exchange, run.chain().delay().toMillis(), run.failure().kind().toString(), Outcome.CALL);
            case HELD -> Wait.paused(exchange, Outcome.CALL);
            case FAILED -> Outcome.FAILED;
            case ANSWERED -> answered(exchange, run);
        });
    }

    private static Outcome answered(Exchange exchange, Run run) {
        exchange.getMessage().setBody(run.call().result());
        return run.decision().branch() != null ? Outcome.BRANCH_OVER : Outcome.ANSWERED;
    }
}
