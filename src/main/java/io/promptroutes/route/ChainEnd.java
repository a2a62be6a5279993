package io.promptroutes.route;

import io.promptroutes.flow.Failure;
import io.promptroutes.flow.Run;
import io.promptroutes.openrouter.Billing;
import io.promptroutes.openrouter.CallFailed;
import io.promptroutes.openrouter.FailureKind;
import io.promptroutes.prompt.Strategy;
import io.promptroutes.routing.Chain.Step;
import io.promptroutes.routing.Chain;
import java.util.EnumSet;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * What becomes of a prompt when no model of its chain is left. Thread-safe.
 *
 * @param freeFallback whether free models step in when there is no credit
 * @param hold         whether no other call may follow one that may have been billed
 */
record ChainEnd(Pauses pauses, boolean freeFallback, boolean hold) {

    /** Reasons that lie with the account or the connection: a chain of nothing else is put back, never dead-lettered. */
    private static final Set<String> NOBODYS_FAULT = names(EnumSet.of(FailureKind.KEY_REFUSED, FailureKind.ACCOUNT_BLOCKED,
            FailureKind.INSUFFICIENT_CREDIT, FailureKind.MAX_TOKENS_UNAFFORDABLE, FailureKind.REQUEST_UNAFFORDABLE, FailureKind.UNREACHABLE));
    /** Of those, what is said of one request: where it comes last, another request may be paid. */
    private static final Set<FailureKind> OF_ONE_REQUEST = EnumSet.of(FailureKind.MAX_TOKENS_UNAFFORDABLE, FailureKind.REQUEST_UNAFFORDABLE);
    private static final Set<FailureKind> WORTH_A_RETRY = EnumSet.of(FailureKind.MAX_TOKENS_UNAFFORDABLE, FailureKind.REQUEST_UNAFFORDABLE,
            FailureKind.INSUFFICIENT_CREDIT, FailureKind.RATE_LIMITED, FailureKind.FREE_LIMIT,
            FailureKind.TIMEOUT, FailureKind.CONNECTION, FailureKind.UNREACHABLE, FailureKind.PROVIDER_ERROR,
            FailureKind.INVALID_ANSWER);

    /** A chain that has come to its end is a dead letter, or is put back. */
    void conclude(Exchange exchange, Run run) {
        Chain chain = run.chain();
        if (hold && run.failure().billing() == Billing.UNKNOWN) {
            run.fail(new Failure("ambiguous", "the call may have been billed, and ledger.ambiguous=hold allows no other: "
                    + run.failure().message(), true));
            return;
        }
        if (chain.step() != Step.FAILED) {
            return;
        }
        FailureKind kind = run.failure().kind();
        // the other models of a comparison may still be called
        boolean others = freeFallback && run.prompt().strategy() == Strategy.COMPARE && kind == FailureKind.INSUFFICIENT_CREDIT;
        // whoever cannot be reached has refused nothing, whatever went before
        if (!others && !OF_ONE_REQUEST.contains(kind) && (kind == FailureKind.UNREACHABLE
                || chain.attempts().stream().allMatch(attempt -> NOBODYS_FAULT.contains(attempt.kind())))) {
            hold(exchange, "no model can be called: " + kind + ", " + run.failure().message());
            return;
        }
        CallFailed.Details last = run.failure();
        if (run.call().paid() != null) {
            run.fail(new Failure(FailureKind.INVALID_OUTPUT.toString(), "no model gave an answer that fits response_format; the last one: "
                    + last.message(), false));
            return;
        }
        run.fail(new Failure(last.kind().toString(), "no model answered; the last one: " + last.message(),
                worthARetry(last.kind())));
    }

    /** Whether a prompt that failed so may be answered later. */
    static boolean worthARetry(FailureKind kind) {
        return WORTH_A_RETRY.contains(kind);
    }

    void hold(Exchange exchange, String why) {
        Run run = exchange.getVariable("run", Run.class);
        if (run.failure().kind() == FailureKind.UNREACHABLE) {
            run.chain().hold();
            pauses.pause(exchange, why);
        } else if (pauses.putBack(exchange, run)) {
            pauses.pause(exchange, why);
        }
    }

    private static Set<String> names(Set<FailureKind> kinds) {
        return Set.copyOf(kinds.stream().map(FailureKind::toString).toList());
    }
}
