package io.promptroutes.flow;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.promptroutes.ledger.CachedAnswer;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Answers of this process that may be given again, and the questions that are being asked right now. Thread-safe. */
public final class AnswerCache {

    /** Of an entry besides its texts, in bytes: about that. */
    private static final int OVERHEAD = 200;

    private final Cache<String, CachedAnswer> answers;
    private final ConcurrentMap<String, CompletableFuture<CachedAnswer>> asking = new ConcurrentHashMap<>();
    private final Settings settings;
    private final Clock clock;

    /**
     * @param ttl            how long an answer may be given again
     * @param bytes          of memory, about, after which the least used ones go
     * @param temperature    above which every prompt is called; null for any
     * @param acrossTenants  whether an answer that one tenant has paid for is given to others
     */
    public record Settings(Duration ttl, long bytes, BigDecimal temperature, boolean acrossTenants) {
    }

    public AnswerCache(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        answers = Caffeine.newBuilder().maximumWeight(settings.bytes())
                .weigher((String key, CachedAnswer answer) -> answer.result().length + key.length() + OVERHEAD)
                .expireAfter(Expiry.creating((String key, CachedAnswer answer) -> Duration.between(clock.instant(), answer.storedAt().plus(settings.ttl()))))
                .build();
    }

    public Settings settings() {
        return settings;
    }

    /** Answers stored before are too old. */
    public Instant oldest() {
        return clock.instant().minus(settings.ttl());
    }

    /** Null where there is none. */
    public CachedAnswer find(String key) {
        return answers.getIfPresent(key);
    }

    public void put(String key, CachedAnswer answer) {
        answers.put(key, answer);
    }

    /**
     * Null where nobody is asking this question: the caller is, from now on, and says so with {@link #answered}. Else what the one who
     * asks will have for an answer, null if it comes to nothing.
     */
    public CompletableFuture<CachedAnswer> ask(String question) {
        return asking.putIfAbsent(question, new CompletableFuture<>());
    }

    /** @param answer null where it came to nothing */
    public void answered(String question, CachedAnswer answer) {
        asking.remove(question).complete(answer);
    }
}
