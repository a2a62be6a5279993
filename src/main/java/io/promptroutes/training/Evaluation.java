package io.promptroutes.training;

import io.promptroutes.prompt.Task;
import java.util.Arrays;

/** How often the found task was the right one. Figures of what never occurred are 0. Not thread-safe. */
public final class Evaluation {

    private static final int TASKS = Task.values().length;

    private final int[][] counts = new int[TASKS][TASKS];

    public void add(Task right, Task found) {
        counts[right.ordinal()][found.ordinal()]++;
    }

    public int count(Task right, Task found) {
        return counts[right.ordinal()][found.ordinal()];
    }

    public int prompts() {
        return Arrays.stream(Task.values()).mapToInt(this::prompts).sum();
    }

    /** Prompts of this task. */
    public int prompts(Task right) {
        return Arrays.stream(counts[right.ordinal()]).sum();
    }

    public double accuracy() {
        return share(Arrays.stream(Task.values()).mapToInt(task -> count(task, task)).sum(), prompts());
    }

    /** Of the prompts of this task, the share that was found. */
    public double recall(Task task) {
        return share(count(task, task), prompts(task));
    }

    /** Of the prompts that were taken for this task, the share that is. */
    public double precision(Task task) {
        return share(count(task, task), Arrays.stream(counts).mapToInt(row -> row[task.ordinal()]).sum());
    }

    public double f1(Task task) {
        double sum = precision(task) + recall(task);
        return sum == 0 ? 0 : 2 * precision(task) * recall(task) / sum;
    }

    /** The mean over the tasks that occur. */
    public double macroF1() {
        return Arrays.stream(Task.values()).filter(task -> prompts(task) > 0).mapToDouble(this::f1).average().orElse(0);
    }

    private static double share(int part, int whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
