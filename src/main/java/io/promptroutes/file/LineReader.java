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
    private final byte[] buffer;
    private boolean started;
    private int position;
    private int end;
    private long number;
    private Line next;
    /** What earlier buffers held of the line: up to a line of the longest and its carriage return, or a head. */
    private byte[] kept = new byte[1024];
    private int keptLength;

    /** @param maxBytes the longest line that is given whole, without its end */
    public LineReader(InputStream in, int maxBytes) {
        this(in, maxBytes, BUFFER);
    }

    /** @param bufferSize at least the 3 bytes of a byte order mark */
    LineReader(InputStream in, int maxBytes, int bufferSize) {
        this.in = in;
        this.maxBytes = maxBytes;
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

    private boolean more() throws IOException {
        if (!started) {
            started = true;
            end = in.readNBytes(buffer, 0, 3);
            boolean mark = end == 3 && buffer[0] == (byte) 0xEF && buffer[1] == (byte) 0xBB && buffer[2] == (byte) 0xBF;
            position = mark ? 3 : 0;
        }
        return position < end || fill();
    }

    private boolean fill() throws IOException {
        int read = in.read(buffer);
        if (read <= 0) {
            return false;
        }
        position = 0;
        end = read;
        return true;
    }

    /** The line that begins here, or null if it is blank. */
    private Line read() throws IOException {
        int feed = feed();
        if (feed < end) {
            // the usual case: all of the line is in the buffer
            int from = position;
            position = feed + 1;
            return line(buffer, from, feed - from, feed > from && buffer[feed - 1] == '\r');
        }
        keptLength = 0;
        long length = 0;
        byte last = 0;
        while (true) {
            if (feed > position) {
                keep(feed - position);
                length += feed - position;
                last = buffer[feed - 1];
            }
            position = Math.min(feed + 1, end);
            if (feed < end || !fill()) {
                return line(kept, 0, length, last == '\r');
            }
            feed = feed();
        }
    }

    /** Where the line ends in this buffer; the buffer's end if it does not. */
    private int feed() {
        int i = position;
        while (i < end && buffer[i] != '\n') {
            i++;
        }
        return i;
    }

    private void keep(int count) {
        int limit = (int) Math.min(Math.max(maxBytes + 1L, HEAD), Integer.MAX_VALUE - 8);
        int wanted = (int) Math.min(limit, (long) keptLength + count);
        if (wanted > kept.length) {
            kept = Arrays.copyOf(kept, (int) Math.min(limit, Math.max(wanted, kept.length * 2L)));
        }
        System.arraycopy(buffer, position, kept, keptLength, wanted - keptLength);
        keptLength = wanted;
    }

    private Line line(byte[] held, int from, long lengthWithReturn, boolean carriageReturn) {
        long length = carriageReturn ? lengthWithReturn - 1 : lengthWithReturn;
        boolean tooLong = length > maxBytes;
        byte[] bytes = Arrays.copyOfRange(held, from, from + (int) (tooLong ? Math.min(length, HEAD) : length));
        return !tooLong && isBlank(bytes) ? null : new Line(number, bytes, tooLong, length);
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
