package io.promptroutes.routing;

import io.promptroutes.prompt.Task;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The original rule's sign: the tasks one of whose keywords is anywhere in the lower-cased prompt. Immutable. */
public final class Keywords {

    private final Map<Task, List<String>> keywords = new EnumMap<>(Task.class);

    /** @param keywords in lower case */
    public Keywords(Map<Task, List<String>> keywords) {
        this.keywords.putAll(keywords);
    }

    /** The names of all tasks that match. Which one wins is the route's to say. */
    public List<String> find(String prompt) {
        String text = prompt.toLowerCase(Locale.ROOT);
        List<String> found = new ArrayList<>(2);
        keywords.forEach((task, words) -> {
            if (words.stream().anyMatch(text::contains)) {
                found.add(task.toString());
            }
        });
        return found;
    }
}
