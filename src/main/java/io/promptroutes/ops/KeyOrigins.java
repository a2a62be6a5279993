package io.promptroutes.ops;

import io.promptroutes.settings.Finding;
import io.promptroutes.settings.NetworkSettings;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Where what somebody has set came from, and what secrets refer to; never what any of it is. */
public record KeyOrigins(Settings settings, Map<String, String> environment) {

    private static final Set<String> OF_ACCOUNTS = Set.of(Settings.API_KEY, Settings.MANAGEMENT_KEY);
    private static final Map<String, String> JAR = Settings.ofTheJar().withPrefix("");

    private boolean set(String key) {
        return settings.given(key) || !settings.text(key).equals(JAR.get(key)); // a file may be a copy of the jar's
    }

    /** A line for each key that is set, in the order of their names, and one for the proxy. */
    public List<String> lines() {
        Map<String, String> lines = new TreeMap<>();
        settings.keys().stream().filter(key -> set(key) || OF_ACCOUNTS.contains(key)).forEach(key -> {
            String reference = settings.text(key);
            String place = Secret.hides(key) ? Secret.place(reference) : "";
            boolean seen = Secret.hides(key) && place.isEmpty() && !reference.isEmpty() && settings.where(key).equals("the command line");
            lines.put(key, key + ": " + (!set(key) ? place : settings.where(key) + (place.isEmpty() ? "" : ", which names " + place)
                    + (seen ? ", where others on this machine can read it; give env:NAME or file:PATH" : "")));
        });
        String proxy = NetworkSettings.proxyFrom(settings, environment);
        return Stream.concat(lines.values().stream(), Stream.ofNullable(proxy).map(from -> "the proxy: " + from)).toList();
    }

    /** Secrets that are not where their keys say. */
    void missing(Consumer<Finding> found) {
        Secret.KEYS.stream().sorted().filter(this::set).forEach(key -> {
            String place = Secret.place(settings.text(key));
            if (place.contains(", which ")) {
                found.accept(new Finding(!OF_ACCOUNTS.contains(key), "key " + key + " names " + place, settings.where(key), "set it, or name another"));
            }
        });
    }
}
