package io.promptroutes.pipeline;

import io.promptroutes.call.BatchApi;
import io.promptroutes.call.BatchApi.Reply;
import io.promptroutes.call.BatchHindrance;
import io.promptroutes.call.BatchLineReader;
import io.promptroutes.call.BatchObject;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.ledger.BatchLine;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.BatchState;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.model.PriceList;
import io.promptroutes.model.TokenCounter;
import io.promptroutes.prompt.ServiceTier;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the batches whose time it is, where this process is the one that looks after those of its key, and puts what they came to into the ledger. Whoever
 * waits for a line takes it from there. Used by one thread at a time.
 */
record PollBatches(OpenBatches open, BatchApi api, Ledger ledger, SubmitBatches.Sender sender, FindBatch find, PriceList prices, TokenCounter tokens, AdmissionGate intake,
        BatchAlarm alarm, Options.Batching settings, Clock clock, AtomicReference<Instant> idle) implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(PollBatches.class);
    private static final String NOT_TOLD = "batches cannot be asked about";
    private static final Duration LEASE = Duration.ofMinutes(2);
    /** A process that waits for no batch looks this often whether another one, which died, has left some. */
    private static final Duration OTHERS = Duration.ofMinutes(1);
    /** In place of the time of the next look at those of others: this process waited for some itself. */
    private static final Instant WAITED = Instant.MIN;
    /** A list may be behind by so much. */
    private static final Duration YOUNG = Duration.ofSeconds(60);
    /** Looks at a batch that has ended and tells no results. */
    private static final int PATIENCE = 5;
    /** Than lines. */
    private static final int PAGES_MORE = 10;
    /** To a request for pages of results, where the service has none. */
    private static final Set<Integer> NO_PAGES = Set.of(400, 404, 405, 410, 501);
    private static final int HTTP_GONE = 410;
    private static final int HTTP_NOT_FOUND = 404;

    @Override
    public void process(Exchange tick) {
        Instant now = clock.instant();
        boolean waits = !open.batches().isEmpty();
        if (intake.stopped() || !waits && now.isBefore(idle.get())) {
            return;
        }
        boolean waited = idle.getAndSet(waits ? WAITED : now.plus(OTHERS)).equals(WAITED);
        try {
            boolean due = ledger.batches().poller().any(sender.provider(), now);
            if (due) {
                for (BatchRow batch : Durable.result(ledger.batches().poller().due(sender.provider(), sender.keyHash().get(), LEASE))) {
                    look(tick, batch);
                    open.changed();
                }
            }
            if (!waits && (waited || due)) {
                Durable.result(ledger.batches().poller().leave()); // those that others wait for are theirs to look at, and sooner
            }
        } catch (LedgerUnavailable e) {
            LOG.debug("batches are not looked at now: {}", e.getMessage());
        }
    }

    private void look(Exchange tick, BatchRow batch) {
        try {
            if (batch.state() != BatchState.SUBMITTED) {
                if (find.look(batch)) {
                    works();
                }
                return;
            }
            BatchLines lines = lines(batch);
            Reply reply = api.get(batch.remoteId(), lines);
            if (reply.batch() == null) {
                refused(tick, batch, reply);
                return;
            }
            works();
            lines.flush();
            told(batch, reply.batch(), lines);
        } catch (IOException e) {
            LOG.info("batch {} cannot be looked at: {}", batch.remoteId() == null ? batch.id() : batch.remoteId(), e.getMessage());
            if (e instanceof FindBatch.Refused list) {
                account(tick, list.reply());
            }
            if (batch.state() == BatchState.SUBMITTED) {
                later(batch, null, batch.done(), batch.looks() + 1, null);
            } else { // that it could not be looked for does not mean that it is not there
                Durable.result(ledger.batches().lost(batch.id(), batch.looks(), settings.poll()));
            }
        }
    }

    /** The service tells of batches. */
    private void works() {
        alarm.off(BatchAlarm.Of.LOOK);
        open.trouble(null);
    }

    /** Where it refuses to for the account, that says nothing of the batch, nor of calls. */
    private void account(Exchange tick, Reply reply) {
        if (reply.account()) {
            open.trouble(NOT_TOLD + ": " + reply.why());
            alarm.on(tick, BatchAlarm.Of.LOOK, NOT_TOLD + ": " + reply.why());
        }
    }

    private BatchLines lines(BatchRow batch) {
        return new BatchLines(ledger.batches(), batch, prices, tokens);
    }

    private void told(BatchRow batch, BatchObject told, BatchLines lines) throws IOException {
        if (told.finalizedAt() != null || !Objects.equals(told.expiresAt(), batch.expiresAt()) && told.expiresAt() != null) {
            Durable.result(ledger.batches().ends(batch.id(), told.expiresAt(), told.finalizedAt()));
        }
        if (!told.ended()) {
            if (told.odd()) {
                LOG.warn("batch {} is {}, which nobody knows here", batch.remoteId(), told.status());
            }
            later(batch, told.status(), told.done(), 0, null);
        } else if (told.status().equals("failed") && told.costUsd() == null && lines.ours() == 0) {
            failed(batch, told);
            forget(batch.remoteId());
        } else if (told.listed() || pages(batch, lines)) {
            if (lines.others() > 0) {
                LOG.warn("batch {} has {} lines without a name of ours", batch.remoteId(), lines.others());
            }
            end(batch, told, BatchLine.State.UNKNOWN, null);
            forget(batch.remoteId());
        } else if (!told.status().equals("completed") || batch.looks() >= PATIENCE) {
            end(batch, told, BatchLine.State.UNKNOWN, "it is " + told.status() + ", and tells no results. " + told.error());
        } else {
            later(batch, told.status(), told.done(), batch.looks() + 1, null);
        }
    }

    /** Reads the results page by page. False where the service has no pages of them. */
    private boolean pages(BatchRow batch, BatchLines lines) throws IOException {
        String cursor = null;
        int pages = 0;
        do {
            if (pages++ > batch.lines() + PAGES_MORE) {
                throw new IOException("the pages of its results do not end");
            }
            Reply page = api.results(batch.remoteId(), cursor, lines);
            if (page.batch() == null || !page.batch().listed()) {
                if (cursor != null || page.batch() == null && !NO_PAGES.contains(page.status())) { // what cannot be read now is not lost
                    throw new IOException("a page of its results cannot be had: " + (page.batch() == null ? page.why() : "no list"));
                }
                return false;
            }
            lines.flush(); // each page is on disk before the next one is asked for
            cursor = page.batch().next();
        } while (cursor != null);
        return true;
    }

    /** None of its lines was asked: for one bad line, which is named, or for want of room at the provider. */
    private void failed(BatchRow batch, BatchObject told) {
        String why = told.error();
        int named = BatchLineReader.named(batch.nonce(), why);
        boolean room = named < 0 && told.hindrances().contains(BatchHindrance.NO_ROOM);
        LOG.warn("batch {} of {} prompts failed{} (batches show {} says why)", batch.remoteId(), batch.lines(), named >= 0 ? " for one of them" : room ? " for want of room" : "",
                batch.remoteId());
        boolean blamed = batch.blamed() != null || named >= 0 && Durable.result(ledger.batches().blamed(batch.id(), named));
        end(batch, told, blamed || room ? BatchLine.State.AGAIN : BatchLine.State.FAILED, why);
    }

    private void end(BatchRow batch, BatchObject told, BatchLine.State rest, String why) {
        BigDecimal cost = told.costUsd();
        LOG.info("batch {} is {}: {} prompts, ${}", batch.remoteId(), told.status(), batch.lines(), cost == null ? "not told" : cost.toPlainString());
        Durable.result(ledger.batches().end(batch.id(), BatchState.ENDED, told.status(), cost, rest, why));
    }

    /** All that is to be known of it is in the ledger. Asked for once: what is not deleted ends after thirty days. */
    private void forget(String id) {
        if (!settings.delete()) {
            return;
        }
        try {
            Reply reply = api.delete(id);
            if (reply.batch() == null) {
                LOG.warn("batch {} is not deleted, and lies at the service for its time: HTTP {}{}", id, reply.status(), reply.strange() ? ", and no JSON" : "");
            }
        } catch (IOException e) {
            LOG.warn("batch {} may not be deleted: {}", id, e.getMessage());
        }
    }

    private void refused(Exchange tick, BatchRow batch, Reply reply) {
        Duration age = Duration.between(batch.createdAt(), clock.instant());
        account(tick, reply);
        boolean gone = reply.status() == HTTP_GONE || reply.status() == HTTP_NOT_FOUND && !reply.strange() && batch.keyHash().equals(sender.keyHash().get())
                && age.compareTo(ServiceTier.LONGEST_BATCH) > 0 && clock.instant().isAfter(ExpectedEnd.latest(batch));
        if (gone) {
            Durable.result(ledger.batches().end(batch.id(), BatchState.GIVEN_UP, null, null, BatchLine.State.UNKNOWN, reply.why()));
            return;
        }
        if (age.compareTo(YOUNG) > 0) {
            LOG.warn("batch {} cannot be looked at: HTTP {}", batch.remoteId(), reply.status());
        }
        later(batch, null, batch.done(), batch.looks() + 1, reply.refusal().retryAfter());
    }

    /** @param told how long the service asks to wait, or null */
    private void later(BatchRow batch, String state, int done, int looks, Duration told) {
        Duration next = told != null ? told : next(settings, Duration.between(batch.createdAt(), clock.instant()));
        Durable.result(ledger.batches().later(batch.id(), state, done, looks, next));
    }

    /** Ever less often: what has taken long takes longer. */
    static Duration next(Options.Batching settings, Duration age) {
        Duration wait = age.toMinutes() >= 120 ? settings.poll().multipliedBy(20) : age.toMinutes() >= 10 ? settings.poll().multipliedBy(4)
                : age.compareTo(settings.poll()) <= 0 ? settings.poll() : settings.poll().multipliedBy(2);
        long millis = Math.max(10, (wait.compareTo(settings.pollLongest()) < 0 ? wait : settings.pollLongest()).toMillis());
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 10 + 1));
    }
}
