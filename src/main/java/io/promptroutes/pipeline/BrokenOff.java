package io.promptroutes.pipeline;

import io.promptroutes.call.FailureKind;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Goes on with a prompt that was {@link Outcome#BROKEN_OFF} by the exception in property {@code CamelExceptionCaught}: a call that it was in is ended and
 * settled like any other, and the prompt is a dead letter, unless the call has answered it. The body is its {@link Backstop}. Thread-safe.
 */
record BrokenOff(Sinks sinks, EndCall end) implements Processor {

    /** Once in the call and once in the check of its answer; whatever breaks off more often than that would do so without end. */
    private static final int MOST = 2;

    @Override
    public void process(Exchange exchange) {
        Backstop backstop = exchange.getMessage().getBody(Backstop.class);
        exchange.getMessage().setBody(null);
        if (backstop.times() > MOST) {
            Sinks.fault(exchange);
            sinks.unpublished(exchange);
            exchange.setVariable(Variables.NEXT, Outcome.STOPPED);
            return;
        }
        backstop.behind(exchange);
        exchange.setVariable(Variables.NEXT, next(exchange, exchange.getVariable(Variables.RUN, PromptContext.class)));
    }

    private Outcome next(Exchange exchange, PromptContext run) {
        Object at = exchange.getVariable(Variables.NEXT);
        boolean calling = at == Outcome.TRY_MODEL && run.calls().last() == run.calls().next(); // else it had not begun
        boolean checking = at == Outcome.CHECK_ANSWER;
        if (!calling && !checking && at != Outcome.KEEP_ANSWER && at != Outcome.SETTLE) {
            sinks.defect(exchange);
            return Outcome.DEAD_LETTER;
        }
        Failure fault = Sinks.fault(exchange);
        Exception thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        Call call = run.calls().last();
        if (checking && call.answer() != null) {
            thrown = CheckOutput.reject(run, FailureKind.INVALID_OUTPUT, fault.message(), "not checked: ");
        }
        if (call.answer() == null) {
            if (call.failure() == null) {
                Fallback.note(run, cause(thrown));
            }
            run.calls().fail(fault);
        }
        if (checking) {
            end.checked(exchange);
        }
        return calling ? Outcome.END_CALL : checking ? Outcome.SETTLE : (Outcome) at;
    }

    /** What a clause was about in which this was thrown, which Camel puts there last; itself where it was thrown elsewhere. */
    private static Exception cause(Exception thrown) {
        Throwable[] before = thrown.getSuppressed();
        return before.length > 0 && before[before.length - 1] instanceof Exception last ? last : thrown;
    }
}
