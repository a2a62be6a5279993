package io.promptroutes.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What an operator should know about the models in use when a new list of models has come. Immutable.
 *
 * @param jumpPercent a price that has moved by at least so much is told
 * @param expiryDays  a model that ends within so many days is told
 */
public record CatalogueChanges(int jumpPercent, int expiryDays) {

    /** @param before the models in use as they were, in any order; those that were not listed are left out */
    public List<String> between(Collection<Model> before, Catalogue now, LocalDate today) {
        List<String> changes = new ArrayList<>();
        for (Model old : before) {
            Optional<Model> found = now.find(old.id());
            if (found.isEmpty()) {
                changes.add("model " + old.id() + " was retired since the last list"
                        + now.successorOf(old.id()).map(other -> "; perhaps use " + other).orElse(""));
                continue;
            }
            Model model = found.get();
            compare(changes, old.id() + ": the input price", old.price().prompt(), model.price().prompt());
            compare(changes, old.id() + ": the output price", old.price().completion(), model.price().completion());
            if (model.expirationDate() != null && !model.expirationDate().isAfter(today.plusDays(expiryDays))) {
                changes.add("model " + old.id() + " ends on " + model.expirationDate());
            }
        }
        return changes;
    }

    private void compare(List<String> changes, String what, BigDecimal old, BigDecimal now) {
        if (old != null && now != null && jumped(old, now)) {
            changes.add("model " + what + " went from $" + Usd.plain(old.movePointRight(6)) + " to $" + Usd.plain(now.movePointRight(6))
                    + " per million tokens");
        }
    }

    private boolean jumped(BigDecimal old, BigDecimal now) {
        if (old.signum() == 0) {
            return now.signum() != 0;
        }
        BigDecimal percent = now.subtract(old).abs().movePointRight(2).divide(old, 0, RoundingMode.HALF_UP);
        return now.compareTo(old) != 0 && percent.compareTo(BigDecimal.valueOf(jumpPercent)) >= 0;
    }
}
