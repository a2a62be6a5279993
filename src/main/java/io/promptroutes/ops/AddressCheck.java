package io.promptroutes.ops;

import io.promptroutes.settings.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;

/** Addresses in the user's routes: their components and the names of their options. Camel itself tells the first wrong one alone, and not where. */
final class AddressCheck {

    /** A placeholder that may have no value, and one that has a default. */
    private static final String LEFT_OUT = "\\{\\{\\?[^{}]*}}";
    private static final String DEFAULT = "\\{\\{[^{}:]+:([^{}]*)}}";

    private final RouteModel own;
    private final Function<String, Object> bean;
    private final Properties keys;
    private final Consumer<Finding> found;
    private final Map<String, EndpointUriFactory> factories = new HashMap<>();

    AddressCheck(RouteModel own, RouteCheck.Known known, Consumer<Finding> found) {
        this.own = own;
        bean = known.bean();
        keys = known.keys();
        this.found = found;
    }

    void check() {
        Set<String> components = components();
        components.addAll(own.beans);
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            own.parts.stream().filter(part -> part.option().equals("uri") && !(part.in() instanceof ToDynamicDefinition)).forEach(part -> {
                String address = PipelineCheck.resolved(part.value(), keys).replaceAll(LEFT_OUT, "").replaceAll(DEFAULT, "$1");
                String component = StringHelper.before(address, ":", address);
                if (!component.matches("[\\w.+-]+")) {
                    return; // of a placeholder that has no value, or of one for a template
                }
                if (components.contains(component) || bean.apply(component) != null || keys.containsKey("camel.beans." + component)) {
                    EndpointUriFactory factory = factories.computeIfAbsent(component, name -> camel.getCamelContextExtension().getEndpointUriFactory(name));
                    options(part, component, address, factory);
                } else {
                    found.accept(Finding.fault("there is no component " + component, part.where(), Finding.nearest(component, components, "take another one")));
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void options(RouteModel.Part part, String component, String address, EndpointUriFactory factory) {
        if (factory == null || factory.isLenientProperties()) {
            return;
        }
        try {
            for (String option : URISupport.parseQuery(StringHelper.after(address, "?", "")).keySet()) {
                boolean prefixed = factory.multiValuePrefixes().values().stream().anyMatch(option::startsWith);
                if (!prefixed && !option.contains("{{") && factory.propertyNames().stream().noneMatch(known -> known.equalsIgnoreCase(option.replace("-", "")))) {
                    found.accept(Finding.fault("an address of " + component + " has no option " + option, where(part, option), Finding.nearest(option, factory.propertyNames(), "take it out")));
                }
            }
        } catch (URISyntaxException e) {
            found.accept(Finding.fault("an address of " + component + " cannot be read: " + e.getReason(), part.where(), "correct it"));
        }
    }

    /** The line of the option, which is behind that of its step. */
    private static String where(RouteModel.Part part, String option) {
        String step = part.where();
        String location = part.at() == null ? null : part.at().getLocation();
        OptionalInt line = location == null ? OptionalInt.empty()
                : TextCheck.text(location).map(text -> TextCheck.line(text, option, part.at().getLineNumber())).orElse(OptionalInt.empty());
        return line.isPresent() ? step.replaceFirst(" line \\d+$", " line " + line.getAsInt()) : step;
    }

    /** Those whose libraries are there, by the list that each has in its jar. */
    private static Set<String> components() {
        Set<String> names = new HashSet<>(Set.of("prompt", "windowed-kafka", "inbox"));
        try {
            for (URL list : Collections.list(AddressCheck.class.getClassLoader().getResources("META-INF/services/org/apache/camel/component.properties"))) {
                Properties component = new Properties();
                try (InputStream in = list.openStream()) {
                    component.load(in);
                }
                Collections.addAll(names, component.getProperty("components", "").split("\\s+"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        names.remove("");
        return names;
    }
}
