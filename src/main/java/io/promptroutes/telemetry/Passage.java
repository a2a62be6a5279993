package io.promptroutes.telemetry;

import io.opentelemetry.api.trace.Span;

/**
 * What is observed of one prompt on its way: the time that is ours, and its spans. In exchange variable {@code passage}, since threads
 * change on the way. Its steps follow one another on different threads, never at once.
 */
public final class Passage {

    public static final String VARIABLE = "passage";

    private final Span prompt;
    private Span call = Span.getInvalid();
    private long own;
    /** Nanoseconds, or 0 while the prompt waits or is called. */
    private long since = System.nanoTime();

    Passage(Span prompt) {
        this.prompt = prompt;
    }

    /** One model of a comparison. */
    public Passage branch() {
        return new Passage(prompt);
    }

    /** The prompt waits: for a permit, a retry, a budget, another's answer, or the model that is called. */
    public void waits() {
        if (since != 0) {
            own += System.nanoTime() - since;
            since = 0;
        }
    }

    public void goesOn() {
        if (since == 0) {
            since = System.nanoTime();
        }
    }

    /** So far, in nanoseconds. */
    public long own() {
        return since == 0 ? own : own + System.nanoTime() - since;
    }

    Span prompt() {
        return prompt;
    }

    Span call() {
        return call;
    }

    void call(Span begun) {
        call = begun;
    }
}
