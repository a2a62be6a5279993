package io.promptroutes.flow;

import java.time.Instant;

/** A prompt's leave to make a call, which {@link AdmissionGate} alone gives and takes back. Belongs to one prompt; not thread-safe. */
public final class Permit {

    private boolean held;
    private Instant refused;

    /** Whether it is taken only now: who goes on behind an answer that came to nothing holds it still. */
    boolean take() {
        boolean first = !held;
        held = true;
        return first;
    }

    /** Whether it was held; it is not from now on. */
    boolean giveBack() {
        boolean was = held;
        held = false;
        return was;
    }

    /** A call that began then was refused for what seems to be the account; of several the first one counts. */
    public void refused(Instant began) {
        refused = refused == null ? began : refused;
    }

    /** Null where none was. */
    public Instant refused() {
        return refused;
    }
}
