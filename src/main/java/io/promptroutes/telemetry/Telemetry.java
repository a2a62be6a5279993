package io.promptroutes.telemetry;

import io.promptroutes.flow.PromptContext;
import io.promptroutes.model.Cost;

/**
 * Tells others how prompts and calls are doing. Thread-safe.
 *
 * @param meters null where nobody asks for them
 */
public record Telemetry(Meters meters, Traces traces) {

    /** A call has ended. @param pipeline of its prompt; cost, null where it was not billed */
    public void called(String pipeline, PromptSpans passage, PromptContext run, Cost cost) {
        if (meters != null) {
            meters.called(pipeline, run, cost);
        }
        traces.called(passage, run.calls().last());
    }

    /**
     * A prompt is finished.
     *
     * @param pipeline that it belongs to
     * @param passage  null where it was not even read
     * @param run      null where it was no prompt
     * @param fallback why another than the first model answered, or null
     * @param code     of its dead letter, or null
     */
    public void finished(String pipeline, PromptSpans passage, String id, PromptContext run, Meters.Outcome outcome, String fallback, String code) {
        if (meters != null) {
            meters.finished(pipeline, outcome, fallback, code);
        }
        if (passage != null) {
            traces.finished(passage, id, run, outcome, code);
        }
    }
}
