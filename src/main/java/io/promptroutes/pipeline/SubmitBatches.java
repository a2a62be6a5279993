package io.promptroutes.pipeline;

import io.promptroutes.call.BatchApi;
import io.promptroutes.call.BatchApi.Reply;
import io.promptroutes.call.BatchBody;
import io.promptroutes.call.BatchLineReader;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.BatchChoice;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.Permit;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.ledger.BatchIntent;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.ClaimAnswer;
import io.promptroutes.ledger.ClaimRequest;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerRejected;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.model.Reservations;
import io.promptroutes.pipeline.OpenBatches.Seat;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the groups that are ready, one after another: claims and intent are on disk before the request goes out, which is never sent twice. Used by one thread
 * at a time.
 *
 * @param unnoted what came of batches, which the ledger could not take yet
 */
record SubmitBatches(OpenBatches open, BatchApi api, Ledger ledger, Sender sender, BatchRefused refused, ClaimCall claims, Reservations reservations, AdmissionGate intake,
        Pauses pauses, Options.Batching settings, Clock clock, Map<UUID, Consumer<Exchange>> unnoted) implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(SubmitBatches.class);

    /** @param keyHash of the API key */
    record Sender(String provider, Supplier<String> keyHash) {
    }

    SubmitBatches(OpenBatches open, BatchApi api, Ledger ledger, Sender sender, BatchRefused refused, ClaimCall claims, Reservations reservations, AdmissionGate intake,
            Pauses pauses, Options.Batching settings, Clock clock) {
        this(open, api, ledger, sender, refused, claims, reservations, intake, pauses, settings, clock, new ConcurrentHashMap<>());
    }

    @Override
    public void process(Exchange tick) {
        open.left(seat -> Sinks.mayStart(seat.exchange(), intake) ? null : Outcome.GIVEN_UP).forEach(seat -> seat.leave(Outcome.GIVEN_UP));
        Map.copyOf(unnoted).forEach((id, step) -> note(tick, id, step));
        for (BatchGroup group : open.ready(clock.instant())) {
            Permit permit = new Permit();
            if (intake.stopped() || !intake.mayCall(permit)) {
                open.giveBack(group);
                continue;
            }
            try {
                send(tick, group);
            } finally {
                intake.called(permit);
            }
        }
    }

    private void send(Exchange tick, BatchGroup group) {
        UUID id = UUID.randomUUID();
        List<ClaimAnswer> answers;
        try {
            answers = Durable.result(ledger.batches().intend(new BatchIntent(id, sender.provider(), sender.keyHash().get(), BatchBody.ENDPOINT, group.kind().model(),
                    group.kind().only(), group.kind().within(), group.bytes(), group.seats().stream().map(this::claim).toList())));
        } catch (LedgerUnavailable e) {
            open.giveBack(group);
            pauses.pause(tick, LookUp.LEDGER_LOST + ": " + e.getMessage());
            return;
        } catch (LedgerRejected e) { // for something in one of them, which is found when it is called
            group.seats().forEach(seat -> seat.alone(e.getMessage()));
            return;
        }
        intake.over(LookUp.LEDGER_LOST);
        Map<UUID, Seat> seats = new HashMap<>();
        Map<Integer, Seat> numbered = new LinkedHashMap<>();
        List<Integer> out = new ArrayList<>();
        IntStream.range(0, answers.size()).forEach(n -> {
            if (answers.get(n) instanceof ClaimAnswer.Reserved reserved) {
                Seat seat = group.seats().get(n);
                seat.call().claimed(reserved.claimId());
                seats.put(reserved.claimId(), seat);
                numbered.put(n, seat);
            } else {
                out.add(n);
            }
        });
        if (!seats.isEmpty()) {
            open.asked(id, seats);
            submit(tick, id, group, numbered, new ArrayList<>(seats.keySet()));
        }
        out.forEach(n -> unclaimed(group.seats().get(n), answers.get(n)));
    }

    private ClaimRequest claim(Seat seat) {
        PromptContext run = seat.run();
        Call call = seat.call();
        String model = seat.kind().model();
        BigDecimal alone = call.bound(reservations, model).usd();
        BigDecimal together = reservations.of(BatchChoice.row(model), call.request().json(), call.media(), call.media().text(call.request().bytes().length),
                call.request().reserved()).usd();
        return new ClaimRequest(run.entry().work(), call.attempt(), run.chain().level(), claims.listed(model), alone.max(together), run.entry().reopened());
    }

    private void unclaimed(Seat seat, ClaimAnswer answer) {
        if (answer instanceof ClaimAnswer.Refused no) {
            Outcome next = claims.refused(seat.exchange(), seat.run(), no);
            seat.leave(next == Outcome.WAIT ? Wait.instead(seat.exchange(), Outcome.BATCH_SUBMIT) : next == Outcome.CALL ? Outcome.BATCH_SUBMIT : next);
        } else {
            ledger.release(seat.run().entry().work().id());
            seat.run().entry().forget(); // somebody else has it: look it up anew
            seat.leave(Outcome.LOOK_UP);
        }
    }

    private void submit(Exchange tick, UUID id, BatchGroup group, Map<Integer, Seat> numbered, List<UUID> claimed) {
        String nonce = BatchRow.nonce(id);
        Map<String, byte[]> lines = new LinkedHashMap<>();
        numbered.forEach((n, seat) -> lines.put(BatchLineReader.name(nonce, n), seat.call().request().bytes()));
        Reply reply;
        try {
            reply = api.submit(new BatchBody(group.kind().model(), group.kind().only(), group.kind().within(), lines));
        } catch (BatchApi.Broken e) {
            note(tick, id, e.sent() ? now -> lost(id, e.getMessage()) : now -> refused.unreachable(now, id, numbered, claimed, e.getMessage()));
            return;
        }
        if (reply.batch() != null && reply.batch().id() != null) {
            LOG.info("batch {}: {} prompts for {}, {} bytes", reply.batch().id(), lines.size(), group.kind().model(), group.bytes());
            refused.alarm().off(BatchAlarm.Of.SUBMISSION);
            intake.resume();
            note(tick, id, now -> Durable.result(ledger.batches().submitted(id, reply.batch().id(), settings.poll())));
        } else if (BatchRefused.open(reply)) {
            note(tick, id, now -> lost(id, reply.batch() != null ? "a reply without a name" : "HTTP " + reply.status()));
        } else {
            note(tick, id, now -> refused.by(now, reply, id, group.kind(), numbered, claimed));
        }
    }

    /** Puts into the ledger what came of it, now or as soon as that can be had: while this process lives nobody else looks for it. */
    private void note(Exchange tick, UUID id, Consumer<Exchange> what) {
        unnoted.put(id, what);
        try {
            what.accept(tick);
            unnoted.remove(id);
            open.changed();
        } catch (LedgerUnavailable e) {
            LOG.warn("what came of a batch is noted later: {}", e.getMessage());
        }
    }

    private void lost(UUID id, String why) {
        LOG.warn("nobody knows whether a batch was taken ({}); it is looked for among those of the service in {} s", why, settings.lost().toSeconds());
        Durable.result(ledger.batches().lost(id, 0, settings.lost()));
    }
}
