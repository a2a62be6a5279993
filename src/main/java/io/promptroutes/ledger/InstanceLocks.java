package io.promptroutes.ledger;

import io.promptroutes.prompt.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.io.IOUtils;

/**
 * Which processes on a SQLite ledger live: each holds a lock on a file of its own, which the operating system takes from it when it dies,
 * at once and whatever its clock says. Thread-safe.
 */
final class InstanceLocks implements Closeable {

    /** Those of this process, which must not open them again: closing any handle of a file gives up every lock that a process has on it. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path file;
    /** Changed by the writer alone. */
    private FileChannel channel;

    private InstanceLocks(Path folder, Path file, FileChannel channel) {
        this.folder = folder;
        this.file = file;
        this.channel = channel;
    }

    /** @param instance this process's, which lives from now on */
    static InstanceLocks take(Path directory, String instance) throws IOException {
        Path folder = OwnerOnly.folder(directory.resolve("instances")).toRealPath();
        Path file = file(folder, instance);
        OURS.add(file);
        try {
            return new InstanceLocks(folder, file, lock(file));
        } catch (IOException e) {
            OURS.remove(file);
            throw e;
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(OwnerOnly.file(file), StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new IOException("the lock of a new instance is taken");
            }
            return channel;
        } catch (IOException e) {
            IOUtils.closeQuietly(channel);
            throw e;
        }
    }

    /** Again where somebody took the file away, as what cleans folders does: others would take this process for dead. */
    void keep() {
        if (!Files.exists(file)) {
            try (FileChannel lost = channel) {
                OwnerOnly.folder(folder);
                channel = lock(file);
            } catch (IOException e) {
                throw new LedgerUnavailable("this process's lock " + file + " is gone, and cannot be taken again: " + e);
            }
        }
    }

    boolean alive(String instance) {
        Path other = file(folder, instance);
        synchronized (OURS) { // two ledgers of this process that look at once would be in each other's way
            return OURS.contains(other) || locked(other);
        }
    }

    private static boolean locked(Path other) {
        try (FileChannel theirs = FileChannel.open(other, StandardOpenOption.READ)) {
            return theirs.tryLock(0, Long.MAX_VALUE, true) == null; // shared: two that ask do not take each other for it
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            return true; // nobody knows: its calls are left alone
        }
    }

    /** After a process has died and its calls were looked at. */
    void forget(String instance) {
        Path other = file(folder, instance);
        if (!OURS.contains(other)) {
            delete(other);
        }
    }

    private static Path file(Path folder, String instance) {
        return folder.resolve(URLEncoder.encode(instance, StandardCharsets.UTF_8) + ".lock");
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // it is empty, and says the same as none
        }
    }

    @Override
    public void close() {
        IOUtils.closeQuietly(channel);
        delete(file);
        OURS.remove(file);
    }
}
