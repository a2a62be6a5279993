package io.promptroutes.file;

import io.promptroutes.prompt.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.commons.io.function.IOConsumer;

/**
 * Sorts more entries than memory holds, by an external merge sort: sorted runs of them go to a file, which several sorts share, and are merged
 * as they are read. An entry is a few longs; the first that differs decides. For one thread. A RandomAccessFile and no channel, because an
 * interrupt would close a channel.
 */
final class SortFile implements Closeable {

    private final Path path;
    private final RandomAccessFile file;
    private final int most;
    private long end;

    /** @param most entries that a sort keeps in memory, and a merge of any number of runs as well */
    SortFile(Path path, int most) throws IOException {
        this.path = path;
        this.most = most;
        file = new RandomAccessFile(OwnerOnly.file(path).toFile(), "rw");
    }

    /** Entries of one length. */
    final class Sort {

        private final List<long[]> entries = new ArrayList<>();
        private final List<Run> runs = new ArrayList<>();

        /** @throws IOException where the disk is full; then the entry is not added, and may be later */
        void add(long... entry) throws IOException {
            if (entries.size() == most) {
                write();
            }
            entries.add(entry);
        }

        private void write() throws IOException {
            if (entries.isEmpty()) {
                return;
            }
            entries.sort(Arrays::compare);
            ByteBuffer bytes = ByteBuffer.allocate(entries.size() * entries.get(0).length * Long.BYTES);
            LongBuffer longs = bytes.asLongBuffer();
            entries.forEach(longs::put);
            try {
                file.seek(end);
                file.write(bytes.array());
            } catch (IOException e) { // what was written of a run, the next one overwrites
                throw new IOException("cannot write to " + path + ": " + e.getMessage(), e);
            }
            runs.add(new Run(end, end + bytes.capacity(), entries.get(0).length));
            end += bytes.capacity();
            entries.clear();
        }
    }

    private record Run(long from, long to, int longs) {
    }

    /** Reads a run, some entries at a time. */
    private final class Cursor implements Comparable<Cursor> {

        private final Run run;
        private final int block;
        private long position;
        private LongBuffer read = LongBuffer.allocate(0);
        private long[] entry;

        Cursor(Run run, int entries) {
            this.run = run;
            this.block = entries * run.longs * Long.BYTES;
            this.position = run.from;
        }

        /** Whether there is an entry more. */
        boolean next() throws IOException {
            if (!read.hasRemaining() && position < run.to) {
                byte[] bytes = new byte[(int) Math.min(block, run.to - position)];
                file.seek(position);
                file.readFully(bytes);
                position += bytes.length;
                read = ByteBuffer.wrap(bytes).asLongBuffer();
            }
            if (!read.hasRemaining()) {
                return false;
            }
            entry = new long[run.longs];
            read.get(entry);
            return true;
        }

        @Override
        public int compareTo(Cursor other) {
            return Arrays.compare(entry, other.entry);
        }
    }

    /** Hands out the entries of some sorts, all in one order. Those of others may be added meanwhile. */
    void merge(IOConsumer<long[]> taker, Sort... sorts) throws IOException {
        List<Run> runs = new ArrayList<>();
        for (Sort sort : sorts) {
            sort.write();
            runs.addAll(sort.runs);
        }
        PriorityQueue<Cursor> cursors = new PriorityQueue<>();
        for (Run run : runs) {
            advance(new Cursor(run, Math.max(1, most / runs.size())), cursors);
        }
        while (!cursors.isEmpty()) {
            Cursor first = cursors.remove();
            taker.accept(first.entry);
            advance(first, cursors);
        }
    }

    private static void advance(Cursor cursor, PriorityQueue<Cursor> cursors) throws IOException {
        if (cursor.next()) {
            cursors.add(cursor);
        }
    }

    /** Removes the file. */
    @Override
    public void close() throws IOException {
        file.close();
        Files.deleteIfExists(path);
    }
}
