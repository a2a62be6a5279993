package io.promptroutes.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The original rule's sign: the tasks one of whose keywords is anywhere in the lower-cased prompt.
 *
 * @param keywords of each task, in lower case; in the order in which they are to be told
 */
public record Keywords(Map<String, List<String>> keywords) {

    /** All tasks that match, in their order. */
    public List<String> find(String prompt) {
        String text = prompt.toLowerCase(Locale.ROOT);
        List<String> found = new ArrayList<>(2);
        keywords.forEach((task, words) -> {
            if (words.stream().anyMatch(text::contains)) {
                found.add(task);
            }
        });
        return found;
    }
}
