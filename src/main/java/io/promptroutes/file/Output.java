package io.promptroutes.file;

import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.commons.io.function.IOConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of JSON lines with the ids of its lines; of an id the last line counts, or none where it was withdrawn. A prompt without an id of
 * its own is known by its record, too, which stays when its line, and with it its id, is another one. Thread-safe.
 */
final class Output implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Output.class);

    private final Path path;
    private final JsonlFile file;
    private final boolean prompts;
    private final IdSet ids = new IdSet();
    private final Set<String> superseded = ConcurrentHashMap.newKeySet();
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
    private volatile boolean shaped;

    /** @param prompts whether its lines are what became of prompts */
    Output(Path path, boolean prompts) throws IOException {
        this.path = path;
        this.prompts = prompts;
        file = new JsonlFile(path);
        LongAdder foreign = new LongAdder();
        JsonlFile.each(path, line -> {
            String id = Json.text(line.bytes(), "id");
            if (id == null) {
                foreign.increment();
            } else {
                note(id, identity(line.bytes()), line.bytes(), prompts);
            }
        });
        if (foreign.sum() > 0) {
            LOG.warn("{} has {} lines that are no JSON with an id; they are left as they are", path, foreign);
        }
    }

    /** Whether any line is a {@link ShapedLine}. */
    boolean isShaped() {
        return shaped;
    }

    private void note(String id, String identity, byte[] line, boolean whole) {
        if (ShapedLine.is(line)) {
            shaped = true;
        }
        if (!ids.add(id)) {
            superseded.add(id);
        }
        if (whole) {
            ids.add(whole(line));
        }
        if (prompts && !identity.equals(id)) {
            ids.add(identity);
            ids.add(id + "\n" + identity);
        }
    }

    boolean has(String id) {
        return ids.contains(id);
    }

    /** @param identity the id, or the record */
    boolean has(String id, String identity) {
        return has(id.equals(identity) ? id : id + "\n" + identity);
    }

    /** Whether the id's line is this very one; known of the lines that were there before, and of those that may come again. Of several lines that a killed process left any may be the last: then none is. */
    boolean hasExactly(String id, byte[] line) {
        return !superseded.contains(id) && ids.contains(whole(line));
    }

    /** The record, or the id where there is none; null where there is neither. */
    static String identity(byte[] line) {
        String record = Json.text(line, "record");
        return record == null ? Json.text(line, "id") : record;
    }

    /** Where the prompt was; without a file where nobody can say. */
    static Source source(byte[] line) {
        Source source = Source.of(Json.tree(line));
        return source == null ? Source.record(null, 0, 0) : source;
    }

    /** As no id is; a letter a byte, whatever they are. */
    static String whole(byte[] line) {
        return '\n' + new String(line, StandardCharsets.ISO_8859_1);
    }

    boolean isEmpty() {
        return ids.size() == 0;
    }

    /**
     * Takes out the lines of prompts that the input does not hold any more. A line that gives way because its prompt's is another one now, or
     * because it said of a place in the input that there is no prompt, is nobody's loss; the others are handed out first.
     *
     * @param files of the input, all of which was read
     * @param read  its prompts' ids and records
     */
    void retain(Collection<String> files, IdSet read, IOConsumer<byte[]> gone) throws IOException {
        JsonlFile.each(path, whole -> {
            byte[] line = whole.bytes();
            String id = Json.text(line, "id");
            String identity = identity(line);
            Source source = id == null || read.contains(id) && read.contains(identity) ? null : source(line);
            if (source == null || !files.contains(source.file())) {
                return;
            }
            if (!identity.equals(source.defaultId()) && !read.contains(identity)) {
                gone.accept(line);
            }
            if (!read.contains(id)) {
                withdraw(id);
            }
        });
    }

    /**
     * @param identity the record of its prompt; the id where that has none, or where the line is no prompt's
     * @param again    whether this very line may come once more, see {@link #hasExactly}: to know it takes as much memory as to know its id
     */
    void append(String id, String identity, byte[] line, boolean again) throws IOException {
        file.append(line);
        note(id, identity, line, again);
        withdrawn.remove(id);
    }

    void withdraw(String id) {
        if (has(id)) {
            withdrawn.add(id);
        }
    }

    /** After a crash it is not known which dead letters were answered later: their ids are in both files. */
    void withdrawAnswered(Output answers) throws IOException {
        JsonlFile.each(path, line -> {
            String id = Json.text(line.bytes(), "id");
            if (id != null && answers.has(id) && !answers.withdrawn.contains(id)) {
                withdrawn.add(id);
            }
        });
    }

    /** Takes out the lines that gave way to newer ones: the old file or the new one is there, whatever happens. */
    @Override
    public void close() throws IOException {
        file.close();
        if (superseded.isEmpty() && withdrawn.isEmpty()) {
            return;
        }
        Map<String, Integer> left = new HashMap<>();
        JsonlFile.each(path, line -> {
            String id = Json.text(line.bytes(), "id");
            if (id != null && superseded.contains(id)) {
                left.merge(id, 1, Integer::sum);
            }
        });
        JsonlFile.rewrite(path, path, line -> {
            String id = Json.text(line, "id");
            boolean older = id != null && left.containsKey(id) && left.merge(id, -1, Integer::sum) > 0;
            return older || id != null && withdrawn.contains(id) ? null : line;
        });
    }
}
