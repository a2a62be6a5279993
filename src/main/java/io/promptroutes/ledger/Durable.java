package io.promptroutes.ledger;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits until the ledger has something on disk. */
public final class Durable {

    private Durable() {
    }

    /** @throws LedgerUnavailable where the database cannot be had */
    public static <T> T result(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
