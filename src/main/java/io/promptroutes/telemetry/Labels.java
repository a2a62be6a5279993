package io.promptroutes.telemetry;

import io.micrometer.core.instrument.Tags;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.Model;
import java.net.URI;
import java.util.Set;

/**
 * The values that labels may have. A model that is in no table is {@code other}: whoever sends prompts must not be able to fill the
 * memory of whoever counts them. Immutable.
 *
 * @param provider  as the ledger knows it: {@code openrouter}, or the name of another
 * @param address   of the API
 * @param models    the models of the tables, and those that aliases stand for
 * @param catalogue that knows under which other names they answer
 */
public record Labels(String provider, URI address, Set<String> models, Catalogue catalogue) {

    private static final String OTHER = "other";

    /** @param name null where nobody said which model it was */
    String model(String name) {
        if (name == null || models.contains(name)) {
            return name == null ? OTHER : name;
        }
        return catalogue.find(name).map(Model::id).filter(models::contains).orElse(OTHER);
    }

    int port() {
        return address.getPort() >= 0 ? address.getPort() : "http".equals(address.getScheme()) ? 80 : 443;
    }

    Tags endpoint() {
        return Tags.of("gen_ai.operation.name", "chat", "gen_ai.provider.name", provider, "server.address", address.getHost(),
                "server.port", String.valueOf(port()));
    }
}
