package io.promptroutes.telemetry;

import io.promptroutes.flow.PromptContext;
import io.promptroutes.model.Cost;

/**
 * Tells others how prompts and calls are doing. Thread-safe.
 *
 * @param meters null where nobody asks for them
 */
public record Telemetry(Meters meters, Traces traces) {

    /** A call has ended. @param cost null where it was not billed */
    public void called(PromptSpans passage, PromptContext run, Cost cost) {
        if (meters != null) {
            meters.called(run, cost);
        }
        traces.called(passage, run.calls().last());
    }

    /**
     * A prompt is finished.
     *
     * @param passage  null where it was not even read
     * @param run      null where it was no prompt
     * @param fallback why another than the first model answered, or null
     * @param code     of its dead letter, or null
     */
    public void finished(PromptSpans passage, String id, PromptContext run, Meters.Outcome outcome, String fallback, String code) {
        if (meters != null) {
            meters.finished(outcome, fallback, code);
        }
        if (passage != null) {
            traces.finished(passage, id, run, outcome, code);
        }
    }
}
