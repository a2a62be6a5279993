package io.promptroutes.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keys that the environment sets, each in a variable of its name, or in a file that a variable names which ends in {@code _FILE}, as containers have
 * it. Immutable.
 */
record Environment(Map<String, String> variables) {

    /** Families that the environment can extend, and what an underscore in a variable's name is there: the owners of these names use no other mark. */
    private static final Map<String, Character> NAMED = Map.of("kafka.client.", '.', "openrouter.provider.", '_');
    private static final String IN_FILE = "_FILE";

    /** @param value which may be a reference to where it is */
    record Given(String value, String variable) {
    }

    /**
     * @param asked   keys that may be given
     * @param secrets keys that may be given by a file alone: a variable of their name holds the secret itself
     * @throws UsageException where one cannot be used; names the variable, and no value
     */
    Map<String, Given> keys(Set<String> asked, Set<String> secrets) {
        Map<String, Given> given = new TreeMap<>();
        asked.forEach(key -> take(given, key, variable(key)));
        NAMED.forEach((family, mark) -> {
            String prefix = variable(family);
            variables.keySet().stream().filter(name -> name.startsWith(prefix)).map(name -> name.endsWith(IN_FILE) ? name.substring(0, name.length() - IN_FILE.length()) : name)
                    .filter(name -> name.length() > prefix.length()).distinct()
                    .forEach(name -> take(given, family + name.substring(prefix.length()).toLowerCase(Locale.ROOT).replace('_', mark), name));
        });
        secrets.stream().filter(key -> !said(variable(key) + IN_FILE).isEmpty()).forEach(key -> take(given, key, variable(key)));
        return given;
    }

    private void take(Map<String, Given> given, String key, String variable) {
        String value = said(variable);
        String file = said(variable + IN_FILE);
        if (!value.isEmpty() && !file.isEmpty()) {
            throw new UsageException("both " + variable + " and " + variable + IN_FILE + " are set in the environment, for key " + key + "; take one of them out");
        }
        if (!file.isEmpty()) {
            given.put(key, new Given(Secret.isReference(key) ? "file:" + file : content(key, variable + IN_FILE, file), variable + IN_FILE));
        } else if (!value.isEmpty()) {
            given.put(key, new Given(readable(key, value), variable));
        }
    }

    private String said(String variable) {
        String value = variables.get(variable);
        return value == null || value.isBlank() ? "" : value;
    }

    private static String content(String key, String variable, String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException | InvalidPathException e) {
            throw new UsageException("key " + key + ": variable " + variable + " names a file that cannot be read: " + e, e);
        }
    }

    private static String readable(String key, String value) {
        if (value.indexOf('\uFFFD') >= 0) { // it would be sent so, and paid
            throw new UsageException("key " + key + ", from the environment, has letters that the locale does not know; start with LC_ALL=C.UTF-8");
        }
        return value;
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
