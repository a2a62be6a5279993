package io.promptroutes.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a secret is, and how it is kept from being shown. Stateless. */
public final class Secret {

    /** A secret that stands in a setting itself, and not in the environment or a file that it names. */
    private static final Pattern LITERAL = Pattern.compile("((?:key|password|secret|token|jaas\\.config)=)(?!env:|file:).+|(?<=://)[^\\s\"]+(?=@)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

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

    /** A setting, or an argument that sets one, as it may be shown. */
    public static String hide(String setting) {
        return LITERAL.matcher(setting).replaceAll(found -> Matcher.quoteReplacement(found.group(1) == null ? "..." : found.group(1) + "..."));
    }
}
