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
import org.apache.commons.io.function.IOConsumer;

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
    /** Whether part of a line may stand behind the last whole one. */
    private boolean torn;

    /** Opens the file, or makes it. What stands behind its last line feed is cut off: a process that was killed has left it. */
    public JsonlFile(Path path) throws IOException {
        this.path = path;
        this.file = new RandomAccessFile(OwnerOnly.file(path).toFile(), "rw");
        this.end = endOfLastLine(file);
        cutBack();
    }

    /** @param line without its line feed, and none within */
    public synchronized void append(byte[] line) throws IOException {
        byte[] whole = Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        try {
            if (torn) {
                cutBack();
            }
            torn = true;
            file.write(whole);
            torn = false;
            end += whole.length;
            lines++;
        } catch (IOException e) {
            try {
                cutBack();
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw new IOException("cannot write to " + path + ": " + e.getMessage(), e);
        }
    }

    private void cutBack() throws IOException {
        if (file.length() > end) {
            file.setLength(end);
        }
        file.seek(end); // where it stays: each line moves it on
        torn = false;
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

    /** Hands out the lines of a file, one after the other. */
    static void each(Path path, IOConsumer<Line> taker) throws IOException {
        try (LineReader lines = new LineReader(Files.newInputStream(path), Integer.MAX_VALUE)) {
            while (lines.hasNext()) {
                taker.accept(lines.next());
            }
        }
    }

    /** Makes a file anew: the old one or the new one is there, whatever happens. */
    static void replace(Path path, IOConsumer<JsonlFile> content) throws IOException {
        Path part = path.resolveSibling(path.getFileName() + ".part");
        Files.deleteIfExists(part);
        try {
            try (JsonlFile file = new JsonlFile(part)) {
                content.accept(file);
            }
            Files.move(part, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part); // a full disk is not to be kept full
        }
    }

    /** Makes {@code to} of the lines of {@code from}, which may be the same. @param form null for a line that is left out */
    static void rewrite(Path from, Path to, UnaryOperator<byte[]> form) throws IOException {
        replace(to, file -> each(from, line -> {
            byte[] made = form.apply(line.bytes());
            if (made != null) {
                file.append(made);
            }
        }));
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
