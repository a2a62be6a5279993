package io.promptroutes.model;

import io.promptroutes.prompt.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;

/** The last good list of models on disk, for a start without a network; nowhere, where the file's name is empty. One writer at a time. */
public record CatalogueCopy(Path file) {

    /** Takes the copy where there is one that is newer than what the catalogue has. */
    public void load(Catalogue catalogue) {
        if (file.toString().isEmpty()) {
            return;
        }
        try {
            Instant saved = Files.getLastModifiedTime(file).toInstant();
            if (saved.isAfter(catalogue.asOf())) {
                catalogue.replace(Files.readAllBytes(file), saved, false);
            }
        } catch (IOException | IllegalArgumentException e) {
            // then there is none that can be used
        }
    }

    /** Where a list is that was not believed. An operator who believes it moves it to the copy's place. */
    public CatalogueCopy aside() {
        return file.toString().isEmpty() ? this : new CatalogueCopy(Path.of(file + ".refused"));
    }

    /** Whole or not at all: a crash leaves the old copy. */
    public void save(byte[] modelsJson) throws IOException {
        if (file.toString().isEmpty()) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        OwnerOnly.folder(folder);
        Path part = Files.createTempFile(folder, "models", ".part");
        try {
            Files.write(part, modelsJson);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
