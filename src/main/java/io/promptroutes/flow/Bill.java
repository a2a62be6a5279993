package io.promptroutes.flow;

import io.promptroutes.cost.Cost;
import io.promptroutes.cost.CostSource;
import java.math.BigDecimal;

/** What the calls of a prompt have come to. Amounts are USD. Belongs to one prompt; not thread-safe. */
public final class Bill {

    private Cost last;
    private BigDecimal spent = BigDecimal.ZERO;
    private BigDecimal earlier = BigDecimal.ZERO;
    private CostSource weakest = CostSource.REPORTED;
    private int unknown;
    private BigDecimal uncertain = BigDecimal.ZERO;

    /** @param worst what the call can have cost at most, which counts where its cost is unknown */
    void add(Cost cost, BigDecimal worst) {
        last = cost;
        if (cost.usd() == null) {
            unknown++;
            uncertain = uncertain.add(worst);
            return;
        }
        spent = spent.add(cost.usd());
        if (cost.source().compareTo(weakest) > 0) {
            weakest = cost.source();
        }
    }

    /** @param known what all calls have cost that were ever made for the prompt, those of this run among them */
    void earlier(BigDecimal known) {
        earlier = known.subtract(spent).max(BigDecimal.ZERO);
    }

    /** Whether one more call of so much at the most stays within a limit. */
    boolean allows(BigDecimal worst, BigDecimal limit) {
        return spent().add(uncertain).add(worst).compareTo(limit) <= 0;
    }

    /** Of the last call that was or may have been billed, or null. */
    public Cost last() {
        return last;
    }

    /** All calls whose cost is known, those of earlier runs of the program too. */
    public BigDecimal spent() {
        return spent.add(earlier);
    }

    /** The least certain source among the sums in {@link #spent}. */
    public CostSource source() {
        return weakest;
    }

    /** Calls that may have been billed, with no way to know what. */
    public int unknown() {
        return unknown;
    }
}
