package io.promptroutes.flow;

import io.promptroutes.model.Cost;
import io.promptroutes.model.CostSource;
import java.math.BigDecimal;
import java.util.Map;

/** What the calls of a prompt have come to. Amounts are USD. Belongs to one prompt; not thread-safe. */
public final class Bill {

    private final Map<String, BigDecimal> worst;
    private final BigDecimal most;
    private Cost last;
    private BigDecimal spent = BigDecimal.ZERO;
    private BigDecimal earlier = BigDecimal.ZERO;
    private CostSource weakest = CostSource.REPORTED;
    private int unknown;
    private BigDecimal uncertain = BigDecimal.ZERO;

    /**
     * @param worst the most that a call of each model can cost
     * @param cents that the request allows for all of them; null where it does not say
     */
    Bill(Map<String, BigDecimal> worst, BigDecimal cents) {
        this.worst = worst;
        most = cents == null ? null : cents.movePointLeft(2);
    }

    /** Adds what a call cost, or may have cost. @param model that was called */
    public void add(Cost cost, String model) {
        last = cost;
        if (cost.usd() == null) {
            unknown++;
            uncertain = uncertain.add(worst.getOrDefault(model, BigDecimal.ZERO));
            return;
        }
        spent = spent.add(cost.usd());
        if (cost.source().compareTo(weakest) > 0) {
            weakest = cost.source();
        }
    }

    /** @param known what all calls have cost that were ever made for the prompt, those of this run among them */
    public void earlier(BigDecimal known) {
        earlier = known.subtract(spent).max(BigDecimal.ZERO);
    }

    /** Whether a call of {@code model} cannot make the prompt cost more than its request allows. */
    public boolean allows(String model) {
        return most == null || spent().add(uncertain).add(worst.getOrDefault(model, BigDecimal.ZERO)).compareTo(most) <= 0;
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
