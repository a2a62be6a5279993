package io.promptroutes.flow;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers which alarms are on, so that each is told when it goes on and not for every prompt meanwhile. Thread-safe. */
public final class AlarmStates {

    private final Set<String> on = ConcurrentHashMap.newKeySet();

    /** True where the alarm was off before. */
    public boolean goesOn(String alarm) {
        return !on.contains(alarm) && on.add(alarm);
    }

    public void off(String alarm) {
        on.remove(alarm);
    }
}
