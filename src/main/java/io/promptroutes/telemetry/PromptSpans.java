package io.promptroutes.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;

/**
 * The spans of one prompt on its way. In exchange variable {@code passage}, since threads change on the way. Its steps follow one another on different threads, never at once.
 */
public final class PromptSpans {


    final Span prompt;
    /** Of the call that runs; none between calls. */
    Span call = Span.getInvalid();

    PromptSpans(Span prompt) {
        this.prompt = prompt;
    }

    /** What is published hangs below this prompt's span; null where it has none. */
    public String traceparent() {
        SpanContext span = prompt.getSpanContext();
        return span.isValid() ? "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex() : null;
    }

    /** One model of a comparison. */
    public PromptSpans branch() {
        return new PromptSpans(prompt);
    }
}
