package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Deletes old answers in small steps between the writer's other work. Blocks; thread-safe. */
final class Purge {

    private static final int STEP = 200;

    private final Writer writer;

    Purge(Writer writer) {
        this.writer = writer;
    }

    int run(Instant before) {
        int all = 0;
        int step;
        do {
            step = writer.submit(new Op.Other<Integer>((tx, now) -> step(tx, before))).future.join();
            all += step;
        } while (step == STEP);
        return all;
    }

    private static int step(Tx tx, Instant before) throws SQLException {
        List<String> works = tx.list("SELECT work_id FROM works WHERE state <> 'open' AND finished_at < ? ORDER BY work_id LIMIT ? FOR UPDATE",
                row -> row.getString(1), before, STEP);
        if (!works.isEmpty()) {
            tx.update("DELETE FROM events WHERE claim_id IN (SELECT claim_id FROM claims WHERE work_id = ANY(?))", works);
            tx.update("DELETE FROM answers WHERE answer_id IN (SELECT answer_id FROM works WHERE work_id = ANY(?))", works);
            tx.update("DELETE FROM works WHERE work_id = ANY(?)", works);
        }
        return works.size();
    }
}
