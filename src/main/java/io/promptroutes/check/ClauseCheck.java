package io.promptroutes.check;

import io.promptroutes.openrouter.FailureKind;
import io.promptroutes.settings.Finding;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.Model;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PatternHelper;

/** The clauses of route configurations: what they name is there, and each kind of failure has one of its very own. Stateless. */
final class ClauseCheck {

    /** The configuration under which calls are made. */
    private static final String FALLBACK = "fallback";

    /** Names of the exceptions that it has to name: those of all kinds, and what nobody foresees. */
    static final Set<String> FAILURES = Stream.concat(Stream.of(FailureKind.values()).map(FailureKind::exceptionClass), Stream.of(Exception.class))
            .map(Class::getName).collect(Collectors.toUnmodifiableSet());

    private ClauseCheck() {
    }

    /** @param routes that name configurations */
    static void check(Model loaded, List<RouteDefinition> routes, Consumer<Finding> found) {
        List<RouteConfigurationDefinition> all = loaded.getRouteConfigurationDefinitions();
        Set<String> ids = all.stream().map(RouteConfigurationDefinition::getId).filter(Objects::nonNull).collect(Collectors.toSet());
        routes.stream().filter(route -> route.getRouteConfigurationId() != null).forEach(route -> Stream.of(route.getRouteConfigurationId().split(","))
                .filter(id -> !id.contains("{{") && ids.stream().noneMatch(known -> PatternHelper.matchPattern(known, id))).forEach(id -> found.accept(Finding.fault("no route configuration is called " + id, RouteCheck.where(route),
                        Finding.nearest(id, ids, "name one that is there")))));
        all.stream().filter(one -> FALLBACK.equals(one.getId())).forEach(fallback -> {
            List<OnExceptionDefinition> clauses = fallback.getOnExceptions();
            Set<String> missing = new TreeSet<>(FAILURES);
            clauses.stream().filter(clause -> clause.getOnWhen() == null) // with a condition it is for some failures only
                    .forEach(clause -> clause.getExceptions().forEach(missing::remove));
            Set<String> named = new HashSet<>();
            for (OnExceptionDefinition clause : clauses) {
                clause.getExceptions().stream().filter(name -> clause.getOnWhen() == null && !named.add(name)).forEach(name -> found.accept(Finding.fault(
                        "two clauses of the route configuration " + FALLBACK + " are for " + name, RouteCheck.where(clause), "take it out of one of them")));
                if (clause.getContinued() == null) {
                    found.accept(Finding.fault("a clause of the route configuration " + FALLBACK + " does not go on", RouteCheck.where(clause),
                            "say continued, as the others do: what the call cost is booked behind it"));
                }
            }
            missing.forEach(name -> found.accept(Finding.fault("the route configuration " + FALLBACK + " has no clause for " + name,
                    clauses.isEmpty() ? "" : RouteCheck.where(clauses.get(0)), "add one, which names this very class")));
        });
    }
}
