package io.promptroutes.ledger;

import java.util.HashSet;
import java.util.Set;

/** What the writer remembers between groups. Changed only when a group is committed, but for the last; confined to the writer. */
final class Memory {

    /** Works that this run began and has not finished. */
    final Set<String> begun = new HashSet<>();
    /** Rows of spending that the table has. */
    final Set<String> spending = new HashSet<>();
    /** Whether a tenant's row of limits was met. Read by all threads. */
    volatile boolean tenantLimits;
}
