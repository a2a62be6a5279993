package io.promptroutes.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A weight per task for every feature that says something about a prompt's task. As text: the first line names the tasks, then a row a
 * feature, tabs between feature and weights; lines that begin with {@code #} and a space are comments. Immutable.
 */
public final class Lexicon {

    /** The row that holds for every text. */
    public static final String BIAS = "[any]";
    private static final String HEADER = "# feature\t";

    private final List<String> tasks;
    private final Map<String, Row> rows = new HashMap<>();
    private final Sieve sieve;

    /** @param number counts the rows, from 0 */
    public record Row(String feature, float[] weights, int number) {
    }

    /** @param weights of each feature, one per task in the order of {@code tasks} */
    public Lexicon(List<String> tasks, Map<String, float[]> weights) {
        this.tasks = List.copyOf(tasks);
        weights.forEach((feature, row) -> rows.put(feature, new Row(feature, row, rows.size())));
        sieve = new Sieve(rows.keySet());
    }

    /** @throws IllegalArgumentException that names the line which is not a feature and a weight per task, or says that no task is named */
    public static Lexicon of(List<String> lines) {
        String first = lines.isEmpty() ? "" : lines.get(0);
        if (!first.startsWith(HEADER)) {
            throw new IllegalArgumentException("its first line has to name its tasks (# feature, and each task behind a tab), and is \"" + first + "\"");
        }
        List<String> tasks = List.of(first.substring(HEADER.length()).strip().split("\t"));
        Map<String, float[]> weights = new HashMap<>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("# ")) {
                continue;
            }
            String[] cells = line.split("\t");
            float[] row = new float[tasks.size()];
            try {
                for (int task = 0; task < tasks.size(); task++) {
                    row[task] = Float.parseFloat(cells[task + 1]);
                }
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new IllegalArgumentException("\"" + line + "\" is not a feature and " + tasks.size() + " weights with tabs between them", e);
            }
            weights.put(cells[0], row);
        }
        return new Lexicon(tasks, weights);
    }

    /** What {@link #of} reads, sorted by feature. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(HEADER + String.join("\t", tasks));
        new TreeMap<>(rows).forEach((feature, row) -> {
            StringBuilder line = new StringBuilder(feature);
            for (float weight : row.weights()) {
                line.append('\t').append(String.format(Locale.ROOT, "%.2f", weight));
            }
            lines.add(line.toString());
        });
        return lines;
    }

    /** Their order is that of a row's weights. */
    public List<String> tasks() {
        return tasks;
    }

    public Map<String, Row> rows() {
        return Collections.unmodifiableMap(rows);
    }

    /** Null where there is none. */
    Row row(String feature) {
        return sieve.lets(feature) ? rows.get(feature) : null;
    }

    public int size() {
        return rows.size();
    }
}
