package io.promptroutes.routing;

import io.promptroutes.prompt.Task;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds the signs in a prompt on which the routes decide its task: {@code code-block}, {@code short-greeting}, and for each
 * task with enough of its words {@code words-<task>}. Reads the text once, without regular expressions. Immutable.
 */
public final class Signs {

    /** A greeting is the whole message, so a longer text that begins with one is not. */
    private static final int LONGEST_GREETING = 60;
    /** Words of the beginning say what is wanted; those far inside belong to what it is wanted of. */
    private static final int WORDS_READ = 400;

    private final Map<String, Task> words = new HashMap<>();

    /** @param words of each task, in lower case; a word belongs to one task, the first that names it */
    public Signs(Map<Task, Set<String>> words) {
        words.forEach((task, list) -> list.forEach(word -> this.words.putIfAbsent(word, task)));
    }

    public Set<String> find(String prompt) {
        Set<String> signs = new HashSet<>();
        if (prompt.contains("```") || lineEnds(prompt, ";") >= 2 || lineEnds(prompt, "{") >= 1) {
            signs.add("code-block");
        }
        Map<Task, Integer> counts = count(prompt);
        Task most = null;
        for (Map.Entry<Task, Integer> entry : counts.entrySet()) {
            if (most == null || entry.getValue() > counts.get(most)) {
                most = entry.getKey();
            }
        }
        if (most != null) {
            signs.add(most == Task.CHAT && prompt.length() <= LONGEST_GREETING ? "short-greeting" : "words-" + most);
        }
        return signs;
    }

    private Map<Task, Integer> count(String prompt) {
        Map<Task, Integer> counts = new EnumMap<>(Task.class);
        String text = prompt.toLowerCase(Locale.ROOT);
        int read = 0;
        int start = -1;
        for (int i = 0; i <= text.length() && read < WORDS_READ; i++) {
            if (i < text.length() && Character.isLetter(text.charAt(i))) {
                if (start < 0) {
                    start = i;
                }
            } else if (start >= 0) {
                Task task = words.get(text.substring(start, i));
                if (task != null) {
                    counts.merge(task, 1, Integer::sum);
                }
                read++;
                start = -1;
            }
        }
        return counts;
    }

    private static int lineEnds(String text, String end) {
        int found = 0;
        for (int at = text.indexOf(end + "\n"); at >= 0; at = text.indexOf(end + "\n", at + 1)) {
            found++;
        }
        return found;
    }
}
