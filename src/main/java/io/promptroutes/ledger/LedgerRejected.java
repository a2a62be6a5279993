package io.promptroutes.ledger;

/** One operation that the database would not take for what is in it; others are not touched by it. */
public final class LedgerRejected extends RuntimeException {

    LedgerRejected(String message) {
        super(message);
    }
}
