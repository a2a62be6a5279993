package io.promptroutes.file;

import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file of JSON lines with the ids of its lines; of an id the last line counts, or none where it was withdrawn. Thread-safe. */
final class Output implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Output.class);

    private final Path path;
    private final JsonlFile file;
    private final boolean exact;
    private final IdSet ids = new IdSet();
    private final Set<String> superseded = ConcurrentHashMap.newKeySet();
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();

    /** @param exact whether lines of the same id are told apart */
    Output(Path path, boolean exact) throws IOException {
        this.path = path;
        this.exact = exact;
        JsonlFile.cutTornTail(path);
        file = new JsonlFile(path);
        int foreign = 0;
        try (LineReader lines = lines()) {
            while (lines.hasNext()) {
                byte[] line = lines.next().bytes();
                String id = Json.text(line, "id");
                foreign += id == null ? 1 : 0;
                note(id, line);
            }
        }
        if (foreign > 0) {
            LOG.warn("{} has {} lines that are no JSON with an id; they are left as they are", path, foreign);
        }
    }

    private LineReader lines() throws IOException {
        return new LineReader(Files.newInputStream(path), Integer.MAX_VALUE);
    }

    private void note(String id, byte[] line) {
        if (id == null) {
            return;
        }
        if (!ids.add(id)) {
            superseded.add(id);
        }
        if (exact) {
            ids.add(exact(id, line));
        }
    }

    boolean has(String id) {
        return ids.contains(id);
    }

    boolean hasExactly(String id, byte[] line) {
        return has(exact(id, line));
    }

    private static String exact(String id, byte[] line) {
        return id + "\n" + new String(line, StandardCharsets.UTF_8);
    }

    void append(String id, byte[] line) throws IOException {
        file.append(line);
        note(id, line);
        withdrawn.remove(id);
    }

    void withdraw(String id) {
        if (has(id)) {
            withdrawn.add(id);
        }
    }

    /** After a crash it is not known which dead letters were answered later: their ids are in both files. */
    void withdrawAnswered(Output answers) throws IOException {
        try (LineReader lines = lines()) {
            while (lines.hasNext()) {
                String id = Json.text(lines.next().bytes(), "id");
                if (id != null && answers.has(id) && !answers.withdrawn.contains(id)) {
                    withdrawn.add(id);
                }
            }
        }
    }

    /** Takes out the lines that gave way to newer ones: the old file or the new one is there, whatever happens. */
    @Override
    public void close() throws IOException {
        file.close();
        if (superseded.isEmpty() && withdrawn.isEmpty()) {
            return;
        }
        Map<String, Integer> left = new HashMap<>();
        try (LineReader lines = lines()) {
            while (lines.hasNext()) {
                String id = Json.text(lines.next().bytes(), "id");
                if (id != null && superseded.contains(id)) {
                    left.merge(id, 1, Integer::sum);
                }
            }
        }
        JsonlFile.replace(path, out -> {
            try (LineReader lines = lines()) {
                while (lines.hasNext()) {
                    byte[] line = lines.next().bytes();
                    String id = Json.text(line, "id");
                    boolean older = id != null && left.containsKey(id) && left.merge(id, -1, Integer::sum) > 0;
                    if (!older && (id == null || !withdrawn.contains(id))) {
                        out.append(line);
                    }
                }
            }
        });
    }
}
