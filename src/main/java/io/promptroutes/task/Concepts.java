package io.promptroutes.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Words of several languages under the name of what they mean, so that what was learned in one language holds in the others. Out of a
 * table with lines such as {@code poem: poem, gedicht*, two words}; a {@code *} stands for any ending. Immutable.
 */
final class Concepts {

    /** Of the words of a script without spaces, in characters. */
    static final int LONGEST_WITHOUT_SPACES = 4;
    private static final int BUCKETS = 1024;

    private final Map<String, List<String>> words = new HashMap<>();
    /** Those whose first two characters have the same {@link #bucket}. */
    private final List<List<Beginning>> beginnings = Stream.<List<Beginning>>generate(ArrayList::new).limit(BUCKETS).toList();
    private final Sieve sieve;

    private record Beginning(String text, String name) {
    }

    /** @throws IllegalArgumentException that names the line which is not of this form */
    Concepts(List<String> lines) {
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("\"" + line + "\" is not of the form NAME: word, word");
            }
            String name = "<" + line.substring(0, colon).strip() + ">";
            Arrays.stream(line.substring(colon + 1).split(",")).map(String::strip).filter(word -> !word.isEmpty()).forEach(word -> add(word, name));
        }
        sieve = new Sieve(words.keySet());
    }

    private void add(String word, String name) {
        if (!word.endsWith("*")) {
            words.computeIfAbsent(word, none -> new ArrayList<>(1)).add(name);
        } else if (word.length() >= 3) {
            beginnings.get(bucket(word)).add(new Beginning(word.substring(0, word.length() - 1), name));
        } else {
            throw new IllegalArgumentException("\"" + word + "\" of " + name + " has fewer than two characters before the *");
        }
    }

    /** @param text a word, two with a space between them, or a few characters of a script without spaces */
    void of(String text, Consumer<String> found) {
        List<String> names = sieve.lets(text) ? words.get(text) : null;
        if (names != null) {
            names.forEach(found);
        }
    }

    void byBeginning(String word, Consumer<String> found) {
        if (word.length() < 2) {
            return;
        }
        for (Beginning beginning : beginnings.get(bucket(word))) {
            if (word.startsWith(beginning.text())) {
                found.accept(beginning.name());
            }
        }
    }

    private static int bucket(String word) {
        return (word.charAt(0) * 31 + word.charAt(1)) % BUCKETS;
    }
}
