package io.promptroutes.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where each route file is taken from: a file in {@code ./routes} replaces the jar's file of the same name. */
public final class RouteFiles {

    private static final String ENDING = ".camel.yaml";

    private RouteFiles() {
    }

    /** The locations for {@code camel.main.routesIncludePattern}. */
    public static String locations(Path directory) {
        return String.join(",", places(directory).values());
    }

    /** By file name: {@code classpath:…}, or {@code file:…} where there is one of the user's. */
    public static Map<String, String> places(Path directory) {
        Map<String, String> locations = new TreeMap<>();
        shipped().forEach(name -> locations.put(name, "classpath:routes/" + name));
        own(directory).forEach(file -> locations.put(file.getFileName().toString(), "file:" + file));
        return locations;
    }

    /** The user's, which differ from the jar's. */
    static List<Path> own(Path directory) {
        Path own = directory.resolve("routes");
        if (!Files.isDirectory(own)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(own)) {
            return names(files).map(own::resolve).filter(file -> !asShipped(file)).toList();
        } catch (IOException e) {
            throw new UsageException("folder " + own + " cannot be read: " + e.getMessage());
        }
    }

    private static boolean asShipped(Path file) {
        try (InputStream shipped = RouteFiles.class.getResourceAsStream("/routes/" + file.getFileName())) {
            return shipped != null && Arrays.equals(shipped.readAllBytes(), Files.readAllBytes(file));
        } catch (IOException e) {
            return false; // told where it is read
        }
    }

    /** Locations of the jar's files. */
    public static List<String> ofTheJar() {
        return shipped().stream().map(name -> "classpath:routes/" + name).toList();
    }

    /** Names of the jar's files. */
    private static List<String> shipped() {
        try {
            URI folder = RouteFiles.class.getResource("/routes").toURI();
            if (!folder.getScheme().equals("jar")) {
                try (Stream<Path> files = Files.list(Path.of(folder))) {
                    return names(files).toList();
                }
            }
            try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of()); Stream<Path> files = Files.list(jar.getPath("/routes"))) {
                return names(files).toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Stream<String> names(Stream<Path> files) {
        return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(ENDING));
    }
}
