package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/** A row of claims while a group is made up. Confined to the writer. */
final class ClaimRow {

    static final String OPEN = "open";
    static final String AMBIGUOUS = "ambiguous";
    static final String RETRIED = "retried";
    static final String RESOLVED = "resolved";
    static final String VOID = "void";

    final UUID id;
    final BigDecimal reserved;
    final List<BudgetKey> keys;
    String state;
    BigDecimal cost;

    ClaimRow(UUID id, String state, BigDecimal reserved, BigDecimal cost, List<BudgetKey> keys) {
        this.id = id;
        this.state = state;
        this.reserved = reserved;
        this.cost = cost;
        this.keys = keys;
    }

    /** What it counts for now: as reserved while it runs, as spent once its cost is known, as held in between. */
    Booking booking() {
        if (cost != null) {
            return new Booking(cost, BigDecimal.ZERO, BigDecimal.ZERO);
        }
        return state.equals(OPEN)
                ? new Booking(BigDecimal.ZERO, BigDecimal.ZERO, reserved)
                : new Booking(BigDecimal.ZERO, reserved, BigDecimal.ZERO);
    }

    record Booking(BigDecimal spent, BigDecimal held, BigDecimal reserved) {

        Booking less(Booking other) {
            return new Booking(spent.subtract(other.spent), held.subtract(other.held), reserved.subtract(other.reserved));
        }

        boolean nothing() {
            return spent.signum() == 0 && held.signum() == 0 && reserved.signum() == 0;
        }
    }
}
