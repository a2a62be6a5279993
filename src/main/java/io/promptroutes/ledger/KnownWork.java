package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What the ledger knows of a piece of work when it comes. Immutable by agreement: nobody changes the bytes. */
public sealed interface KnownWork {

    /** Whether the work is this process's now. */
    default boolean ours() {
        return true;
    }

    /**
     * Nobody has finished it or is at it: it is this process's now, until it is finished or released.
     *
     * @param attempts calls made for it earlier
     * @param costUsd  what they cost as far as known
     * @param answer   what a call came to whose process died before it was checked, or null
     * @param lost     those of them that were billed, as was looked up, and whose answers died with their processes
     */
    record New(int attempts, BigDecimal costUsd, byte[] answer, List<OpenClaim> lost) implements KnownWork {
    }

    /**
     * It came to an end.
     *
     * @param answered false for a dead letter
     * @param job      the job that it ended for
     * @param json     the result or dead letter as stored; null where texts are not stored
     * @param model    the model that answered, or null
     * @param when     by the database's clock
     */
    record Ended(boolean answered, String job, byte[] json, String model, BigDecimal costUsd, Instant when) implements KnownWork {

        @Override
        public boolean ours() {
            return false;
        }
    }

    /** A live process is at it, maybe this one. To be asked again later, never called. */
    record Busy(String instance) implements KnownWork {

        @Override
        public boolean ours() {
            return false;
        }
    }

    /**
     * It is asked in a batch, whose line it takes when that has ended; nothing else is to be called.
     *
     * @param attempts calls made for it earlier, that one left out
     * @param costUsd  what they cost as far as known
     */
    record Batched(OpenClaim claim, UUID batch, int attempts, BigDecimal costUsd) implements KnownWork {
    }

    /**
     * A process died in these calls, which may have been billed. The work is this process's now; what to do about the calls is the
     * caller's policy: {@link Ledger#resolve} or {@link Ledger#markAmbiguousRetried} for each, or a dead letter.
     */
    record Ambiguous(List<OpenClaim> claims, int attempts, BigDecimal costUsd) implements KnownWork {
    }
}
