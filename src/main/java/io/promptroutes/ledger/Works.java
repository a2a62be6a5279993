package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The table of works. Stateless. */
final class Works {

    /** A finished or open work as {@link KnownWork} tells it. */
    record Stored(String id, String job, String state, String owner, byte[] json, String model, BigDecimal cost, Instant finishedAt) {
    }

    static final int PURGED_AT_ONCE = 200;

    private Works() {
    }

    /** Those that the table knows, locked. */
    static Map<String, WorkRow> lock(SqlSession tx, Collection<String> ids) throws SQLException {
        return tx.byKey("SELECT work_id, state, owner_id, answer_id IS NOT NULL FROM works WHERE work_id = ANY(?) ORDER BY work_id FOR UPDATE",
                row -> new WorkRow(row.getString(1), row.getString(2), row.getString(3), true, row.getBoolean(4)), row -> row.id, new TreeSet<>(ids));
    }

    static Map<String, Stored> read(SqlSession tx, Collection<String> ids) throws SQLException {
        return tx.byKey("SELECT work_id, job, state, owner_id, json, model, cost_usd, finished_at FROM works w"
                + " LEFT JOIN answers a ON a.answer_id = w.answer_id WHERE work_id = ANY(?)",
                row -> new Stored(row.getString("work_id"), row.getString("job"), row.getString("state"), row.getString("owner_id"),
                        row.getBytes("json"), row.getString("model"), SqlSession.usd(row, "cost_usd"), SqlSession.instant(row, "finished_at")),
                Stored::id, ids);
    }

    static void write(SqlSession tx, Collection<WorkRow> rows, Instant now) throws SQLException {
        List<Object[]> inserts = new ArrayList<>();
        List<Object[]> updates = new ArrayList<>();
        List<Object[]> answers = new ArrayList<>();
        for (WorkRow row : rows.stream().filter(row -> row.changed).sorted(Comparator.comparing(row -> row.id)).toList()) {
            Work work = row.work;
            boolean ended = row.end != null;
            String model = ended ? row.end.model() : null;
            BigDecimal cost = ended ? row.end.costUsd() : null;
            Instant finishedAt = row.open() ? null : now;
            Instant deliveredAt = work.replied() ? null : finishedAt;
            if (row.answerId != null) {
                answers.add(new Object[] {row.answerId, row.end.json()});
            }
            if (row.inTable) {
                updates.add(new Object[] {work.job(), work.promptId(), work.task(), row.state, row.owner, row.answerId, model, cost, finishedAt, deliveredAt, row.id});
            } else {
                inserts.add(new Object[] {row.id, work.job(), work.pipeline(), work.identity(), work.promptId(), work.tenant(), work.task(), row.state, row.owner, row.answerId,
                    model, cost, now, finishedAt, deliveredAt});
            }
        }
        tx.batch("DELETE FROM answers WHERE answer_id = (SELECT answer_id FROM works WHERE work_id = ?)",
                rows.stream().filter(row -> row.outdated).map(row -> new Object[] {row.id}).toList());
        tx.batch("INSERT INTO answers (answer_id, json) VALUES (?, ?)", answers);
        tx.batch("UPDATE works SET job = ?, prompt_id = ?, task = ?, state = ?, owner_id = ?, answer_id = ?, model = ?, cost_usd = ?, finished_at = ?, delivered_at = ?"
                + " WHERE work_id = ?", updates);
        int inserted = tx.batch("INSERT INTO works (work_id, job, pipeline, identity, prompt_id, tenant, task, state, owner_id, answer_id, model, cost_usd,"
                + " created_at, finished_at, delivered_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", inserts);
        if (inserted < inserts.size()) {
            // another process began one of them after we looked: decide again
            throw new SQLTransactionRollbackException("a work appeared", "40001");
        }
    }

    static void release(SqlSession tx, Collection<String> ids, String instance) throws SQLException {
        if (!ids.isEmpty()) {
            tx.update("UPDATE works SET owner_id = NULL WHERE work_id = ANY(?) AND owner_id = ? AND state = 'open'", new TreeSet<>(ids), instance);
        }
    }

    /**
     * Deletes some of those that were finished before, with their answers, calls and events. Tells how many.
     *
     * @param month    its first day, {@code 2026-11-01}: calls of that day and later stay
     * @param hopeless answers that were finished before go also where they have not arrived
     */
    static int purge(SqlSession tx, Instant before, Instant hopeless, String month) throws SQLException {
        List<String> works = tx.list("SELECT work_id FROM works WHERE state <> 'open' AND finished_at < ? AND (delivered_at IS NOT NULL OR finished_at < ?)"
                + " ORDER BY finished_at LIMIT ? FOR UPDATE", row -> row.getString(1), before, hopeless, PURGED_AT_ONCE);
        if (!works.isEmpty()) {
            tx.update("DELETE FROM events WHERE claim_id IN (SELECT claim_id FROM claims WHERE work_id = ANY(?))", works);
            tx.update("DELETE FROM answers WHERE answer_id IN (SELECT answer_id FROM works WHERE work_id = ANY(?))", works);
            tx.update("DELETE FROM claims WHERE work_id = ANY(?) AND state <> 'open' AND claimed_day < ?", works, month);
            tx.update("DELETE FROM works WHERE work_id = ANY(?)", works);
        }
        return works.size();
    }

    static int forget(SqlSession tx, String job) throws SQLException {
        tx.update("DELETE FROM answers WHERE answer_id IN (SELECT answer_id FROM works WHERE job = ?)", job);
        return tx.update("UPDATE works SET state = 'open', owner_id = NULL, answer_id = NULL, model = NULL, cost_usd = NULL, finished_at = NULL, delivered_at = NULL"
                + " WHERE job = ? AND state <> 'open'", job);
    }
}
