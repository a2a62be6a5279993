package io.promptroutes.ops;

import io.promptroutes.settings.Finding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.commons.lang3.function.Failable;

/** An option that an endpoint does not have: Camel tells the endpoint, and not the file. Stateless. */
public final class OptionFault {

    private static final Pattern UNKNOWN = Pattern.compile("Unknown parameters=\\[\\{([\\w.]+)=");
    private static final String FILE = "file:";

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
        String where = places.entrySet().stream().filter(place -> place.getValue().startsWith(FILE)).flatMap(place -> lines(place.getKey(), place.getValue(), option))
                .findFirst().orElse("");
        return Optional.of(Finding.fault("an address of " + component + " has no option " + option, where, Finding.nearest(option, known, "take it out")).sentence());
    }

    /** Where a file has the word, first. */
    private static Stream<String> lines(String name, String place, String option) {
        List<String> lines = Failable.get(() -> new String(Files.readAllBytes(Path.of(place.substring(FILE.length()))), StandardCharsets.UTF_8)).lines().toList();
        return IntStream.range(0, lines.size()).filter(line -> lines.get(line).matches(".*\\b" + Pattern.quote(option) + "\\b.*")).limit(1)
                .mapToObj(line -> name + " line " + (line + 1));
    }
}
