package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a ledger has acknowledged, written down on its writer's own thread before that goes on: what is here must outlive every kill.
 * Thread-safe.
 */
final class Told {

    /** Claims, and what they came to; {@link #RUNS} and {@link #UNKNOWN} for those without a cost. */
    final Map<UUID, String> claims = new ConcurrentHashMap<>();
    final Map<UUID, String> generations = new ConcurrentHashMap<>();
    /** Prompts that ended: whether they were answered. */
    final Map<Work, Boolean> ended = new ConcurrentHashMap<>();
    /** Prompts whose only call was claimed, and of which nothing more is ever heard. */
    final Set<Work> abandoned = ConcurrentHashMap.newKeySet();
    /** Answers that were given again. */
    final AtomicLong reused = new AtomicLong();

    static final String RUNS = "runs";
    static final String UNKNOWN = "unknown";

    /** @param abandonedThen null where the call goes on */
    UUID claimed(CompletableFuture<ClaimAnswer> claim, Work abandonedThen) {
        return claim.thenApply(answer -> {
            UUID id = ((ClaimAnswer.Reserved) answer).claimId();
            claims.put(id, RUNS);
            if (abandonedThen != null) {
                abandoned.add(abandonedThen);
            }
            return id;
        }).join();
    }

    void settled(CompletableFuture<Settled> settlement, UUID claim, String cost) {
        settlement.thenAccept(done -> claims.put(claim, cost)).join();
    }

    /** @param claim that was settled with it, or null */
    void ended(CompletableFuture<Settled> end, UUID claim, String cost, Work work, boolean answered) {
        end.thenAccept(done -> {
            if (claim != null) {
                claims.put(claim, cost);
            }
            ended.put(work, answered);
        }).join();
    }

    void generation(CompletableFuture<Void> generation, UUID claim, String id) {
        generation.thenAccept(done -> generations.put(claim, id)).join();
    }

    void reused(CompletableFuture<Void> reuse) {
        reuse.thenAccept(done -> reused.incrementAndGet()).join();
    }

    /** Null where nothing is known of the cost. */
    static BigDecimal cost(String told) {
        return told.equals(RUNS) || told.equals(UNKNOWN) ? null : new BigDecimal(told);
    }
}
