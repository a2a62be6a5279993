package io.promptroutes.simulator;

import java.util.SplittableRandom;

/** Decides, request by request, which fault comes and how long an answer takes. Event loop only. */
final class Dice {

    /** What one request gets, before it is known whether the fault fits its model. */
    record Throw(Fault fault, long latencyMillis) {
    }

    private final SimulatorConfig config;
    private final SplittableRandom random;

    Dice(SimulatorConfig config) {
        this.config = config;
        this.random = new SplittableRandom(config.seed());
    }

    /** Takes three numbers whatever comes out, so that a change of one setting leaves the others' outcomes as they were. */
    Throw next() {
        double fault = random.nextDouble() * 100;
        double tail = random.nextDouble() * 100;
        double spread = random.nextDouble();
        return new Throw(fault(fault), latency(tail, spread));
    }

    private Fault fault(double drawn) {
        double edge = 0;
        for (Fault fault : Fault.values()) {
            edge += config.faults().percent().getOrDefault(fault, 0.0);
            if (drawn < edge) {
                return fault;
            }
        }
        return Fault.NONE;
    }

    private long latency(double tail, double spread) {
        SimulatorConfig.Latency latency = config.latency();
        if (tail < latency.tailPercent()) {
            return latency.tail().toMillis();
        }
        long min = latency.min().toMillis();
        return min + Math.round(spread * (latency.max().toMillis() - min));
    }
}
