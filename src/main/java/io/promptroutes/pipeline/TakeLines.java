package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.call.BatchLineReader;
import io.promptroutes.call.Billing;
import io.promptroutes.call.CallFailed;
import io.promptroutes.call.FailureKind;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.ledger.BatchLine;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.BatchState;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.model.Cost;
import io.promptroutes.model.CostSource;
import io.promptroutes.pipeline.OpenBatches.Seat;
import io.promptroutes.prompt.Json;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of batches that are over, each to the prompt that waits for it here: it ends like a call. Used by one thread at a time.
 *
 * @param hold whether no other call may follow one that may have been billed
 */
record TakeLines(OpenBatches open, Ledger ledger, BatchLineReader reader, BatchRefused refused, JobStatistics tally, boolean hold, Options.Batching settings, Clock clock)
        implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(TakeLines.class);
    private static final int AT_ONCE = 100;
    /** That are told of. */
    private static final int STATES = 5;

    @Override
    public void process(Exchange tick) {
        Instant now = clock.instant();
        if (!open.news(now)) {
            return;
        }
        try {
            List<UUID> waited = open.batches();
            Map<UUID, BatchRow> rows = ledger.batches().of(waited);
            tell(rows.values().stream().filter(row -> !row.state().over()).toList());
            for (UUID id : waited) {
                BatchRow batch = rows.get(id);
                if (batch == null || batch.state().over()) {
                    take(id, batch);
                }
            }
        } catch (LedgerUnavailable e) {
            open.changed(); // to be read still
            LOG.debug("lines of batches are not taken now: {}", e.getMessage());
        }
    }

    /** What people are to see of them. */
    private void tell(List<BatchRow> going) {
        Map<String, Long> states = going.stream().collect(Collectors.groupingBy(row -> row.remoteState() == null ? row.state().toString()
                : row.remoteState() + " " + row.done() + "/" + row.lines(), TreeMap::new, Collectors.counting()));
        Map<String, List<Duration>> took = going.stream().map(BatchRow::model).distinct().collect(Collectors.toMap(model -> model,
                model -> ledger.batches().took(going.get(0).provider(), model)));
        ExpectedEnd end = going.stream().map(row -> ExpectedEnd.of(row, took.get(row.model()))).reduce(ExpectedEnd::and).orElse(null);
        open.states(states.entrySet().stream().limit(STATES).map(state -> state.getValue() + " " + state.getKey()).collect(Collectors.joining(", ")), end);
    }

    /** @param batch null for one that the ledger has forgotten */
    private void take(UUID id, BatchRow batch) {
        List<UUID> claims = open.claims(id);
        for (int from = 0; from < claims.size(); from += AT_ONCE) {
            List<UUID> some = claims.subList(from, Math.min(from + AT_ONCE, claims.size()));
            Map<UUID, BatchLine> lines = ledger.batches().lines(some);
            boolean anew = batch != null && (batch.blamed() != null || batch.state() == BatchState.GIVEN_UP);
            Map<UUID, Integer> rounds = anew ? ledger.batches().rounds(some) : Map.of();
            for (UUID claim : some) {
                Seat seat = open.take(id, claim);
                if (seat != null) {
                    end(seat, batch, lines.get(claim), rounds.getOrDefault(claim, 0));
                }
            }
        }
    }

    /** @param rounds see {@link BatchRefused#again} */
    private void end(Seat seat, BatchRow batch, BatchLine line, int rounds) {
        BatchLine.State state = line == null ? BatchLine.State.UNKNOWN : line.state();
        if (state == BatchLine.State.AGAIN) {
            if (batch.blamed() == null) { // there was no room for it
                refused.crowded(seat, settings.quota());
            } else {
                refused.again(seat, rounds, batch.reason() == null ? "" : batch.reason());
            }
            return;
        }
        PromptContext run = seat.run();
        tally.calls(1);
        Call call = run.calls().begin(clock.instant());
        Instant from = batch == null ? call.started() : batch.createdAt();
        Instant to = batch == null || batch.endedAt() == null ? call.started() : batch.endedAt();
        call.inBatch(Duration.between(from, to), cost(state, line));
        boolean again = batch != null && batch.state() == BatchState.GIVEN_UP && batch.remoteId() == null && rounds <= settings.rounds();
        if (state == BatchLine.State.ANSWERED) {
            answer(run, call, line);
        } else {
            fail(run, state == BatchLine.State.FAILED ? failure(run, batch, line) : unknown(batch), state == BatchLine.State.UNKNOWN, again);
        }
        seat.leave(Outcome.END_CALL);
    }

    /** Null where the line's own is to be looked at, and believed or not. */
    private static Cost cost(BatchLine.State state, BatchLine line) {
        BigDecimal usd = line == null ? null : line.costUsd();
        if (usd != null && line.shared()) {
            return new Cost(usd, CostSource.SHARED);
        }
        boolean own = state == BatchLine.State.ANSWERED && usd != null;
        return own || state == BatchLine.State.FAILED && usd == null ? null : new Cost(usd, usd == null ? null : CostSource.REPORTED);
    }

    private void answer(PromptContext run, Call call, BatchLine line) {
        try {
            run.calls().answered(reader.read(Json.tree(line.raw()), run.chain().calledModel()));
        } catch (CallFailed e) {
            fail(run, e.details(), false, false);
        }
    }

    private CallFailed.Details failure(PromptContext run, BatchRow batch, BatchLine line) {
        JsonNode raw = line.raw() == null ? null : Json.tree(line.raw());
        try {
            if (raw != null && BatchLineReader.says(raw)) {
                reader.read(raw, run.chain().model());
            }
        } catch (CallFailed e) {
            CallFailed.Details told = e.details();
            return new CallFailed.Details(told.kind(), told.status(), told.message(), line.costUsd() == null ? Billing.NO : Billing.YES, null, null, told.generationId(),
                    told.provider(), told.usage(), told.retryable());
        }
        return details(FailureKind.BAD_REQUEST, batch == null || batch.reason() == null ? "the batch has no answer of it" : batch.reason(), Billing.NO);
    }

    private static CallFailed.Details unknown(BatchRow batch) {
        return details(FailureKind.CONNECTION, batch == null || batch.reason() == null ? "the batch ended without its line" : batch.reason(), Billing.UNKNOWN);
    }

    private static CallFailed.Details details(FailureKind kind, String why, Billing billing) {
        return new CallFailed.Details(kind, null, why, billing, null, null, null, null, null, null);
    }

    /** @param lost whether it may have been billed, and its answer is lost. again, whether it may go into another batch */
    private void fail(PromptContext run, CallFailed.Details why, boolean lost, boolean again) {
        Fallback.note(run, why.exception());
        if (lost && hold) {
            run.calls().fail(new Failure("ambiguous", "its batch may have been billed: " + why.message()
                    + "; feed this in again with ledger.ambiguous=retry to have it answered", true));
        } else if (!settings.live()) {
            run.calls().fail(new Failure(why.kind().toString(), "its batch has no answer of it (batches.failed=fail): " + why.message(), true));
        } else {
            if (lost) {
                tally.note(JobStatistics.MAYBE_PAID_TWICE);
            }
            run.chain().anew();
            if (again) {
                run.calls().together();
            } else {
                run.calls().alone("its batch has no answer of it: " + why.message());
            }
        }
    }
}
