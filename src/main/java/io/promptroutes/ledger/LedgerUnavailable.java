package io.promptroutes.ledger;

/** The database does not take what was asked of it. Nothing was done, or it is undone before anything else; no call may be made. */
public final class LedgerUnavailable extends RuntimeException {

    /** @param message without what SQL was about: that can hold a prompt's words */
    LedgerUnavailable(String message) {
        super(message);
    }
}
