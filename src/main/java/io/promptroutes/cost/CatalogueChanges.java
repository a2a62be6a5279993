package io.promptroutes.cost;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What an operator should know about the models in use when a new list of models has come. Immutable. */
public final class CatalogueChanges {

    private final int jumpPercent;
    private final int expiryDays;

    /**
     * @param jumpPercent a price that has moved by at least so much is told
     * @param expiryDays  a model that ends within so many days is told
     */
    public CatalogueChanges(int jumpPercent, int expiryDays) {
        this.jumpPercent = jumpPercent;
        this.expiryDays = expiryDays;
    }

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
            jump(old.id(), "input", old.price().prompt(), model.price().prompt()).ifPresent(changes::add);
            jump(old.id(), "output", old.price().completion(), model.price().completion()).ifPresent(changes::add);
            if (model.expirationDate() != null && !model.expirationDate().isAfter(today.plusDays(expiryDays))) {
                changes.add("model " + old.id() + " ends on " + model.expirationDate());
            }
        }
        return changes;
    }

    private Optional<String> jump(String id, String what, BigDecimal old, BigDecimal now) {
        if (old == null || now == null || old.compareTo(now) == 0) {
            return Optional.empty();
        }
        if (old.signum() != 0) {
            BigDecimal percent = now.subtract(old).abs().multiply(BigDecimal.valueOf(100)).divide(old, 0, RoundingMode.HALF_UP);
            if (percent.compareTo(BigDecimal.valueOf(jumpPercent)) < 0) {
                return Optional.empty();
            }
        }
        return Optional.of("model " + id + ": the " + what + " price went from $" + perMillion(old) + " to $" + perMillion(now)
                + " per million tokens");
    }

    private static String perMillion(BigDecimal perToken) {
        return perToken.movePointRight(6).stripTrailingZeros().toPlainString();
    }
}
