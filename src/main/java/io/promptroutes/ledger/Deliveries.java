package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes which answers have arrived and which cost events their topic has acknowledged: some at a time, since nobody waits for it. What a crash
 * leaves out is delivered, or sent, once more. Thread-safe.
 */
public final class Deliveries {

    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    static final long EVERY_MILLIS = 250;

    private final Writer writer;
    private final Queue<WorkId> works = new ConcurrentLinkedQueue<>();
    private final Queue<UUID> events = new ConcurrentLinkedQueue<>();
    private final Queue<UUID> lookedUp = new ConcurrentLinkedQueue<>();

    Deliveries(Writer writer) {
        this.writer = writer;
    }

    /** The answer, or dead letter, of this work is where it is to be. */
    public void arrived(WorkId work) {
        works.add(work);
    }

    /** A cost event of this call has been acknowledged. @param second whether it is the one that says what was looked up */
    public void sent(UUID claim, boolean second) {
        (second ? lookedUp : events).add(claim);
    }

    /** Notes what there is to note. */
    void flush() {
        Collection<String> arrived = drained(works, WorkId::hex);
        Collection<UUID> sent = drained(events, Function.identity());
        Collection<UUID> second = drained(lookedUp, Function.identity());
        if (arrived.isEmpty() && sent.isEmpty() && second.isEmpty()) {
            return;
        }
        try {
            Durable.result(writer.submit((tx, now) -> write(tx, now, arrived, sent, second)));
        } catch (LedgerUnavailable e) {
            arrived.forEach(work -> works.add(new WorkId(work)));
            events.addAll(sent);
            lookedUp.addAll(second);
        } catch (LedgerRejected e) {
            LOG.warn("what was delivered could not be noted, and may be sent once more: {}", e.getMessage());
        }
    }

    private static Void write(SqlSession tx, Instant now, Collection<String> arrived, Collection<UUID> sent, Collection<UUID> second) throws SQLException {
        if (!arrived.isEmpty()) {
            tx.update("UPDATE works SET delivered_at = ? WHERE work_id = ANY(?) AND delivered_at IS NULL AND state <> 'open'", now, arrived);
        }
        published(tx, now, false, sent);
        published(tx, now, true, second);
        return null;
    }

    private static void published(SqlSession tx, Instant now, boolean second, Collection<UUID> claims) throws SQLException {
        if (!claims.isEmpty()) {
            tx.update("UPDATE events SET published_at = ? WHERE claim_id = ANY(?) AND looked_up = ?", now, claims, second);
        }
    }

    private static <T, K extends Comparable<K>> Collection<K> drained(Queue<T> queue, Function<T, K> key) {
        List<K> all = new ArrayList<>();
        for (T one = queue.poll(); one != null; one = queue.poll()) {
            all.add(key.apply(one));
        }
        return new TreeSet<>(all);
    }
}
