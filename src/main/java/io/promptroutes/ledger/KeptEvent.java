package io.promptroutes.ledger;

/**
 * A cost event that the ledger is to keep. Immutable by agreement.
 *
 * @param lookedUp whether it is the second one of its call, which says what was found out later
 * @param unsent   whether it is still to be sent; false where a job's files have it
 */
public record KeptEvent(byte[] json, boolean lookedUp, boolean unsent) {

    /** Null for none. */
    static KeptEvent of(Settlement settlement) {
        return settlement.event() == null ? null : new KeptEvent(settlement.event(), false, settlement.unsent());
    }
}
