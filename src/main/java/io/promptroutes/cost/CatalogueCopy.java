package io.promptroutes.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/** The last good list of models on disk, for a start without a network. One writer at a time. */
public final class CatalogueCopy {

    private final Path file;

    public CatalogueCopy(Path file) {
        this.file = file;
    }

    /** Takes the copy where there is one that is newer than what the catalogue has. False: there is none that can be used. */
    public boolean load(Catalogue catalogue) {
        try {
            Instant saved = Files.getLastModifiedTime(file).toInstant();
            if (saved.isBefore(catalogue.asOf())) {
                return false;
            }
            catalogue.replace(Files.readAllBytes(file), saved, false);
            return true;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Whole or not at all: a crash leaves the old copy. */
    public void save(byte[] modelsJson) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, "models", ".part");
        try {
            Files.write(part, modelsJson);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
