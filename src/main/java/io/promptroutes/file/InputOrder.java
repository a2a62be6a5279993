package io.promptroutes.file;

import io.promptroutes.prompt.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * Puts the lines of a file into the order of a job's input. Which prompt stands where is kept in a file beside them, with a cache of 16 MB,
 * and so takes no memory that grows. Thread-safe while prompts are noted.
 */
final class InputOrder implements AutoCloseable {

    private static final int LINE_BITS = 44;

    private final List<String> files;
    private final Path kept;
    private final MVStore store;
    private final MVMap<Long, String> places;

    /** @param files of the input in their order, by the names under which their lines are known */
    InputOrder(Path folder, List<String> files) throws IOException {
        this.files = files;
        kept = folder.resolve(".order");
        Files.deleteIfExists(kept);
        store = new MVStore.Builder().fileName(kept.toString()).open();
        places = store.openMap("places");
    }

    /** Where the prompt of that id stands now. */
    void note(Source source, String id) {
        places.put((long) files.indexOf(source.file()) << LINE_BITS | source.line(), id);
    }

    /** Lines of prompts that were not noted come last. The old file or the new one is there, whatever happens. */
    void sort(Path path) throws IOException {
        MVMap<String, long[]> lines = store.openMap("lines");
        lines.clear();
        long offset = 0;
        try (LineReader reader = reader(path)) {
            while (reader.hasNext()) {
                byte[] line = reader.next().bytes();
                String id = Output.field(line, "id");
                if (id != null) {
                    lines.put(id, new long[] {offset, line.length});
                }
                offset += line.length + 1;
            }
        }
        Path part = path.resolveSibling(path.getFileName() + ".part");
        Files.deleteIfExists(part);
        try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r"); JsonlFile out = new JsonlFile(part); LineReader rest = reader(path)) {
            for (String id : places.values()) {
                long[] line = lines.remove(id);
                if (line != null) {
                    byte[] bytes = new byte[(int) line[1]];
                    in.seek(line[0]);
                    in.readFully(bytes);
                    out.append(bytes);
                }
            }
            while (!lines.isEmpty() && rest.hasNext()) {
                byte[] line = rest.next().bytes();
                String id = Output.field(line, "id");
                if (id == null || lines.containsKey(id)) {
                    out.append(line);
                }
            }
        }
        Files.move(part, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static LineReader reader(Path path) throws IOException {
        return new LineReader(Files.newInputStream(path), Integer.MAX_VALUE);
    }

    @Override
    public void close() throws IOException {
        store.closeImmediately();
        Files.deleteIfExists(kept);
    }
}
