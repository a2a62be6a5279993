package io.promptroutes.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.lang3.ArrayUtils;

/** The launcher in an unpacked distribution with an empty jar, and a java that only tells how it was called. */
final class Installation {

    /** Tells its process and its arguments, one a line; in place of an archive it makes a file. */
    private static final String JAVA = """
            #!/bin/sh
            for word in "$@"; do
                case $word in
                    -XX:DumpLoadedClassList=* | -XX:AOTCacheOutput=*) echo made >"${word#*=}"; exit 1 ;;
                    -Xshare:dump) making=yes ;;
                    -XX:SharedArchiveFile=*) [ -z "$making" ] || { echo made >"${word#*=}"; exit; } ;;
                esac
            done
            printf '%s\\n' "$$" "$@"
            exit "${EXIT:-0}"
            """;

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    Installation(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("lib"));
        Files.copy(Path.of("bin", "prompt-routes"), launcher());
        Files.writeString(jar(), "");
        java("17.0.15");
        environment.putAll(Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", folder.resolve("jdk").toString(), "PROMPT_ROUTES_CACHE", cache().toString()));
    }

    Path launcher() {
        return folder.resolve("bin").resolve("prompt-routes");
    }

    Path jar() {
        return folder.resolve("prompt-routes.jar");
    }

    Path cache() {
        return folder.resolve("the cache");
    }

    void java(String version) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("jdk").resolve("bin"));
        Files.writeString(bin.resolveSibling("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        Files.writeString(bin.resolve("java"), JAVA);
        Files.setPosixFilePermissions(bin.resolve("java"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Null for none. */
    Installation with(String variable, String value) {
        environment.put(variable, value);
        environment.values().removeIf(given -> given == null);
        return this;
    }

    Process start(String... arguments) {
        return start(launcher(), arguments);
    }

    Process start(Path launcher, String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(ArrayUtils.addFirst(arguments, launcher.toString())).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Started run(String... arguments) {
        return Started.of(start(arguments));
    }

    /** What is in the cache folder. */
    List<String> cached() throws IOException {
        if (!Files.isDirectory(cache())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** What java was called with, and how it ended. */
    record Started(int exit, List<String> arguments, String err, long process) {

        static Started of(Process process) {
            try {
                process.getOutputStream().close();
                List<String> out = new ArrayList<>(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList());
                String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
                return new Started(process.waitFor(), out.isEmpty() ? out : out.subList(1, out.size()), err, out.isEmpty() ? 0 : Long.parseLong(out.get(0)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }

        /** The option that an archive is used with; null where none is. */
        String archive() {
            return arguments.stream().filter(word -> word.startsWith("-XX:SharedArchiveFile=") || word.startsWith("-XX:AOTCache=")).findFirst().orElse(null);
        }
    }
}
