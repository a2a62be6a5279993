package io.promptroutes.cli;

import io.promptroutes.ops.SimulatorSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.simulator.Simulator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code simulator}: the built-in simulator as a server of its own, for trials with real processes. */
@Command(name = "simulator", description = "Runs the built-in OpenRouter simulator until it is interrupted (keys simulator.*).")
final class SimulatorCommand extends ConfiguredCommand implements Callable<Integer> {

    @Option(names = "--port", paramLabel = "PORT", description = "Loopback port; 0 for any free one (key simulator.port).")
    private Integer port;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = settings(port == null ? Map.of() : Map.of("simulator.port", port.toString()));
        try (Simulator simulator = Simulator.start(SimulatorSettings.of(settings))) {
            out().println("OPENROUTER_BASE_URL=" + simulator.baseUrl());
            new CountDownLatch(1).await();
        }
        return ExitCodes.ANSWERED;
    }
}
