package io.promptroutes.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.camel.util.TimeUtils;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Every key with its value and where that came from: command line, environment, {@code ./application.properties}, or the copy in
 * the jar, in this order. Immutable once loaded.
 */
public final class Settings {

    /** Families of keys that a user extends, and the frameworks' own. */
    private static final List<String> OPEN = List.of("models.", "prices.", "tasks.", "detection.keywords.", "openrouter.provider.", "budget.tenant.", "budget.model.", "openrouter.rpm.", "simulator.",
            "camel.", "kafka.client.");
    /** Read from their own references, so that the secrets themselves are in no table of settings. */
    static final String API_KEY = "openrouter.api-key";
    static final String MANAGEMENT_KEY = "openrouter.management-key";
    private static final Set<String> SECRETS = Set.of(API_KEY, MANAGEMENT_KEY);

    private static final String SHIPPED = "the jar's application.properties";
    private static final String ENVIRONMENT = "the environment";
    private static final String COMMAND_LINE = "the command line";

    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> origins = new HashMap<>();

    private Settings() {
    }

    /**
     * @param directory   where a user's application.properties may be
     * @param commandLine keys given with -D
     * @throws UsageException where a key is unknown
     */
    public static Settings load(Path directory, Map<String, String> environment, Map<String, String> commandLine) {
        Settings settings = new Settings();
        try (InputStream shipped = Settings.class.getResourceAsStream("/application.properties")) {
            settings.put(read(shipped.readAllBytes()), SHIPPED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> known = Map.copyOf(settings.values);
        Path file = directory.resolve("application.properties");
        if (Files.isRegularFile(file)) {
            try {
                settings.put(known, read(Files.readAllBytes(file)), file.toString());
            } catch (IOException | IllegalArgumentException e) {
                throw new UsageException(file + " cannot be read: " + e.getMessage());
            }
        }
        Map<String, String> fromEnvironment = new TreeMap<>();
        for (String key : known.keySet()) {
            String value = environment.get(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
            if (value != null && !value.isBlank() && !SECRETS.contains(key)) {
                fromEnvironment.put(key, value);
            }
        }
        settings.put(known, fromEnvironment, ENVIRONMENT);
        settings.put(known, commandLine, COMMAND_LINE);
        return settings;
    }

    private static Map<String, String> read(byte[] bytes) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = new java.io.StringReader(new String(bytes, StandardCharsets.UTF_8))) {
            properties.load(reader);
        }
        Map<String, String> read = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> read.put(key, properties.getProperty(key).strip()));
        return read;
    }

    private void put(Map<String, String> known, Map<String, String> more, String origin) {
        for (String key : more.keySet()) {
            if (!known.containsKey(key) && OPEN.stream().noneMatch(key::startsWith)) {
                throw new UsageException("unknown key " + key + " in " + origin + nearest(key, known).map(near -> "; did you mean " + near + "?")
                        .orElse(""));
            }
        }
        put(more, origin);
    }

    private void put(Map<String, String> more, String origin) {
        values.putAll(more);
        more.keySet().forEach(key -> origins.put(key, origin));
    }

    private static Optional<String> nearest(String key, Map<String, String> known) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return known.keySet().stream().min(Comparator.comparingInt(one -> distance.apply(one, key)))
                .filter(near -> distance.apply(near, key) <= Math.max(3, key.length() / 3));
    }

    /** The value as text; never null. */
    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new UsageException("key " + key + " is missing in application.properties");
        }
        return value;
    }

    public int integer(String key, int least, int most) {
        String value = text(key);
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw wrong(key, value, "a whole number from " + least + " to " + most);
    }

    public Duration duration(String key) {
        String value = text(key);
        try {
            Duration duration = Duration.ofMillis(TimeUtils.toMilliSeconds(value));
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (RuntimeException e) {
            // told below
        }
        throw wrong(key, value, "a duration such as 500ms, 30s, 2m or 1h");
    }

    /** A duration of at least a second. */
    public Duration seconds(String key) {
        Duration duration = duration(key);
        if (duration.toSeconds() < 1) {
            throw wrong(key, text(key), "a second or more, such as 30s");
        }
        return duration;
    }

    /** US dollars; null where the value is empty. */
    public BigDecimal amount(String key) {
        String value = text(key);
        if (value.isEmpty()) {
            return null;
        }
        try {
            BigDecimal amount = new BigDecimal(value);
            if (amount.signum() >= 0) {
                return amount;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw wrong(key, value, "an amount in US dollars, such as 5.00");
    }

    public boolean onOff(String key) {
        return List.of("on", "true").contains(choice(key, List.of("on", "off", "true", "false")));
    }

    public String choice(String key, List<String> allowed) {
        String value = text(key);
        if (!allowed.contains(value)) {
            throw wrong(key, value, "one of " + String.join(", ", allowed));
        }
        return value;
    }

    public String address(String key) {
        String value = text(key);
        if (value.matches("https?://[^/\\s?#]+(/[^\\s?#]*)?")) {
            return value.replaceAll("/+$", ""); // paths follow, each with its own slash
        }
        throw wrong(key, value, "an address such as https://openrouter.ai/api/v1");
    }

    private UsageException wrong(String key, String value, String wanted) {
        return new UsageException("key " + key + " in " + origins.get(key) + " is \"" + value + "\"; it must be " + wanted);
    }

    /** All keys below {@code prefix}, without it. */
    public Map<String, String> below(String prefix) {
        Map<String, String> found = new TreeMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    /** All keys that begin with {@code prefix}. */
    public Map<String, String> withPrefix(String prefix) {
        Map<String, String> found = new TreeMap<>();
        below(prefix).forEach((name, value) -> found.put(prefix + name, value));
        return found;
    }

    /** Whether nobody has set it: it has the value of the jar. */
    public boolean shipped(String key) {
        return SHIPPED.equals(origins.get(key));
    }

    /** Whether the environment or the command line set it. */
    public boolean given(String key) {
        String origin = origins.get(key);
        return ENVIRONMENT.equals(origin) || COMMAND_LINE.equals(origin);
    }

    /** The same settings but for one key, which still counts as given by whoever gave it. */
    public Settings with(String key, String value) {
        Settings other = new Settings();
        other.values.putAll(values);
        other.origins.putAll(origins);
        other.values.put(key, value);
        return other;
    }

    /** For Camel's placeholders; without the keys to OpenRouter. */
    public Properties properties() {
        Properties properties = new Properties();
        values.forEach((key, value) -> {
            if (!SECRETS.contains(key)) {
                properties.setProperty(key, value);
            }
        });
        return properties;
    }
}
