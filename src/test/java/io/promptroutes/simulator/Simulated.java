package io.promptroutes.simulator;

import io.promptroutes.ops.SimulatorSettings;
import io.promptroutes.settings.Settings;
import java.nio.file.Path;
import java.util.Map;

/** How a test's simulator behaves. */
public final class Simulated {

    private Simulated() {
    }

    /** @param keys {@code simulator.*}; all others are as in the jar */
    public static SimulatorConfig by(Map<String, String> keys) {
        return SimulatorSettings.of(Settings.load(Path.of("nowhere"), Map.of(), keys));
    }
}
