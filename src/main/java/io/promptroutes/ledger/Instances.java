package io.promptroutes.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The processes that share the ledger, and which of them live. Every time here is the database's. Stateless but for its names.
 *
 * @param id    of this run
 * @param name  what it and its run after a restart have in common; {@code id} where nothing
 * @param locks who lives, on SQLite; null on PostgreSQL, where a lease and a later process of the same name tell it
 */
record Instances(String id, String name, InstanceLocks locks, LedgerSettings settings) {

    private record Other(String id, Instant leaseUntil, boolean superseded) {

        static Other of(ResultSet row) throws SQLException {
            return new Other(row.getString("instance_id"), SqlSession.instant(row, "lease_until"), row.getBoolean("superseded"));
        }
    }

    private static final String OTHERS = "SELECT instance_id, lease_until, superseded FROM instances WHERE ";

    /** Returns the slot: see the schema. */
    int register(SqlSession tx, Instant now) throws SQLException {
        if (!name.equals(id)) {
            tx.update("UPDATE instances SET superseded = TRUE WHERE superseded = FALSE AND name = ?", name);
        }
        Set<Integer> taken = new TreeSet<>(tx.list("SELECT slot FROM instances WHERE reaped = FALSE AND superseded = FALSE", row -> row.getInt("slot")));
        int slot = IntStream.iterate(0, i -> i + 1).filter(i -> !taken.contains(i)).findFirst().orElseThrow();
        tx.update("INSERT INTO instances (instance_id, name, slot, started_at, lease_until, superseded, reaped) VALUES (?, ?, ?, ?, ?, FALSE, FALSE)",
                id, name, slot, now, now.plus(settings.lease()));
        return slot;
    }

    /** Returns false when another process has taken this one's name. */
    boolean heartbeat(SqlSession tx, Instant now) throws SQLException {
        if (locks != null) {
            locks.keep();
        }
        return tx.update("UPDATE instances SET lease_until = ?, reaped = FALSE WHERE instance_id = ? AND superseded = FALSE",
                now.plus(settings.lease()), id) == 1;
    }

    /** At an orderly end: others need not wait for the lease. */
    Void leave(SqlSession tx, Instant now) throws SQLException {
        tx.update("UPDATE instances SET lease_until = ? WHERE instance_id = ?", now, id);
        return null;
    }

    /** Those that ended before, and whose calls were looked at. */
    void purge(SqlSession tx, Instant before) throws SQLException {
        tx.update("DELETE FROM instances WHERE reaped = TRUE AND lease_until < ?", before);
    }

    /** Those that died and whose open calls nobody has looked at; locked. */
    List<String> dead(SqlSession tx, Instant now) throws SQLException {
        String gone = locks == null ? "(superseded = TRUE OR lease_until <= ?)" : "? IS NOT NULL"; // clocks are set back; no row of a living one is locked
        return tx.list(OTHERS + "reaped = FALSE AND instance_id <> ? AND " + gone + " ORDER BY instance_id FOR UPDATE", Other::of, id, now).stream()
                .filter(other -> !alive(other, now)).map(Other::id).toList();
    }

    /** After the group is committed. */
    void forget(Collection<String> dead) {
        if (locks != null) {
            dead.forEach(locks::forget);
        }
    }

    void reaped(SqlSession tx, Collection<String> instances) throws SQLException {
        tx.update("UPDATE instances SET reaped = TRUE WHERE instance_id = ANY(?)", instances);
    }

    /** Of these, the ones alive; this one is. */
    Set<String> alive(SqlSession tx, Collection<String> instances, Instant now) throws SQLException {
        Set<String> others = new TreeSet<>(instances);
        others.remove(id);
        Set<String> alive = new TreeSet<>(List.of(id));
        if (!others.isEmpty()) {
            tx.list(OTHERS + "instance_id = ANY(?)", Other::of, others).stream().filter(other -> alive(other, now)).forEach(other -> alive.add(other.id()));
        }
        return alive;
    }

    private boolean alive(Other other, Instant now) {
        return locks == null ? !other.superseded() && other.leaseUntil().isAfter(now) : locks.alive(other.id());
    }
}
