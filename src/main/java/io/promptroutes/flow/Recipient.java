package io.promptroutes.flow;

import java.io.IOException;

/** Who a prompt is answered for, and takes what it came to. Its methods are called by threads of the engine and must not block for long. */
public interface Recipient {

    /**
     * The prompt has ended. When this returns, what it came to is safe.
     *
     * @throws IOException where it cannot be taken now: it comes again, as often as keys publish.* say
     */
    void take(Ending ending) throws IOException;

    /** What was taken is counted, and the prompt's place in the window is free. Called once, behind {@link #take}. */
    default void over() {
    }

    /** To be asked before each call. False: the prompt is somebody else's by now. */
    default boolean mayStart() {
        return true;
    }

    /** The prompt ends without an outcome: it is left to whoever has it now, or takes it up again. */
    default void left() {
    }
}
