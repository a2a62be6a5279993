package io.promptroutes.ops;

import io.promptroutes.ledger.DailyUse;
import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usd;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What ledger and OpenRouter have of a model on a day, and what explains the difference. Amounts are USD. Confined to one thread. */
final class ReconciledDay {

    /** Sums of a day and of an endpoint may be rounded there. */
    private static final BigDecimal ROUNDED = new BigDecimal("0.000001");
    private static final String BATCH = "batch";
    private static final Set<String> WORKED_OUT = Set.of(CostSource.PRICED.toString(), CostSource.ESTIMATED.toString());

    /** Why two sums differ. */
    enum Kind {
        BYOK, BATCHES, MIDNIGHT, UNKNOWN_CALLS, OTHER_PROGRAM, ESTIMATES, OTHER_SERVICE, UNEXPLAINED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Of the difference; above 0 where OpenRouter has more. */
    record Part(Kind kind, BigDecimal usd, String why) {
    }

    private final List<Part> parts = new ArrayList<>();
    private long calls;
    private BigDecimal usd = BigDecimal.ZERO;
    private long unknown;
    private BigDecimal uncertain = BigDecimal.ZERO;
    private BigDecimal batches = BigDecimal.ZERO;
    private BigDecimal estimated = BigDecimal.ZERO;
    private BigDecimal unnamed = BigDecimal.ZERO;
    private long requests;
    private BigDecimal listed = BigDecimal.ZERO;
    private BigDecimal byok = BigDecimal.ZERO;
    private BigDecimal rounded = ROUNDED;
    private BigDecimal left = BigDecimal.ZERO;

    void add(DailyUse use) {
        boolean open = use.source().equals(DailyUse.RUNNING);
        boolean batch = open || BATCH.equals(use.tier()); // no other call runs for a day
        if (open || use.source().equals(DailyUse.UNKNOWN)) {
            unknown += use.calls();
            uncertain = uncertain.add(use.uncertainUsd());
            batches = batch ? batches.add(use.uncertainUsd()) : batches;
            return;
        }
        calls += use.calls();
        usd = usd.add(use.usd());
        batches = batch ? batches.add(use.usd()) : batches;
        estimated = WORKED_OUT.contains(use.source()) ? estimated.add(use.usd()) : estimated;
        unnamed = use.provider() == null ? unnamed.add(use.usd()) : unnamed;
    }

    /** A row of OpenRouter's. @param own billed by a provider to a key of one's own */
    void list(BigDecimal usage, BigDecimal own, long count) {
        byok = byok.add(own);
        listed = listed.add(usage).add(own);
        requests += count;
        rounded = rounded.add(ROUNDED);
    }

    /** All rows are there. @param whole false for a day of which OpenRouter was not asked */
    void compare(boolean whole) {
        rounded = rounded.add(listed.multiply(ROUNDED));
        left = whole ? listed.subtract(usd) : usd.negate();
        if (left.signum() > 0) {
            take(Kind.BYOK, byok, "billed by a provider to a key of your own, which the answers do not tell");
        }
    }

    /** Takes as much of what is left as {@code most} explains, and tells how much. */
    BigDecimal take(Kind kind, BigDecimal most, String why) {
        BigDecimal part = left.signum() < 0 ? left.max(most.negate()) : left.min(most);
        if (part.abs().compareTo(rounded) <= 0) {
            return BigDecimal.ZERO;
        }
        left = left.subtract(part);
        parts.add(new Part(kind, part, why));
        return part.abs();
    }

    /** What may have been listed on another day than it was booked: what the ledger has more, or else what it does not know. */
    BigDecimal missing() {
        return left.signum() < 0 ? left.negate() : uncertain;
    }

    /** How much OpenRouter has more; 0 or below where it has not. */
    BigDecimal left() {
        return left;
    }

    /** What nothing that concerns other days explains. */
    void explain() {
        long more = requests - calls;
        if (open() && left.signum() > 0) {
            if (unknown > 0) {
                take(Kind.UNKNOWN_CALLS, uncertain, unknown + " calls of the ledger whose cost nobody told, at most $" + Usd.plain(uncertain));
            }
            if (more > unknown) {
                take(Kind.OTHER_PROGRAM, left, more - unknown + " requests that the ledger does not have: another program, or another ledger");
            }
        }
        if (open() && estimated.signum() > 0) {
            take(Kind.ESTIMATES, left.signum() < 0 ? estimated : left, "costs that were worked out here, since the answers told none");
        }
        if (open() && left.signum() < 0) {
            take(Kind.OTHER_SERVICE, unnamed, "calls whose answers name no provider: of another service than OpenRouter");
        }
        if (open()) {
            take(Kind.UNEXPLAINED, left.abs(), left.signum() < 0 ? "not listed, at least not for this key: was another one in use? (--all-keys)"
                    : "no request more than the ledger has, and another sum");
        }
    }

    private boolean open() {
        return left.abs().compareTo(rounded) > 0;
    }

    List<Part> parts() {
        return parts;
    }

    /** In the ledger. */
    BigDecimal usd() {
        return usd;
    }

    /** At OpenRouter. */
    BigDecimal listed() {
        return listed;
    }

    /** Of batches, in the ledger. */
    BigDecimal batches() {
        return batches;
    }
}
