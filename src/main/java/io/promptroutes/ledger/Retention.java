package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.apache.commons.lang3.function.FailableBiFunction;

/** Deletes what is old, in steps between the writer's other work. Blocks. Thread-safe. */
record Retention(Writer writer, Instances instances) {

    /** @param works how long they are kept; what has not arrived twice as long. @param cached how long answers may be given to other prompts */
    void purge(Duration works, Duration cached) {
        purge(Instant.now().minus(works), Instant.now().minus(works.multipliedBy(2)));
        purgeCache(Instant.now().minus(cached));
    }

    /** Deletes works that were finished before, with their answers, dead letters, calls and cost events; figures and spending stay. Tells how many works. */
    int purge(Instant before) {
        return purge(before, before);
    }

    private int purge(Instant before, Instant hopeless) {
        Purge purge = new Purge(instances, before, hopeless);
        int works = inSteps(purge::works);
        inSteps(purge::calls);
        return works;
    }

    private int inSteps(FailableBiFunction<SqlSession, Instant, Integer, SQLException> purge) {
        int all = 0;
        int step;
        do {
            step = Durable.result(writer.submit(purge));
            all += step;
        } while (step == Works.PURGED_AT_ONCE);
        return all;
    }

    /** Deletes what was cached before. Tells how many. */
    int purgeCache(Instant before) {
        return Durable.result(writer.submit((tx, now) -> CachedAnswer.purge(tx, before)));
    }
}
