package io.promptroutes.prompt;

import java.util.Set;

/** Requests as they come, without a system message and a template of ours. */
public final class PlainSettings {

    public static final int MAX_BYTES = 10 * 1024 * 1024;

    private PlainSettings() {
    }

    public static PromptSettings of(int maxBytes) {
        return new PromptSettings(maxBytes, null, null, InputFormat.AUTO, false, Set.of());
    }

    public static PromptSettings get() {
        return of(MAX_BYTES);
    }
}
