package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** The writer's way to the database: opens, begins, gives back. Confined to the writer. */
final class WriterConnection {

    /** How long another process's lock is waited for, each time. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** In nanoseconds, between two looks at it. */
    private static final long SHORTEST_PAUSE = 200_000;
    private static final long LONGEST_PAUSE = 4_000_000;

    private final Database database;
    /** The one that lasts; null where there is none, or none yet. */
    private SqlSession lasting;

    WriterConnection(Database database) {
        this.database = database;
    }

    SqlSession open() throws SQLException {
        if (lasting != null) {
            return lasting;
        }
        SqlSession opened = database.writing();
        lasting = database.lasting() ? opened : null;
        return opened;
    }

    /** SQLite gives its lock to whoever asks at the right moment: all ask often, and none in the rhythm of another. Returns the database's time. */
    Instant begin(SqlSession tx, boolean alone) throws SQLException {
        database.look();
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (long pause = SHORTEST_PAUSE;; pause = Math.min(LONGEST_PAUSE, 2 * pause)) {
            try {
                return tx.begin(alone);
            } catch (SQLException e) {
                if (!database.dialect().busy(e) || System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(pause / 2, pause));
            }
        }
    }

    /** Undoes what was not committed. @param tx null for none @param broken whether it is not to be used again */
    void giveBack(SqlSession tx, boolean broken) {
        if (tx == null) {
            return;
        }
        boolean gone = broken;
        try {
            if (broken || tx != lasting) {
                tx.close();
            } else {
                tx.rollback();
            }
        } catch (SQLException e) {
            gone = true;
        }
        if (gone) {
            database.discard(tx);
            lasting = null;
        }
    }

    /** Nothing is written any more. */
    void close() {
        SqlSession last = lasting;
        lasting = null;
        giveBack(last, false);
    }
}
