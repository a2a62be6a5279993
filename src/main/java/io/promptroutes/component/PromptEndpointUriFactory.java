package io.promptroutes.component;

import java.util.Set;

/** Lets the YAML DSL take JSON and expressions as they are: what an address holds to be secret it wraps in RAW(). Immutable. */
public final class PromptEndpointUriFactory extends AnnotatedUriFactory {

    public PromptEndpointUriFactory() {
        super("prompt", "name", PromptEndpoint.class, Set.of("lazyStartProducer"), Set.of("request", "prompt", "system", "result", "id", "tenantFrom", "unwrap"));
    }
}
