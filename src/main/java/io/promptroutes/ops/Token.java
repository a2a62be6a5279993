package io.promptroutes.ops;

import io.promptroutes.settings.Secret;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.AuthenticationHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig.AuthenticationConfigEntry;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig.AuthenticationHandlerFactory;

/** The secret that a port asks for as {@code Authorization: Bearer}, read anew each time. Thread-safe. */
final class Token {

    private final Supplier<String> secret;

    /** @param reference {@code env:NAME} or {@code file:PATH}; empty for none */
    Token(String reference) {
        secret = reference.isEmpty() ? null : Secret.of(reference);
    }

    /** Whether there is none to be asked for. */
    boolean none() {
        return secret == null;
    }

    /** Whether there is one to be asked for, and it says something. */
    boolean usable() {
        return secret != null && secret.get() != null && !secret.get().isBlank();
    }

    /** Whether a question may be answered. @param given its header Authorization, or null */
    boolean admits(String given) {
        if (secret == null) {
            return true;
        }
        String wanted = secret.get();
        return given != null && wanted != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), ("Bearer " + wanted).getBytes(StandardCharsets.UTF_8));
    }

    /** What stands before everything that is asked for at a server of Camel's, with or without a token. */
    static AuthenticationConfigEntry before(Consumer<RoutingContext> door) {
        AuthenticationConfigEntry everything = new AuthenticationConfigEntry();
        everything.setPath("/*");
        everything.setAuthenticationProviderFactory(vertx -> null);
        everything.setAuthenticationHandlerFactory(new AuthenticationHandlerFactory() {
            @Override
            public <T extends AuthenticationProvider> AuthenticationHandler createAuthenticationHandler(T none) {
                return door::accept;
            }
        });
        return everything;
    }
}
