package io.promptroutes.file;

import io.promptroutes.prompt.Shown;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder into which others put files. One that is complete is claimed by renaming it into a folder of its own in {@code working/} before a
 * line of it is read, so that a new file of its name is another one; it ends in {@code done/} or {@code failed/}, in a folder of the same
 * name. Never waits for a file. Thread-safe.
 */
public final class InboxFolder {

    private static final Logger LOG = LoggerFactory.getLogger(InboxFolder.class);
    /** Each has five files open. */
    private static final int MOST_UNDER_WAY = 64;
    /** What is being written, by common use. */
    private static final String IN_THE_MAKING = "(?i)\\..*|.*(\\.(tmp|part|partial|filepart)|~)";

    private final Path directory;
    private final Path working;
    private final Path done;
    private final Path failed;
    private final Map<Path, Watched> watched = new HashMap<>();
    /** Folders in {@code working/}. */
    private final Set<Path> underWay = new HashSet<>();
    /** Those that cannot be put away yet. */
    private final Map<Claim, Ending> ended = new HashMap<>();
    private final Map<Path, Note> notes = new TreeMap<>();

    /** By which it is seen that a file was written to, or is another one. */
    private record State(long size, FileTime modified, Object key) {

        State(BasicFileAttributes attributes) {
            this(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
        }
    }

    /** @param since by our own clock: dates of files are kept when they are copied, and are other machines' */
    private record Watched(State state, long since) {
    }

    /** @param act whether somebody has to */
    private record Note(String words, boolean act) {
    }

    /** A file that is nobody else's. @param outputs the folder for its results, which no other file has */
    public record Claim(Path file, Path outputs, State state) {

        public String name() {
            return file.getFileName().toString();
        }
    }

    private interface Ending {
        void end() throws IOException;
    }

    public InboxFolder(Path directory) {
        this.directory = directory;
        working = directory.resolve("working");
        done = directory.resolve("done");
        failed = directory.resolve("failed");
    }

    /** Files to answer now, those that were left before first. @param settled how long nobody may have written to them */
    public synchronized List<Claim> take(Duration settled) {
        Map.copyOf(ended).forEach(this::end);
        List<Claim> taken = new ArrayList<>();
        Set<Path> there = new HashSet<>(List.of(directory, working));
        ended.keySet().forEach(claim -> there.add(claim.file()));
        for (Path own : list(working)) {
            if (!underWay.contains(own)) {
                list(own).forEach(file -> look(file, settled, there, taken));
                own.toFile().delete(); // of a claim that came to nothing; one with a file in it stays
            }
        }
        list(directory).forEach(file -> look(file, settled, there, taken));
        watched.keySet().retainAll(there);
        notes.keySet().retainAll(there);
        return taken;
    }

    private List<Path> list(Path folder) {
        List<Path> sorted = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.isDirectory(folder) ? Files.newDirectoryStream(folder) : null) {
            if (entries != null) {
                entries.forEach(sorted::add);
            }
            notes.remove(folder);
        } catch (IOException | RuntimeException e) {
            note(folder, "cannot be looked through: " + e, true);
        }
        sorted.sort(null);
        return sorted;
    }

    private void look(Path file, Duration settled, Set<Path> there, List<Claim> taken) {
        String name = file.getFileName().toString();
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (now.isDirectory() || name.matches(IN_THE_MAKING)) {
                return;
            }
            there.add(file);
            if (InputKind.of(file) == null) {
                note(file, "is not taken: it ends in none of " + InputKind.ENDINGS, false);
            } else if (!now.isRegularFile()) {
                note(file, "is not taken: it is a link, which are not followed here, or no regular file", true);
            } else if (name.indexOf('\uFFFD') >= 0) {
                note(file, "is not taken: its name has letters that the locale does not know; start with LC_ALL=C.UTF-8", true);
            } else if (settled(file, new State(now), settled) && underWay.size() - ended.size() < MOST_UNDER_WAY) {
                Path claimed = file.startsWith(working) ? file : claim(file);
                State state = new State(Files.readAttributes(claimed, BasicFileAttributes.class));
                if (state.equals(new State(now))) { // else it settles anew, where it is now
                    underWay.add(claimed.getParent());
                    taken.add(new Claim(claimed, done.resolve(claimed.getParent().getFileName()), state));
                }
            }
        } catch (IOException e) {
            if (!(e instanceof FileAlreadyExistsException) && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) { // else another instance was faster
                note(file, "cannot be taken: " + e, true);
            }
        }
    }

    private boolean settled(Path file, State now, Duration settled) {
        Watched before = watched.get(file);
        if (before == null || !before.state().equals(now)) {
            watched.put(file, new Watched(now, System.nanoTime()));
            return settled.isZero();
        }
        return System.nanoTime() - before.since() >= settled.toNanos();
    }

    private Path claim(Path file) throws IOException {
        String name = file.getFileName().toString();
        Path own = working.resolve(name);
        while (Files.exists(own) || Files.isDirectory(done.resolve(own.getFileName())) || Files.exists(failed.resolve(own.getFileName()))) {
            own = working.resolve(name + "." + Instant.now().toString().replaceAll("[-:]", "")); // another file has or had this name
        }
        Files.createDirectories(working);
        Files.createDirectory(own);
        try {
            return Files.move(file, own.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            own.toFile().delete(); // where the file is not in it
        }
    }

    /** It cannot be answered now, and is looked at again. @param why for people, or null where nobody has to act */
    public synchronized void leave(Claim claim, String why) {
        underWay.remove(claim.file().getParent());
        if (why != null) {
            note(claim.file(), why, true);
        }
    }

    /** It is answered now. */
    public synchronized void begin(Claim claim) {
        notes.remove(claim.file());
    }

    /**
     * Puts it to its results. One to which somebody has added since it was claimed is read again, and nothing is paid twice; one that was
     * changed in another way has failed.
     */
    public synchronized void done(Claim claim) {
        try {
            State now = new State(Files.readAttributes(claim.file(), BasicFileAttributes.class));
            if (now.equals(claim.state())) {
                end(claim, () -> move(claim.file(), claim.outputs().resolve(claim.name())));
            } else if (now.size() > claim.state().size()) {
                LOG.warn("{} has grown while it was answered; what was added is read when nobody writes to it any more", shown(claim.file()));
                leave(claim, null);
            } else {
                failed(claim, "it was changed while it was answered, so that results may be of lines that it has no more");
            }
        } catch (IOException e) {
            leave(claim, "was answered, and is not there any more: " + e);
        }
    }

    /** To {@code failed/}, with what there is of results, and the reason in words. */
    public synchronized void failed(Claim claim, String why) {
        LOG.warn("{} failed: {}", shown(claim.file()), Shown.list(why));
        Path folder = failed.resolve(claim.outputs().getFileName());
        end(claim, () -> {
            Files.createDirectories(failed);
            if (Files.isDirectory(claim.outputs()) && Files.notExists(folder)) {
                Files.move(claim.outputs(), folder);
            }
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("reason.txt"), why + System.lineSeparator());
            move(claim.file(), folder.resolve(claim.name()));
        });
    }

    private void end(Claim claim, Ending ending) {
        try {
            ending.end();
            ended.remove(claim);
            leave(claim, null);
            LOG.info("{} is put away, with its results", shown(claim.outputs().getFileName()));
        } catch (IOException e) {
            ended.put(claim, ending); // as soon as that can be done, and without being read again
            note(claim.file(), "cannot be put away: " + e, true);
        }
    }

    /** Also to another volume: then the whole of it is there before the first one goes. */
    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Path part = to.resolveSibling("." + to.getFileName() + ".part");
            Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(from);
        }
    }

    private void note(Path path, String words, boolean act) {
        Note note = new Note(words, act);
        if (!note.equals(notes.put(path, note))) {
            LOG.warn("{} {}", shown(path), Shown.list(words));
        }
    }

    private static String shown(Path path) {
        return Shown.of(path.toString(), Shown.NAME);
    }

    /** What somebody has to see to; null where there is nothing. */
    public synchronized String problem() {
        List<String> told = notes.entrySet().stream().filter(one -> one.getValue().act())
                .map(one -> shown(directory.relativize(one.getKey())) + " " + one.getValue().words()).toList();
        return told.isEmpty() ? null : told.size() + " in the inbox: " + told.stream().limit(3).collect(Collectors.joining("; "));
    }
}
