package io.promptroutes.ops;

import io.promptroutes.ledger.Limit;
import io.promptroutes.ledger.Period;
import io.promptroutes.ledger.Scope;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.PriceList;
import io.promptroutes.model.Usd;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.settings.BudgetSettings;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Settings;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Limits that contradict each other, or under which nothing can be called. */
public final class BudgetCheck {

    /** Of a short question, in bytes: each counts as a token that is reserved. */
    private static final int SHORT_PROMPT = 200;

    /** Whose pipelines need no route. */
    private static final Set<String> COMMANDS = Set.of(LedgerPolicy.BATCH, LedgerPolicy.ASK);

    private final Settings settings;
    private final Map<String, Limit> limits;

    public BudgetCheck(Settings settings) {
        this.settings = settings;
        limits = new BudgetSettings(settings).byKey();
    }

    public void check(Catalogue catalogue, Consumer<Finding> found) {
        PriceList prices = new PriceList(catalogue, settings.withPrefix("prices."));
        limits.forEach((key, limit) -> {
            limits.entrySet().stream().filter(wide -> within(limit, wide.getValue()) && limit.usd().compareTo(wide.getValue().usd()) > 0).findFirst()
                    .ifPresent(wide -> found.accept(Finding.warning("key " + key + " allows $" + Usd.plain(limit.usd()) + ", but " + wide.getKey() + " stops at $"
                            + Usd.plain(wide.getValue().usd()), settings.where(key), "lower the one or raise the other")));
            cheapest(limit, prices).filter(call -> call.compareTo(limit.usd()) > 0).ifPresent(call -> tooSmall(key, limit, call, found));
        });
    }

    /** Limits of pipelines that nothing here asks through. @param there whether a pipeline of that name is in the route files */
    public void pipelines(Predicate<String> there, Consumer<Finding> found) {
        limits.forEach((key, limit) -> {
            if (!limit.pipeline().equals(Limit.ANY) && !COMMANDS.contains(limit.pipeline()) && !there.test(limit.pipeline())) {
                found.accept(Finding.warning("key " + key + " limits a pipeline that no route here has: there is no step prompt:" + limit.pipeline(), settings.where(key),
                        "correct the name, or take the key out"));
            }
        });
    }

    private void tooSmall(String key, Limit limit, BigDecimal call, Consumer<Finding> found) {
        boolean all = limit.scope() == Scope.TOTAL;
        boolean shut = !all && limit.usd().signum() == 0; // how a pipeline, tenant or model is shut out
        boolean goesOnFree = settings.text(all ? "budget.exhausted" : "budget.part-exhausted").equals("free");
        if (!shut && !goesOnFree) {
            found.accept(new Finding(all, "key " + key + " is $" + Usd.plain(limit.usd()) + ", which cannot pay for one call: the cheapest reserves $"
                    + Usd.plain(call), settings.where(key), "raise it, or lower tasks.*.max-tokens, for which money is reserved"));
        }
    }

    /** The least that a short question to a model that the limit is for reserves; empty where nothing with a price is called. */
    private Optional<BigDecimal> cheapest(Limit limit, PriceList prices) {
        int cap = settings.below("tasks.").keySet().stream().filter(key -> key.endsWith(".max-tokens"))
                .mapToInt(key -> settings.integer("tasks." + key, 1, Integer.MAX_VALUE)).min().orElse(1);
        Collection<String> models = limit.model().equals(Limit.ANY) ? ModelCheck.uses(settings).keySet() : List.of(limit.model());
        return models.stream().map(model -> prices.of(model).price()).filter(price -> !price.free())
                .map(price -> price.worstCase(SHORT_PROMPT, cap, 0, false)).flatMap(Optional::stream).min(Comparator.naturalOrder());
    }

    private static boolean within(Limit narrow, Limit wide) {
        boolean scope = wide.scope() == Scope.TOTAL || wide.scope() == narrow.scope() && wide.pipeline().equals(narrow.pipeline())
                && wide.tenant().equals(narrow.tenant()) && wide.model().equals(narrow.model());
        // a job may take days, and has a limit of its own
        return scope && narrow.period() != Period.JOB && wide.period() != Period.JOB && !wide.equals(narrow)
                && narrow.period().compareTo(wide.period()) <= 0;
    }
}
