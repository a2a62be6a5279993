package io.promptroutes.model;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A circuit breaker for each model that has failed: open after too many failures, half open after a while, when a few calls find out
 * whether it answers again. Thread-safe.
 */
public final class Breakers {

    private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);
    private static final int PROBES = 2;
    /** The library wants one; ours have been judged before. */
    private static final Exception FAILED = new Exception("a call failed");

    private final boolean enabled;
    private final CircuitBreakerRegistry registry;

    /**
     * @param enabled        false: none ever opens
     * @param failurePercent of a model's calls in the window, from which on it is left out
     * @param window         looked back over, in whole seconds
     * @param calls          the fewest in the window that say anything
     * @param open           how long a model is left out before it is tried again
     */
    public record Settings(boolean enabled, int failurePercent, Duration window, int calls, Duration open) {
    }

    public Breakers(Settings settings) {
        enabled = settings.enabled();
        registry = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.TIME_BASED)
                .slidingWindowSize((int) settings.window().toSeconds())
                .minimumNumberOfCalls(settings.calls())
                .failureRateThreshold(settings.failurePercent())
                .waitDurationInOpenState(settings.open())
                .permittedNumberOfCallsInHalfOpenState(PROBES)
                .build());
        registry.getEventPublisher().onEntryAdded(added -> added.getAddedEntry().getEventPublisher().onStateTransition(change -> {
            State now = change.getStateTransition().getToState();
            if (now == State.OPEN) {
                LOG.warn("model {} fails too often: it is left out for {} s while others are left", change.getCircuitBreakerName(),
                        settings.open().toSeconds());
            } else {
                LOG.info("model {}: circuit breaker is {}", change.getCircuitBreakerName(), name(now));
            }
        }));
    }

    /** Whether the model is to be passed over for now. */
    public boolean open(String model) {
        return registry.find(model).map(breaker -> {
            boolean may = breaker.tryAcquirePermission();
            if (may) {
                breaker.releasePermission(); // only asked
            }
            return !may;
        }).orElse(false);
    }

    /** A call of the model begins, open or not; {@link #answered}, {@link #failed} or {@link #undecided} follows. */
    public void begin(String model) {
        registry.find(model).ifPresent(CircuitBreaker::tryAcquirePermission);
    }

    public void answered(String model) {
        registry.find(model).ifPresent(breaker -> breaker.onSuccess(0, TimeUnit.NANOSECONDS));
    }

    /** The only one that makes a breaker: names that nobody knows, which requests may hold, make none. */
    public void failed(String model) {
        if (enabled) {
            registry.circuitBreaker(model).onError(0, TimeUnit.NANOSECONDS, FAILED);
        }
    }

    /** The call says nothing about whether the model answers: the request or the account was at fault. */
    public void undecided(String model) {
        registry.find(model).ifPresent(CircuitBreaker::releasePermission);
    }

    /** Models that have failed lately, and whether each is {@code closed}, {@code open} or {@code half_open}. */
    public Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        registry.getAllCircuitBreakers().forEach(breaker -> states.put(breaker.getName(), name(breaker.getState())));
        return states;
    }

    private static String name(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
