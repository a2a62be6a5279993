package io.promptroutes.cost;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the model of the same author that shares most of its name's words with a missing one. */
final class Successor {

    private static final String FREE = ":free";
    private static final String FREE_ROUTER = "openrouter/free";

    private Successor() {
    }

    /** A free model is succeeded by a free one alone: nobody is to be led into paying. */
    static Optional<String> of(String missing, List<Model> listed) {
        boolean free = missing.endsWith(FREE);
        Optional<String> nearest = listed.stream()
                .filter(model -> model.price().free() == free)
                .map(Model::id)
                .filter(id -> ModelNames.author(id).equals(ModelNames.author(missing)))
                .filter(id -> likeness(missing, id) > 0)
                // of several the one with the highest version, which sorts last
                .max(Comparator.<String>comparingDouble(id -> likeness(missing, id)).thenComparing(Comparator.naturalOrder()));
        if (nearest.isEmpty() && free) {
            return listed.stream().map(Model::id).filter(FREE_ROUTER::equals).findFirst();
        }
        return nearest;
    }

    /** Words in common, as a share of all words of the two names. */
    private static double likeness(String one, String other) {
        Set<String> common = new HashSet<>(Arrays.asList(ModelNames.words(one)));
        Set<String> all = new HashSet<>(common);
        List<String> words = Arrays.asList(ModelNames.words(other));
        common.retainAll(words);
        all.addAll(words);
        return (double) common.size() / all.size();
    }
}
