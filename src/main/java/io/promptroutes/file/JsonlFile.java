package io.promptroutes.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends whole lines to a file that nobody else writes to. Thread-safe: each line goes out in one write, and what a failed write left
 * of a line is cut off again. An interrupted thread still writes its line; its interrupt is kept.
 */
public final class JsonlFile implements Closeable {

    private static final int BLOCK = 64 * 1024;

    private final Path path;
    private FileChannel channel;
    private boolean closed;
    /** Where the last whole line ends. */
    private long end;
    /** Something of a line that failed may lie behind the end. */
    private boolean torn;
    private long lines;

    /** Opens the file, or makes it. A file that may have a torn tail goes through {@link #cutTornTail} first. */
    public JsonlFile(Path path) throws IOException {
        this.path = path;
        this.channel = open();
        this.end = channel.size();
    }

    /** @param line without its line feed, and none within */
    public synchronized void append(byte[] line) throws IOException {
        if (closed) {
            throw new IOException(path + " is closed");
        }
        // an interrupt would close the channel for everybody
        boolean interrupted = Thread.interrupted();
        try {
            while (!tryAppend(line)) {
                interrupted |= Thread.interrupted();
            }
            end += line.length + 1L;
            lines++;
        } catch (IOException e) {
            throw new IOException("cannot write to " + path + ": " + e.getMessage(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Lines appended by this object. */
    public synchronized long lines() {
        return lines;
    }

    /** Closes the file once the disk has what was written. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        boolean interrupted = Thread.interrupted();
        try {
            while (!tryForce()) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            channel.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Cuts off what stands behind the last line feed; returns how many bytes. A file that is not there has none. */
    public static long cutTornTail(Path path) throws IOException {
        if (Files.notExists(path)) {
            return 0;
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            long whole = endOfLastLine(channel, size);
            if (whole < size) {
                channel.truncate(whole);
                channel.force(true);
            }
            return size - whole;
        }
    }

    /** False if an interrupt closed the channel: then the line is to be written again. */
    private boolean tryAppend(byte[] line) throws IOException {
        try {
            if (!channel.isOpen()) {
                channel = open();
            }
            if (torn) {
                channel.truncate(end);
                torn = false;
            }
            torn = true;
            ByteBuffer bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            torn = false;
            return true;
        } catch (ClosedByInterruptException e) {
            return false;
        } catch (IOException e) {
            cutBack(e);
            throw e;
        }
    }

    private boolean tryForce() throws IOException {
        try {
            if (!channel.isOpen()) {
                channel = open();
            }
            channel.force(true);
            return true;
        } catch (ClosedByInterruptException e) {
            return false;
        }
    }

    /** Leaves the file with whole lines; if that fails too, the next append does it. */
    private void cutBack(IOException failure) {
        try {
            channel.truncate(end);
            torn = false;
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    private static long endOfLastLine(FileChannel channel, long size) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        long to = size;
        while (to > 0) {
            long from = Math.max(0, to - BLOCK);
            block.clear().limit((int) (to - from));
            while (block.hasRemaining()) {
                if (channel.read(block, from + block.position()) < 0) {
                    throw new IOException("the file shrank while it was read");
                }
            }
            for (int i = block.limit() - 1; i >= 0; i--) {
                if (block.get(i) == '\n') {
                    return from + i + 1;
                }
            }
            to = from;
        }
        return 0;
    }
}
