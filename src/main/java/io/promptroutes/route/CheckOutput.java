package io.promptroutes.route;

import io.promptroutes.flow.Run;
import io.promptroutes.openrouter.Answer;
import io.promptroutes.openrouter.Billing;
import io.promptroutes.openrouter.CallFailed;
import io.promptroutes.openrouter.FailureKind;
import io.promptroutes.openrouter.FinishReason;
import io.promptroutes.openrouter.StructuredOutput;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** An answer that is not the JSON that was asked for is thrown as {@link CallFailed}: it was paid for, and fails all the same. Thread-safe. */
final class CheckOutput implements Processor {

    private final StructuredOutput output = new StructuredOutput();

    @Override
    public void process(Exchange exchange) throws CallFailed {
        Run run = exchange.getVariable("run", Run.class);
        Answer answer = run.answer();
        run.remark(output.unusable(run.prompt().request()));
        String fault = output.fault(run.prompt().request(), answer);
        if (fault == null) {
            return;
        }
        run.unfit(fault);
        boolean cut = FinishReason.LENGTH.equals(answer.finishReason());
        throw new CallFailed(new CallFailed.Details(cut ? FailureKind.OUTPUT_CUT : FailureKind.INVALID_OUTPUT, 200,
                cut ? "the answer was cut at " + run.request().outputCap() + " tokens: " + fault : fault, Billing.YES, null, null,
                answer.generationId(), answer.provider(), answer.usage(), null));
    }
}
