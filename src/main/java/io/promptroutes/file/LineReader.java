package io.promptroutes.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Reads a file's lines as bytes, blank ones left out, in memory that depends on the longest line allowed and not on the file.
 * A line ends at a line feed or a carriage return with one; a byte order mark at the start is dropped. For one thread. A failing
 * stream is an {@link UncheckedIOException}.
 */
public final class LineReader implements Iterator<Line>, Closeable {

    /** What is kept of a line that is too long. */
    static final int HEAD = 64 * 1024;
    private static final int BUFFER = 256 * 1024;

    private final InputStream in;
    private final int maxBytes;
    /** What is kept of any line: one of the longest and its carriage return, or a head. */
    private final int maxKept;
    private final byte[] buffer;
    private boolean started;
    private int position;
    private int end;
    private byte[] kept = new byte[1024];
    private long number;
    private Line next;

    /** @param maxBytes the longest line that is given whole, without its end */
    public LineReader(InputStream in, int maxBytes) {
        this(in, maxBytes, BUFFER);
    }

    /** @param bufferSize at least the 3 bytes of a byte order mark */
    LineReader(InputStream in, int maxBytes, int bufferSize) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.maxKept = (int) Math.min(Math.max(maxBytes + 1L, HEAD), Integer.MAX_VALUE - 8);
        this.buffer = new byte[bufferSize];
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null && more()) {
                number++;
                next = read();
            }
            return next != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Line next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Line line = next;
        next = null;
        return line;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Whether there is a byte at the position, which may be in the next buffer. */
    private boolean more() throws IOException {
        if (!started) {
            started = true;
            end = in.readNBytes(buffer, 0, 3);
            boolean mark = end == 3 && buffer[0] == (byte) 0xEF && buffer[1] == (byte) 0xBB && buffer[2] == (byte) 0xBF;
            position = mark ? 3 : 0;
        }
        if (position == end) {
            position = 0;
            end = Math.max(in.read(buffer), 0);
        }
        return position < end;
    }

    /** The line that begins here, or null if it is blank. */
    private Line read() throws IOException {
        long length = 0;
        byte last = 0;
        while (more() && buffer[position] != '\n') {
            last = buffer[position++];
            if (length < maxKept) {
                keep(last, (int) length);
            }
            length++;
        }
        position = Math.min(position + 1, end); // past the line feed, where there is one
        if (last == '\r') {
            length--;
        }
        boolean tooLong = length > maxBytes;
        byte[] bytes = Arrays.copyOf(kept, (int) (tooLong ? Math.min(length, HEAD) : length));
        return !tooLong && isBlank(bytes) ? null : new Line(number, bytes, tooLong, length);
    }

    private void keep(byte b, int index) {
        if (index == kept.length) {
            kept = Arrays.copyOf(kept, (int) Math.min(maxKept, kept.length * 2L));
        }
        kept[index] = b;
    }

    private static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
