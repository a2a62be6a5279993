package io.promptroutes.pipeline;

import io.promptroutes.call.Billing;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Finish;
import io.promptroutes.ledger.KnownWork;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Settled;
import io.promptroutes.ledger.Settlement;
import io.promptroutes.ledger.Settlement.State;
import io.promptroutes.model.Cost;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * After a call: what it came to is on disk, and with it the prompt's result if this call answered it. Thread-safe; done again, it books nothing twice.
 *
 * @param ledger     null where there is none
 * @param intake     is given the permission to call back, where the prompt goes on
 * @param sendsCosts whether cost events go to a topic; those of a job with files of its own never do
 * @param publishers does what follows a commit, publishing for one; may block
 */
record SettleCall(Ledger ledger, AdmissionGate intake, boolean sendsCosts, Executor publishers, Clock clock) implements AsyncStep {

    /** With a ledger the thread, and with it the permit, is free for another call while the commit is waited for, and whatever is published then. */
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        return settle(exchange, callback, false);
    }

    /** The same for a paid answer that is not checked yet: it is kept first, so that no end of the check, not even the process's, has it paid again. */
    boolean keep(Exchange exchange, AsyncCallback callback) {
        exchange.setVariable(Variables.NEXT, Outcome.CHECK_ANSWER);
        return settle(exchange, callback, true);
    }

    private boolean settle(Exchange exchange, AsyncCallback callback, boolean unchecked) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        Call call = run.calls().last();
        if (!unchecked) {
            exchange.getMessage().setBody(call.event()); // to be published then
        }
        if (call.claim() == null) { // no ledger: nothing is waited for, and another thread would cost more than it gives
            callback.done(true);
            return true;
        }
        settled(exchange, run, unchecked).whenCompleteAsync((settled, failure) -> {
            if (failure == null) {
                note(exchange, run, settled, unchecked);
            } else {
                exchange.setException(failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
            }
            callback.done(false);
        }, publishers);
        return false;
    }

    private CompletableFuture<Settled> settled(Exchange exchange, PromptContext run, boolean unchecked) {
        Call call = run.calls().last();
        boolean sent = sendsCosts && Job.sendsCosts(exchange);
        Settlement settlement = settlement(call, run.bill().last(), reason(run), sent);
        if (call.answer() == null) {
            return ledger.settle(call.claim(), settlement);
        }
        Finish finish = Finish.answered(call.result(), call.answer().model(), run.bill().spent());
        if (unchecked) {
            return ledger.settleAndFinish(call.claim(), settlement, run.entry().work(), finish.unchecked());
        }
        String key = run.cacheKey();
        return ledger.settleAndFinish(call.claim(), settlement, run.entry().work(), key == null ? finish : finish.reusable(key, run.bill().last().usd()));
    }

    private void note(Exchange exchange, PromptContext run, Settled settled, boolean unchecked) {
        if (!settled.stored()) { // another process had answered it meanwhile: that answer is the one to publish, and needs no check
            run.entry().forget();
            exchange.setVariable(Variables.NEXT, Outcome.SETTLE);
        }
        if (!unchecked || !settled.stored()) {
            run.calls().last().claimed(null);
        }
        if (run.calls().last().answer() == null && run.calls().end() == null) { // it goes on
            intake.called(run.permit()); // a process that dies before its cost event is published has it in the ledger
        }
        Notices.leave(exchange, settled.crossings(), clock.instant());
    }

    /**
     * The prompt's end without an answer, before its dead letter is published. Where another process has ended it meanwhile, which had taken
     * this one for dead, that end is the one to publish.
     */
    void deadLetter(Exchange exchange) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        exchange.setVariable(Variables.NEXT, run != null && run.part() ? Outcome.BRANCH_OVER : Outcome.PUBLISH_DEAD_LETTER);
        if (ledger != null && run != null && run.entry().work() != null && exchange.getVariable(Variables.AGAIN) == null) {
            Finish finish = again(run, Finish.deadLetter(exchange.getMessage().getBody(byte[].class), run.bill().spent()));
            Settled settled = Durable.result(ledger.finish(run.entry().work(), finish));
            Notices.leave(exchange, settled.crossings(), clock.instant());
            if (!settled.stored() && (run.entry().known() instanceof KnownWork.New || run.entry().known() instanceof KnownWork.Ambiguous)) {
                run.entry().forget();
                exchange.setVariable(Variables.NEXT, Outcome.LOOK_UP);
            }
        }
    }

    /** The end of a work that may have had none of the claims that open it anew. */
    static Finish again(PromptContext run, Finish finish) {
        return run.entry().reopened() ? finish.again() : finish;
    }

    /** Of an answer, why the first choice did not give it. */
    private static String reason(PromptContext run) {
        if (run.calls().last().answer() != null) {
            return run.chain().level() > 0 ? run.chain().fallbackReason() : null;
        }
        return run.calls().failure() == null ? null : run.calls().failure().kind().toString();
    }

    /** @param cost of the last call that was or may have been billed */
    private static Settlement settlement(Call call, Cost cost, String reason, boolean sent) {
        if (call.paid() == null && call.failure().billing() == Billing.NO) {
            return Settlement.notBilled(call.latencyMs(), reason);
        }
        State state = call.answer() != null ? State.SUCCEEDED : cost.usd() == null ? State.UNKNOWN : State.FAILED;
        return new Settlement(state, call.generationId(), call.model(), call.provider(), call.usage(), cost.usd(), cost.source(), call.latencyMs(), call.event(),
                reason, sent, call.tier());
    }
}
