package io.promptroutes.prompt;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and folders for their owner alone, whatever the umask: they hold prompts, answers and what was paid. Stateless. */
public final class OwnerOnly {

    private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    private OwnerOnly() {
    }

    /** Makes it, and those above it, where it is not there; one that is there stays as it is. */
    public static Path folder(Path folder) throws IOException {
        return Files.createDirectories(folder, attributes(FOLDER));
    }

    /** Makes an empty one where there is none; one that is there stays as it is. */
    public static Path file(Path file) throws IOException {
        try {
            return Files.createFile(file, attributes(FILE));
        } catch (FileAlreadyExistsException e) {
            return file;
        }
    }

    /** A file that somebody else has made; null for none. */
    public static void close(Path file) {
        try {
            if (POSIX && file != null) {
                Files.setPosixFilePermissions(file, FILE);
            }
        } catch (IOException e) {
            // another user's, who has decided
        }
    }

    private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
        return POSIX ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)} : new FileAttribute<?>[0];
    }
}
