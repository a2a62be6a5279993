package io.promptroutes.file;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.promptroutes.prompt.OwnerOnly;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A table as RFC 4180 has it, in UTF-8 with a line feed behind each row. It is made anew beside an older one, whose place it takes when it is closed;
 * rows stand as they came, or in the order of their numbers. Thread-safe.
 */
public final class CsvFile implements Rows {

    private static final int IN_MEMORY = 1 << 16;
    private static final ObjectWriter ROW = CsvMapper.builder().enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING).build().writerFor(String[].class)
            .with(CsvSchema.emptySchema().withLineSeparator("\n"));

    private final Path path;
    private final Path made;
    private final RandomAccessFile file;
    private final SortFile order;
    /** Number, offset and length of each row; null where rows stay as they came. */
    private final SortFile.Sort rows;
    private long end;

    /** @param inOrder whether rows are put into the order of their numbers in the end */
    public CsvFile(Path path, boolean inOrder) throws IOException {
        this.path = path;
        made = OwnerOnly.file(beside(".part"));
        file = new RandomAccessFile(made.toFile(), "rw");
        file.setLength(0);
        order = inOrder ? new SortFile(beside(".order"), IN_MEMORY) : null;
        rows = order == null ? null : order.new Sort();
    }

    /** As it stands in the table, with its line feed. */
    public static byte[] row(List<String> cells) throws IOException {
        return ROW.writeValueAsString(cells.toArray(String[]::new)).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public synchronized void row(long number, List<String> cells) throws IOException {
        byte[] row = row(cells);
        file.seek(end); // over what a full disk has left of an earlier try
        file.write(row);
        if (rows != null) {
            rows.add(number, end, row.length);
        }
        end += row.length;
    }

    private Path beside(String ending) {
        return path.resolveSibling("." + path.getFileName() + ending);
    }

    @Override
    public synchronized void close() throws IOException {
        Path last = made;
        try (file; order) {
            file.setLength(end);
            last = order == null ? made : sorted();
        }
        Files.move(last, path, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(made);
    }

    private Path sorted() throws IOException {
        Path sorted = OwnerOnly.file(beside(".sorted"));
        try (RandomAccessFile out = new RandomAccessFile(sorted.toFile(), "rw")) {
            out.setLength(0);
            order.merge(row -> {
                byte[] bytes = new byte[(int) row[2]];
                file.seek(row[1]);
                file.readFully(bytes);
                out.write(bytes);
            }, rows);
        }
        return sorted;
    }
}
