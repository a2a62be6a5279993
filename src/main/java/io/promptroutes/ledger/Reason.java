package io.promptroutes.ledger;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** Judges a database's exception, and words it without what its message may quote. Stateless. */
final class Reason {

    /** H2: out of order because a file cannot be written, closed, broken, locked by another. */
    private static final Set<Integer> H2_GONE = Set.of(90007, 90020, 90028, 90030, 90031, 90067, 90098, 90121);

    private Reason() {
    }

    /** The same again may work: a deadlock, a serialization failure, a row that another process wrote first. */
    static boolean passing(SQLException e) {
        return Set.of("40001", "40P01").contains(state(e)) || e.getErrorCode() == 50200;
    }

    /** What the operation holds is at fault, not the database. */
    static boolean ofTheData(SQLException e) {
        return !H2_GONE.contains(root(e).getErrorCode()) && Set.of("22", "23", "54").contains(kind(e));
    }

    static String of(SQLException e) {
        SQLException root = root(e);
        String code = "SQLState " + state(e) + (root.getErrorCode() == 0 ? "" : ", error " + root.getErrorCode());
        String kind = switch (kind(e)) {
            case "08" -> "no connection";
            case "28" -> "user or password refused";
            case "3D" -> "no such database";
            case "HY" -> "it cannot write or read its files, the disk may be full";
            case "53" -> "out of disk space, memory or connections";
            case "57" -> "shut down, or the statement was cancelled";
            default -> root instanceof SQLTransientConnectionException ? "no connection" : root.getClass().getSimpleName();
        };
        return kind + " (" + code + ")";
    }

    private static String kind(SQLException e) {
        return state(e).substring(0, Math.min(2, state(e).length()));
    }

    private static String state(SQLException e) {
        String state = root(e).getSQLState();
        return state == null ? "" : state;
    }

    /** A batch's own exception quotes the whole row; what the server said comes after it. A pool's has the cause. */
    private static SQLException root(SQLException e) {
        if (e instanceof BatchUpdateException && e.getNextException() != null) {
            return e.getNextException();
        }
        return e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException cause ? cause : e;
    }
}
