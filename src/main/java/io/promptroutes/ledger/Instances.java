package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The processes that share the ledger, and which of them live. Every time here is the database's. Stateless but for its name. */
record Instances(String id, LedgerSettings settings) {

    /** Of the embedded database too, whose clock is this process's own. */
    Instant now(SqlSession tx) throws SQLException {
        return settings.directory() != null ? Instant.now().truncatedTo(ChronoUnit.MICROS) : tx.list("SELECT CURRENT_TIMESTAMP AS now_at", row -> SqlSession.instant(row, "now_at")).get(0);
    }

    /** An embedded database has no other process; elsewhere the earlier run of the same name is over. */
    void register(SqlSession tx) throws SQLException {
        Instant now = now(tx);
        tx.update("UPDATE instances SET superseded = TRUE WHERE superseded = FALSE AND (CAST(? AS BOOLEAN) OR name = ?)",
                settings.directory() != null, name());
        tx.update("INSERT INTO instances (instance_id, name, started_at, lease_until, superseded, reaped) VALUES (?, ?, ?, ?, FALSE, FALSE)",
                id, name(), now, now.plus(settings.lease()));
    }

    private String name() {
        return settings.instance() == null ? id : settings.instance();
    }

    /** Returns false when another process has taken this one's name. */
    boolean heartbeat(SqlSession tx, Instant now) throws SQLException {
        return tx.update("UPDATE instances SET lease_until = ?, reaped = FALSE WHERE instance_id = ? AND superseded = FALSE",
                now.plus(settings.lease()), id) == 1;
    }

    /** At an orderly end: others need not wait for the lease. */
    void leave(SqlSession tx) throws SQLException {
        tx.update("UPDATE instances SET lease_until = ? WHERE instance_id = ?", now(tx), id);
    }

    /** Those that died and whose open calls nobody has looked at, with when they started; locked. */
    Map<String, Instant> unreaped(SqlSession tx, Instant now) throws SQLException {
        Map<String, Instant> dead = new TreeMap<>();
        tx.list("SELECT instance_id, started_at FROM instances WHERE reaped = FALSE AND (superseded = TRUE OR lease_until <= ?) AND instance_id <> ?"
                + " ORDER BY instance_id FOR UPDATE", row -> dead.put(row.getString(1), SqlSession.instant(row, "started_at")), now, id);
        return dead;
    }

    void reaped(SqlSession tx, Collection<String> instances) throws SQLException {
        tx.update("UPDATE instances SET reaped = TRUE WHERE instance_id = ANY(?)", instances);
    }

    /** Of these, the ones alive; this one is. */
    Set<String> alive(SqlSession tx, Collection<String> instances, Instant now) throws SQLException {
        Set<String> others = new TreeSet<>(instances);
        others.remove(id);
        Set<String> alive = new TreeSet<>();
        alive.add(id);
        if (!others.isEmpty()) {
            alive.addAll(tx.list("SELECT instance_id FROM instances WHERE instance_id = ANY(?) AND superseded = FALSE AND lease_until > ?",
                    row -> row.getString(1), others, now));
        }
        return alive;
    }
}
