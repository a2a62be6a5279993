package io.promptroutes.component;

import java.util.Set;

/** Puts the folder into the address, and knows the options of {@code inbox:}. Immutable. */
public final class InboxEndpointUriFactory extends AnnotatedUriFactory {

    public InboxEndpointUriFactory() {
        super("inbox", "directory", InboxEndpoint.class, Set.of("bridgeErrorHandler", "exceptionHandler", "exchangePattern"), Set.of());
    }
}
