package io.promptroutes.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Where a secret is. Stateless. */
public final class Secret {

    private Secret() {
    }

    /** @param reference {@code env:NAME}, {@code file:PATH}, or the secret itself; the supplier reads anew, and gives null where there is none */
    public static Supplier<String> of(String reference) {
        if (reference.startsWith("env:")) {
            return () -> System.getenv(reference.substring("env:".length()));
        }
        if (!reference.startsWith("file:")) {
            return () -> reference;
        }
        Path file = Path.of(reference.substring("file:".length()));
        return () -> {
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                return null;
            }
        };
    }
}
