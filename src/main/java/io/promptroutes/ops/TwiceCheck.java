package io.promptroutes.ops;

import io.promptroutes.settings.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.language.SimpleExpression;
import org.apache.camel.support.DefaultExchange;
import org.apache.commons.lang3.ObjectUtils;

/** What no two routes may have in common that Camel includes, which are those whose preconditions hold with the keys as they are. */
record TwiceCheck(RouteModel own, Properties keys, Consumer<Finding> found) {

    /** Of which Camel starts one route alone: of a queue, where its address says nothing else. */
    private static final Pattern ALONE = Pattern.compile("(direct:[^?${}]+).*|(seda:(?!.*multipleConsumers=true)[^${}]+)");

    /** @param routes of the files in use */
    void check(List<RouteDefinition> routes) {
        List<RouteDefinition> all = Stream.concat(routes.stream().filter(one -> !own.routes.contains(one)), own.routes.stream()).toList();
        List<RouteDefinition> alike = all.stream().filter(alike(all, RouteDefinition::getId).or(alike(all, TwiceCheck::alone))).toList();
        if (alike.isEmpty()) {
            return; // as nearly always, and the context below costs a start
        }
        try (KnownClassPath camel = new KnownClassPath()) {
            camel.getPropertiesComponent().setInitialProperties(keys);
            camel.build();
            List<RouteDefinition> included = alike.stream().filter(one -> included(camel, one)).toList();
            twice(included, "have the id ", RouteDefinition::getId);
            twice(included, "begin with ", TwiceCheck::alone);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Predicate<RouteDefinition> alike(List<RouteDefinition> routes, Function<RouteDefinition, String> name) {
        Map<String, Long> many = routes.stream().map(name).filter(Objects::nonNull).collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return one -> many.getOrDefault(name.apply(one), 0L) > 1;
    }

    /** @param name null where a route has none */
    private void twice(List<RouteDefinition> included, String what, Function<RouteDefinition, String> name) {
        Map<String, RouteDefinition> seen = new HashMap<>();
        included.stream().filter(one -> name.apply(one) != null).forEach(one -> {
            RouteDefinition other = seen.putIfAbsent(name.apply(one), one);
            if (other != null) {
                found.accept(Finding.fault("two routes " + what + name.apply(one), RouteModel.where(one),
                        "give one of them another; the other is in " + (own.routes.contains(other) ? "" : "the shipped ") + RouteModel.where(other)));
            }
        });
    }

    /** One whose precondition cannot be read is told by Camel itself. */
    private static boolean included(CamelContext camel, RouteDefinition route) {
        try {
            return route.getPrecondition() == null
                    || new SimpleExpression(camel.resolvePropertyPlaceholders(route.getPrecondition())).createPredicate(camel).matches(new DefaultExchange(camel));
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** What it begins with, where no other one may; else null. */
    private static String alone(RouteDefinition route) {
        Matcher begins = ALONE.matcher(route.getInput().getEndpointUri());
        return route.getAutoStartup() == null && begins.matches() ? ObjectUtils.getIfNull(begins.group(1), begins.group(2)) : null;
    }
}
