package io.promptroutes.cli;

import io.promptroutes.prompt.Shown;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows in columns as wide as their widest cell: names to the left, figures to the right. For one thread. */
final class Table {

    private final int names;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param names columns that hold names, which come first */
    Table(int names, String... heads) {
        this.names = names;
        rows.add(List.of(heads));
    }

    /** @param cells as they are, perhaps with names that others gave */
    void add(Object... cells) {
        rows.add(List.of(cells).stream().map(cell -> Shown.of(String.valueOf(cell), Shown.NAME)).toList());
    }

    void print(PrintWriter out, String indent) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                String blank = " ".repeat(rows.stream().mapToInt(one -> one.get(column).length()).max().orElse(0) - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(i < names ? row.get(i) + blank : blank + row.get(i));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
