package io.promptroutes.file;

import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The files of a job: results, costs, dead letters and alerts, a line each. Knows which ids have their line already, so that a job that
 * is run again writes only what is missing. One process at a time holds the folder. Thread-safe.
 */
public final class OutputFolder implements AutoCloseable {

    public static final String RESULTS = "results.jsonl";
    public static final String COSTS = "costs.jsonl";
    public static final String DEAD_LETTERS = "dead-letters.jsonl";
    public static final String ALERTS = "alerts.jsonl";
    public static final String OPENAI_OUTPUT = "openai-output.jsonl";
    public static final String OPENAI_ERRORS = "openai-errors.jsonl";
    private static final String LOCK = ".lock";

    private final Path folder;
    private final FileChannel lock;
    private final Output results;
    private final Output costs;
    private final Output deadLetters;
    private final JsonlFile alerts;
    private final Map<String, Copy> copies = new TreeMap<>();
    private InputOrder order;
    private volatile boolean finished;

    /** Another process holds the folder. */
    public static final class InUse extends IOException {
        InUse(Path folder) {
            super("another process is writing to " + folder);
        }
    }

    /** @param form of a line, made of one of {@code from} */
    private record Copy(String from, UnaryOperator<byte[]> form) {
    }

    /**
     * @param fresh earlier outputs are renamed instead of continued
     * @throws InUse where another process holds the folder
     */
    public OutputFolder(Path folder, boolean fresh) throws IOException {
        this.folder = folder;
        OwnerOnly.folder(folder);
        lock = FileChannel.open(OwnerOnly.file(folder.resolve(LOCK)), StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            lock.close();
            throw new InUse(folder);
        }
        Files.deleteIfExists(folder.resolve(InputOrder.FILE)); // of a process that was killed
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

    /**
     * Results and dead letters are put into the order of the input when the folder is closed, once the job is {@link #finished}; until
     * then they stand as they came. To be asked for before the first of them.
     *
     * @param files of the input in their order
     */
    public void inOrderOf(Collection<String> files) throws IOException {
        order = new InputOrder(folder, files);
    }

    /** When the folder is closed file {@code name} is made anew, each line out of one of {@code from}. */
    public void copy(String from, String name, UnaryOperator<byte[]> form) {
        copies.put(name, new Copy(from, form));
    }

    /** A prompt's line is written, or stands from an earlier run. @param source where the prompt was read now */
    public void placed(Source source, String id) {
        if (order != null) {
            order.note(source, id);
        }
    }

    /** All of the input was read and has its line. */
    public void finished() {
        finished = true;
    }

    /** Whether a file is one of those that a job writes in {@code folder}. */
    public static boolean writes(Path folder, Path file) {
        return List.of(RESULTS, COSTS, DEAD_LETTERS, ALERTS, OPENAI_OUTPUT, OPENAI_ERRORS).stream()
                .anyMatch(name -> folder.resolve(name).toAbsolutePath().normalize().equals(file.toAbsolutePath().normalize()));
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
        return results.hasExactly(id, line);
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
        try (lock; InputOrder closing = order) {
            try (deadLetters; results; costs; alerts) { // the last first: an answer is on the disk before its dead letter goes
                deadLetters.withdrawAnswered(results);
            }
            if (closing != null && finished) {
                closing.sort(folder.resolve(RESULTS));
                closing.sort(folder.resolve(DEAD_LETTERS));
            }
            for (Map.Entry<String, Copy> copy : copies.entrySet()) {
                JsonlFile.rewrite(folder.resolve(copy.getValue().from()), folder.resolve(copy.getKey()), copy.getValue().form());
            }
        }
    }
}
