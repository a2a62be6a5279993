package io.promptroutes.ledger;

import java.util.Map;
import java.util.Objects;

/**
 * An endpoint that may be called.
 *
 * @param type          name of the dialect that it speaks
 * @param endpoint      its base URL
 * @param configuration its settings; {@code key}, where there is one, is a reference: {@code env:NAME} or {@code file:PATH}
 * @param active        may be used
 * @param isDefault     is used
 */
public record Provider(String id, String name, String type, String endpoint, Map<String, String> configuration, boolean active, boolean isDefault) {

    public static final String KEY = "key";

    public Provider {
        Objects.requireNonNull(id);
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
        Objects.requireNonNull(endpoint);
        configuration = Map.copyOf(configuration);
        String key = configuration.get(KEY);
        if (key != null && !key.startsWith("env:") && !key.startsWith("file:")) {
            throw new IllegalArgumentException("the key of provider " + id + " must be a reference, env:NAME or file:PATH");
        }
    }
}
