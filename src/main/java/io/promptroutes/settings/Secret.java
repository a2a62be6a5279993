package io.promptroutes.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a secret is, and how it is kept from being shown. Stateless. */
public final class Secret {

    /** A secret that stands in a setting itself, and not in the environment or a file that it names. */
    private static final Pattern LITERAL = Pattern.compile("((?:key|password|secret|token|jaas\\.config)=)(?!env:|file:).+|(?<=://)[^\\s\"]+(?=@)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Keys that hold a secret, or a reference to one. */
    public static final Set<String> KEYS = Set.of(Settings.API_KEY, Settings.MANAGEMENT_KEY, "openrouter.proxy-password", "openrouter.trust-store-password",
            "openrouter.key-store-password", "ledger.password", "http.token", "management.token");

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

    /** Whether a key's value may say where its value is: properties of Kafka's clients as well, but for addresses. */
    static boolean isReference(String key) {
        return KEYS.contains(key) || key.startsWith("kafka.client.") && !key.endsWith(".url");
    }

    /** Whether the value of a key is to be shown nowhere. */
    public static boolean hides(String key) {
        return isReference(key) || key.equals("openrouter.proxy");
    }

    /** Where a secret is, in words, and never what it is. @param reference not empty */
    public static String place(String reference) {
        if (!reference.matches("(?s)(env|file):.+")) {
            return "";
        }
        String found = of(reference).get();
        return (reference.startsWith("env:") ? "variable " : "file ") + reference.substring(reference.indexOf(':') + 1)
                + (found == null ? reference.startsWith("env:") ? ", which is not set" : ", which is not there or cannot be read" : found.isBlank() ? ", which is empty" : "");
    }

    /** A setting, or an argument that sets one, as it may be shown. */
    public static String hide(String setting) {
        return LITERAL.matcher(setting).replaceAll(found -> Matcher.quoteReplacement(found.group(1) == null ? "..." : found.group(1) + "..."));
    }
}
