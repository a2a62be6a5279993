package io.promptroutes.file;

import io.promptroutes.prompt.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Appends whole lines to a file that nobody else writes to. Thread-safe: each line goes out in one write, and what a failed write left
 * of a line is cut off again. A RandomAccessFile and no channel, because an interrupt would close a channel for everybody.
 */
public final class JsonlFile implements Closeable {

    private static final int BLOCK = 64 * 1024;

    private final Path path;
    private final RandomAccessFile file;
    /** Where the last whole line ends. */
    private long end;
    private long lines;

    /** Opens the file, or makes it. A file that may have a torn tail goes through {@link #cutTornTail} first. */
    public JsonlFile(Path path) throws IOException {
        this.path = path;
        this.file = new RandomAccessFile(OwnerOnly.file(path).toFile(), "rw");
        this.end = file.length();
    }

    /** @param line without its line feed, and none within */
    public synchronized void append(byte[] line) throws IOException {
        byte[] whole = Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        try {
            if (file.length() > end) {
                file.setLength(end); // a line failed, and could not be cut off then
            }
            file.seek(end);
            file.write(whole);
            end += whole.length;
            lines++;
        } catch (IOException e) {
            cutBack(e);
            throw new IOException("cannot write to " + path + ": " + e.getMessage(), e);
        }
    }

    private void cutBack(IOException failure) {
        try {
            file.setLength(end);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Lines appended by this object. */
    public synchronized long lines() {
        return lines;
    }

    /** Closes the file once the disk has what was written. */
    @Override
    public synchronized void close() throws IOException {
        try (file) {
            if (file.getFD().valid()) {
                file.getFD().sync();
            }
        }
    }

    /** What a file is made of. */
    interface Content {
        void to(JsonlFile file) throws IOException;
    }

    /** Makes a file anew: the old one or the new one is there, whatever happens. */
    static void replace(Path path, Content content) throws IOException {
        Path part = path.resolveSibling(path.getFileName() + ".part");
        Files.deleteIfExists(part);
        try {
            try (JsonlFile file = new JsonlFile(part)) {
                content.to(file);
            }
            Files.move(part, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part); // a full disk is not to be kept full
        }
    }

    /** Makes {@code to} of the lines of {@code from}, which may be the same. @param form null for a line that is left out */
    static void rewrite(Path from, Path to, UnaryOperator<byte[]> form) throws IOException {
        replace(to, file -> {
            try (LineReader lines = new LineReader(Files.newInputStream(from), Integer.MAX_VALUE)) {
                while (lines.hasNext()) {
                    byte[] line = form.apply(lines.next().bytes());
                    if (line != null) {
                        file.append(line);
                    }
                }
            }
        });
    }

    /** Cuts off what stands behind the last line feed; returns how many bytes. A file that is not there has none. */
    public static long cutTornTail(Path path) throws IOException {
        if (Files.notExists(path)) {
            return 0;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            long size = file.length();
            long whole = endOfLastLine(file);
            if (whole < size) {
                file.setLength(whole);
                file.getFD().sync();
            }
            return size - whole;
        }
    }

    private static long endOfLastLine(RandomAccessFile file) throws IOException {
        byte[] block = new byte[BLOCK];
        for (long to = file.length(); to > 0; to -= BLOCK) {
            int count = (int) Math.min(BLOCK, to);
            file.seek(to - count);
            file.readFully(block, 0, count);
            for (int i = count; i > 0; i--) {
                if (block[i - 1] == '\n') {
                    return to - count + i;
                }
            }
        }
        return 0;
    }
}
