package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Which process looks after the batches of a key: one at a time. Thread-safe. */
public final class BatchPoller {

    /** A batch that nobody has looked at for so long is anybody's: the key that it was sent with may be another by now. */
    private static final Duration FORSAKEN = Duration.ofMinutes(10);

    private final Database database;
    private final Writer writer;
    private final Instances instances;

    BatchPoller(Database database, Writer writer, Instances instances) {
        this.database = database;
        this.writer = writer;
        this.instances = instances;
    }

    /**
     * The batches that are to be looked at now, where this process is the one that looks after this key's; empty where another is. Batches whose sender
     * died are among them.
     *
     * @param lease for how long the others leave it to this process
     */
    public CompletableFuture<List<BatchRow>> due(String provider, String keyHash, Duration lease) {
        String poller = provider + " " + keyHash;
        return writer.submit((tx, now) -> {
            if (!mine(tx, now, poller, now.plus(lease))) {
                return List.of();
            }
            List<BatchRow> rows = tx.list(BatchRow.ALL + "WHERE ended_at IS NULL AND provider = ? AND next_look <= ? AND (key_hash = ? OR next_look <= ?) ORDER BY next_look",
                    BatchRow::of, provider, now, keyHash, now.minus(FORSAKEN));
            Set<String> senders = new TreeSet<>(rows.stream().filter(row -> row.state() == BatchState.INTENT).map(BatchRow::instance).toList());
            Set<String> alive = instances.alive(tx, senders, now);
            return rows.stream().filter(row -> row.state() != BatchState.INTENT || !alive.contains(row.instance())).toList();
        });
    }

    /** Whether this process looks after a key's batches until then: nobody does, or who did is dead or says nothing. */
    private boolean mine(SqlSession tx, Instant now, String poller, Instant until) throws SQLException {
        for (String holder : tx.list("SELECT instance_id FROM batch_pollers WHERE poller = ? AND lease_until > ?", row -> row.getString(1), poller, now)) {
            if (instances.alive(tx, List.of(holder), now).contains(holder) && !holder.equals(instances.id())) {
                return false;
            }
            return tx.update("UPDATE batch_pollers SET instance_id = ?, lease_until = ? WHERE poller = ? AND instance_id = ?", instances.id(), until, poller, holder) == 1;
        }
        return tx.update("INSERT INTO batch_pollers (poller, instance_id, lease_until) VALUES (?, ?, ?) ON CONFLICT (poller) DO UPDATE SET instance_id = excluded.instance_id,"
                + " lease_until = excluded.lease_until WHERE batch_pollers.lease_until <= ?", poller, instances.id(), until, now) == 1;
    }

    /** Lets another process look after the batches at once. */
    public CompletableFuture<Integer> leave() {
        return writer.submit((tx, now) -> tx.update("DELETE FROM batch_pollers WHERE instance_id = ?", instances.id()));
    }

    /** Whether any batch is to be looked at by now, by whichever process. Blocks. */
    public boolean any(String provider, Instant now) {
        return database.read(tx -> tx.list("SELECT EXISTS (SELECT 1 FROM batches WHERE ended_at IS NULL AND provider = ? AND next_look <= ?)", row -> row.getBoolean(1), provider,
                now)).get(0);
    }
}
