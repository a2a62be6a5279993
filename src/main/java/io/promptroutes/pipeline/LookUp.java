package io.promptroutes.pipeline;

import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.KnownWork;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.ledger.OpenClaim;
import io.promptroutes.ledger.Work;
import io.promptroutes.message.Stored;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.ServiceTier;
import io.promptroutes.prompt.Source;
import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the ledger, once for each prompt, whether it was answered before. Variable {@code again} holds a result or dead letter to be
 * published again; the body may be calls of dead processes that can be looked up at OpenRouter first.
 * An answer whose process died before it was checked is checked now, and not paid again. Thread-safe.
 */
record LookUp(Ledger ledger, AdmissionGate intake, Pauses pauses, JobStatistics tally, CheckOutput check, Executor publishers) implements AsyncStep {

    private static final Logger LOG = LoggerFactory.getLogger(LookUp.class);

    static final String LEDGER_LOST = "the ledger cannot be had";

    /** The thread that brings a prompt goes on to the next one: what waits together is looked up together. */
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        try {
            Outcome none = unasked(exchange, run);
            if (none == null) {
                ask(exchange, run, callback);
                return false;
            }
            exchange.setVariable(Variables.NEXT, none);
        } catch (RuntimeException e) {
            exchange.setException(e);
        }
        callback.done(true);
        return true;
    }

    /** What follows where the ledger is not to be asked; else null. */
    private Outcome unasked(Exchange exchange, PromptContext run) {
        if (!run.part() && !Sinks.mayStart(exchange, intake)) { // a branch ends before its call, for its comparison waits for it
            return Outcome.GIVEN_UP;
        }
        intake.called(run.permit()); // another process was faster than its call, and has what comes of it
        return intake.stopped() ? Outcome.STOPPED : null;
    }

    private void ask(Exchange exchange, PromptContext run, AsyncCallback callback) {
        Prompt prompt = asked(exchange);
        String identity = Comparisons.identity(prompt, run.decision().branch());
        LedgerPolicy policy = Pipeline.of(exchange).policy();
        Work work = new Work(policy.work(prompt, identity), Job.name(exchange, policy.job()), policy.pipeline(), identity, prompt.id(), prompt.tenant(),
                run.task(), run.part(), policy.replies() && !run.part());
        run.entry().known(work.id());
        // a work that was begun, and whose ambiguous calls could not be noted then, is ours already
        CompletableFuture<KnownWork> known = run.entry().work() == null ? ledger.begin(work) : CompletableFuture.completedFuture(run.entry().known());
        known.whenCompleteAsync((found, failure) -> {
            try {
                exchange.setVariable(Variables.NEXT, next(exchange, run, work, found, failure));
            } catch (RuntimeException | Error e) {
                exchange.setException(e);
            }
            callback.done(false);
        }, publishers);
    }

    private Outcome next(Exchange exchange, PromptContext run, Work work, KnownWork known, Throwable failure) {
        try {
            if (failure != null) {
                throw failure instanceof RuntimeException why ? why : new IllegalStateException(failure);
            }
            boolean unasked = named(run.entry().known()).isEmpty();
            run.entry().known(known);
            Outcome next = follow(exchange, run, work, known, unasked);
            intake.over(LEDGER_LOST);
            return next == Outcome.UNANSWERED && ServiceTier.asked(asked(exchange).request()) == ServiceTier.BATCH ? Outcome.BATCH_SUBMIT : next;
        } catch (LedgerUnavailable e) {
            pauses.pause(exchange, LEDGER_LOST + ": " + e.getMessage());
            return intake.stopped() ? Outcome.STOPPED : Wait.paused(exchange, Outcome.LOOK_UP);
        }
    }

    /** Calls that OpenRouter can be asked about. */
    private static List<OpenClaim> named(KnownWork known) {
        return known instanceof KnownWork.Ambiguous found ? found.claims().stream().filter(claim -> claim.generationId() != null).toList() : List.of();
    }

    /** As it came: the run's own may have been shortened to what models and prices of today allow. */
    private static Prompt asked(Exchange exchange) {
        return exchange.getVariable(Variables.PROMPT, Prompt.class);
    }

    /** @param unasked whether nobody has asked yet what calls of dead processes came to */
    private Outcome follow(Exchange exchange, PromptContext run, Work work, KnownWork known, boolean unasked) {
        LedgerPolicy policy = Pipeline.of(exchange).policy();
        if (known instanceof KnownWork.New found) {
            if (run.entry().work() == null && Job.earlier(exchange).asked(work.identity())) {
                tally.note(JobStatistics.OTHER_INSTRUCTION);
            }
            begun(run, work, found.attempts(), policy.fresh() ? BigDecimal.ZERO : found.costUsd());
            Outcome next = lost(policy, run, found.lost());
            if (found.answer() == null || next != Outcome.UNANSWERED) {
                return next;
            }
            stored(exchange, run, Stored.of(found.answer()).addressedTo(run.prompt()), Outcome.RESULT_AGAIN);
            return check.kept(exchange, run);
        }
        if (known instanceof KnownWork.Ambiguous found) {
            if (!named(known).isEmpty() && unasked) {
                exchange.getMessage().setBody(named(known));
                Durable.result(ledger.release(work.id())); // begun anew with what is known then
                return Outcome.ASK_COSTS;
            }
            begun(run, work, found.attempts(), found.costUsd());
            return ambiguous(policy, run, found);
        }
        if (known instanceof KnownWork.Batched found) {
            begun(run, work, found.attempts(), found.costUsd());
            return Outcome.BATCH_OPEN;
        }
        if (known instanceof KnownWork.Busy) {
            return Wait.forAnother(exchange, Outcome.LOOK_UP);
        }
        KnownWork.Ended ended = (KnownWork.Ended) known;
        byte[] stored = ended.json();
        Stored end = Stored.of(stored);
        // a letter that was put back is called again once: delivered again, after a crash, it has the end that it came to then
        boolean fedInAgain = exchange.getVariable(Variables.ARRIVAL, Inbound.class).holds(run.prompt())
                || exchange.getVariable(Variables.ARRIVAL, Inbound.class).replayed() && !run.prompt().source().equals(Source.of(end.json()))
                || !ended.job().equals(work.job()); // a dead letter of another job is not told here
        if (policy.again(ended.answered(), fedInAgain)) {
            begun(run, work, 0, BigDecimal.ZERO);
            run.entry().reopen();
            if (!ended.answered() && end.code().equals("ambiguous")) { // of ledger.ambiguous=hold: what it was about is called again now
                tally.note(JobStatistics.MAYBE_PAID_TWICE);
            }
            return Outcome.UNANSWERED;
        }
        if (stored != null) {
            stored = end.addressedTo(run.prompt());
        } else if (ended.job().equals(work.job()) && Job.earlier(exchange).has(run.prompt(), ended)) {
            stored = Ending.STANDING;
        } else {
            run.calls().fail(new Failure("already_answered", "this prompt was " + (ended.answered() ? "answered" : "dead-lettered")
                    + " before, and the ledger keeps no texts (key ledger.store-text)", false));
            return Outcome.FAILED;
        }
        stored(exchange, run, stored, ended.answered() ? Outcome.RESULT_AGAIN : Outcome.DEAD_LETTER_AGAIN);
        if (ended.answered()) {
            tally.reuse(run, end.givenBy(run, ended.model()), end.level(), ended.costUsd());
            if (end.cut()) {
                tally.note(JobStatistics.CUT);
            }
            if (end.chosenOtherwise(run, exchange.getVariable(Variables.MODELS, String.class))) {
                tally.note(JobStatistics.UNNAMED_MODEL);
            }
            ledger.reused(work, ended.model(), ended.costUsd()); // a figure for people: not waited for
        }
        return Outcome.REPUBLISH;
    }

    /** @param calls of all runs of the program; usd, what they cost as far as known */
    private static void begun(PromptContext run, Work work, int calls, BigDecimal usd) {
        run.entry().begun(work);
        run.calls().earlier(calls);
        run.bill().earlier(usd);
    }

    private static void stored(Exchange exchange, PromptContext run, byte[] json, Outcome again) {
        exchange.setVariable(Variables.AGAIN, new Again(json, run.part() ? Outcome.BRANCH_OVER : again));
    }

    /** Calls of dead processes that were looked up: those that were billed, and whose answers are lost, would be paid twice. */
    private Outcome lost(LedgerPolicy policy, PromptContext run, List<OpenClaim> billed) {
        if (billed.isEmpty()) {
            return Outcome.UNANSWERED;
        }
        String what = "OpenRouter has billed " + billed.size() + " calls of it whose process died before the answer came";
        if (policy.hold()) {
            run.calls().fail(new Failure("ambiguous", what + "; feed this in again with ledger.ambiguous=retry to have it answered", true));
            return Outcome.FAILED;
        }
        About.prompt(LOG.atWarn(), run).log("{}: {}; it is called again", run, what);
        retried(billed);
        return Outcome.UNANSWERED;
    }

    private void retried(List<OpenClaim> claims) {
        for (OpenClaim claim : claims) {
            Durable.result(ledger.markAmbiguousRetried(claim.claimId()));
            tally.note(JobStatistics.MAYBE_PAID_TWICE);
        }
    }

    /** The process died in a call, which may have been billed, and its answer is lost. */
    private Outcome ambiguous(LedgerPolicy policy, PromptContext run, KnownWork.Ambiguous found) {
        for (OpenClaim claim : found.claims()) {
            About.call(LOG.atWarn(), run, claim.model(), claim.attempt(), null).log("{}: call {} of {} was under way when its process died; "
                    + "it may have been billed up to ${}{}", run, claim.attempt(), claim.model(), Usd.plain(claim.reservedUsd()),
                    policy.hold() ? "" : " and is made again");
        }
        if (policy.hold()) {
            run.calls().fail(new Failure("ambiguous", found.claims().size() + " calls were under way when their process died and may have been billed; "
                    + "feed this in again with ledger.ambiguous=retry to have it answered", true));
            return Outcome.FAILED;
        }
        retried(found.claims());
        return Outcome.UNANSWERED;
    }
}
