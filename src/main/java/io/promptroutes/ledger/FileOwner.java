package io.promptroutes.ledger;

import io.promptroutes.prompt.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.commons.io.IOUtils;

/** Holds an embedded ledger's directory for one opener. The operating system lets go of it when the process dies. */
record FileOwner(FileChannel channel) implements Closeable {

    /** The lock is on a byte far behind the text: on Windows a locked byte cannot be read. */
    private static final long LOCKED_BYTE = 1 << 20;

    static FileOwner of(Path directory) {
        Path file = directory.resolve("ledger.lock");
        FileChannel channel = null;
        try {
            OwnerOnly.folder(directory);
            channel = FileChannel.open(OwnerOnly.file(file), StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = lock(channel);
            if (lock == null) {
                String owner = Files.readString(file).strip();
                channel.close();
                throw new LedgerLocked("the ledger in " + directory + " is in use by process " + (owner.isEmpty() ? "?" : owner)
                        + ". An embedded ledger belongs to one process at a time; set ledger.url to a PostgreSQL database for more");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)), 0);
            return new FileOwner(channel);
        } catch (IOException e) {
            IOUtils.closeQuietly(channel);
            throw new LedgerUnavailable("cannot write to the ledger's directory " + directory + " (" + e + "): let this user write there, or name another one with key "
                    + "ledger.directory");
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED_BYTE, 1, false);
        } catch (OverlappingFileLockException e) {
            return null; // another ledger in this process
        }
    }

    @Override
    public void close() {
        IOUtils.closeQuietly(channel); // the lock is gone with the process at the latest
    }
}
