package io.promptroutes.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the service takes no batches for, though its list has a price: a listed row is no promise. Remembered for a while. Thread-safe. */
final class BatchRefusals {

    private static final String ANY = "*";
    private static final Duration AN_HOUR = Duration.ofHours(1);

    private record Refused(String why, Instant until) {
    }

    private final Map<String, Refused> refused = new ConcurrentHashMap<>();

    /** The model has none, or those providers have none of it, for this day. */
    void of(OpenBatches.Kind kind, String why, Instant now) {
        refused.put(name(kind), new Refused(why, now.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).plusDays(1).toInstant()));
    }

    /** There are none at all, for an hour. */
    void all(String why, Instant now) {
        refused.put(ANY, new Refused(why, now.plus(AN_HOUR)));
    }

    private static String name(OpenBatches.Kind kind) {
        return kind.only() == null ? kind.model() : kind.model() + " " + kind.only();
    }

    /** Why not, or null. */
    String of(OpenBatches.Kind kind, Instant now) {
        for (String name : new String[] {ANY, kind.model(), name(kind)}) {
            Refused found = refused.get(name);
            if (found != null && now.isBefore(found.until())) {
                return found.why();
            }
        }
        return null;
    }
}
