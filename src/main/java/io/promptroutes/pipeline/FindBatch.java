package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.call.BatchApi;
import io.promptroutes.call.BatchApi.Reply;
import io.promptroutes.call.BatchLineReader;
import io.promptroutes.call.BatchObject;
import io.promptroutes.ledger.BatchLine;
import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.BatchState;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Catalogue;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.commons.lang3.tuple.Pair;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for a batch to whose submission no reply came. Nothing in a list of batches tells whose they are: only the names of the lines in its results do. So one
 * that looks like it is waited for, and taken when its results name it. Where there is none, twice, it is given up: it may have been billed. Used by one thread at a time.
 *
 * @param foreign names of batches whose results are another's than that of this one, which may be one of ours that is looked for too
 */
record FindBatch(BatchApi api, Ledger ledger, Catalogue catalogue, Options.Batching settings, Set<Pair<UUID, String>> foreign) {

    private static final Logger LOG = LoggerFactory.getLogger(FindBatch.class);
    /** What clocks may still be apart when it is known how they are set: one is told in whole seconds, and answers take their time. */
    private static final Duration APART = Duration.ofMinutes(5);
    /** There are no results. */
    private static final Set<Integer> GONE = Set.of(404, 410);
    private static final int TWICE = 2;
    private static final int MOST_PAGES = 50;

    /** Whose a batch is, by what it tells. */
    private enum Whose {
        OURS, FOREIGN,
        /** It tells no name at all. */
        NOBODYS
    }

    FindBatch(BatchApi api, Ledger ledger, Catalogue catalogue, Options.Batching settings) {
        this(api, ledger, catalogue, settings, ConcurrentHashMap.newKeySet());
    }

    /** The service does not tell. */
    static final class Refused extends IOException {

        private final transient Reply reply;

        private Refused(Reply reply) {
            super(reply.why());
            this.reply = reply;
        }

        Reply reply() {
            return reply;
        }
    }

    /** When the submission may have come to the service, by the service's clock. */
    private record Time(Instant from, Instant to) {

        boolean has(Instant at) {
            return at == null || !at.isBefore(from) && !at.isAfter(to);
        }
    }

    /** Returns whether the service was asked. */
    boolean look(BatchRow batch) throws IOException {
        Instant now = Durable.result(ledger.batches().now());
        Duration left = settings.lost().minus(Duration.between(batch.createdAt(), now));
        if (left.compareTo(Duration.ZERO) > 0) { // of a process that died, and what it sent may not be listed yet
            Durable.result(ledger.batches().lost(batch.id(), batch.looks(), left));
            return false;
        }
        List<BatchObject> alike = alike(batch, time(batch, now));
        boolean going = false;
        for (BatchObject candidate : alike) {
            if (!candidate.ended()) {
                going = true;
                continue;
            }
            Whose whose = whose(batch, candidate);
            if (whose == Whose.OURS) {
                LOG.info("batch {} is the one to whose submission no reply came", candidate.id());
                Durable.result(ledger.batches().submitted(batch.id(), candidate.id(), Duration.ZERO));
                return true;
            } else if (whose == Whose.FOREIGN) {
                foreign.add(Pair.of(batch.id(), candidate.id()));
            }
        }
        if (going) {
            Durable.result(ledger.batches().lost(batch.id(), 0, PollBatches.next(settings, Duration.between(batch.createdAt(), now))));
        } else if (batch.looks() + 1 < TWICE) {
            Durable.result(ledger.batches().lost(batch.id(), batch.looks() + 1, settings.lost()));
        } else {
            LOG.warn("a batch of {} prompts is not among those of the service; it may have been billed all the same", batch.lines());
            Durable.result(ledger.batches().end(batch.id(), BatchState.GIVEN_UP, null, null, BatchLine.State.UNKNOWN, "it was looked for in vain"));
        }
        return true;
    }

    /**
     * The two clocks may be hours apart: so what the service's says now counts, less the time since. What ours said then counts too, since it may have been put
     * wrong meanwhile. Without an end others that come and come would be waited for, for ever.
     */
    private Time time(BatchRow batch, Instant now) throws IOException {
        Reply reply = api.list(Map.of("limit", "1"), item -> { });
        if (reply.batch() == null) {
            throw new Refused(reply);
        }
        Instant ours = batch.createdAt();
        Instant theirs = reply.now() == null ? ours : reply.now().minus(Duration.between(ours, now));
        return new Time((theirs.isBefore(ours) ? theirs : ours).minus(APART), (theirs.isBefore(ours) ? ours : theirs).plus(settings.timeout()).plus(APART));
    }

    /** Those that may be it. */
    private List<BatchObject> alike(BatchRow batch, Time time) throws IOException {
        List<BatchObject> all = new ArrayList<>();
        Map<String, String> query = new LinkedHashMap<>(Map.of("limit", "100", "created_after", String.valueOf(time.from().getEpochSecond())));
        String after = null;
        int pages = 0;
        do {
            Reply page = api.list(query, item -> all.add(BatchObject.of(item)));
            if (page.batch() == null) {
                throw new Refused(page);
            }
            after = page.batch().next();
            query.put("after", after);
        } while (after != null && ++pages < MOST_PAGES);
        Set<String> known = new TreeSet<>(ledger.batches().ours(all.stream().map(BatchObject::id).filter(id -> id != null).collect(Collectors.toSet())));
        return all.stream().filter(one -> one.id() != null && !known.contains(one.id()) && !foreign.contains(Pair.of(batch.id(), one.id())) && time.has(one.createdAt()))
                .filter(one -> alike(batch, one)).toList();
    }

    private boolean alike(BatchRow batch, BatchObject one) {
        boolean model = one.model().equals(batch.model()) || one.model().equals(batch.model() + ":batch") || catalogue.sameModel(batch.model(), one.model());
        return model && (one.total() == 0 || one.total() == batch.lines()) && one.endpoint().equals(batch.endpoint());
    }

    /** By the first of its results that has a name, or by what it says of its failure. @throws Refused where it cannot be read now, which says nothing */
    private Whose whose(BatchRow batch, BatchObject candidate) throws IOException {
        if (BatchLineReader.named(batch.nonce(), candidate.error()) >= 0) {
            return Whose.OURS;
        }
        Whose[] whose = {Whose.NOBODYS};
        Consumer<JsonNode> line = one -> whose[0] = whose[0] == Whose.OURS || BatchLineReader.number(batch.nonce(), one) >= 0 ? Whose.OURS
                : one.path("custom_id").isTextual() ? Whose.FOREIGN : whose[0];
        Reply reply = told(api.get(candidate.id(), line));
        boolean more = reply.batch() != null && !reply.batch().listed();
        String cursor = null;
        for (int page = 0; more && whose[0] == Whose.NOBODYS && page < MOST_PAGES; page++) {
            reply = told(api.results(candidate.id(), cursor, line));
            cursor = reply.batch() == null ? null : reply.batch().next();
            more = cursor != null;
        }
        return whose[0];
    }

    /** Where it is refused to tell, it may be ours all the same. */
    private static Reply told(Reply reply) throws Refused {
        if (reply.batch() == null && !GONE.contains(reply.status())) {
            throw new Refused(reply);
        }
        return reply;
    }
}
