package io.promptroutes.training;

import io.promptroutes.task.Detector;
import io.promptroutes.task.Features;
import io.promptroutes.task.Lexicon;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Learns a lexicon from labelled prompts: softmax regression with AdaGrad, over the mean of the later rounds. Tasks can be added to a
 * lexicon, whose own weights then stay as they are. The same examples in the same order give the same lexicon. One use.
 */
public final class Learner {

    /** The task of what is of no other. */
    private static final String REST = "general";
    private static final int ROUNDS = 20;
    private static final double STEP = 0.3;
    private static final double SHRINK = 0.001;
    /** A feature of fewer prompts is left out: it says little, and would tell what single prompts say. */
    private static final int LEAST_PROMPTS = 3;
    /** Prompts of one source are alike; of a source with more than this, each counts less. */
    private static final double PLENTY = 25;
    /** Rows whose weights are all smaller change nothing. */
    private static final float LEAST_WEIGHT = 0.05f;

    private final List<String> tasks;
    /** How many of the tasks, the first ones, have the weights of the lexicon that is added to. */
    private final int fixed;
    private final Map<String, Integer> numbers = new TreeMap<>();
    private final int[][] texts;
    private final double[][] weights;
    private final double[][] slopes;
    private final double[][] means;

    /** @param source where the prompt comes from; null where it stands for itself */
    public record Example(String prompt, String label, String source) {
    }

    private Learner(Lexicon known, List<String> added, List<Example> examples, Features features) {
        List<String> kept = known.tasks().stream().filter(task -> !added.contains(task)).toList();
        fixed = kept.size();
        tasks = Stream.of(kept, added).flatMap(List::stream).toList();
        List<Set<String>> found = new ArrayList<>();
        Map<String, Integer> prompts = new HashMap<>();
        known.rows().keySet().stream().filter(feature -> !feature.equals(Lexicon.BIAS)).forEach(feature -> prompts.put(feature, LEAST_PROMPTS));
        for (Example example : examples) {
            Set<String> one = new LinkedHashSet<>(features.signs(example.prompt()));
            features.words(example.prompt(), one::add);
            one.forEach(feature -> prompts.merge(feature, 1, Integer::sum));
            found.add(one);
        }
        new TreeMap<>(prompts).forEach((feature, count) -> {
            if (count >= LEAST_PROMPTS) {
                numbers.put(feature, numbers.size());
            }
        });
        texts = found.stream().map(one -> one.stream().filter(numbers::containsKey).mapToInt(numbers::get).toArray()).toArray(int[][]::new);
        numbers.put(Lexicon.BIAS, numbers.size());
        weights = new double[numbers.size()][tasks.size()];
        slopes = new double[numbers.size()][tasks.size()];
        means = new double[numbers.size()][tasks.size()];
        numbers.forEach((feature, number) -> {
            Lexicon.Row row = known.rows().get(feature);
            for (int task = 0; row != null && task < fixed; task++) {
                weights[number][task] = row.weights()[known.tasks().indexOf(tasks.get(task))];
            }
        });
    }

    /** @param examples of these tasks */
    public static Lexicon learn(List<String> tasks, List<Example> examples, Features features) {
        return learn(new Lexicon(List.of(), Map.of()), tasks, examples, features);
    }

    private static Lexicon learn(Lexicon known, List<String> added, List<Example> examples, Features features) {
        Learner learner = new Learner(known, added, examples, features);
        double[] importance = learner.importance(examples);
        List<Integer> order = new ArrayList<>(IntStream.range(0, examples.size()).boxed().toList());
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            Collections.shuffle(order, random);
            order.forEach(i -> learner.step(learner.texts[i], learner.tasks.indexOf(examples.get(i).label()), importance[i]));
            if (round >= ROUNDS / 2) {
                learner.addToMeans();
            }
        }
        return learner.lexicon();
    }

    /**
     * Adds tasks to a lexicon, whose own weights stay as they are.
     *
     * @param examples of the added tasks, and of others if there are any
     * @param others   of known tasks: what the added ones are not. Of those in general, what is taken for an added task is left out: it was
     *                 there only for want of a name
     */
    public static Lexicon add(Lexicon known, List<String> added, List<Example> examples, List<Example> others, Features features) {
        List<Example> all = Stream.of(others, examples).flatMap(List::stream).filter(one -> known.tasks().contains(one.label()) || added.contains(one.label())).toList();
        Detector first = new Detector(features, learn(known, added, all, features));
        Set<Example> named = others.stream().filter(one -> one.label().equals(REST) && added.contains(first.detect(one.prompt()).task())).collect(Collectors.toSet());
        return learn(known, added, all.stream().filter(one -> !named.contains(one)).toList(), features);
    }

    /** Every task counts the same, however many prompts it has. */
    private double[] importance(List<Example> examples) {
        double[] ofTask = new double[tasks.size()];
        Map<String, Integer> ofSource = new HashMap<>();
        for (Example example : examples) {
            ofTask[tasks.indexOf(example.label())]++;
            ofSource.merge(String.valueOf(example.source()), 1, Integer::sum);
        }
        return examples.stream().mapToDouble(example -> examples.size() / (tasks.size() * ofTask[tasks.indexOf(example.label())])
                * (example.source() == null ? 1 : Math.min(1, Math.sqrt(PLENTY / ofSource.get(example.source()))))).toArray();
    }

    private void step(int[] text, int label, double importance) {
        double scale = Detector.scale(text.length);
        int bias = weights.length - 1;
        double[] shares = weights[bias].clone();
        for (int feature : text) {
            for (int task = 0; task < shares.length; task++) {
                shares[task] += weights[feature][task] * scale;
            }
        }
        Detector.softmax(shares);
        for (int task = fixed; task < shares.length; task++) {
            double error = (shares[task] - (task == label ? 1 : 0)) * importance;
            for (int feature : text) {
                move(feature, task, error * scale + SHRINK * weights[feature][task]);
            }
            move(bias, task, error);
        }
    }

    private void move(int feature, int task, double slope) {
        slopes[feature][task] += slope * slope;
        weights[feature][task] -= STEP * slope / Math.sqrt(1 + slopes[feature][task]);
    }

    private void addToMeans() {
        for (int feature = 0; feature < means.length; feature++) {
            for (int task = 0; task < tasks.size(); task++) {
                means[feature][task] += weights[feature][task] / (ROUNDS - ROUNDS / 2);
            }
        }
    }

    private Lexicon lexicon() {
        Map<String, float[]> rows = new HashMap<>();
        numbers.forEach((feature, number) -> {
            float[] row = new float[tasks.size()];
            float most = 0;
            for (int task = 0; task < row.length; task++) {
                row[task] = Math.round(means[number][task] * 100) / 100f;
                most = Math.max(most, Math.abs(row[task]));
            }
            if (most >= LEAST_WEIGHT) {
                rows.put(feature, row);
            }
        });
        return new Lexicon(tasks, rows);
    }
}
