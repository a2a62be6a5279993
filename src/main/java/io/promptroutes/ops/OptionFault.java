package io.promptroutes.ops;

import io.promptroutes.settings.Finding;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.spi.EndpointUriFactory;

/** An option that an endpoint does not have: Camel tells the endpoint, and not the file. Stateless. */
public final class OptionFault {

    private static final Pattern UNKNOWN = Pattern.compile("Unknown parameters=\\[\\{([\\w.]+)=");

    private OptionFault() {
    }

    /** @param places of route files by folder and name, as of Camel. Empty where it is something else that Camel cannot resolve */
    public static Optional<String> of(ResolveEndpointFailedException failed, CamelContext camel, Map<String, String> places) {
        Matcher unknown = UNKNOWN.matcher(String.valueOf(failed.getMessage()));
        if (!unknown.find()) {
            return Optional.empty();
        }
        String option = unknown.group(1);
        String component = failed.getUri().replaceFirst(":.*", "");
        EndpointUriFactory factory = camel.getCamelContextExtension().getEndpointUriFactory(component);
        Set<String> known = factory == null ? Set.of() : factory.propertyNames();
        String where = places.entrySet().stream().flatMap(place -> TextCheck.text(place.getValue()).flatMap(text -> line(place.getKey(), text, option)).stream())
                .findFirst().orElse("");
        return Optional.of(Finding.fault("an address of " + component + " has no option " + option, where, Finding.nearest(option, known, "take it out")).sentence());
    }

    /** Where a file has the word, first. */
    private static Optional<String> line(String name, String text, String option) {
        List<String> lines = text.lines().toList();
        return IntStream.range(0, lines.size()).filter(line -> lines.get(line).matches(".*\\b" + Pattern.quote(option) + "\\b.*")).boxed().findFirst()
                .map(line -> name + " line " + (line + 1));
    }
}
