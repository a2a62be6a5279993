package io.promptroutes.pipeline;

import io.promptroutes.file.IdSet;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.prompt.Prompt;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells apart the lines of a job that name no id: equal records are numbered in the order in which they come, so that a line keeps
 * its identity when others are put before it. To be asked in the order of the input; thread-safe.
 */
final class Occurrences {

    private final IdSet seen = new IdSet();
    /** Only of requests that came more than once. */
    private final Map<String, Integer> repeated = new HashMap<>();

    /** What a prompt's record is known by; null where the prompt has an id of its own, or its place in a topic, or is fed in again as it was then. */
    static String record(Prompt prompt, String pipeline) {
        return prompt.record() != null || !prompt.id().equals(prompt.source().defaultId()) || prompt.source().file() == null ? null
                : WorkId.of("", "", pipeline, prompt.raw()).hex();
    }

    /** 1 for the first record like it. */
    synchronized int next(String record) {
        return seen.add(record) ? 1 : repeated.merge(record, 2, (count, one) -> count + 1);
    }
}
