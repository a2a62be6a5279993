package io.promptroutes.cli;

import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Provider;
import io.promptroutes.ops.SimulatorSettings;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Path;

/**
 * What is called, and with which key.
 *
 * @param provider  whose answers the ledger keeps
 * @param needsKey  false for an endpoint that takes any call, such as a server of one's own
 * @param simulator null where a real service is called
 */
record Endpoint(Settings settings, ApiKey key, String provider, boolean needsKey, Simulator simulator) implements AutoCloseable {

    /** Of the settings alone. */
    static Endpoint of(Settings settings) {
        return new Endpoint(settings.with("openrouter.base-url", settings.address("openrouter.base-url")),
                new ApiKey(Secret.of(settings.text(Settings.API_KEY))), "openrouter", true, null);
    }

    /** Starts the simulator, and points the settings to it: with a ledger of its own, in a folder {@code simulated} of that for real calls. */
    static Endpoint simulated(Settings settings) {
        Simulator simulator = Simulator.start(SimulatorSettings.of(settings));
        String key = settings.text("simulator.key").isEmpty() ? "simulated" : settings.text("simulator.key");
        Path folder = Path.of(settings.text("ledger.directory"), "simulated");
        return new Endpoint(settings.with("openrouter.base-url", simulator.baseUrl().toString())
                .with("catalogue.copy", folder.resolve("models.json").toString())
                .with("ledger.directory", folder.toString()).with("ledger.url", "").with("openrouter.dialect", Dialect.OPENROUTER.toString()), new ApiKey(() -> key), "simulator", true, simulator);
    }

    /** What `providers use` chose, unless the simulator, the environment or the command line say what to call. */
    Endpoint chosen(Ledger ledger) {
        if (ledger == null || simulator != null || settings.given("openrouter.base-url")) {
            return this;
        }
        return ledger.providers().used().map(used -> new Endpoint(settings.with("openrouter.base-url", Dialect.baseUrl(used.endpoint())).with("openrouter.dialect", used.type()),
                new ApiKey(Secret.of(used.configuration().getOrDefault(Provider.KEY, ""))), used.id(),
                used.configuration().containsKey(Provider.KEY), null)).orElse(this);
    }

    /** Fails where a key is needed and there is none. */
    Endpoint withKey() {
        if (needsKey && !key.present()) {
            close();
            throw new UsageException("there is no API key. Either set OPENROUTER_API_KEY (keys: https://openrouter.ai/keys), "
                    + "or add --simulate to try it without one");
        }
        return this;
    }

    @Override
    public void close() {
        if (simulator != null) {
            simulator.close();
        }
    }
}
