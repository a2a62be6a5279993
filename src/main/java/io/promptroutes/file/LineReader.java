package io.promptroutes.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * Reads a file's lines as bytes, blank ones left out, in memory that depends on the longest line allowed and not on the file.
 * A line ends at a line feed or a carriage return with one; a byte order mark at the start is dropped. For one thread. A failing
 * stream is an {@link UncheckedIOException}.
 */
public final class LineReader extends Ahead<Line> implements Closeable {

    /** What is kept of a line that is too long. */
    static final int HEAD = 64 * 1024;
    private static final int BUFFER = 256 * 1024;

    private final InputStream in;
    private final int maxBytes;
    /** What is kept of any line: one of the longest and its carriage return, or a head. */
    private final int maxKept;
    private final boolean ends;
    private byte[] buffer;
    private boolean started;
    private IOException failure;
    /** Comes when all that was put back has been read again. */
    private Line behind;
    private int position;
    private int end;
    private byte[] kept = new byte[1024];
    /** Of the line that is being read. */
    private long length;
    private boolean within;
    private long number;

    /** @param maxBytes the longest line that is given whole, without its end */
    public LineReader(InputStream in, int maxBytes) {
        this(in, maxBytes, BUFFER, false);
    }

    /** Lines with their ends, the blank ones too. */
    static LineReader withEnds(InputStream in, int maxBytes) {
        return new LineReader(in, maxBytes, BUFFER, true);
    }

    /** @param bufferSize at least the 3 bytes of a byte order mark */
    LineReader(InputStream in, int maxBytes, int bufferSize, boolean ends) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.maxKept = (int) Math.min(Math.max(maxBytes + 2L, HEAD), Integer.MAX_VALUE - 8);
        this.ends = ends;
        this.buffer = new byte[bufferSize];
    }

    @Override
    Line read() {
        try {
            if (behind != null && number + 1 == behind.number()) {
                Line read = behind;
                behind = null;
                number++;
                return read;
            }
            Line read = null;
            while (read == null && more()) {
                number++;
                within = true;
                read = line();
                within = false;
            }
            return read;
        } catch (IOException e) {
            failure = e;
            throw new UncheckedIOException(e);
        }
    }

    /** After a failure: the line in which the stream failed, as far as it was read. */
    Line torn() {
        return within ? new Line(number, Arrays.copyOf(kept, (int) Math.min(length, maxKept)), false, length)
                : new Line(number + 1, new byte[0], false, 0);
    }

    /**
     * Puts back lines that were given with their ends, to be given again; a failure of the stream comes again behind them.
     *
     * @param from where in {@code bytes} they begin
     * @param last the number of the line before them
     * @param then one that was too long, and so cannot be put back itself, which follows; or null
     */
    void unread(byte[] bytes, int from, long last, Line then) {
        behind = then == null ? behind : then;
        int count = bytes.length - from;
        if (count > position) {
            byte[] larger = new byte[Math.max(buffer.length, count + end - position)];
            System.arraycopy(buffer, position, larger, count, end - position);
            end += count - position;
            position = count;
            buffer = larger;
        }
        position -= count;
        System.arraycopy(bytes, from, buffer, position, count);
        number = last;
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
            if (failure != null) {
                throw failure;
            }
            position = 0;
            end = 0;
            end = Math.max(in.read(buffer), 0);
        }
        return position < end;
    }

    /** The line that begins here, or null if it is blank and its end is not wanted. */
    private Line line() throws IOException {
        length = 0;
        byte last = 0;
        while (more() && buffer[position] != '\n') {
            last = buffer[position++];
            if (length < maxKept) {
                keep(last, (int) length);
            }
            length++;
        }
        boolean ended = position < end;
        position += ended ? 1 : 0;
        long measured = last == '\r' ? length - 1 : length;
        if (measured > maxBytes) {
            return new Line(number, Arrays.copyOf(kept, (int) Math.min(measured, HEAD)), true, measured);
        }
        if (ends) {
            if (ended) {
                keep((byte) '\n', (int) length++);
            }
            return new Line(number, Arrays.copyOf(kept, (int) length), false, measured);
        }
        byte[] bytes = Arrays.copyOf(kept, (int) measured);
        return isBlank(bytes) ? null : new Line(number, bytes, false, measured);
    }

    private void keep(byte b, int index) {
        if (index == kept.length) {
            kept = Arrays.copyOf(kept, (int) Math.min(maxKept, kept.length * 2L));
        }
        kept[index] = b;
    }

    static boolean isBlank(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return false;
            }
        }
        return true;
    }
}
