package io.promptroutes.ops;

import io.promptroutes.call.Dialect;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueChanges;
import io.promptroutes.model.Model;
import io.promptroutes.model.PriceList;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Settings;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The models that the settings name, against the list of those that there are. */
public final class ModelCheck {

    private final Settings settings;
    private final Map<String, String> uses;

    public ModelCheck(Settings settings) {
        this.settings = settings;
        uses = uses(settings);
    }

    /** What a name alone tells. */
    public void names(Consumer<Finding> found) {
        uses.forEach((id, cells) -> {
            if (id.endsWith(":batch")) {
                found.accept(Finding.fault("model " + id + " is a price of OpenRouter's batch interface, and is never called", cells(id),
                        "name the model without :batch"));
            } else if (id.startsWith("~")) {
                found.accept(Finding.warning("model " + id + " is an alias, which moves to another model at another price without notice", cells(id),
                        "name the model itself"));
            } else if (!id.contains("/") && settings.dialect().has(Dialect.Trait.NAMES)) {
                found.accept(Finding.warning("model " + id + " has no author in front of its name", cells(id), "name it as OpenRouter does: author/model"));
            }
        });
    }

    /**
     * @param before what was known when a run last looked, or the jar's copy
     * @param now    the same where there is nothing newer
     */
    public void against(Catalogue before, Catalogue now, Consumer<Finding> found) {
        if (!settings.dialect().has(Dialect.Trait.NAMES)) {
            return; // its models are in no list of OpenRouter's
        }
        PriceList prices = new PriceList(now, settings.withPrefix("prices."));
        String list = now.live() ? "OpenRouter's list" : "the list of " + LocalDate.ofInstant(now.asOf(), ZoneOffset.UTC);
        uses.keySet().stream().filter(id -> !id.startsWith("~") && !id.endsWith(":batch") && now.find(id).isEmpty()).forEach(id -> {
            boolean own = prices.of(id).origin() == PriceList.Origin.CONFIGURED && !now.live(); // an endpoint of one's own has such
            if (!own) {
                found.accept(new Finding(now.live(), "model " + id + " is not in " + list + ": it was retired, or the name is wrong", cells(id),
                        now.successorOf(id).map(other -> "perhaps use " + other).orElse("name another one")));
            }
        });
        settings.below("models.alias.").forEach((name, id) -> {
            if (now.find(id).isEmpty()) {
                found.accept(Finding.warning("alias " + name + " stands for " + id + ", which is not in " + list,
                        settings.place("models.alias." + name),
                        now.successorOf(id).map(other -> "perhaps use " + other).orElse("name another one, or take the alias out")));
            }
        });
        List<Model> listed = uses.keySet().stream().filter(id -> now.find(id).isPresent()).map(before::find).flatMap(Optional::stream).toList();
        new CatalogueChanges(settings.integer("catalogue.price-jump-percent", 1, 10_000), settings.integer("catalogue.expiry-days", 0, 3650))
                .between(listed, now, LocalDate.now(ZoneOffset.UTC))
                .forEach(change -> found.accept(Finding.warning(change, "models." + settings.text("models.profile") + ".*", "see the command models")));
    }

    public int size() {
        return uses.size();
    }

    private String cells(String id) {
        String tables = "models." + settings.text("models.profile") + ".";
        String first = uses.get(id).split(", ")[0];
        return settings.where(tables + first) + ", keys " + tables + "{" + uses.get(id) + "}";
    }

    /** The models of the profile in use, each with the cells that name it. */
    public static Map<String, String> uses(Settings settings) {
        Map<String, String> uses = new LinkedHashMap<>();
        new TreeMap<>(settings.below("models." + settings.text("models.profile") + ".")).forEach((cell, ids) -> {
            for (String id : Settings.split(ids)) {
                uses.merge(id, cell, (old, more) -> old + ", " + more);
            }
        });
        return uses;
    }
}
