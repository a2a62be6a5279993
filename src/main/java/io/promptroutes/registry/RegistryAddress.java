package io.promptroutes.registry;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where a registry is, by option registry. Immutable.
 *
 * @param base          without a user and without a slash at its end
 * @param authorization header for the user that the option names; null where it names none
 */
public record RegistryAddress(String base, String authorization) {

    private static final String FORM = "option registry must be the URL of a schema registry, such as http://HOST:8081 or https://USER:PASSWORD@HOST/PATH "
            + "(a sign such as @ or / in a password is written as %40 or %2F)";

    /** @throws IllegalArgumentException where the text is no such URL; does not quote it, since a password may stand in it */
    public static RegistryAddress of(String text) {
        URI uri = uri(text.strip());
        boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!web || uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getPort() > 65_535) {
            throw new IllegalArgumentException(FORM);
        }
        String user = uri.getUserInfo();
        if (user != null && !user.contains(":")) {
            throw new IllegalArgumentException(FORM + "; a user has a password");
        }
        String base = uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getRawPath();
        String authorization = user == null ? null : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        return new RegistryAddress(base.replaceFirst("/+$", ""), authorization);
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(FORM); // without its cause, which quotes the text
        }
    }

    /** Without the user. */
    @Override
    public String toString() {
        return base;
    }
}
