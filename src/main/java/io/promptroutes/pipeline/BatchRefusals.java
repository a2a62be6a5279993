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

    /** The model has none, for this day. */
    void model(String model, String why, Instant now) {
        refused.put(model, new Refused(why, now.atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).plusDays(1).toInstant()));
    }

    /** There are none at all, for an hour. */
    void all(String why, Instant now) {
        refused.put(ANY, new Refused(why, now.plus(AN_HOUR)));
    }

    /** Why not, or null. */
    String of(String model, Instant now) {
        for (String name : new String[] {ANY, model}) {
            Refused found = refused.get(name);
            if (found != null && now.isBefore(found.until())) {
                return found.why();
            }
        }
        return null;
    }
}
