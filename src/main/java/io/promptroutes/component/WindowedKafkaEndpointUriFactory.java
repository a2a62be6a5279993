package io.promptroutes.component;

import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.camel.component.kafka.KafkaEndpointUriFactory;

/** Puts the topic into the address, and knows the options of {@code windowed-kafka:} beside camel-kafka's. Stateless. */
public final class WindowedKafkaEndpointUriFactory extends KafkaEndpointUriFactory {

    private static final String SCHEME = "windowed-kafka";

    @Override
    public boolean isEnabled(String scheme) {
        return SCHEME.equals(scheme);
    }

    @Override
    public String buildUri(String scheme, Map<String, Object> properties, boolean encode) throws URISyntaxException {
        Map<String, Object> rest = new HashMap<>(properties);
        String path = rest.containsKey("topic") ? buildPathParameter(SCHEME + ":topic", SCHEME + ":topic", "topic", null, true, rest) : SCHEME + ":";
        return buildQueryParameters(path, rest, encode);
    }

    /** A password may stand in it, which Camel hides in an address that is not encoded. */
    @Override
    public Set<String> secretPropertyNames() {
        Set<String> names = new HashSet<>(super.secretPropertyNames());
        names.add("registry");
        return names;
    }

    @Override
    public Set<String> propertyNames() {
        Set<String> names = new HashSet<>(super.propertyNames());
        names.addAll(WindowedKafkaEndpoint.OPTIONS);
        return names;
    }
}
