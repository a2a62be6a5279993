package io.promptroutes.training;

import java.util.Arrays;
import java.util.List;

/**
 * How often the found task was the right one. Figures of what never occurred are 0. Not thread-safe.
 *
 * @param tasks  all that can be right or found
 * @param counts by the number of the right task, then of the found one
 */
public record Evaluation(List<String> tasks, int[][] counts) {

    public Evaluation(List<String> tasks) {
        this(tasks, new int[tasks.size()][tasks.size()]);
    }

    public void add(String right, String found) {
        counts[tasks.indexOf(right)][tasks.indexOf(found)]++;
    }

    public int count(String right, String found) {
        return counts[tasks.indexOf(right)][tasks.indexOf(found)];
    }

    public int prompts() {
        return tasks.stream().mapToInt(this::prompts).sum();
    }

    /** Prompts of this task. */
    public int prompts(String right) {
        return Arrays.stream(counts[tasks.indexOf(right)]).sum();
    }

    public double accuracy() {
        return share(tasks.stream().mapToInt(task -> count(task, task)).sum(), prompts());
    }

    /** Of the prompts of this task, the share that was found. */
    public double recall(String task) {
        return share(count(task, task), prompts(task));
    }

    /** Of the prompts that were taken for this task, the share that is. */
    public double precision(String task) {
        return share(count(task, task), tasks.stream().mapToInt(right -> count(right, task)).sum());
    }

    public double f1(String task) {
        double sum = precision(task) + recall(task);
        return sum == 0 ? 0 : 2 * precision(task) * recall(task) / sum;
    }

    /** The mean over the tasks that occur. */
    public double macroF1() {
        return tasks.stream().filter(task -> prompts(task) > 0).mapToDouble(this::f1).average().orElse(0);
    }

    private static double share(int part, int whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
