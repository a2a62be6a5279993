package io.promptroutes.flow;

import io.promptroutes.prompt.ServiceTier;

/**
 * What is to be known of an answer that came at another service tier than was asked for, and so at another price. Immutable.
 *
 * @param note    for the result
 * @param counted as {@link JobStatistics} counts it
 */
public record TierRemark(String note, String counted) {

    /** Of the run's last call; null where there is nothing to know. */
    public static TierRemark of(PromptContext run) {
        Call call = run.calls().last();
        ServiceTier wanted = ServiceTier.asked(run.prompt().request());
        if (call == null || call.paid() == null || wanted == null || wanted == ServiceTier.DEFAULT || wanted == ServiceTier.BATCH) {
            return null;
        }
        if (ServiceTier.asked(call.request().json()) != wanted) {
            return new TierRemark("there was no room at service tier " + wanted + " (fallback.attempts), so " + run.chain().calledModel()
                    + " was called at the standard price (key tier.flex.fallback)", JobStatistics.NO_ROOM);
        }
        String served = call.paid().tier();
        if (ServiceTier.named(served) == wanted) {
            return null;
        }
        return new TierRemark("service tier " + wanted + " was asked for, and " + (served == null ? "the answer does not say which one it came at"
                : "the answer came at " + served + ", at the price of that") + ": " + run.chain().calledModel() + " may not be served at " + wanted, JobStatistics.OTHER_TIER);
    }
}
