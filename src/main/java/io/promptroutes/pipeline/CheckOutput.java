package io.promptroutes.pipeline;

import io.promptroutes.call.Answer;
import io.promptroutes.call.Billing;
import io.promptroutes.call.CallFailed;
import io.promptroutes.call.FailureKind;
import io.promptroutes.call.FinishReason;
import io.promptroutes.call.StructuredOutput;
import io.promptroutes.call.StructuredOutput.Verdict;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Finish;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.message.Stored;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * An answer that is not the JSON that was asked for is thrown as {@link CallFailed}: it was paid for, and fails all the same. Checks run on
 * threads of their own and hold no permit. Thread-safe.
 *
 * @param ledger     null where there is none
 * @param checkers   each check takes one of their threads, for a bounded time
 * @param publishers does what follows; may block
 */
record CheckOutput(StructuredOutput output, Ledger ledger, Executor checkers, Executor publishers) implements AsyncStep {

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        check(run, run.calls().last().answer().text()).whenCompleteAsync((verdict, never) -> {
            judge(exchange, run, verdict);
            callback.done(false);
        }, publishers);
        return false;
    }

    private CompletableFuture<Verdict> check(PromptContext run, String text) {
        return CompletableFuture.supplyAsync(() -> output.check(run.prompt().request(), text), checkers).exceptionally(failure -> Verdict.none(text));
    }

    private static void judge(Exchange exchange, PromptContext run, Verdict verdict) {
        Call call = run.calls().last();
        Answer answer = call.answer();
        call.remark(verdict.note());
        if (verdict.fault() == null) {
            run.calls().answered(answer.saying(verdict.text()));
            return;
        }
        boolean cut = FinishReason.LENGTH.equals(answer.finishReason());
        FailureKind kind = FinishReason.FILTER.equals(answer.finishReason()) ? FailureKind.MODERATION : FailureKind.INVALID_OUTPUT; // no filter mends its JSON
        exchange.setException(reject(run, cut ? FailureKind.OUTPUT_CUT : kind, verdict.fault(), cut ? "the answer was cut at " + call.request().outputCap() + " tokens: " : ""));
    }

    /** The last answer, which was paid for, is none. @param fault what is wrong with it, in words for the model; before, what else is to be said, in front */
    static CallFailed reject(PromptContext run, FailureKind kind, String fault, String before) {
        Answer answer = run.calls().last().answer();
        run.calls().unfit(fault);
        return new CallFailed.Details(kind, 200, before + fault, Billing.YES, null, null, answer.generationId(), answer.provider(), answer.usage(), null).exception();
    }

    /** An answer in variable {@code again} whose process died before it was checked is the prompt's if it fits; else the prompt is called. */
    Outcome kept(Exchange exchange, PromptContext run) {
        Again again = exchange.getVariable(Variables.AGAIN, Again.class);
        Stored kept = Stored.of(again.message());
        Verdict verdict = Durable.result(check(run, kept.text()));
        if (verdict.fault() != null) {
            exchange.removeVariable(Variables.AGAIN);
            return Outcome.UNANSWERED;
        }
        byte[] result = kept.saying(verdict.text(), verdict.note());
        exchange.setVariable(Variables.AGAIN, new Again(result, again.as()));
        boolean ours = Durable.result(ledger.finish(run.entry().work(), Finish.answered(result, kept.model(), run.bill().spent()))).stored();
        if (!ours) {
            run.entry().forget();
        }
        return ours ? Outcome.REPUBLISH : Wait.forAnother(exchange, Outcome.LOOK_UP);
    }
}
