package io.promptroutes.prompt;

import java.util.List;
import java.util.Set;

/** Requests as they come, without a system message and a template of ours. */
public final class PlainSettings {

    public static final int MAX_BYTES = 10 * 1024 * 1024;

    static final List<String> TASKS = List.of("code", "creative", "analysis", "math", "chat", "general");

    private PlainSettings() {
    }

    public static PromptSettings of(int maxBytes) {
        return new PromptSettings(maxBytes, null, null, InputFormat.AUTO, false, TASKS, Set.of());
    }

    public static PromptSettings get() {
        return of(MAX_BYTES);
    }
}
