package io.promptroutes.settings;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.io.IOUtils;
import org.apache.commons.io.function.Uncheck;

/** The places that keys have their values from, each laid over the one before. Not changed once read. */
final class Layers {

    /** Families of keys that a user extends, and the frameworks' own. */
    private static final List<String> OPEN = List.of("user.", "models.", "prices.", "tasks.", "detection.keywords.", "openrouter.provider.",
            "budget.pipeline.", "budget.tenant.", "budget.model.", "openrouter.rpm.", "camel.", "kafka.client.");
    private static final String SHIPPED = "the jar's application.properties";
    private static final String ENVIRONMENT = "the environment";
    private static final String COMMAND_LINE = "the command line";
    private static final String APPLICATION = "the application's properties prompt-routes.*";

    /** A key in a route file, as Camel writes it: {@code {{key}}}, {@code {{?key}}}, {@code {{key:otherwise}}}, or in an expression. */
    private static final Pattern PLACEHOLDER = Pattern.compile("(?:\\{\\{[?!]?|\\$\\{(?:properties|propertiesExist):!?)([^{}:?\\s]+)[}:?]");

    private final Set<String> named = new HashSet<>();
    private final SortedMap<String, String> values = new TreeMap<>();
    private final Map<String, String> origins = new HashMap<>();

    /** @param directory null for none; secrets, keys whose variables hold no value of theirs. Returns the jar's keys, which are all that are known */
    Set<String> read(Path directory, Map<String, String> environment, Map<String, String> commandLine, Set<String> secrets) {
        put(Uncheck.get(() -> read(IOUtils.resourceToByteArray("/io/promptroutes/application.properties"))), SHIPPED);
        Set<String> known = Set.copyOf(values.keySet());
        Path file = directory == null ? null : directory.resolve("application.properties");
        if (file != null && Files.isRegularFile(file)) {
            try {
                put(read(Files.readAllBytes(file)), file.toString());
            } catch (IOException | IllegalArgumentException e) {
                throw new UsageException(file + " cannot be read: " + e.getMessage()
                        + (e instanceof IllegalArgumentException ? " A backslash is written twice." : ""));
            }
        }
        (directory == null ? List.<String>of() : RouteFiles.own(directory)).forEach(route -> {
            try {
                PLACEHOLDER.matcher(Files.readString(directory.resolve(route))).results().forEach(key -> named.add(key.group(1)));
            } catch (IOException e) {
                // told where it is read for good
            }
        });
        Set<String> asked = new HashSet<>(known);
        named.stream().filter(key -> key.indexOf('.') > 0).forEach(asked::add); // else HOME or PATH would be taken for a key
        asked.removeAll(secrets);
        new Environment(environment).keys(asked, secrets).forEach((key, given) -> put(Map.of(key, given.value()), ENVIRONMENT + ", variable " + given.variable()));
        put(commandLine, directory == null ? APPLICATION : COMMAND_LINE);
        return known;
    }

    private static Map<String, String> read(byte[] bytes) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(new String(bytes, StandardCharsets.UTF_8).replaceFirst("^\ufeff", "")));
        Map<String, String> read = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> read.put(key, properties.getProperty(key).strip()));
        return read;
    }

    private void put(Map<String, String> more, String origin) {
        values.putAll(more);
        more.keySet().forEach(key -> origins.put(key, origin));
    }

    /** Keys that are neither known, nor of a family that users extend, nor named by a route of the user's. */
    List<String> unknown(Set<String> known) {
        return values.keySet().stream().filter(key -> !known.contains(key) && !named.contains(key) && OPEN.stream().noneMatch(key::startsWith)).toList();
    }

    SortedMap<String, String> values() {
        return Collections.unmodifiableSortedMap(values);
    }

    /** The same, but for one value. */
    Layers with(String key, String value) {
        Layers other = new Layers();
        other.values.putAll(values);
        other.origins.putAll(origins);
        other.values.put(key, value);
        return other;
    }

    boolean shipped(String key) {
        return SHIPPED.equals(origins.get(key));
    }

    /** By the environment, the command line or an application. */
    boolean given(String key) {
        String origin = String.valueOf(origins.get(key));
        return origin.startsWith(ENVIRONMENT) || List.of(COMMAND_LINE, APPLICATION).contains(origin);
    }

    /** The place, with the line where that is a file of the user's; null for no key. */
    String where(String key) {
        String origin = origins.get(key);
        if (origin == null || shipped(key) || given(key)) {
            return origin;
        }
        try {
            List<String> lines = Files.readAllLines(Path.of(origin));
            for (int i = lines.size(); i > 0; i--) { // the last one holds
                if (read(lines.get(i - 1).getBytes(StandardCharsets.UTF_8)).containsKey(key)) {
                    return origin + " line " + i;
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            // then without a line
        }
        return origin;
    }
}
