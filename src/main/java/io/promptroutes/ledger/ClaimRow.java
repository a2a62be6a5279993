package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/**
 * A row of claims while a group is made up.
 *
 * @param keys the budgets that it counts in
 */
record ClaimRow(UUID id, String state, BigDecimal reserved, BigDecimal cost, List<BudgetKey> keys) {

    static final String OPEN = "open";
    static final String SUCCEEDED = "succeeded";
    static final String AMBIGUOUS = "ambiguous";
    static final String RETRIED = "retried";
    static final String RESOLVED = "resolved";
    static final String VOID = "void";

    /** What it counts for now: as reserved while it runs, as spent once its cost is known, as held in between. */
    Booking booking() {
        BigDecimal zero = BigDecimal.ZERO;
        if (cost != null) {
            return new Booking(cost, zero, zero);
        }
        return state.equals(OPEN) ? new Booking(zero, zero, reserved) : new Booking(zero, reserved, zero);
    }

    ClaimRow with(String otherState, BigDecimal otherCost) {
        return new ClaimRow(id, otherState, reserved, otherCost, keys);
    }

    /** Amounts of money, or what they change by. */
    record Booking(BigDecimal spent, BigDecimal held, BigDecimal reserved) {

        Booking plus(Booking other) {
            return new Booking(spent.add(other.spent), held.add(other.held), reserved.add(other.reserved));
        }

        Booking less(Booking other) {
            return new Booking(spent.subtract(other.spent), held.subtract(other.held), reserved.subtract(other.reserved));
        }

        BigDecimal gone() {
            return spent.add(held);
        }

        boolean nothing() {
            return spent.signum() == 0 && held.signum() == 0 && reserved.signum() == 0;
        }
    }
}
