package io.promptroutes.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.apache.commons.io.function.IOConsumer;

/** The lines of a job's files whose rows the input does not hold any more, in a file of their own. What is there stays there. For one thread. */
final class Removed {

    private final Path path;
    private final IdSet known = new IdSet();

    Removed(Path path) throws IOException {
        this.path = path;
        if (Files.exists(path)) {
            new JsonlFile(path).close();
            JsonlFile.each(path, line -> note(line.bytes()));
        }
    }

    /** Whether the line is new. */
    private boolean note(byte[] line) {
        String identity = Output.identity(line);
        if (identity != null) {
            known.add(identity);
        }
        return known.add(Output.whole(line));
    }

    /** @param identity an id, or a record */
    boolean has(String identity) {
        return known.contains(identity);
    }

    /**
     * Takes over what {@code outputs} have of rows that are gone: it is on the disk here before it goes there.
     *
     * @param displaced lines that they have had, and in whose places others were when their rows were not read
     * @param files     of the input, all of which was read
     * @param read      ids and records of its prompts
     * @return how many lines
     */
    long take(Collection<Output> outputs, Collection<byte[]> displaced, Collection<String> files, IdSet read) throws IOException {
        long taken;
        try (JsonlFile file = new JsonlFile(path)) {
            IOConsumer<byte[]> gone = line -> {
                if (note(line)) {
                    file.append(line);
                }
            };
            for (Output output : outputs) {
                output.retain(files, read, gone);
            }
            for (byte[] line : displaced) {
                if (!read.contains(Output.identity(line)) && files.contains(Output.source(line).file())) {
                    gone.accept(line);
                }
            }
            taken = file.lines();
        }
        if (Files.size(path) == 0) {
            Files.delete(path);
        }
        return taken;
    }
}
