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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.function.Uncheck;

/**
 * Where each route file is taken from: a file of the working directory replaces the jar's of the same folder and name. A file is known by both,
 * with a slash between, as in {@code routes/engine/call.camel.yaml}.
 */
public final class RouteFiles {

    /** Of pipelines. */
    private static final String PIPELINES = "routes/";
    /** Of how a prompt is answered. */
    private static final String ENGINE = "routes/engine/";
    private static final String ENDING = ".camel.yaml";
    /** Where the shipped ones are. */
    private static final String JAR = "classpath:io/promptroutes/";

    private RouteFiles() {
    }

    /** Those of the engine, by folder and name. */
    public static Map<String, String> engine(Path directory) {
        return some(places(directory), name -> name.startsWith(ENGINE));
    }

    /** The same without any of the user's. */
    public static Map<String, String> engineOfTheJar() {
        Map<String, String> places = new TreeMap<>();
        shipped().stream().filter(name -> name.startsWith(ENGINE)).forEach(name -> places.put(name, JAR + name));
        return places;
    }

    /** The user's pipelines, by folder and name. */
    public static Map<String, String> pipelines(Path directory) {
        return some(places(directory), name -> !name.startsWith(ENGINE) && own(directory).contains(name));
    }

    /** Shipped pipelines, by folder and name; where the user has a file of the name, that is one of his. @throws UsageException where there is none of a name */
    public static Map<String, String> shippedPipelines(Path directory, Collection<String> wanted) {
        Set<String> names = shipped().stream().filter(name -> !name.startsWith(ENGINE)).map(RouteFiles::bare).collect(Collectors.toCollection(TreeSet::new));
        wanted.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
            throw new UsageException("key pipelines names " + name + "; the shipped pipelines are " + String.join(", ", names) + ", and files of your own in ./routes always start");
        });
        return some(places(directory), name -> !name.startsWith(ENGINE) && wanted.contains(bare(name)));
    }

    private static String bare(String name) {
        return name.substring(PIPELINES.length(), name.length() - ENDING.length());
    }

    private static Map<String, String> some(Map<String, String> places, Predicate<String> names) {
        places.keySet().removeIf(names.negate());
        return places;
    }

    /**
     * By folder and name: {@code classpath:…}, or {@code file:…} where there is one of the user's.
     *
     * @throws UsageException where a file has the name of a shipped one of the other folder, whose routes would be there twice
     */
    public static Map<String, String> places(Path directory) {
        Map<String, String> places = new TreeMap<>();
        List<String> shipped = shipped();
        shipped.forEach(name -> places.put(name, JAR + name));
        for (String name : own(directory)) {
            boolean engine = name.startsWith(ENGINE);
            String other = engine ? name.replace(ENGINE, PIPELINES) : name.replace(PIPELINES, ENGINE);
            if (shipped.contains(other)) {
                throw new UsageException("file " + directory.resolve(name) + " is in the folder of " + (engine ? "the engine" : "pipelines") + "; move it to "
                        + other + ", where it takes the place of the shipped file");
            }
            places.put(name, "file:" + directory.resolve(name));
        }
        return places;
    }

    /** The user's, which differ from the jar's. */
    static List<String> own(Path directory) {
        try {
            return names(directory, name -> name.endsWith(ENDING)).stream().filter(name -> !asShipped(directory, name)).toList();
        } catch (IOException e) {
            throw new UsageException("the route files in " + directory.resolve(PIPELINES) + " cannot be read: " + e.getMessage());
        }
    }

    /** YAML of the user's that is no route file by its name. */
    public static List<String> passedOver(Path directory) {
        return Uncheck.get(() -> names(directory, name -> name.toLowerCase(Locale.ROOT).matches(".*\\.ya?ml") && !name.endsWith(ENDING)));
    }

    private static boolean asShipped(Path directory, String name) {
        try (InputStream shipped = RouteFiles.class.getResourceAsStream("/io/promptroutes/" + name)) {
            return shipped != null && Arrays.equals(shipped.readAllBytes(), Files.readAllBytes(directory.resolve(name)));
        } catch (IOException e) {
            return false; // told where it is read
        }
    }

    /** Locations of the jar's files. */
    public static List<String> ofTheJar() {
        return shipped().stream().map(name -> JAR + name).toList();
    }

    private static List<String> shipped() {
        try {
            URI folder = RouteFiles.class.getResource("/io/promptroutes/" + PIPELINES).toURI();
            if (!folder.getScheme().equals("jar")) {
                return names(Path.of(folder).getParent(), name -> name.endsWith(ENDING));
            }
            try (FileSystem jar = FileSystems.newFileSystem(folder, Map.of())) {
                return names(jar.getPath("/io/promptroutes"), name -> name.endsWith(ENDING));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(Path root, Predicate<String> wanted) throws IOException {
        List<String> names = new ArrayList<>();
        for (String folder : List.of(PIPELINES, ENGINE)) {
            if (Files.isDirectory(root.resolve(folder))) {
                try (Stream<Path> files = Files.list(root.resolve(folder))) {
                    files.map(file -> folder + file.getFileName()).filter(wanted).forEach(names::add);
                }
            }
        }
        return names;
    }
}
