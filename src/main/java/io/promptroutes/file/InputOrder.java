package io.promptroutes.file;

import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * Puts the lines of a file into the order of a job's input. Which prompt stands where is kept in a file beside them, with a cache of 16 MB,
 * and so takes no memory that grows. Thread-safe while prompts are noted.
 */
final class InputOrder implements AutoCloseable {

    static final String FILE = ".order";
    private static final int LINE_BITS = 44;
    private static final long NO_PLACE = 1L << 62;

    private final Map<String, Long> files = new HashMap<>();
    private final Path kept;
    private final MVStore store;
    private final MVMap<String, Long> places;

    /** @param files of the input in their order, by the names under which their lines are known */
    InputOrder(Path folder, Collection<String> files) throws IOException {
        files.forEach(name -> this.files.put(name, (long) this.files.size()));
        kept = folder.resolve(FILE);
        store = new MVStore.Builder().fileName(kept.toString()).open();
        places = store.openMap("places");
    }

    /** Where the prompt of that id stands now. Of one that comes from elsewhere, as a dead letter that is replayed does, there is no place. */
    void note(Source source, String id) {
        Long file = source.file() == null ? null : files.get(source.file());
        if (file != null) {
            places.put(id, file << LINE_BITS | source.line());
        }
    }

    /** Lines of prompts that were not noted, or whose place is taken, come last. The old file or the new one is there, whatever happens. */
    void sort(Path path) throws IOException {
        MVMap<Long, long[]> lines = store.openMap(path.getFileName().toString());
        lines.clear();
        LongAdder offset = new LongAdder();
        JsonlFile.each(path, line -> {
            String id = Json.text(line.bytes(), "id");
            Long place = id == null ? null : places.get(id);
            long[] where = {offset.sum(), line.length()};
            if (place == null || lines.putIfAbsent(place, where) != null) {
                lines.put(NO_PLACE + line.number(), where);
            }
            offset.add(line.length() + 1);
        });
        if (offset.sum() != Files.size(path)) { // somebody has edited it, and lines do not stand where they should
            JsonlFile.rewrite(path, path, line -> line);
            sort(path);
            return;
        }
        try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r")) {
            JsonlFile.replace(path, file -> {
                for (long[] line : lines.values()) {
                    byte[] bytes = new byte[(int) line[1]];
                    in.seek(line[0]);
                    in.readFully(bytes);
                    file.append(bytes);
                }
            });
        }
    }

    @Override
    public void close() throws IOException {
        store.closeImmediately();
        Files.deleteIfExists(kept);
    }
}
