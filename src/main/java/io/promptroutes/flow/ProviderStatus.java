package io.promptroutes.flow;

import io.promptroutes.call.Dialect;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What is known of the service at present: whether it answers, whether it takes the key, and what credit is left. Thread-safe. */
public final class ProviderStatus {

    public static final String CHECK_KEY = "check OPENROUTER_API_KEY, or the key in `providers list`";

    private final String service;
    private final boolean account;
    private final Map<String, BigDecimal> credit = new ConcurrentHashMap<>();
    private volatile String unreachable;
    private volatile String refusal;
    private volatile Instant paid = Instant.MIN;

    /** @param provider as the ledger knows it */
    public ProviderStatus(Dialect dialect, String provider) {
        service = dialect.called(provider);
        account = dialect.has(Dialect.Trait.ACCOUNT);
    }

    /** The service in messages. */
    public String service() {
        return service;
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

    /** It was asked about the key, which costs nothing and which not every service understands. @param status of HTTP */
    public void answers(int status) {
        unreachable = account && status >= 500 ? service + " answers HTTP " + status : null;
        refusal = account && (status == 401 || status == 403) ? service + " refuses the key (HTTP " + status + "): " + CHECK_KEY : null;
    }

    /** There was no answer. */
    public void silent(String why) {
        unreachable = service + " cannot be reached: " + why;
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
