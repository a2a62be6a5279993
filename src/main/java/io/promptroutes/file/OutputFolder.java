package io.promptroutes.file;

import io.promptroutes.prompt.OwnerOnly;
import io.promptroutes.prompt.Source;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.IOUtils;

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
    /** Input and answers side by side. */
    public static final String TABLE = "results.csv";
    /** Results and dead letters of rows that the input does not hold any more. */
    public static final String REMOVED_ROWS = "removed-rows.jsonl";
    /** Results with what their prompts are known by, until nothing can come behind them. */
    private static final String SHAPED = ".results.jsonl";
    private static final List<String> RENAMED = List.of(RESULTS, COSTS, DEAD_LETTERS, ALERTS, REMOVED_ROWS, TABLE);
    static final String LOCK = ".lock";

    private final Path folder;
    private final FileChannel lock;
    private final Output results;
    private final Output costs;
    private final Output deadLetters;
    private final JsonlFile alerts;
    private final Map<String, Copy> copies = new TreeMap<>();
    private final Removed removed;
    /** Ids and records of this run's prompts; null where there are lines of no others. */
    private volatile IdSet read;
    private final List<byte[]> displaced = new ArrayList<>();
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
        List<Closeable> opened = new ArrayList<>(List.of(lock));
        try {
            Files.deleteIfExists(folder.resolve(InputOrder.FILE)); // of a process that was killed
            if (Files.exists(folder.resolve(SHAPED))) { // of one that was killed as it ended
                Files.move(folder.resolve(SHAPED), folder.resolve(RESULTS), StandardCopyOption.ATOMIC_MOVE);
            }
            for (String name : fresh ? RENAMED : List.<String>of()) {
                rename(folder.resolve(name));
            }
            opened.add(results = new Output(folder.resolve(RESULTS), true));
            opened.add(costs = new Output(folder.resolve(COSTS), false));
            opened.add(deadLetters = new Output(folder.resolve(DEAD_LETTERS), true));
            removed = new Removed(folder.resolve(REMOVED_ROWS));
            read = results.isEmpty() && deadLetters.isEmpty() ? null : new IdSet();
            alerts = new JsonlFile(folder.resolve(ALERTS));
        } catch (IOException | RuntimeException e) {
            IOUtils.closeQuietly(opened); // else this process could not try it again
            throw e;
        }
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

    /** A prompt's end of an earlier run, in whose place another's line is. */
    public void displaced(byte[] line) {
        displaced.add(line);
    }

    /** The job has ended prompts before, whether their lines are here or not. */
    public void continued() {
        read = new IdSet();
    }

    /** A prompt's line is written, or stands from an earlier run. @param source where the prompt was read now; identity, its id or record */
    public void placed(Source source, String id, String identity) throws IOException {
        if (order != null) {
            order.note(source, id);
        }
        if (read != null) {
            read.add(id);
            read.add(identity);
        }
    }

    /** All of the input that was wanted was read and has its line. */
    public void finished() {
        finished = true;
    }

    /**
     * Besides, that was all of {@code files}: what there is of rows that they do not hold any more moves to a file of its own.
     *
     * @return how many results and dead letters
     */
    public long retain(Collection<String> files) throws IOException {
        return read == null || files.isEmpty() ? 0 : removed.take(List.of(results, deadLetters), displaced, files, read);
    }

    /** Whether a file is one of those that a job writes in {@code folder}. */
    public static boolean writes(Path folder, Path file) {
        return Stream.concat(RENAMED.stream(), Stream.of(OPENAI_OUTPUT, OPENAI_ERRORS))
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

    /** Whether there is a line of an id, or of a record, or was one before its row was removed. */
    public boolean knows(String identity) {
        return results.has(identity) || deadLetters.has(identity) || removed.has(identity);
    }

    /** Whether the id's line is that prompt's result (true) or dead letter (false). @param identity the prompt's id or record */
    public boolean has(String id, String identity, boolean result) {
        return (result ? results : deadLetters).has(id, identity);
    }

    /** Whether the id has this very line, and not that of another request. */
    public boolean hasExactly(String id, byte[] line, boolean result) {
        return (result ? results : deadLetters).hasExactly(id, line);
    }

    public boolean hasCost(String eventId) {
        return costs.has(eventId);
    }

    /**
     * A result, or a dead letter. Earlier lines of the same id give way when the folder is closed.
     *
     * @param again whether it ended so before, and the line may come once more
     */
    public void end(String id, String identity, byte[] line, boolean result, boolean again) throws IOException {
        (result ? results : deadLetters).append(id, identity, line, again);
        stands(id, result);
    }

    /** The line of an earlier run is the right one; the id's line in the other file gives way. */
    public void stands(String id, boolean result) {
        (result ? deadLetters : results).withdraw(id);
    }

    public void cost(String eventId, byte[] line) throws IOException {
        costs.append(eventId, eventId, line, false);
    }

    public void alert(byte[] line) throws IOException {
        alerts.append(line);
    }

    @Override
    public void close() throws IOException {
        close(List.of(), true, () -> { });
    }

    /** The same of a folder whose file, or job, goes on some other day. */
    public void leave() throws IOException {
        close(List.of(), false, () -> { });
    }

    /**
     * Lines that gave way to newer ones go, each file at once or not at all.
     *
     * @param whole files all of whose rows were read, see {@link #retain}
     * @param done  whether nothing can come behind these results
     * @param then  done before another process can hold the folder
     */
    public void close(Collection<String> whole, boolean done, Runnable then) throws IOException {
        if (!lock.isOpen()) {
            return; // it is closed already
        }
        try (lock; InputOrder closing = order) {
            try (deadLetters; results; costs; alerts) { // the last first: an answer is on the disk before its dead letter goes
                retain(whole);
                deadLetters.withdrawAnswered(results);
            }
            if (closing != null && finished) {
                closing.sort(folder.resolve(RESULTS));
                closing.sort(folder.resolve(DEAD_LETTERS));
            }
            for (Map.Entry<String, Copy> copy : copies.entrySet()) {
                JsonlFile.rewrite(folder.resolve(copy.getValue().from()), folder.resolve(copy.getKey()), copy.getValue().form());
            }
            boolean unwrapped = done && results.isShaped();
            if (unwrapped) {
                Files.move(folder.resolve(RESULTS), folder.resolve(SHAPED), StandardCopyOption.ATOMIC_MOVE);
                JsonlFile.rewrite(folder.resolve(SHAPED), folder.resolve(RESULTS), ShapedLine::alone);
            }
            then.run();
            if (unwrapped) {
                Files.deleteIfExists(folder.resolve(SHAPED));
            }
        }
    }
}
