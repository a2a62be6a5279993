package io.promptroutes.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Finds the likeliest task of a text by the weights of a lexicon. Immutable. */
public record Detector(Features features, Lexicon lexicon) {

    public Detection detect(String text) {
        List<Lexicon.Row> found = new ArrayList<>(200);
        BitSet seen = new BitSet(lexicon.size());
        Consumer<String> look = feature -> {
            Lexicon.Row row = lexicon.row(feature);
            if (row != null && !seen.get(row.number())) {
                seen.set(row.number());
                found.add(row);
            }
        };
        Set<String> signs = features.signs(text);
        signs.forEach(look);
        features.words(text, look);
        double scale = scale(found.size());
        double[] shares = new double[lexicon.tasks().size()];
        for (Lexicon.Row row : found) {
            for (int task = 0; task < shares.length; task++) {
                shares[task] += row.weights()[task] * scale;
            }
        }
        Lexicon.Row bias = lexicon.row(Lexicon.BIAS);
        for (int task = 0; bias != null && task < shares.length; task++) {
            shares[task] += bias.weights()[task];
        }
        softmax(shares);
        int likeliest = 0;
        for (int task = 1; task < shares.length; task++) {
            likeliest = shares[task] > shares[likeliest] ? task : likeliest;
        }
        return new Detection(lexicon.tasks().get(likeliest), likeliest, shares[likeliest], shares, signs, found, scale);
    }

    /** A long text has more words, not more certainty. */
    public static double scale(int features) {
        return 5 / Math.sqrt(25 + features);
    }

    /** In place: from scores to shares whose sum is 1. */
    public static void softmax(double[] scores) {
        double most = Arrays.stream(scores).max().orElseThrow();
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = StrictMath.exp(scores[i] - most); // the same on every machine, as is what was learned
            sum += scores[i];
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= sum;
        }
    }
}
