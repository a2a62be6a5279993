package io.promptroutes.model;

import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Which model a request means by the name that it gives. An alias that somebody has set is never second-guessed; then comes the list of
 * models, then the aliases of the jar, and what nobody knows is called as it is. Thread-safe.
 *
 * @param own     names and the ids that they stand for, as somebody has set them
 * @param shipped those of the jar
 * @param same    whether the service takes the second name, a listed id, for what the first one asks for
 */
public record ModelAliases(Catalogue catalogue, Map<String, String> own, Map<String, String> shipped, BiPredicate<String, String> same) {

    /** More than one where the name says too little. */
    public List<String> of(String name) {
        String set = standsFor(own, name);
        if (set != null) {
            return listed(set);
        }
        List<String> listed = listed(name);
        String known = listed.equals(List.of(name)) && catalogue.find(name).isEmpty() ? standsFor(shipped, name) : null;
        return known != null && same.test(name, known) ? List.of(known) : listed;
    }

    private List<String> listed(String name) {
        List<String> ids = catalogue.named(name);
        return ids.stream().allMatch(id -> same.test(name, id)) ? ids : List.of(name);
    }

    /** Of the name, else of it without its suffix; null where there is none. */
    private static String standsFor(Map<String, String> aliases, String name) {
        String base = aliases.get(ModelNames.withoutSuffix(name));
        return aliases.getOrDefault(name, base == null ? null : base + ModelNames.suffix(name));
    }
}
