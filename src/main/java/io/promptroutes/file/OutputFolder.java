package io.promptroutes.file;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files of a job: results, costs, dead letters and alerts, a line each. Knows which ids have their line already, so that a job that
 * is run again writes only what is missing. One process at a time holds the folder. Thread-safe.
 */
public final class OutputFolder implements AutoCloseable {

    public static final String RESULTS = "results.jsonl";
    public static final String COSTS = "costs.jsonl";
    public static final String DEAD_LETTERS = "dead-letters.jsonl";
    public static final String ALERTS = "alerts.jsonl";
    private static final String LOCK = ".lock";

    private final FileChannel lock;
    private final Output results;
    private final Output costs;
    private final Output deadLetters;
    private final JsonlFile alerts;

    /**
     * @param fresh earlier outputs are renamed instead of continued
     * @throws IOException also where another process holds the folder
     */
    public OutputFolder(Path folder, boolean fresh) throws IOException {
        Files.createDirectories(folder);
        lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.tryLock();
        if (held == null) {
            lock.close();
            throw new IOException("another process is writing to " + folder);
        }
        if (fresh) {
            for (String name : List.of(RESULTS, COSTS, DEAD_LETTERS, ALERTS)) {
                rename(folder.resolve(name));
            }
        }
        results = new Output(folder.resolve(RESULTS), true);
        costs = new Output(folder.resolve(COSTS), false);
        deadLetters = new Output(folder.resolve(DEAD_LETTERS), false);
        JsonlFile.cutTornTail(folder.resolve(ALERTS));
        alerts = new JsonlFile(folder.resolve(ALERTS));
    }

    private static void rename(Path file) throws IOException {
        for (int n = 1; Files.exists(file); n++) {
            Path old = file.resolveSibling(file.getFileName() + "." + n);
            if (!Files.exists(old)) {
                Files.move(file, old);
            }
        }
    }

    public boolean hasResult(String id) {
        return results.has(id);
    }

    /** Whether the id's line is this very result, and not that of an earlier request of the same id. */
    public boolean hasResult(String id, byte[] line) {
        return results.has(exact(id, line));
    }

    private static String exact(String id, byte[] line) {
        return id + "\n" + field(line, "generation_id");
    }

    public boolean hasDeadLetter(String id) {
        return deadLetters.has(id);
    }

    public boolean hasCost(String eventId) {
        return costs.has(eventId);
    }

    /** An earlier line of the same id gives way when the folder is closed, and so does the id's dead letter. */
    public void result(String id, byte[] line) throws IOException {
        results.append(id, line);
        deadLetters.withdraw(id);
    }

    /** An earlier result of the id was of another request, and gives way. */
    public void deadLetter(String id, byte[] line) throws IOException {
        deadLetters.append(id, line);
        deadLetterStands(id);
    }

    /** The line of an earlier run is the right one. */
    public void resultStands(String id) {
        deadLetters.withdraw(id);
    }

    /** The line of an earlier run is the right one. */
    public void deadLetterStands(String id) {
        results.withdraw(id);
    }

    public void cost(String eventId, byte[] line) throws IOException {
        costs.append(eventId, line);
    }

    public void alert(byte[] line) throws IOException {
        alerts.append(line);
    }

    /** Lines that gave way to newer ones go, each file at once or not at all. */
    @Override
    public void close() throws IOException {
        try (lock; results; costs; deadLetters; alerts) {
            deadLetters.withdrawAnswered(results);
        }
    }

    /** The top-level id of a line, or null. */
    static String id(byte[] line) {
        return field(line, "id");
    }

    private static String field(byte[] line, String wanted) {
        try (JsonParser parser = Json.MAPPER.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean id = parser.currentName().equals(wanted);
                JsonToken value = parser.nextToken();
                if (id) {
                    return value == JsonToken.VALUE_STRING ? parser.getText() : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    /** One file with the ids of its lines. */
    private static final class Output implements AutoCloseable {

        private final Path path;
        private final boolean exact;
        private final JsonlFile file;
        private final IdSet ids = new IdSet();
        /** Ids whose last line counts, or, if withdrawn, none. */
        private final Set<String> superseded = ConcurrentHashMap.newKeySet();
        private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();

        /** @param exact whether lines of the same id are told apart by what was generated */
        Output(Path path, boolean exact) throws IOException {
            this.path = path;
            this.exact = exact;
            JsonlFile.cutTornTail(path);
            if (Files.exists(path)) {
                try (LineReader lines = new LineReader(Files.newInputStream(path), Integer.MAX_VALUE)) {
                    while (lines.hasNext()) {
                        byte[] line = lines.next().bytes();
                        note(id(line), line);
                    }
                }
            }
            file = new JsonlFile(path);
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
            try (LineReader lines = new LineReader(Files.newInputStream(path), Integer.MAX_VALUE)) {
                while (lines.hasNext()) {
                    String id = id(lines.next().bytes());
                    if (id != null && answers.has(id) && !answers.withdrawn.contains(id)) {
                        withdrawn.add(id);
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
            if (!superseded.isEmpty() || !withdrawn.isEmpty()) {
                Compaction.keepLast(path, superseded, withdrawn);
            }
        }
    }
}
