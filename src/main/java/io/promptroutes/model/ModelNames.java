package io.promptroutes.model;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be told from a model's name alone: author, variant, date. */
final class ModelNames {

    /** These ask for another way of routing to the same model; the other variants are models of their own. */
    private static final Set<String> DYNAMIC = Set.of(":nitro", ":floor", ":exacto", ":online");
    private static final Pattern DATE = Pattern.compile("-(?:20\\d{6}|20\\d\\d-\\d\\d-\\d\\d)$");

    /** Behind an id, or a bare name, but never a name of its own ({@code @preset/x}). */
    private static final Pattern SUFFIX = Pattern.compile("(?<=.)[:@].*$");

    private ModelNames() {
    }

    /** {@code :free} and the like, with the colon; empty where there is none. */
    static String variant(String name) {
        int colon = name.lastIndexOf(':');
        return colon < 0 ? "" : name.substring(colon);
    }

    static String withoutDynamicVariant(String name) {
        return DYNAMIC.contains(variant(name)) ? withoutSuffix(name) : name;
    }

    /** All that may stand behind an id: a variant, a preset ({@code :nitro}, {@code @preset/x}); empty where there is nothing. */
    static String suffix(String name) {
        Matcher suffix = SUFFIX.matcher(name);
        return suffix.find() ? suffix.group() : "";
    }

    static String withoutSuffix(String name) {
        return name.substring(0, name.length() - suffix(name).length());
    }

    static boolean alias(String name) {
        return name.startsWith("~");
    }

    static boolean batch(String name) {
        return name.endsWith(":batch");
    }

    static String author(String name) {
        int slash = name.indexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }

    /** The words of a name without author, variant and date: {@code [claude, haiku, 4.5]}. */
    static String[] words(String name) {
        String plain = DATE.matcher(withoutSuffix(name)).replaceFirst("");
        return plain.substring(plain.indexOf('/') + 1).split("-");
    }

    /** Words in common, as a share of all words of the two names. */
    static double likeness(String one, String other) {
        Set<String> common = new HashSet<>(List.of(words(one)));
        Set<String> all = new HashSet<>(common);
        common.retainAll(List.of(words(other)));
        all.addAll(List.of(words(other)));
        return (double) common.size() / all.size();
    }

    /** Without variant and date. */
    static String undated(String name) {
        return DATE.matcher(withoutSuffix(name)).replaceFirst("");
    }

    /** Equal for names that differ by variant, date or the order of their words alone. */
    static String family(String name) {
        String[] words = words(name);
        Arrays.sort(words);
        return author(name) + "/" + String.join("-", words);
    }
}
