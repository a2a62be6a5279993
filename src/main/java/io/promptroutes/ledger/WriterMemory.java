package io.promptroutes.ledger;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the writer remembers between groups: what stays true whatever other processes write. Changed only when a group is committed, but
 * for what is derived; confined to the writer.
 */
final class WriterMemory {

    /** Of this run's rows of figures. */
    final int slot;
    /** Works that this run began and has not finished. */
    final Set<String> begun = new HashSet<>();
    final KnownRows rows = new KnownRows();
    /** Rows of spending that the table has. */
    final Set<String> spending = new HashSet<>();
    /** Rows of spending by tenant, model, job and day. */
    final Map<List<String>, List<BudgetKey>> keys = new HashMap<>();
    /** Ids of rows of figures. */
    final Map<FigureKey, String> figures = new HashMap<>();
    /** Kinds and days that have as many rows of figures as may be. */
    final Set<List<Object>> fullDays = new HashSet<>();

    WriterMemory(int slot) {
        this.slot = slot;
    }
}
