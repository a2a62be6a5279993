package io.promptroutes.file;

import io.promptroutes.prompt.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * Puts the lines of a file into the order of a job's input. Which prompt stands where is kept in a file beside them, as are the lines while
 * they are sorted, with a cache of 16 MB: it takes no memory that grows. Thread-safe while prompts are noted.
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
        MVMap<String, byte[]> lines = store.openMap("lines");
        lines.clear();
        try (LineReader reader = new LineReader(Files.newInputStream(path), Integer.MAX_VALUE)) {
            while (reader.hasNext()) {
                Line line = reader.next();
                String id = Output.field(line.bytes(), "id");
                lines.put(id == null ? "\0" + line.number() : id, line.bytes());
            }
        }
        Path part = path.resolveSibling(path.getFileName() + ".part");
        Files.deleteIfExists(part);
        try (JsonlFile out = new JsonlFile(part)) {
            for (String id : places.values()) {
                byte[] line = lines.remove(id);
                if (line != null) {
                    out.append(line);
                }
            }
            for (byte[] line : lines.values()) {
                out.append(line);
            }
        }
        Files.move(part, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        store.closeImmediately();
        Files.deleteIfExists(kept);
    }
}
