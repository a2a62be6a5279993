package io.promptroutes.settings;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Something in the configuration that an operator should know. Immutable.
 *
 * @param mend  whether it has to be mended before anything can work; false for a warning
 * @param what  is wrong
 * @param where file and line, key or place outside; empty where {@code what} says it
 * @param todo  what to do about it
 */
public record Finding(boolean mend, String what, String where, String todo) {

    public static Finding fault(String what, String where, String todo) {
        return new Finding(true, what, where, todo);
    }

    public static Finding warning(String what, String where, String todo) {
        return new Finding(false, what, where, todo);
    }

    /** What to do about a name that nobody knows: take the known one that is like it. @param otherwise where there is none */
    public static String nearest(String name, Set<String> known, String otherwise) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return known.stream().min(Comparator.comparingInt(one -> distance.apply(one, name)))
                .filter(near -> distance.apply(near, name) <= Math.max(3, name.length() / 3)).map(near -> "did you mean " + near + "?").orElse(otherwise);
    }

    public String sentence() {
        return what + (where.isEmpty() ? "" : " in " + where) + (todo.isEmpty() ? "" : "; " + todo);
    }

    /** Throws where something has to be mended; the message tells all of it. */
    public static void refuse(List<Finding> findings) {
        List<Finding> wrong = findings.stream().filter(Finding::mend).distinct().toList();
        if (!wrong.isEmpty()) {
            throw new UsageException(wrong.size() == 1 ? wrong.get(0).sentence() : wrong.size() + " things have to be mended:"
                    + wrong.stream().map(one -> "\n- " + one.sentence()).collect(Collectors.joining()));
        }
    }
}
