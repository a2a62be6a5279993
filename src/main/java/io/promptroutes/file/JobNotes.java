package io.promptroutes.file;

import com.fasterxml.jackson.core.type.TypeReference;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.OwnerOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** What a folder of outputs keeps about its job, for later runs. Stateless. */
public final class JobNotes {

    private static final String NAME = ".job";
    private static final String ASKED = ".asked";

    private JobNotes() {
    }

    /** Whether the job has a name of its own there. */
    public static boolean named(Path folder) {
        return Files.exists(folder.resolve(NAME));
    }

    /** The name by which the ledger knows the folder's job, which is {@code otherwise} from now on where it has none. */
    public static String name(Path folder, String otherwise) throws IOException {
        if (!named(folder)) {
            write(folder, NAME, otherwise.getBytes(StandardCharsets.UTF_8));
        }
        return Files.readString(folder.resolve(NAME)).strip();
    }

    /** Keeps what the job asks of each record, for those that are replayed. @param options by their names */
    public static void asked(Path folder, Map<String, String> options) throws IOException {
        if (options.isEmpty()) {
            Files.deleteIfExists(folder.resolve(ASKED));
        } else {
            write(folder, ASKED, Json.bytes(options));
        }
    }

    /** What was kept so; empty where nothing was. */
    public static Map<String, String> asked(Path folder) throws IOException {
        Path file = folder.resolve(ASKED);
        return Files.exists(file) ? Json.MAPPER.readValue(file.toFile(), new TypeReference<>() { }) : Map.of();
    }

    /** At once or not at all. */
    private static void write(Path folder, String name, byte[] note) throws IOException {
        Path written = Files.write(OwnerOnly.file(folder.resolve(name + ".new")), note);
        Files.move(written, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
