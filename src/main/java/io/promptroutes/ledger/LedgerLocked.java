package io.promptroutes.ledger;

/** Another process has the embedded database open, which belongs to one. */
public final class LedgerLocked extends RuntimeException {

    LedgerLocked(String message) {
        super(message);
    }
}
