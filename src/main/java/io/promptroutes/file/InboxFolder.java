package io.promptroutes.file;

import com.sun.management.UnixOperatingSystemMXBean;
import io.promptroutes.prompt.OwnerOnly;
import io.promptroutes.prompt.Shown;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.AtomicMoveNotSupportedException;
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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A folder into which others put files. One that is complete is claimed by renaming it into a folder of its own in {@code working/} before a
 * line of it is read, so that a new file of its name is another one; it ends in {@code done/} or {@code failed/}, in a folder of the same
 * name. Never waits for a file. Thread-safe.
 */
public final class InboxFolder {

    private static final Logger LOG = LoggerFactory.getLogger(InboxFolder.class);
    /** Each has five files open, of those that the process may have besides. */
    private static final long MOST_UNDER_WAY = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean process
            ? Math.max(1, Math.min(64, (process.getMaxFileDescriptorCount() - process.getOpenFileDescriptorCount()) / 16)) : 64;
    private static final String REASON = "reason.txt";
    /** What is being written, by common use. */
    private static final String IN_THE_MAKING = "(?i)\\..*|.*(\\.(tmp|part|partial|filepart)|~)";

    private final Path directory;
    private final Path working;
    private final Path done;
    private final Path failed;
    private final Map<Path, Watched> watched = new HashMap<>();
    private final Set<Path> underWay = new HashSet<>();
    /** Those that cannot be put away yet, with the reason for which they have failed, or null. */
    private final Map<Claim, String> ended = new HashMap<>();
    /** Asked for by any thread: to put a file away can take long. */
    private final Map<Path, Note> notes = new ConcurrentSkipListMap<>();

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

        /** Where it is put away, beside outputs that may have its name. */
        private Path in(Path folder) {
            Path path = folder.resolve(name());
            return name().equals(REASON) || OutputFolder.writes(folder, path) ? folder.resolve("input-" + name()) : path;
        }
    }

    public InboxFolder(Path directory) {
        this.directory = directory;
        working = directory.resolve("working");
        done = directory.resolve("done");
        failed = directory.resolve("failed");
    }

    /** Files to answer now, those that were left before first. @param settled how long nobody may have written to them */
    public synchronized List<Claim> take(Duration settled) {
        new HashMap<>(ended).forEach(this::end);
        List<Claim> taken = new ArrayList<>();
        Set<Path> there = ended.keySet().stream().map(Claim::file).collect(Collectors.toCollection(() -> new HashSet<>(List.of(directory, working))));
        for (Path own : list(working)) {
            there.add(own);
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
        try (Stream<Path> entries = folder.equals(directory) || Files.isDirectory(folder) ? Files.list(folder) : Stream.of()) {
            List<Path> sorted = entries.sorted().toList();
            notes.remove(folder);
            return sorted;
        } catch (IOException | RuntimeException e) {
            note(folder, "cannot be looked through: " + e, true);
            return List.of();
        }
    }

    private void look(Path file, Duration settled, Set<Path> there, List<Claim> taken) {
        String name = file.getFileName().toString();
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (Set.of(working, done, failed).contains(file) || name.matches(IN_THE_MAKING)) {
                return;
            }
            there.add(file);
            if (now.isDirectory() || InputKind.of(file) == null) {
                note(file, "is not taken: " + (now.isDirectory() ? "it is a folder" : "it ends in none of " + InputKind.ENDINGS), false);
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
        Watched seen = watched.compute(file, (path, before) -> before != null && before.state().equals(now) ? before : new Watched(now, System.nanoTime()));
        return System.nanoTime() - seen.since() >= settled.toNanos();
    }

    private Path claim(Path file) throws IOException {
        String name = file.getFileName().toString();
        Path own = working.resolve(name);
        while (Files.exists(own) || Files.isDirectory(done.resolve(own.getFileName())) || Files.exists(failed.resolve(own.getFileName()))) {
            own = working.resolve(name + "." + Instant.now().toString().replaceAll("[-:]", "")); // another file has or had this name
        }
        OwnerOnly.folder(working);
        Files.createDirectory(own);
        try {
            return Files.move(file, own.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            own.toFile().delete(); // where the file is not in it
        }
    }

    /** It is looked at again. @param why for people, or null where nobody has to act */
    public synchronized void leave(Claim claim, String why) {
        underWay.remove(claim.file().getParent());
        watched.remove(claim.file()); // what another instance has at present is not to keep this one from the others
        if (why != null) {
            note(claim.file(), why, true);
        }
    }

    /** With its results, or with them to {@code failed/} for that reason. One that has grown since is read again, one changed otherwise has failed. */
    public synchronized void putAway(Claim claim, String failure) {
        try {
            State now = failure != null ? claim.state() : new State(Files.readAttributes(claim.file(), BasicFileAttributes.class));
            if (now.size() > claim.state().size()) {
                LOG.warn("{} has grown while it was answered; what was added is read when nobody writes to it any more", shown(claim.file()));
                leave(claim, null);
            } else {
                end(claim, now.equals(claim.state()) ? failure : "it was changed while it was answered, so that results may be of lines that it has no more");
            }
        } catch (IOException e) {
            leave(claim, "was answered, and is not there any more: " + e);
        }
    }

    private void end(Claim claim, String failure) {
        try {
            Path folder = failure == null ? claim.outputs() : failed.resolve(claim.outputs().getFileName());
            if (failure != null) {
                OwnerOnly.folder(folder);
                // the lock is heeded by others until the file is away
                for (Path output : list(claim.outputs()).stream().filter(one -> !one.endsWith(OutputFolder.LOCK)).toList()) {
                    move(output, folder.resolve(output.getFileName()));
                }
                Files.writeString(OwnerOnly.file(folder.resolve(REASON)), failure + System.lineSeparator());
            }
            move(claim.file(), claim.in(folder));
            if (failure != null && claim.outputs().resolve(OutputFolder.LOCK).toFile().delete()) {
                claim.outputs().toFile().delete();
            }
            ended.remove(claim);
            leave(claim, null);
            LOG.atLevel(failure == null ? Level.INFO : Level.WARN).log("{} is put away, with its results{}", shown(claim.outputs().getFileName()),
                    failure == null ? "" : "; it failed: " + Shown.list(failure));
        } catch (IOException e) {
            ended.put(claim, failure); // as soon as that can be done, and without being read again
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
        if (!new Note(words, act).equals(notes.put(path, new Note(words, act)))) {
            LOG.warn("{} {}", shown(path), Shown.list(words));
        }
    }

    private static String shown(Path path) {
        return Shown.of(path.toString(), Shown.NAME);
    }

    /** What somebody has to see to; null where there is nothing. */
    public String problem() {
        List<String> told = notes.entrySet().stream().filter(one -> one.getValue().act())
                .map(one -> shown(directory.relativize(one.getKey())) + " " + one.getValue().words()).toList();
        return told.isEmpty() ? null : told.size() + " in the inbox: " + told.stream().limit(3).collect(Collectors.joining("; "));
    }
}
