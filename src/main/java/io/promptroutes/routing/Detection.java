package io.promptroutes.routing;

import java.util.ArrayList;
import java.util.Comparator;
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

    /** @param weight above 0 where the feature speaks for the task, below where against */
    public record Pull(String feature, double weight) {
    }

    /** The features that say most about the likeliest task, those most in favour first. */
    public List<Pull> pulls() {
        return found.stream().map(row -> new Pull(row.feature(), row.weights()[number] * scale))
                .sorted(Comparator.comparingDouble(Pull::weight).reversed().thenComparing(Pull::feature)).toList();
    }

    /** The names of the features that speak most for the task, at most {@code most}. */
    public List<String> reasons(int most) {
        List<String> reasons = new ArrayList<>(most);
        float last = Float.MAX_VALUE;
        while (reasons.size() < most) {
            Lexicon.Row best = null;
            for (Lexicon.Row row : found) { // a few passes are quicker than to sort them all
                float weight = row.weights()[number];
                if (weight <= last && weight > (best == null ? 0 : best.weights()[number]) && !reasons.contains(row.feature())) {
                    best = row;
                }
            }
            if (best == null) {
                break;
            }
            last = best.weights()[number];
            reasons.add(best.feature());
        }
        return reasons;
    }
}
