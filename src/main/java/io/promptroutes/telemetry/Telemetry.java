package io.promptroutes.telemetry;

/** What tells others how prompts and calls are doing. */
public record Telemetry(Meters meters, Traces traces) {
}
