package io.promptroutes.ledger;

import java.time.Instant;
import java.util.UUID;

/** Ids that grow with time (UUID version 7), so that new rows are neighbours in the index and the last calls are found by it. Thread-safe. */
final class ClaimIds {

    private long lastMillis;
    private int sequence;

    /** Less than every id of that time or later. */
    static UUID first(Instant time) {
        return new UUID(Math.max(0, time.toEpochMilli()) << 16, 0);
    }

    static Instant time(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** Greater than all before in this process. */
    synchronized UUID next() {
        long now = System.currentTimeMillis();
        if (now > lastMillis) {
            lastMillis = now;
            sequence = 0;
        } else if (++sequence == 0x1000) {
            lastMillis++;
            sequence = 0;
        }
        long high = lastMillis << 16 | 0x7000 | sequence;
        return new UUID(high, UUID.randomUUID().getLeastSignificantBits());
    }
}
