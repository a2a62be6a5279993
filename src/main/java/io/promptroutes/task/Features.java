package io.promptroutes.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What a lexicon may have a weight for: a text's words ({@code poem}), pairs of neighbours ({@code write a}), concepts ({@code <poem>})
 * and signs of its shape ({@code [code-fence]}). A {@code ^} in front says that it begins the text. The time that it takes is bounded by
 * the length that is looked at, whatever the text. Immutable.
 */
public final class Features {

    /** What is wanted stands at the beginning or the end of a prompt; what lies between is what it is wanted of. In characters. */
    private static final int WORDS_HEAD = 600;
    private static final int WORDS_TAIL = 200;
    private static final int SHAPE_HEAD = 4000;
    private static final int SHAPE_TAIL = 1000;
    /** Words that count as the beginning where a concept is among them. */
    private static final int OPENING = 4;

    private final Concepts concepts;

    /**
     * @param concepts lines of the form {@code NAME: word, word}
     * @throws IllegalArgumentException that names the line which is not of this form
     */
    public Features(List<String> concepts) {
        this.concepts = new Concepts(concepts);
    }

    /** Signs of the text's shape. */
    public Set<String> signs(String text) {
        Set<String> signs = new TreeSet<>();
        Signs.find(text.length() <= SHAPE_HEAD + SHAPE_TAIL ? text
                : text.substring(0, SHAPE_HEAD) + text.substring(text.length() - SHAPE_TAIL), signs::add);
        return signs;
    }

    /** Words, pairs and concepts; one that is there more than once may be told more than once. */
    public void words(String text, Consumer<String> found) {
        List<String> words = new ArrayList<>(300);
        if (text.length() <= WORDS_HEAD + WORDS_TAIL) {
            Words.read(text, 0, text.length(), words);
        } else {
            Words.read(text, 0, WORDS_HEAD, words);
            Words.read(text, text.length() - WORDS_TAIL, text.length(), words);
        }
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String pair = i + 1 < words.size() ? join(word, words.get(i + 1)) : null;
            tell(word, i, found);
            if (pair != null) {
                tell(pair, i, found);
            }
            concepts(words, i, pair, i < OPENING ? name -> {
                found.accept(name);
                found.accept("^" + name);
            } : found);
        }
    }

    private static void tell(String feature, int at, Consumer<String> found) {
        found.accept(feature);
        if (at == 0) {
            found.accept("^" + feature);
        }
    }

    private void concepts(List<String> words, int at, String pair, Consumer<String> found) {
        String word = words.get(at);
        concepts.of(word, found);
        if (!Words.standsAlone(word)) {
            concepts.byBeginning(word, found);
        }
        if (pair == null) {
            return;
        }
        concepts.of(pair, found);
        String longer = pair;
        for (int next = at + 2; next < Math.min(words.size(), at + Concepts.LONGEST_WITHOUT_SPACES) && Words.standsAlone(words.get(next))
                && Words.standsAlone(word); next++) {
            longer += words.get(next);
            concepts.of(longer, found);
        }
    }

    /** As the text has them: with a space, but not in a script without spaces. */
    private static String join(String word, String next) {
        return Words.standsAlone(word) && Words.standsAlone(next) ? word + next : word + " " + next;
    }
}
