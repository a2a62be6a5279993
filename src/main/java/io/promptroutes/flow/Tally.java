package io.promptroutes.flow;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/** What a job has come to so far, for progress and the last summary. Thread-safe. */
public final class Tally {

    /**
     * Calls and costs of one model.
     *
     * @param calls   that were or may have been billed
     * @param unknown of these, the ones with no known cost
     */
    public record ModelTotal(long calls, BigDecimal usd, long unknown) {

        ModelTotal plus(BigDecimal more) {
            return new ModelTotal(calls + 1, more == null ? usd : usd.add(more), more == null ? unknown + 1 : unknown);
        }
    }

    /** What prompts wait for, beside the reasons for which a call is made again: intake is paused. */
    public static final String PAUSED = "paused";
    /** Another process has the prompt. */
    public static final String ANOTHER_PROCESS = "another_process";
    /** The limit per minute of its model, or of all. */
    public static final String REQUESTS_PER_MINUTE = "requests_per_minute";
    /** Calls that run have reserved what is left of a budget. */
    public static final String BUDGET_RESERVED = "budget_reserved";

    private long taken;
    private long answered;
    private long deadLetters;
    private long reused;
    private BigDecimal saved = BigDecimal.ZERO;
    private long maybePaidTwice;
    private long lookedUp;
    private BigDecimal lookedUpUsd = BigDecimal.ZERO;
    private final Map<String, Long> deadByCode = new TreeMap<>();
    private final Map<String, Long> fallbacks = new TreeMap<>();
    private final Map<String, Long> waiting = new TreeMap<>();
    private final Map<String, ModelTotal> models = new TreeMap<>();

    public synchronized void take() {
        taken++;
    }

    /** @param fallbackReason null where the first choice answered */
    public synchronized void answered(String fallbackReason) {
        answered++;
        if (fallbackReason != null) {
            fallbacks.merge(fallbackReason, 1L, Long::sum);
        }
    }

    public synchronized void deadLetter(String code) {
        deadLetters++;
        deadByCode.merge(code, 1L, Long::sum);
    }

    /** @param by 1 where a prompt begins to wait, -1 where it goes on */
    public synchronized void waits(String reason, long by) {
        waiting.merge(reason, by, (before, more) -> before + more == 0 ? null : before + more);
    }

    /** Prompts that wait now, without a permit, by what they wait for; the others that are under way are called, or wait for a permit. */
    public synchronized Map<String, Long> waiting() {
        return new TreeMap<>(waiting);
    }

    /** A stored answer was published instead of called. @param usd what it had cost */
    public synchronized void reuse(BigDecimal usd) {
        reused++;
        saved = saved.add(usd);
    }

    /** The cost of a call that was not known is. */
    public synchronized void lookedUp(BigDecimal usd) {
        lookedUp++;
        lookedUpUsd = lookedUpUsd.add(usd);
    }

    public synchronized long lookedUp() {
        return lookedUp;
    }

    public synchronized BigDecimal lookedUpUsd() {
        return lookedUpUsd;
    }

    /** A call of unknown outcome was made again. */
    public synchronized void maybePaidTwice() {
        maybePaidTwice++;
    }

    public synchronized long reused() {
        return reused;
    }

    /** USD that the reused answers had cost. */
    public synchronized BigDecimal saved() {
        return saved;
    }

    public synchronized long paidTwiceAtMost() {
        return maybePaidTwice;
    }

    /** @param usd null where nobody knows */
    public synchronized void cost(String model, BigDecimal usd) {
        models.merge(model, new ModelTotal(0, BigDecimal.ZERO, 0).plus(usd), (old, one) -> old.plus(usd));
    }

    public synchronized long taken() {
        return taken;
    }

    public synchronized long answered() {
        return answered;
    }

    public synchronized long deadLetters() {
        return deadLetters;
    }

    public synchronized Map<String, Long> deadByCode() {
        return new TreeMap<>(deadByCode);
    }

    public synchronized Map<String, Long> fallbacks() {
        return new TreeMap<>(fallbacks);
    }

    public synchronized Map<String, ModelTotal> models() {
        return new TreeMap<>(models);
    }

    /** USD of all calls whose cost is known. */
    public synchronized BigDecimal spent() {
        return models.values().stream().map(ModelTotal::usd).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
