package io.promptroutes.route;

import io.promptroutes.file.IdSet;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.prompt.Prompt;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells apart the lines of a job that name no id: equal requests are numbered in the order in which they come, so that a line keeps
 * its identity when others are put before it. To be asked in the order of the input; thread-safe.
 */
final class Occurrences {

    private final IdSet seen = new IdSet();
    /** Only of requests that came more than once. */
    private final Map<String, Integer> repeated = new HashMap<>();

    /** What identifies the prompt besides its request: its own id, its place in a topic, or the number of its occurrence. */
    synchronized String identity(Prompt prompt) {
        boolean ownId = !prompt.id().equals(prompt.source().defaultId());
        if (ownId || prompt.source().file() == null) {
            return prompt.id();
        }
        String request = WorkId.of("", prompt.tenant(), "", prompt.raw()).hex();
        return "#" + (seen.add(request) ? 1 : repeated.merge(request, 2, (count, one) -> count + 1));
    }
}
