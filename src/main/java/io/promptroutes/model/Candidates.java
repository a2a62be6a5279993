package io.promptroutes.model;

import io.promptroutes.prompt.Budget;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Strategy;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts the models that a strategy chose in their order, the standard fallbacks behind them. Thread-safe. */
record Candidates(Catalogue catalogue, PriceList prices, List<String> fallbacks, List<String> freeModels) {

    /** @param wanted that the request names: whether the list has them is nothing against them */
    List<String> of(Prompt prompt, List<String> chosen, Set<String> wanted, List<String> rejected) {
        Set<String> models = switch (prompt.strategy()) {
            case COMPARE -> new LinkedHashSet<>(chosen);
            case FREE -> prompt.freeOnly() ? new LinkedHashSet<>(chosen) : cheapestThenFree(chosen);
            case FIT -> chosenThenFallbacks(chosen.stream().sorted(Comparator.comparing(this::price).reversed()).toList());
            default -> chosenThenFallbacks(chosen);
        };
        if (!models.isEmpty() && freeOnly(prompt, models.iterator().next())) {
            models.removeIf(model -> {
                if (catalogue.free(model)) {
                    return false;
                }
                if (chosen.contains(model)) {
                    rejected.add(model + ": costs money, and the prompt " + (prompt.strategy() == Strategy.FREE ? "is for free models only"
                            : "starts on a free model without allow_paid"));
                }
                return true;
            });
            freeModels.stream().filter(catalogue::free).forEach(models::add);
        }
        return listedFirst(models, wanted, rejected);
    }

    private Set<String> chosenThenFallbacks(List<String> chosen) {
        return Stream.concat(chosen.stream(), fallbacks.stream()).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Set<String> cheapestThenFree(List<String> chosen) {
        Set<String> models = new LinkedHashSet<>();
        chosen.stream().min(Comparator.comparing(this::price)).ifPresent(models::add);
        freeModels.stream().filter(catalogue::free).forEach(models::add);
        return models;
    }

    /** Of a token in and one out: the higher, the more capable. */
    private BigDecimal price(String model) {
        Price price = prices.of(model).price();
        return price.prompt().add(price.completion());
    }

    /** Nobody is to pay because something free was busy. */
    boolean freeOnly(Prompt prompt, String first) {
        return switch (prompt.strategy()) {
            case FREE -> prompt.freeOnly();
            case COMPARE -> false; // each of its models is asked for by name
            case SMART -> (prompt.budget() == Budget.FREE || catalogue.free(first)) && !prompt.allowPaid();
            default -> catalogue.free(first) && !prompt.allowPaid();
        };
    }

    /** Of the tables, ids that OpenRouter does not list today are tried last; only its own list can say so, never the shipped copy. */
    private List<String> listedFirst(Set<String> models, Set<String> wanted, List<String> rejected) {
        List<String> missing = models.stream().filter(model -> !wanted.contains(model) && catalogue.gone(model)).toList();
        missing.forEach(model -> rejected.add(model + ": not listed by OpenRouter, tried last"));
        models.removeAll(missing);
        models.addAll(missing);
        return List.copyOf(models);
    }
}
