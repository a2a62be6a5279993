package io.promptroutes.app;

import io.promptroutes.settings.Settings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;

/** The settings of an engine in somebody's application: its properties {@code prompt-routes.*}, and nothing of the working directory. Stateless. */
final class EmbeddedSettings {

    private static final String PREFIX = "prompt-routes.";

    private EmbeddedSettings() {
    }

    /** @throws io.promptroutes.settings.UsageException where one of them is unknown; names all of them */
    static Settings of(CamelContext host) {
        Map<String, String> keys = new HashMap<>();
        Properties given = host.getPropertiesComponent().loadProperties(name -> name.startsWith(PREFIX));
        given.stringPropertyNames().forEach(name -> keys.put(name.substring(PREFIX.length()), given.getProperty(name)));
        // Spring Boot lists none of its properties, and tells each that it is asked for; what follows a colon it would take for the value
        Settings.ofTheJar().keys().stream().filter(key -> key.indexOf(':') < 0).forEach(key -> host.getPropertiesComponent().resolveProperty(PREFIX + key).ifPresent(value -> keys.putIfAbsent(key, value)));
        boolean stored = keys.containsKey("ledger.directory") || keys.containsKey("ledger.url");
        keys.putIfAbsent("ledger.enabled", stored ? "on" : "off");
        keys.putIfAbsent("catalogue.copy", keys.containsKey("ledger.directory") ? Path.of(keys.get("ledger.directory"), "models.json").toString() : "");
        keys.putIfAbsent("costs.to", "");
        keys.putIfAbsent("publish.retries", "-1"); // like a service, it waits for its ledger as long as it takes
        return Settings.embedded(keys);
    }
}
