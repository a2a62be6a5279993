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

    /** The prompt as it is known: by its own id, its place in a topic, or its record; one that is fed in again, as it was then. */
    synchronized Prompt identified(Prompt prompt) {
        if (prompt.record() != null || !prompt.id().equals(prompt.source().defaultId()) || prompt.source().file() == null) {
            return prompt;
        }
        String record = WorkId.of("", "", "", prompt.raw()).hex();
        return prompt.knownBy(record + "#" + (seen.add(record) ? 1 : repeated.merge(record, 2, (count, one) -> count + 1)));
    }
}
