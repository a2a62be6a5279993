package io.promptroutes.file;

import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Puts the lines of a file into the order of a job's input. Which prompt stands where is kept in a file beside them, some 10 MB of it in
 * memory, however long the job. Thread-safe while prompts are noted.
 */
final class InputOrder implements Closeable {

    static final String FILE = ".order";
    private static final int IN_MEMORY = 1 << 16;
    private static final int LINE_BITS = 44;
    /** Entries of an id: its places as they were noted, from 0 on, and behind them its lines, from here on. */
    private static final long LINES = 1L << 62;

    private final Map<String, Long> files = new HashMap<>();
    private final Function<String, IdHash> hashes = IdHash.sha256();
    private final SortFile sorts;
    /** By the id's hash and the number of the note; a place each. */
    private final SortFile.Sort notes;
    private long noted;

    /** @param files of the input in their order, by the names under which their lines are known */
    InputOrder(Path folder, Collection<String> files) throws IOException {
        this(folder, files, IN_MEMORY);
    }

    InputOrder(Path folder, Collection<String> files, int inMemory) throws IOException {
        files.forEach(name -> this.files.put(name, (long) this.files.size()));
        sorts = new SortFile(folder.resolve(FILE), inMemory);
        notes = sorts.new Sort();
    }

    /**
     * Where the prompt of that id stands now: the last note counts. Of one that comes from elsewhere, as a dead letter that is replayed
     * does, there is no place.
     *
     * @throws IOException where the disk is full; nothing was noted then
     */
    synchronized void note(Source source, String id) throws IOException {
        Long file = source.file() == null ? null : files.get(source.file());
        if (file != null) {
            add(notes, id, noted++, file << LINE_BITS | source.line());
        }
    }

    private void add(SortFile.Sort sort, String id, long number, long value) throws IOException {
        IdHash hash = hashes.apply(id);
        sort.add(hash.high(), hash.low(), number, value);
    }

    /** Lines of prompts that were not noted, or whose place is taken, come last. The old file or the new one is there, whatever happens. */
    void sort(Path path) throws IOException {
        SortFile.Sort lines = sorts.new Sort();
        SortFile.Sort others = sorts.new Sort();
        LongAdder offset = new LongAdder();
        JsonlFile.each(path, line -> {
            String id = Json.text(line.bytes(), "id");
            if (id == null) {
                others.add(offset.sum(), line.length());
            } else {
                add(lines, id, LINES + offset.sum(), line.length());
            }
            offset.add(line.length() + 1);
        });
        if (offset.sum() != Files.size(path)) { // somebody has edited it, and lines do not stand where they should
            JsonlFile.rewrite(path, path, line -> line);
            sort(path);
            return;
        }
        SortFile.Sort placed = placed(lines, others);
        try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r")) {
            JsonlFile.replace(path, file -> {
                AtomicLong last = new AtomicLong(-1);
                sorts.merge(line -> {
                    if (last.getAndSet(line[0]) == line[0]) {
                        others.add(line[1], line[2]);
                    } else {
                        copy(in, line[1], line[2], file);
                    }
                }, placed);
                sorts.merge(line -> copy(in, line[0], line[1], file), others);
            });
        }
    }

    /** By place; offset and length of the line each. Those that have no place are added to the others. */
    private SortFile.Sort placed(SortFile.Sort lines, SortFile.Sort others) throws IOException {
        SortFile.Sort placed = sorts.new Sort();
        AtomicReference<long[]> note = new AtomicReference<>(new long[2]);
        sorts.merge(entry -> {
            long offset = entry[2] - LINES;
            if (offset < 0) {
                note.set(entry);
            } else if (Arrays.equals(entry, 0, 2, note.get(), 0, 2)) {
                placed.add(note.get()[3], offset, entry[3]);
            } else {
                others.add(offset, entry[3]);
            }
        }, notes, lines);
        return placed;
    }

    private static void copy(RandomAccessFile in, long offset, long length, JsonlFile out) throws IOException {
        byte[] line = new byte[(int) length];
        in.seek(offset);
        in.readFully(line);
        out.append(line);
    }

    @Override
    public void close() throws IOException {
        sorts.close();
    }
}
