package io.promptroutes.pipeline;

import io.promptroutes.call.BatchApi.Reply;
import io.promptroutes.call.BatchHindrance;
import io.promptroutes.call.BatchLineReader;
import io.promptroutes.call.FailureKind;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Failure;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.pipeline.OpenBatches.Seat;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service did not take a batch, and so bills nothing: what becomes of its prompts. Thread-safe. */
record BatchRefused(OpenBatches open, Ledger ledger, BatchRefusals refusals, Pauses pauses, BatchAlarm alarm, AdmissionGate intake, Options.Batching settings, Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRefused.class);
    private static final String REFUSED = "batches are refused";
    private static final Set<Integer> MAYBE_TAKEN = Set.of(408, 500, 502, 503, 504, 520, 522, 524);
    private static final int HTTP_NOT_FOUND = 404;
    private static final int HTTP_TOO_LARGE = 413;

    /** Whether it may have been taken all the same. */
    static boolean open(Reply reply) {
        return reply.batch() != null || MAYBE_TAKEN.contains(reply.status());
    }

    /** Nothing has reached the service. @param tick takes an alert along */
    void unreachable(Exchange tick, UUID id, Map<Integer, Seat> seats, Collection<UUID> claims, String why) {
        voided(id, claims, why);
        pauses.pause(tick, "batches cannot be sent: " + why);
        all(id, seats, seat -> later(seat, settings.poll()));
    }

    /** @param tick takes an alert along @param seats by their numbers in the batch */
    void by(Exchange tick, Reply reply, UUID id, OpenBatches.Kind of, Map<Integer, Seat> seats, Collection<UUID> claims) {
        String why = reply.why();
        LOG.warn("a batch of {} prompts for {} was not taken: HTTP {}, {}", seats.size(), of.model(), reply.status(), reply.refusal().kind()); // its words may quote a prompt
        int named = BatchLineReader.named(BatchRow.nonce(id), reply.refusal().message());
        boolean blamed = named >= 0 && seats.containsKey(named);
        if (blamed) {
            Durable.result(ledger.batches().blamed(id, named));
        }
        Map<UUID, Integer> rounds = blamed ? ledger.batches().rounds(claims) : Map.of();
        voided(id, claims, why); // what the ledger has to say is said: nothing fails behind it
        FailureKind kind = reply.refusal().kind();
        if (kind == FailureKind.RATE_LIMITED || kind == FailureKind.FREE_LIMIT) {
            Duration told = reply.refusal().retryAfter();
            all(id, seats, seat -> crowded(seat, told == null ? settings.lost() : told));
        } else if (reply.status() == HTTP_NOT_FOUND && reply.strange()) {
            refusals.all("there is no Batch API at the address (" + why + "; key batches.path)", clock.instant());
            all(id, seats, seat -> seat.alone(refusals.of(of, clock.instant())));
        } else if (reply.said().contains(BatchHindrance.NOT_KEPT)) {
            refusals.all("this account's data may not be kept (" + why + ")", clock.instant());
            all(id, seats, seat -> seat.alone(refusals.of(of, clock.instant())));
        } else if (kind.is(FailureKind.Trait.NOBODYS_FAULT)) {
            intake.pause(REFUSED + ": " + why);
            alarm.on(tick, BatchAlarm.Of.SUBMISSION, REFUSED + ": " + why);
            all(id, seats, seat -> later(seat, settings.poll()));
        } else if (reply.status() == HTTP_TOO_LARGE && seats.size() > 1) {
            open.smaller(seats.size());
            all(id, seats, seat -> seat.leave(Outcome.BATCH_SUBMIT));
        } else if (blamed) {
            split(id, seats, named, rounds, why);
        } else {
            if (reply.status() == HTTP_NOT_FOUND || reply.said().contains(BatchHindrance.NO_ENDPOINT)) {
                refusals.of(of, why, clock.instant());
            }
            all(id, seats, seat -> seat.alone(why));
        }
    }

    /** One line made the batch fail: it is called alone, and the others go into another batch. */
    private void split(UUID id, Map<Integer, Seat> seats, int named, Map<UUID, Integer> rounds, String why) {
        seats.forEach((n, seat) -> take(id, seat, n == named ? one -> one.alone(why) : one -> again(one, rounds.getOrDefault(one.call().claim(), 0), why)));
    }

    /** Into another batch, unless it went into too many. @param rounds how many it has been in that others made fail */
    void again(Seat seat, int rounds, String why) {
        if (rounds > settings.rounds()) {
            seat.alone("others made " + settings.rounds() + " batches fail that it was in; the last one: " + why);
        } else {
            seat.leave(Outcome.BATCH_SUBMIT);
        }
    }

    /** There is no room for it: into another batch in a while, but not for ever. */
    void crowded(Seat seat, Duration wait) {
        Duration since = seat.run().calls().crowded(clock.instant());
        String why = "there was no room for its batch for " + since.toSeconds() + " s";
        if (since.compareTo(settings.quotaLongest()) < 0) {
            later(seat, wait);
        } else if (settings.live()) {
            seat.alone(why + " (key batches.quota-longest)");
        } else {
            seat.run().calls().fail(new Failure(FailureKind.RATE_LIMITED.toString(), why + " (batches.quota-longest, batches.failed=fail)", true));
            seat.leave(Outcome.FAILED);
        }
    }

    /** Into another batch in a while. */
    private static void later(Seat seat, Duration wait) {
        seat.leave(Wait.begin(seat.exchange(), wait.toMillis(), JobStatistics.BATCH_LATER, Outcome.BATCH_SUBMIT));
    }

    private void all(UUID id, Map<Integer, Seat> seats, Consumer<Seat> then) {
        seats.values().forEach(seat -> take(id, seat, then));
    }

    private void take(UUID id, Seat seat, Consumer<Seat> then) {
        Seat taken = open.take(id, seat.call().claim());
        if (taken != null) {
            then.accept(taken);
        }
    }

    private void voided(UUID id, Collection<UUID> claims, String why) {
        Durable.result(ledger.batches().refused(id, claims, why));
    }
}
