package io.promptroutes.ops;

import io.promptroutes.settings.Finding;
import io.promptroutes.settings.UsageException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.language.simple.types.SimpleIllegalSyntaxException;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** What Camel refuses in a route when it makes it: it tells the expression, the value or the route, and not the file. Stateless. */
public final class RouteFault {

    private static final Pattern NO_CONSTANT = Pattern.compile("Enum class class (\\S+) does not have any constant with value: (\\S+)");
    private static final Pattern QUOTED = Pattern.compile("[\"']([^\"']+)[\"']");

    private RouteFault() {
    }

    /** @param places of route files by folder and name, as of Camel. Empty where it is something else that Camel refuses */
    public static Optional<String> of(Throwable failed, Map<String, String> places) {
        SimpleIllegalSyntaxException simple = ExceptionUtils.throwableOfType(failed, SimpleIllegalSyntaxException.class);
        Matcher constant = NO_CONSTANT.matcher(String.valueOf(ExceptionUtils.getRootCause(failed).getMessage()));
        String route = routeId(failed);
        Finding found = null;
        if (simple != null) {
            found = expression(simple, places);
        } else if (constant.find()) {
            found = Finding.fault("an option has the value " + constant.group(2), line(places, constant.group(2)), "it takes " + constants(constant.group(1)));
        } else if (route != null && ExceptionUtils.throwableOfType(failed, UsageException.class) == null) {
            found = route(failed, route, places);
        }
        return Optional.ofNullable(found).map(Finding::sentence);
    }

    private static Finding expression(SimpleIllegalSyntaxException simple, Map<String, String> places) {
        String expression = simple.getExpression().strip();
        String why = String.valueOf(simple.getMessage()).lines().findFirst().orElse("").strip();
        return Finding.fault("simple cannot read " + expression + " (" + why + ")", line(places, expression), "");
    }

    /** An option whose value is wrong, or that is missing: its value where the message names it, else its route. */
    private static Finding route(Throwable failed, String route, Map<String, String> places) {
        String message = String.valueOf(ExceptionUtils.getRootCause(failed).getMessage());
        String where = Stream.concat(QUOTED.matcher(message).results().map(quoted -> quoted.group(1)), Stream.of(route)).map(text -> line(places, text))
                .filter(line -> !line.isEmpty()).findFirst().orElse("");
        return Finding.fault("route " + route + " does not start: " + message, where, "");
    }

    /** Null where it is not a route that cannot be made or started. */
    private static String routeId(Throwable failed) {
        FailedToCreateRouteException made = ExceptionUtils.throwableOfType(failed, FailedToCreateRouteException.class);
        FailedToStartRouteException started = ExceptionUtils.throwableOfType(failed, FailedToStartRouteException.class);
        return made != null ? made.getRouteId() : started != null ? started.getRouteId() : null;
    }

    /** As they are written in a route. */
    private static String constants(String type) {
        try {
            return Stream.of(Class.forName(type).getEnumConstants()).map(one -> one.toString().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "));
        } catch (ClassNotFoundException e) {
            return "others";
        }
    }

    /** Of the first file that has the text; empty where none has. */
    private static String line(Map<String, String> places, String text) {
        return places.entrySet().stream().flatMap(place -> TextCheck.text(place.getValue()).stream().flatMapToInt(all -> TextCheck.line(all, text, 1).stream())
                .mapToObj(line -> place.getKey() + " line " + line)).findFirst().orElse("");
    }
}
