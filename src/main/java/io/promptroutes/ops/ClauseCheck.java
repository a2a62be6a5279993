package io.promptroutes.ops;

import io.promptroutes.call.FailureKind;
import io.promptroutes.settings.Finding;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.spi.ClassResolver;

/** What clauses are for: the failures that they name are there, and each kind of failure has a clause of its very own. Stateless. */
final class ClauseCheck {

    /** The configuration under which calls are made. */
    private static final String FALLBACK = "fallback";

    /** In an address. */
    private static final Pattern CLASS = Pattern.compile("[?&]\\w+(?:erializer|ssignor)=((?:[a-z]\\w*\\.){2,}[A-Z]\\w*)(?=&|$)");

    private ClauseCheck() {
    }

    /** @param own files of the user */
    static void check(RouteModel own, ClassResolver classes, Consumer<Finding> found) {
        Set<String> known = Stream.concat(Stream.of(FailureKind.values()).map(FailureKind::exceptionClass), Stream.of(Exception.class)).map(Class::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        own.parts.stream().filter(part -> Set.of("exceptions", "exceptionType").contains(part.option()))
                .filter(part -> classes.resolveClass(part.value()) == null).forEach(part -> found.accept(Finding.fault(
                        "no exception is called " + part.value(), part.where(), Finding.nearest(part.value(), known, "name one that is there"))));
        own.parts.stream().filter(part -> part.option().equals("uri")).forEach(part -> CLASS.matcher(part.value()).results().map(name -> name.group(1))
                .filter(name -> classes.resolveClass(name) == null).forEach(name ->
                        found.accept(Finding.fault("no class is called " + name, part.where(), "name one that is there"))));
        own.configurations.stream().filter(one -> FALLBACK.equals(one.getId())).forEach(fallback -> {
            Set<String> missing = new TreeSet<>(known);
            fallback.getOnExceptions().stream().filter(clause -> clause.getOnWhen() == null) // with a condition it is for some failures only
                    .forEach(clause -> clause.getExceptions().forEach(missing::remove));
            Set<String> named = new HashSet<>();
            for (OnExceptionDefinition clause : fallback.getOnExceptions()) {
                clause.getExceptions().stream().filter(name -> clause.getOnWhen() == null && !named.add(name)).forEach(name -> found.accept(Finding.fault(
                        "two clauses of the route configuration " + FALLBACK + " are for " + name, RouteModel.where(clause), "take it out of one of them")));
                if (clause.getContinued() == null) {
                    found.accept(Finding.fault("a clause of the route configuration " + FALLBACK + " does not go on", RouteModel.where(clause),
                            "say continued, as the others do: what the call cost is booked behind it"));
                }
            }
            missing.forEach(name -> found.accept(Finding.fault("the route configuration " + FALLBACK + " has no clause for " + name,
                    RouteModel.where(fallback), "add one, which names this very class")));
        });
    }
}
