package io.promptroutes.ledger;

import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Rows of works and claims that this run is at, and of its figures, as its last groups have left them. They are the table's as long as nobody else has written, which SQLite
 * tells; after that, after a failure, and on PostgreSQL always, they are read. Confined to the writer.
 */
final class KnownRows {

    private static final int MOST_FIGURES = 1_000;

    /** Works by id; one that the table does not know is there, too. */
    private final Map<String, WorkRow> works = new HashMap<>();
    /** Calls that run. */
    private final Map<UUID, ClaimRow> claims = new HashMap<>();
    /** Sums by the ids of their rows. */
    private final Map<String, CallSums> figures = new HashMap<>();
    /** What the database said when the last group was committed; null while that is not so, or not known. */
    private Object version;
    private Object next;

    /** A group begins, whose changes count from {@link #committed} on. */
    void begin(SqlSession tx) throws SQLException {
        next = tx.version();
        if (next == null || !next.equals(version)) {
            forget();
        }
        version = null;
    }

    /** @param all whether anything may have been changed that is not known here */
    void committed(boolean all) {
        version = next;
        if (all) {
            forget();
        }
    }

    private void forget() {
        works.clear();
        claims.clear();
        figures.clear();
    }

    /** Those that the table knows, locked; and those of which it is known that it does not. */
    Map<String, WorkRow> works(SqlSession tx, Collection<String> ids) throws SQLException {
        Map<String, WorkRow> rows = new HashMap<>();
        Set<String> others = new HashSet<>();
        for (String id : ids) {
            WorkRow known = works.get(id);
            if (known == null) {
                others.add(id);
            } else {
                rows.computeIfAbsent(id, one -> known.again());
            }
        }
        rows.putAll(Works.lock(tx, others));
        return rows;
    }

    /** Those that the table knows, locked. */
    Map<UUID, ClaimRow> claims(SqlSession tx, Collection<UUID> ids) throws SQLException {
        Map<UUID, ClaimRow> rows = new HashMap<>();
        Set<UUID> others = new HashSet<>();
        for (UUID id : ids) {
            ClaimRow known = claims.get(id);
            if (known == null) {
                others.add(id);
            } else {
                rows.put(id, known);
            }
        }
        rows.putAll(Claims.lock(tx, others));
        return rows;
    }

    /** This run is at it, and the table has no row of it. */
    void absent(String work) {
        works.put(work, WorkRow.added(work));
    }

    /** It is in the table like this, and this run is at it. */
    void written(WorkRow row) {
        works.put(row.id, row.again());
    }

    void over(Collection<String> finished) {
        finished.forEach(works::remove);
    }

    void made(ClaimRow call) {
        claims.put(call.id(), call);
    }

    void settled(UUID call) {
        claims.remove(call);
    }

    /** Null where it is not known. What is changed in it is to be written. */
    CallSums figure(String id) {
        return figures.get(id);
    }

    /** The table has it like this now. */
    void counted(String id, CallSums sums) {
        if (figures.size() >= MOST_FIGURES) {
            figures.clear();
        }
        figures.put(id, sums);
    }
}
