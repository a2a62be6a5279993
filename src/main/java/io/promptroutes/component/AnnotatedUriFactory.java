package io.promptroutes.component;

import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.component.EndpointUriFactorySupport;

/** Addresses of a component whose endpoint says its options by annotations, with one name behind the scheme. Immutable. */
abstract class AnnotatedUriFactory extends EndpointUriFactorySupport implements EndpointUriFactory {

    private final String scheme;
    private final String path;
    private final Set<String> names;
    private final Set<String> raw;

    /** @param path the name of what stands behind the scheme. more, options of Camel's base classes; raw, those in which a plus or a percent sign means itself */
    AnnotatedUriFactory(String scheme, String path, Class<?> endpoint, Set<String> more, Set<String> raw) {
        this.scheme = scheme;
        this.path = path;
        this.raw = raw;
        names = Stream.concat(more.stream(), Arrays.stream(endpoint.getDeclaredFields())
                .filter(field -> field.isAnnotationPresent(UriParam.class) || field.isAnnotationPresent(UriPath.class)).map(field -> field.getName()))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean isEnabled(String other) {
        return scheme.equals(other);
    }

    @Override
    public String buildUri(String of, Map<String, Object> properties, boolean encode) throws URISyntaxException {
        Map<String, Object> rest = new HashMap<>(properties);
        String syntax = of + ":" + path;
        return buildQueryParameters(buildPathParameter(syntax, syntax, path, null, true, rest), rest, encode);
    }

    @Override
    public Set<String> propertyNames() {
        return names;
    }

    @Override
    public Set<String> secretPropertyNames() {
        return raw;
    }

    @Override
    public Map<String, String> multiValuePrefixes() {
        return Map.of();
    }

    @Override
    public boolean isLenientProperties() {
        return false;
    }
}
