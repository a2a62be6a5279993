package io.promptroutes.routing;

import io.promptroutes.prompt.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A weight per task for every feature that says something about a prompt's task. As text: a row a feature, tabs between feature and
 * weights, tasks in the order of {@link Task}; lines that begin with {@code #} and a space are comments. Immutable.
 */
public final class Lexicon {

    /** The row that holds for every text. */
    public static final String BIAS = "[any]";
    private static final int TASKS = Task.values().length;

    private final Map<String, Row> rows = new HashMap<>();
    private final Sieve sieve;

    /** @param number counts the rows, from 0 */
    public record Row(String feature, float[] weights, int number) {
    }

    /** @param weights of each feature, one per task */
    public Lexicon(Map<String, float[]> weights) {
        weights.forEach((feature, row) -> rows.put(feature, new Row(feature, row, rows.size())));
        sieve = new Sieve(rows.keySet());
    }

    /** @throws IllegalArgumentException that names the line which is not a feature and six weights */
    public static Lexicon of(List<String> lines) {
        Map<String, float[]> weights = new HashMap<>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("# ")) {
                continue;
            }
            String[] cells = line.split("\t");
            float[] row = new float[TASKS];
            try {
                for (int task = 0; task < TASKS; task++) {
                    row[task] = Float.parseFloat(cells[task + 1]);
                }
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalArgumentException("\"" + line + "\" is not a feature and " + TASKS + " weights with tabs between them", e);
            }
            weights.put(cells[0], row);
        }
        return new Lexicon(weights);
    }

    /** What {@link #of} reads, sorted by feature. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("# feature\t" + String.join("\t", Arrays.stream(Task.values()).map(Task::toString).toList()));
        new TreeMap<>(rows).forEach((feature, row) -> {
            StringBuilder line = new StringBuilder(feature);
            for (float weight : row.weights()) {
                line.append('\t').append(String.format(Locale.ROOT, "%.2f", weight));
            }
            lines.add(line.toString());
        });
        return lines;
    }

    /** Null where there is none. */
    Row row(String feature) {
        return sieve.lets(feature) ? rows.get(feature) : null;
    }

    public int size() {
        return rows.size();
    }
}
