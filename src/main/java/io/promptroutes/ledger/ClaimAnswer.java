package io.promptroutes.ledger;

import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;

/** Whether a call may be made. */
public sealed interface ClaimAnswer {

    /** It may, and must be settled under this id. */
    record Reserved(UUID claimId) implements ClaimAnswer {
    }

    /**
     * A limit stands against it; nothing was reserved.
     *
     * @param spentUsd    spent in the period, calls of unknown cost included at what was reserved for them
     * @param reservedUsd reserved by calls that run now
     * @param askedUsd    what this call might have cost
     */
    record Refused(Limit limit, String name, String periodKey, BigDecimal spentUsd, BigDecimal reservedUsd, BigDecimal askedUsd,
            List<Crossing> crossings) implements ClaimAnswer {

        /** False where only running calls are in the way: it may fit when they are settled. */
        public boolean exhausted() {
            return spentUsd.add(askedUsd).compareTo(limit.usd()) > 0;
        }
    }

    /** Another process took or finished the work in the meantime: begin again. */
    record Taken() implements ClaimAnswer {
    }
}
