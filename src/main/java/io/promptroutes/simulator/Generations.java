package io.promptroutes.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was generated, by id: of single calls and of batches. Thread-safe. */
public final class Generations {

    /** Generations that can be looked up; while recording, all can. */
    private static final int KEPT = 50_000;

    private final Clock clock;
    private final Map<String, Generation> byId = new LinkedHashMap<>();
    private final Activity activity = new Activity();

    Generations(Clock clock) {
        this.clock = clock;
    }

    public synchronized void add(Generation generation, boolean keepAll) {
        byId.put(generation.id(), generation);
        activity.add(generation);
        if (!keepAll && byId.size() > KEPT) {
            byId.remove(byId.keySet().iterator().next());
        }
    }

    /** Null where there is none, or none that is old enough to be told. */
    synchronized Generation find(String id, Duration lag) {
        Generation found = byId.get(id);
        return found == null || found.at().plus(lag).isAfter(clock.now()) ? null : found;
    }

    synchronized List<Generation> all() {
        return new ArrayList<>(byId.values());
    }

    Activity activity() {
        return activity;
    }
}
