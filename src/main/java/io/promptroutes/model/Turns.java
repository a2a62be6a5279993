package io.promptroutes.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The models of a chain in their order, whose turn it is, and whose it was. Belongs to one prompt. */
final class Turns {

    private final List<String> models;
    private final Set<String> called = new LinkedHashSet<>();
    private int index;

    Turns(List<String> models) {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("a chain needs a model");
        }
        this.models = new ArrayList<>(models);
    }

    List<String> models() {
        return Collections.unmodifiableList(models);
    }

    /** Whose turn it is; after the end the last one. */
    String model() {
        return models.get(Math.min(index, models.size() - 1));
    }

    /** How many are still to come. */
    int later() {
        return Math.max(0, models.size() - 1 - index);
    }

    boolean over() {
        return index >= models.size();
    }

    /** Whose turn it is, is called. */
    String call() {
        called.add(model());
        return model();
    }

    /** It is that one's turn. */
    void insist(String model) {
        if (!model().equals(model)) {
            models.remove(model);
            models.add(Math.min(index, models.size()), model);
        }
    }

    void restart() {
        index = 0;
    }

    /** The next one that {@code fits}; the ones before it are dropped. */
    void next(Predicate<String> fits) {
        index++;
        while (!over() && !fits.test(models.get(index))) {
            models.remove(index);
        }
    }

    /** Of those to come only such as {@code fit}, and {@code more} behind them. */
    void keep(Predicate<String> fit, List<String> more) {
        models.subList(index + 1, models.size()).removeIf(fit.negate());
        more.stream().filter(model -> !models.contains(model)).forEach(models::add);
    }

    /** Puts those that are {@code failing} behind all others, but for those that were called before; nothing where the first one is not, or all are. */
    List<String> postpone(Predicate<String> failing) {
        List<String> rest = models.subList(index, models.size());
        List<String> late = failing.test(model()) ? rest.stream().filter(failing).toList() : List.of();
        if (late.isEmpty() || late.size() == rest.size()) {
            return List.of();
        }
        rest.removeAll(late);
        late.stream().filter(model -> !called.contains(model)).forEach(rest::add);
        return late;
    }

    /** 0 for {@code first}; else the place among the others that were called, from 1. */
    int level(String first) {
        if (model().equals(first)) {
            return 0;
        }
        List<String> others = called.stream().filter(model -> !model.equals(first)).toList();
        int place = others.indexOf(model());
        return 1 + (place < 0 ? others.size() : place);
    }
}
