package io.promptroutes.ledger;

import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What goes because it is old, in steps that each take as long as a group. Calls of the current month stay, whatever their works do: a limit
 * that is set later counts them.
 *
 * @param before   what ended earlier goes
 * @param hopeless what ended earlier goes also where its answer has not arrived
 */
record Purge(Instances instances, Instant before, Instant hopeless) {

    /** Deletes some works with all that belongs to them. Tells how many. */
    int works(SqlSession tx, Instant now) throws SQLException {
        DailyFigures.purge(tx, now);
        instances.purge(tx, before);
        BatchBill.purge(tx, before);
        return Works.purge(tx, before, hopeless, month(now).toString());
    }

    /** Deletes some calls whose works went in an earlier month. Tells how many. */
    int calls(SqlSession tx, Instant now) throws SQLException {
        Instant month = month(now).atStartOfDay(ZoneOffset.UTC).toInstant();
        return Claims.purge(tx, before.isBefore(month) ? before : month);
    }

    private LocalDate month(Instant now) {
        return LocalDate.parse(instances.settings().day(now)).withDayOfMonth(1);
    }
}
