package io.promptroutes.model;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Calls a minute, in all and per model, as the operator set them. Reserves a turn and says when it comes; never blocks. Thread-safe. */
public final class RateLimits {

    private static final String ALL = "";

    private final Map<String, RateLimiter> limiters = new HashMap<>();

    /**
     * @param perMinute calls of all models together; 0 for no limit
     * @param perModel  calls a minute by model id
     */
    public RateLimits(int perMinute, Map<String, Integer> perModel) {
        perModel.forEach((model, limit) -> limiters.put(model, limiter(model, limit)));
        if (perMinute > 0) {
            limiters.put(ALL, limiter(ALL, perMinute));
        }
    }

    /** Takes the next turn of {@code model}: how long until it comes; zero where it is now. */
    public Duration reserve(String model) {
        if (limiters.isEmpty()) {
            return Duration.ZERO; // as mostly
        }
        return Duration.ofNanos(Stream.of(ALL, model).map(limiters::get).filter(Objects::nonNull).mapToLong(RateLimiter::reservePermission).max().orElse(0));
    }

    /** Spread over the minute a second at a time where it can be, so that a minute's calls do not come in one burst. */
    private static RateLimiter limiter(String name, int perMinute) {
        boolean bySecond = perMinute % 60 == 0;
        return RateLimiter.of(name, RateLimiterConfig.custom()
                .limitForPeriod(bySecond ? perMinute / 60 : perMinute)
                .limitRefreshPeriod(bySecond ? Duration.ofSeconds(1) : Duration.ofMinutes(1))
                .timeoutDuration(Duration.ofDays(1)) // a turn is always to be had, however late
                .build());
    }
}
