package io.promptroutes.flow;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What is known of OpenRouter at present: whether it answers, whether it takes the key, and what credit is left. Thread-safe. */
public final class Reach {

    private final String name;
    private final String hint;
    private final Map<String, BigDecimal> credit = new ConcurrentHashMap<>();
    private volatile String unreachable;
    private volatile String refusal;

    /** @param provider {@code openrouter}, or the name of another that is called in its place */
    public Reach(String provider) {
        boolean openRouter = provider.equals("openrouter");
        name = openRouter ? "OpenRouter" : "provider " + provider;
        hint = openRouter ? "check OPENROUTER_API_KEY" : "see `providers list`";
    }

    /** A call was answered. */
    public void proved() {
        if (unreachable != null || refusal != null) {
            unreachable = null;
            refusal = null;
        }
    }

    /** It was asked about the key, which costs nothing. @param status of HTTP */
    public void answers(int status) {
        unreachable = status >= 500 ? name + " answers HTTP " + status : null;
        refusal = status == 401 || status == 403 ? name + " refuses the key (HTTP " + status + "): " + hint : null;
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
