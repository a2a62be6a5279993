package io.promptroutes.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a lexicon makes of a text.
 *
 * @param task       the likeliest
 * @param number     of the likeliest task in the lexicon
 * @param confidence the share of the likeliest task, from 0 to 1
 * @param shares     of all tasks, 1 in sum
 * @param signs      all signs of the text's shape, whether the lexicon has them or not
 * @param found      the rows of the lexicon that the text has
 * @param scale      by which a row's weight counts in this text
 */
public record Detection(String task, int number, double confidence, double[] shares, Set<String> signs, List<Lexicon.Row> found, double scale) {

    /** The rows that say most for the task, or against it, at most {@code most}; those that say most come first. @param sign 1 for, -1 against */
    public List<Lexicon.Row> strongest(int most, int sign) {
        List<Lexicon.Row> strongest = new ArrayList<>(most);
        float last = Float.MAX_VALUE;
        while (strongest.size() < most) {
            Lexicon.Row best = null;
            for (Lexicon.Row row : found) { // a few passes are quicker than to sort them all
                float weight = row.weights()[number] * sign;
                if (weight <= last && weight > (best == null ? 0 : best.weights()[number] * sign) && !strongest.contains(row)) {
                    best = row;
                }
            }
            if (best == null) {
                break;
            }
            last = best.weights()[number] * sign;
            strongest.add(best);
        }
        return strongest;
    }
}
