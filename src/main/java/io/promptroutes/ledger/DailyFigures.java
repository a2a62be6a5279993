package io.promptroutes.ledger;

import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of figures that a group touches. What changes is collected, and each row is read and written once, last of all: a row that two
 * processes share is locked for as short as can be. Confined to the writer.
 */
final class DailyFigures {

    /** Rows of a kind and day; what comes later is counted together, as {@link FigureKey#OTHER}. */
    static final int MOST_ROWS = 10_000;
    private static final int MOST_KNOWN = 20_000;
    private static final Logger LOG = LoggerFactory.getLogger(DailyFigures.class);

    private record Row(CallSums sums, boolean inTable) {
    }

    private final Map<FigureKey, List<Change>> changes = new HashMap<>();
    /** Rows by kind and day, as far as they matter here. */
    private final Map<List<Object>, Long> counts = new HashMap<>();

    private interface Change {
        void apply(CallSums sums);
    }

    /** @param before null for a call that was not counted; likewise {@code after} */
    void move(CallFacts before, CallFacts after) {
        count(before, -1);
        count(after, 1);
    }

    private void count(CallFacts call, int sign) {
        if (call != null && !call.running() && !call.state().equals(ClaimRow.VOID)) {
            call.keys().forEach(key -> change(key, sums -> call.addTo(sums, sign)));
        }
    }

    /** A stored answer was given again. */
    void reused(Operation.Reuse op, String day) {
        Work work = op.work();
        for (FigureKey key : List.of(
                new FigureKey(FigureKey.Kind.CALLS, day, null,
                        new FigureKey.Calls(work.pipeline(), null, work.tenant(), work.task(), op.model(), null, null, "reused")),
                FigureKey.named(FigureKey.Kind.JOB, day, work.job()), FigureKey.named(FigureKey.Kind.REASON, day, ""))) {
            change(key, sums -> {
                sums.reused++;
                sums.saved = sums.saved.add(op.saved());
            });
        }
    }

    private void change(FigureKey key, Change change) {
        changes.computeIfAbsent(key, one -> new ArrayList<>(2)).add(change);
    }

    void write(SqlSession tx, WriterMemory memory) throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        Map<String, FigureKey> keys = new TreeMap<>(); // locked in one order by all processes
        changes.keySet().forEach(key -> keys.put(id(key, memory), key));
        Map<String, Row> rows = read(tx, keys.keySet(), memory.rows);
        Set<String> missing = new HashSet<>(keys.keySet());
        missing.removeAll(rows.keySet());
        Map<String, FigureKey> others = new TreeMap<>();
        Map<String, String> instead = new HashMap<>();
        for (String id : missing) {
            FigureKey key = keys.get(id);
            if (full(tx, key, memory)) {
                others.put(id(key.other(), memory), key.other());
                instead.put(id, id(key.other(), memory));
            } else {
                rows.put(id, new Row(new CallSums(), false));
            }
        }
        if (!others.isEmpty()) {
            rows.putAll(read(tx, others.keySet(), memory.rows));
            others.forEach((id, key) -> rows.putIfAbsent(id, new Row(new CallSums(), false)));
            keys.putAll(others);
        }
        changes.forEach((key, all) -> {
            String id = id(key, memory);
            CallSums sums = rows.get(instead.getOrDefault(id, id)).sums();
            all.forEach(change -> change.apply(sums));
        });
        List<Object[]> inserts = new ArrayList<>();
        List<Object[]> updates = new ArrayList<>();
        rows.forEach((id, row) -> {
            if (row.inTable()) {
                List<Object> values = new ArrayList<>(row.sums().values());
                values.add(id);
                updates.add(values.toArray());
            } else {
                inserts.add(keys.get(id).row(id, memory.slot, row.sums()));
            }
        });
        tx.batch(CallSums.UPDATE, updates);
        if (tx.batch(FigureKey.INSERT + " ON CONFLICT DO NOTHING", inserts) < inserts.size()) {
            throw new SQLTransactionRollbackException("a row of figures appeared", "40001");
        }
        rows.forEach((id, row) -> memory.rows.counted(id, row.sums()));
    }

    private static Map<String, Row> read(SqlSession tx, Set<String> ids, KnownRows known) throws SQLException {
        Map<String, Row> rows = new TreeMap<>();
        Set<String> others = new TreeSet<>();
        for (String id : ids) {
            CallSums sums = known.figure(id);
            if (sums == null) {
                others.add(id);
            } else {
                rows.put(id, new Row(sums, true));
            }
        }
        if (others.isEmpty()) {
            return rows;
        }
        tx.list("SELECT figure_id, " + CallSums.COLUMNS + " FROM figures WHERE figure_id = ANY(?) ORDER BY figure_id FOR UPDATE", row -> {
            CallSums sums = new CallSums();
            sums.add(row);
            return rows.put(row.getString("figure_id"), new Row(sums, true));
        }, others);
        return rows;
    }

    private static String id(FigureKey key, WriterMemory memory) {
        if (memory.figures.size() > MOST_KNOWN) {
            memory.figures.clear();
        }
        return memory.figures.computeIfAbsent(key, one -> one.id(memory.slot));
    }

    /** Once a day is full it stays so. It has so many minutes and no more. */
    private boolean full(SqlSession tx, FigureKey key, WriterMemory memory) throws SQLException {
        if (key.kind() == FigureKey.Kind.MINUTE) {
            return false;
        }
        List<Object> day = List.of(key.kind(), key.day());
        if (memory.fullDays.contains(day)) {
            return true;
        }
        if (!counts.containsKey(day)) {
            counts.put(day, tx.list("SELECT COUNT(*) FROM figures WHERE kind = ? AND figure_day = ?", row -> row.getLong(1), key.kind(), key.day()).get(0));
        }
        if (counts.merge(day, 1L, Long::sum) > MOST_ROWS) {
            memory.fullDays.add(day);
            LOG.warn("the figures of {} have {} rows by {}: what is new on that day is counted together, as {}", key.day(), MOST_ROWS,
                    key.kind() == FigureKey.Kind.CALLS ? "pipeline, provider, tenant, task and model" : key.kind().name().toLowerCase(Locale.ROOT), FigureKey.OTHER);
        }
        return memory.fullDays.contains(day);
    }

    /** Minutes serve the last 25 hours. */
    static void purge(SqlSession tx, Instant now) throws SQLException {
        tx.update("DELETE FROM figures WHERE kind = ? AND figure_day < ?", FigureKey.Kind.MINUTE,
                LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(2).toString());
    }
}
