package io.promptroutes.settings;

import io.promptroutes.call.Dialect;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.util.TimeUtils;

/**
 * Every key with its value and where that came from: command line, environment, {@code ./application.properties}, or the copy in
 * the jar, in this order. Immutable once loaded.
 */
public final class Settings {

    /** Read from their own references, so that the secrets themselves are in no table of settings. */
    public static final String API_KEY = "openrouter.api-key";
    public static final String MANAGEMENT_KEY = "openrouter.management-key";
    /** Kinds of topics: the endings of keys kafka.topic.*. */
    public static final List<String> TOPICS = List.of("prompts", "results", "costs", "dead-letters", "alerts");
    private static final Set<String> SECRETS = Set.of(API_KEY, MANAGEMENT_KEY);

    private final Layers layers;
    private final Consumer<Finding> wrong;

    /** @param wrong told of each value that cannot be used, which is then read as some other that can; or throws */
    private Settings(Layers layers, Consumer<Finding> wrong) {
        this.layers = layers;
        this.wrong = wrong;
    }

    /**
     * @param directory   where a user's application.properties may be
     * @param commandLine keys given with -D
     * @throws UsageException where keys are unknown; names all of them
     */
    public static Settings load(Path directory, Map<String, String> environment, Map<String, String> commandLine) {
        List<Finding> unknown = new ArrayList<>();
        Settings settings = load(directory, environment, commandLine, unknown::add);
        Finding.refuse(unknown);
        return settings;
    }

    /** What holds where nobody has set anything. */
    public static Settings ofTheJar() {
        return embedded(Map.of());
    }

    /** For an application: these keys, and nothing of the working directory or, but for secrets that a key names, of the environment. */
    public static Settings embedded(Map<String, String> keys) {
        return load(null, Map.of(), keys);
    }

    /** @param unknown told of each key that nobody knows */
    public static Settings load(Path directory, Map<String, String> environment, Map<String, String> commandLine, Consumer<Finding> unknown) {
        Layers layers = new Layers();
        Set<String> known = layers.read(directory, environment, commandLine, SECRETS);
        Settings settings = new Settings(layers, finding -> Finding.refuse(List.of(finding)));
        layers.unknown(known).forEach(key -> unknown.accept(settings.unknown(key, known, true)));
        return settings;
    }

    public Finding unknown(String key, Set<String> known, boolean mend) {
        return new Finding(mend, "unknown key " + key, where(key), Finding.nearest(key, known, "take it out"));
    }

    /** Where a key has its value from, with the line where that is a file of the user's. */
    public String where(String key) {
        return layers.where(key);
    }

    /** The value as text; never null. */
    public String text(String key) {
        String value = layers.values().get(key);
        if (value == null) {
            wrong.accept(Finding.fault("key " + key + " is missing", "application.properties", "set it"));
            return "";
        }
        return value;
    }

    public int integer(String key, int least, int most) {
        return (int) number(key, least, most);
    }

    public long number(String key, long least, long most) {
        return read(key, "a whole number from " + least + " to " + most, least, Long::valueOf, number -> number >= least && number <= most);
    }

    public Duration duration(String key) {
        return duration(key, Duration.ZERO, "a duration such as 500ms, 30s, 2m or 1h");
    }

    /** A duration of at least a second. */
    public Duration seconds(String key) {
        return duration(key, Duration.ofSeconds(1), "a duration of a second or more, such as 30s");
    }

    public Duration duration(String key, Duration least, String wanted) {
        return read(key, wanted, least, Settings::time, duration -> duration.compareTo(least) >= 0);
    }

    private static Duration time(String value) {
        if (!value.matches("\\d[\\dhmsd. ]*")) { // Camel reads "never" as no time at all
            throw new IllegalArgumentException(value);
        }
        return Duration.ofMillis(TimeUtils.toMilliSeconds(value));
    }

    /** US dollars; null where the value is empty. */
    public BigDecimal amount(String key) {
        return text(key).isEmpty() ? null : read(key, "an amount in US dollars, such as 5.00", null, BigDecimal::new, amount -> amount.signum() >= 0);
    }

    /** A part of {@code most}. */
    public double part(String key, int most) {
        return read(key, "a number from 0 to " + most, 0d, Double::valueOf, part -> part >= 0 && part <= most);
    }

    public boolean onOff(String key) {
        return List.of("on", "true").contains(choice(key, List.of("on", "off", "true", "false")));
    }

    public String choice(String key, List<String> allowed) {
        return read(key, "one of " + String.join(", ", allowed), allowed.get(0), Function.identity(), allowed::contains);
    }

    /** What the service speaks. */
    public Dialect dialect() {
        return Dialect.of(choice("openrouter.dialect", Dialect.TYPES));
    }

    public String address(String key) {
        // paths follow, each with its own slash
        return read(key, "an address such as https://openrouter.ai/api/v1", "http://localhost", Dialect::baseUrl, Settings::isAddress);
    }

    public static boolean isAddress(String text) {
        return text.matches("https?://[^/\\s?#]+(/[^\\s?#]*)?");
    }

    /** @param otherwise what is read where the value cannot be used */
    private <T> T read(String key, String wanted, T otherwise, Function<String, T> reading, Predicate<T> allowed) {
        String text = text(key);
        try {
            T value = reading.apply(text);
            if (allowed.test(value)) {
                return value;
            }
        } catch (RuntimeException e) {
            // told below
        }
        refuse(key, wanted);
        return otherwise;
    }

    /** Says that a value cannot be used. Returns where whoever reads these settings wants to hear of all such values. */
    public void refuse(String key, String wanted) {
        String value = Secret.hide(String.valueOf(layers.values().get(key)));
        wrong.accept(Finding.fault("key " + key + " is \"" + value + "\"", where(key), "it must be " + wanted));
    }

    /** The same settings, which do not throw where a value cannot be used. */
    public Settings telling(Consumer<Finding> others) {
        return new Settings(layers, others);
    }

    /** Where to look, for a finding that names no key. */
    public String place(String key) {
        return where(key) + ", key " + key;
    }

    /** All keys below {@code prefix}, without it. */
    public Map<String, String> below(String prefix) {
        Map<String, String> found = new TreeMap<>();
        withPrefix(prefix).forEach((key, value) -> found.put(key.substring(prefix.length()), value));
        return found;
    }

    /** What stands between commas. */
    public List<String> list(String key) {
        return split(text(key));
    }

    public static List<String> split(String value) {
        return Arrays.stream(value.split(",")).map(String::strip).filter(one -> !one.isEmpty()).toList();
    }

    /** Names of the topics of a kind, of which only prompts may have several. */
    public Set<String> topics(String kind) {
        return new LinkedHashSet<>(list("kafka.topic." + kind));
    }

    /** Of all kinds that are written to. */
    public Set<String> published() {
        return TOPICS.stream().filter(kind -> !kind.equals("prompts")).flatMap(kind -> topics(kind).stream()).collect(Collectors.toSet());
    }

    /** Properties of Kafka's clients; what they name as {@code env:NAME} or {@code file:PATH} is read from there, but for addresses ({@code *.url}). */
    public Map<String, String> kafkaClient() {
        Map<String, String> client = below("kafka.client.");
        client.replaceAll((name, value) -> {
            String read = Secret.isReference("kafka.client." + name) && value.matches("(?s)(env|file):.+") ? Secret.of(value).get() : value;
            if (read == null || read.isEmpty() && !value.isEmpty()) {
                refuse("kafka.client." + name, "a value, or env:NAME or file:PATH of one that is there");
            }
            return read == null ? "" : read;
        });
        return client;
    }

    /** All keys that begin with {@code prefix}. */
    public Map<String, String> withPrefix(String prefix) {
        return new TreeMap<>(layers.values().subMap(prefix, prefix + Character.MAX_VALUE));
    }

    /** Every key. */
    public Set<String> keys() {
        return layers.values().keySet();
    }

    /** Whether nobody has set it: it has the value of the jar. */
    public boolean shipped(String key) {
        return layers.shipped(key);
    }

    /** Whether the environment or the command line set it. */
    public boolean given(String key) {
        return layers.given(key);
    }

    /** The same settings but for one key, which still counts as given by whoever gave it. */
    public Settings with(String key, String value) {
        return new Settings(layers.with(key, value), wrong);
    }

    /** For Camel's placeholders; without secrets of which no route is made. */
    public Properties properties() {
        Properties properties = new Properties();
        properties.putAll(layers.values());
        properties.keySet().removeAll(Secret.KEYS);
        return properties;
    }
}
