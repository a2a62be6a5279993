package io.promptroutes.ledger;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the writer remembers between groups. Changed only when a group is committed, but for the last; confined to the writer. */
final class WriterMemory {

    /** Works that this run began and has not finished. */
    final Set<String> begun = new HashSet<>();
    /** Rows of spending that the table has. */
    final Set<String> spending = new HashSet<>();
    /** Rows of spending by tenant, model, job and day. */
    final Map<List<String>, List<BudgetKey>> keys = new HashMap<>();
    /** Whether a tenant's row of limits was met. Read by all threads. */
    volatile boolean tenantLimits;
}
