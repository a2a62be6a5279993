package io.promptroutes.ledger;

import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;

/** A row of claims while a group is made up. */
record ClaimRow(UUID id, CallFacts facts) {

    static final String OPEN = "open";
    static final String FAILED = "failed";
    static final String SUCCEEDED = "succeeded";
    static final String AMBIGUOUS = "ambiguous";
    static final String RETRIED = "retried";
    static final String RESOLVED = "resolved";
    static final String VOID = "void";

    /** As it is when it is made. */
    static ClaimRow made(UUID id, ClaimRequest request, Instant now, String day) {
        Work work = request.work();
        return new ClaimRow(id, new CallFacts(OPEN, now, day, work.job(), work.pipeline(), work.tenant(), work.task(), request.model(), null, request.fallbackLevel(),
                Usd.of(request.reservedUsd()), null, null, null, null, null, null, null, null));
    }

    String state() {
        return facts.state();
    }

    /** Null while it is not known. */
    BigDecimal cost() {
        return facts.cost();
    }

    BigDecimal reserved() {
        return facts.reserved();
    }

    /** What it counts for now: as reserved while it runs, as spent once its cost is known, as held in between. */
    Booking booking() {
        BigDecimal zero = BigDecimal.ZERO;
        if (cost() != null) {
            return new Booking(cost(), zero, zero);
        }
        return facts.running() ? new Booking(zero, zero, reserved()) : new Booking(zero, reserved(), zero);
    }

    ClaimRow with(CallFacts other) {
        return new ClaimRow(id, other);
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
