package io.promptroutes.pipeline;

import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.ClaimAnswer.Refused;
import io.promptroutes.ledger.ClaimRequest;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.model.Breakers;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.Chain;
import io.promptroutes.model.LeftOut;
import io.promptroutes.model.Model;
import io.promptroutes.model.Reservations;
import io.promptroutes.model.Usd;
import io.promptroutes.telemetry.PromptSpans;
import io.promptroutes.telemetry.Traces;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The last step before a call: a claim for it, with the most that it can cost, is on disk, and no budget stands against it. Then the
 * body is the request, and the model is still to be tried. Thread-safe.
 *
 * @param ledger null where there is none: nothing is claimed
 */
record ClaimCall(Ledger ledger, Reservations reservations, Catalogue catalogue, AdmissionGate intake, JobStatistics tally, Pauses pauses, Budget budget,
        Breakers breakers, Traces traces, Clock clock) implements Processor {

    /** Until calls that run now are settled, and their reservations may have become room; doubles up to the longest. */
    private static final long ROOM_MILLIS = 250;
    private static final long LONGEST_ROOM_MILLIS = 4_000;

    /**
     * @param limited    whether any limit is set by now, so that calls without a bound must be refused
     * @param total      for limits over everything
     * @param part       for a pipeline's, a tenant's or a model's: never {@link Options.Exhausted#PAUSE}, else one of them would stop all
     * @param freeFallback whether free models step in
     */
    record Budget(BooleanSupplier limited, Options.Exhausted total, Options.Exhausted part, boolean freeFallback) {
    }

    @Override
    public void process(Exchange exchange) {
        if (exchange.getVariable(Variables.NEXT) != Outcome.TRY_MODEL) {
            return;
        }
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        Outcome next = ledger == null ? Outcome.TRY_MODEL : claim(exchange, run);
        exchange.setVariable(Variables.NEXT, next);
        if (next == Outcome.TRY_MODEL) {
            breakers.begin(run.chain().model());
            tally.calls(1);
            Call call = run.calls().begin(clock.instant());
            if (ledger != null) {
                UUID claim = call.claim();
                call.entity().whenLong(id -> ledger.generation(claim, id));
            }
            exchange.getMessage().getHeaders().clear();
            exchange.getMessage().setBody(call.entity());
            traces.calling(exchange.getVariable(Variables.PASSAGE, PromptSpans.class), run);
        } else {
            intake.called(run.permit());
        }
    }

    private Outcome claim(Exchange exchange, PromptContext run) {
        Chain chain = run.chain();
        String model = chain.model();
        Call call = run.calls().next();
        Reservations.Bound bound = call.bound(reservations, model);
        if (budget.limited().getAsBoolean() && bound.refusal() != null) {
            return passOver(run, bound.refusal(), LeftOut.UNBOUNDED_COST);
        }
        try {
            ClaimAnswer answer = Durable.result(ledger.claim(new ClaimRequest(run.entry().work(), call.attempt(), chain.level(), listed(model),
                    bound.usd(), run.entry().reopened())));
            if (answer instanceof ClaimAnswer.Reserved reserved) {
                call.claimed(reserved.claimId());
                exchange.removeVariable(Variables.WAIT); // whatever it was for, it is over
                return Outcome.TRY_MODEL;
            }
            if (answer instanceof Refused refused) {
                return refused(exchange, run, refused);
            }
            ledger.release(run.entry().work().id());
            run.entry().forget(); // somebody else has it: look it up anew
            return Outcome.LOOK_UP;
        } catch (LedgerUnavailable e) {
            return pause(exchange, LookUp.LEDGER_LOST + ": " + e.getMessage());
        }
    }

    /** No limit has room for what the call can cost. */
    Outcome refused(Exchange exchange, PromptContext run, Refused refused) {
        Notices.leave(exchange, refused.crossings(), clock.instant());
        return refused.exhausted() ? exhausted(exchange, run, refused) : soon(exchange);
    }

    private Outcome pause(Exchange exchange, String why) {
        pauses.pause(exchange, why);
        return intake.stopped() ? Outcome.STOPPED : Wait.paused(exchange, Outcome.CALL);
    }

    /** A budget of a model holds for it under whatever name it is asked for. */
    String listed(String model) {
        return catalogue.find(model).map(Model::id).orElse(model);
    }

    /** Many may wait for room: each asks less and less often, and not all at once. */
    private static Outcome soon(Exchange exchange) {
        Wait before = exchange.getVariable(Variables.WAIT, Wait.class);
        boolean again = before != null && before.reason().equals(JobStatistics.BUDGET_RESERVED);
        long room = again ? Math.max(ROOM_MILLIS, Math.min(2 * before.millis(), LONGEST_ROOM_MILLIS)) : ROOM_MILLIS;
        return Wait.begin(exchange, room / 2 + ThreadLocalRandom.current().nextLong(room / 2 + 1), JobStatistics.BUDGET_RESERVED, Outcome.CALL);
    }

    private Outcome exhausted(Exchange exchange, PromptContext run, Refused refused) {
        String what = describe(refused);
        if (refused.askedUsd().compareTo(refused.limit().usd()) > 0) {
            return passOver(run, "one call of it can cost more than the whole limit; " + what, LeftOut.BUDGET_EXHAUSTED);
        }
        boolean total = refused.limit().scope() == Scope.TOTAL;
        if (refused.limit().period() == Period.JOB) {
            intake.stop(what + ": raise --max-cost to go on");
            return Outcome.STOPPED;
        }
        return switch (total ? budget.total() : budget.part()) {
            case PAUSE -> pause(exchange, what);
            case REJECT -> {
                run.calls().fail(new Failure("budget_exhausted", what, true));
                yield Outcome.FAILED;
            }
            case FREE -> {
                run.decision().choice().rejected().add(run.chain().model() + ": " + what);
                run.chain().nextFree(catalogue::free, budget.freeFallback() ? run.decision().choice().freeModels().get() : List.of(),
                        LeftOut.BUDGET_EXHAUSTED);
                yield queued(run, new Failure("budget_exhausted", what, true));
            }
        };
    }

    /** This model cannot be called under a budget; another may, but not in place of a wanted one that only lacks a price in the settings. */
    private Outcome passOver(PromptContext run, String why, LeftOut code) {
        String model = run.chain().model();
        if (code == LeftOut.UNBOUNDED_COST && run.decision().choice().wanted().contains(model)) {
            run.calls().fail(new Failure(code.toString(), model + ": " + why, false));
            return Outcome.FAILED;
        }
        run.decision().choice().rejected().add(model + ": " + why);
        run.chain().next(code);
        return queued(run, new Failure(code.toString(), "no model is left to call under a budget; " + model + ": " + why, false));
    }

    private static Outcome queued(PromptContext run, Failure otherwise) {
        if (run.chain().step() == Chain.Step.FAILED) {
            run.calls().fail(otherwise);
            return Outcome.FAILED;
        }
        return Outcome.CALL;
    }

    private static String describe(Refused refused) {
        BigDecimal limit = refused.limit().usd();
        return "budget exhausted: " + (refused.limit().scope() + " " + refused.name()).strip().toLowerCase(Locale.ROOT) + " limit of $"
                + limit.toPlainString() + " for " + (refused.limit().period() == Period.JOB ? "this job" : refused.periodKey()) + ", spent or held $"
                + Usd.plain(refused.spentUsd())
                + ", and the next call can cost up to $" + Usd.plain(refused.askedUsd());
    }
}
