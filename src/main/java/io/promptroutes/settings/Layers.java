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
import java.util.Locale;
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
    private static final List<String> OPEN = List.of("user.", "models.", "prices.", "tasks.", "detection.keywords.", "openrouter.provider.", "budget.tenant.",
            "budget.model.", "openrouter.rpm.", "camel.", "kafka.client.");
    /** Families that the environment can extend, and what an underscore in a variable's name is there: the owners of these names use no other mark. */
    private static final Map<String, Character> NAMED = Map.of("kafka.client.", '.', "openrouter.provider.", '_');
    private static final String SHIPPED = "the jar's application.properties";
    private static final String ENVIRONMENT = "the environment";
    private static final String COMMAND_LINE = "the command line";

    /** A key in a route file, as Camel writes it: {@code {{key}}}, {@code {{?key}}}, {@code {{key:otherwise}}}, or in an expression. */
    private static final Pattern PLACEHOLDER = Pattern.compile("(?:\\{\\{[?!]?|\\$\\{(?:properties|propertiesExist):!?)([^{}:?\\s]+)[}:?]");

    private final Set<String> named = new HashSet<>();
    private final SortedMap<String, String> values = new TreeMap<>();
    private final Map<String, String> origins = new HashMap<>();

    /** @param secrets keys that are not taken from the environment. Returns the jar's keys, which are all that are known */
    Set<String> read(Path directory, Map<String, String> environment, Map<String, String> commandLine, Set<String> secrets) {
        put(Uncheck.get(() -> read(IOUtils.resourceToByteArray("/application.properties"))), SHIPPED);
        Set<String> known = Set.copyOf(values.keySet());
        Path file = directory.resolve("application.properties");
        if (Files.isRegularFile(file)) {
            try {
                put(read(Files.readAllBytes(file)), file.toString());
            } catch (IOException | IllegalArgumentException e) {
                throw new UsageException(file + " cannot be read: " + e.getMessage()
                        + (e instanceof IllegalArgumentException ? " A backslash is written twice." : ""));
            }
        }
        Map<String, String> given = new TreeMap<>();
        for (String key : known) {
            String value = environment.get(variable(key));
            if (value != null && !value.isBlank() && !secrets.contains(key)) {
                given.put(key, value);
            }
        }
        NAMED.forEach((family, mark) -> {
            String prefix = variable(family);
            environment.forEach((name, value) -> {
                if (name.startsWith(prefix) && name.length() > prefix.length() && !value.isBlank()) {
                    given.put(family + name.substring(prefix.length()).toLowerCase(Locale.ROOT).replace('_', mark), value);
                }
            });
        });
        given.forEach((key, value) -> {
            if (value.indexOf('\uFFFD') >= 0) { // it would be sent so, and paid
                throw new UsageException("key " + key + ", from the environment, has letters that the locale does not know; start with LC_ALL=C.UTF-8");
            }
        });
        put(given, ENVIRONMENT);
        put(commandLine, COMMAND_LINE);
        RouteFiles.own(directory).forEach(route -> {
            try {
                PLACEHOLDER.matcher(Files.readString(directory.resolve(route))).results().forEach(key -> named.add(key.group(1)));
            } catch (IOException e) {
                // told where it is read for good
            }
        });
        return known;
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
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

    /** By the environment or the command line. */
    boolean given(String key) {
        return ENVIRONMENT.equals(origins.get(key)) || COMMAND_LINE.equals(origins.get(key));
    }

    /** The place, with the line where that is a file of the user's; null for no key. */
    String where(String key) {
        String origin = origins.get(key);
        if (origin == null || List.of(SHIPPED, ENVIRONMENT, COMMAND_LINE).contains(origin)) {
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
