package io.promptroutes.flow;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What is known of OpenRouter at present: whether it answers, whether it takes the key, and what credit is left. Thread-safe. */
public final class Reach {

    private final boolean openRouter;
    private final String name;
    private final Map<String, BigDecimal> credit = new ConcurrentHashMap<>();
    private volatile String unreachable;
    private volatile String refusal;
    private volatile Instant paid = Instant.MIN;

    /** @param provider {@code openrouter}, or the name of another that is called in its place */
    public Reach(String provider) {
        openRouter = provider.equals("openrouter");
        name = openRouter ? "OpenRouter" : "provider " + provider;
    }

    /** A call was answered. @param charged whether it cost something, so that the account pays */
    public void proved(Instant began, boolean charged) {
        if (charged && began.isAfter(paid)) {
            paid = began;
        }
        if (unreachable != null || refusal != null) {
            unreachable = null;
            refusal = null;
        }
    }

    /** Whether a call that began after {@code instant} was answered and cost something. */
    public boolean paidSince(Instant instant) {
        return paid.isAfter(instant);
    }

    /** It was asked about the key, which costs nothing and which only OpenRouter need understand. @param status of HTTP */
    public void answers(int status) {
        unreachable = openRouter && status >= 500 ? name + " answers HTTP " + status : null;
        refusal = openRouter && (status == 401 || status == 403) ? name + " refuses the key (HTTP " + status + "): check OPENROUTER_API_KEY" : null;
    }

    /** There was no answer. */
    public void silent(String why) {
        unreachable = name + " cannot be reached: " + why;
    }

    /** @param of key or account; left, in USD, null where there is no such limit */
    public void credit(String of, BigDecimal left) {
        if (left == null) {
            credit.remove(of);
        } else {
            credit.put(of, left);
        }
    }

    /** Why it cannot be reached; null where it can, as far as is known. */
    public String unreachable() {
        return unreachable;
    }

    /** Why the key does not work; null where it does, as far as is known. */
    public String refusal() {
        return refusal;
    }

    /** USD, by {@code key} and {@code account}, of those that are known. */
    public Map<String, BigDecimal> credit() {
        return new TreeMap<>(credit);
    }
}
