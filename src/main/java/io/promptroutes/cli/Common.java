package io.promptroutes.cli;

import io.promptroutes.check.KafkaCheck;
import io.promptroutes.check.RouteCheck;
import io.promptroutes.check.SimulatorSettings;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Provider;
import io.promptroutes.openrouter.ApiKey;
import io.promptroutes.openrouter.Dialect;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.simulator.Simulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntBiFunction;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options of every command that reads settings, and what follows from them. */
final class Common {

    @Option(names = "-D", scope = ScopeType.INHERIT, paramLabel = "KEY=VALUE", mapFallbackValue = "",
            description = "Set a key of application.properties; may be given more than once.")
    private Map<String, String> keys = new LinkedHashMap<>();

    @Option(names = "--simulate", scope = ScopeType.INHERIT, description = "Call the built-in simulator instead of OpenRouter: no key, no cost, no real answers.")
    private boolean simulate;

    /** The settings with the command line's own on top. */
    Settings settings(Map<String, String> options) {
        Settings settings = Settings.load(Path.of(""), System.getenv(), commandLine(options));
        Logs.format(settings);
        return settings;
    }

    /** @param unknown told of each key that nobody knows */
    Settings settings(Map<String, String> options, Consumer<Finding> unknown) {
        return Settings.load(Path.of(""), System.getenv(), commandLine(options), unknown);
    }

    /** The settings, of which all that can be found wrong without a network is told at once, before anything is made. @param kafka whether its clients are used */
    Settings checkedSettings(Map<String, String> options, boolean kafka) {
        List<Finding> findings = new ArrayList<>();
        Settings settings = settings(options, findings::add);
        Settings telling = CheckCommand.offline(settings, simulate, new RouteCheck(Path.of(""), findings::add), findings::add);
        if (kafka) {
            new KafkaCheck(telling, findings::add).properties();
        }
        Finding.refuse(findings);
        Logs.format(settings);
        findings.forEach(finding -> LoggerFactory.getLogger(Common.class).warn(finding.sentence()));
        return settings;
    }

    boolean simulate() {
        return simulate;
    }

    private Map<String, String> commandLine(Map<String, String> options) {
        Map<String, String> commandLine = new HashMap<>(options);
        commandLine.putAll(keys);
        return commandLine;
    }

    /**
     * Starts the simulator where it was asked for, and points the settings to it: with a ledger of its own, in a folder {@code simulated} of that
     * for real calls. The endpoint closes it.
     */
    Endpoint endpoint(Settings settings) {
        if (!simulate) {
            return new Endpoint(settings.with("openrouter.base-url", settings.address("openrouter.base-url")),
                    new ApiKey(Secret.of(settings.text(Settings.API_KEY))), "openrouter", true, null);
        }
        Simulator simulator = Simulator.start(SimulatorSettings.of(settings));
        String key = settings.text("simulator.key").isEmpty() ? "simulated" : settings.text("simulator.key");
        Path folder = Path.of(settings.text("ledger.directory"), "simulated");
        return new Endpoint(settings.with("openrouter.base-url", simulator.baseUrl().toString())
                .with("catalogue.copy", folder.resolve("models.json").toString())
                .with("ledger.directory", folder.toString()).with("ledger.url", "").with("openrouter.dialect", "openrouter"), new ApiKey(() -> key), "simulator", true, simulator);
    }

    /** Does something with the ledger alone. @param kept what is there, for whoever has none */
    int withLedger(String kept, ToIntBiFunction<Ledger, Settings> work) {
        try (Endpoint endpoint = endpoint(settings(Map.of())); Ledger ledger = Ledgers.open(endpoint.settings(), null)) {
            if (ledger == null) {
                throw new UsageException(kept + " are kept in the ledger, which is off (key ledger.enabled)");
            }
            return work.applyAsInt(ledger, endpoint.settings());
        }
    }

    /**
     * What is called, and with which key.
     *
     * @param provider  whose answers the ledger keeps
     * @param needsKey  false for an endpoint that takes any call, such as a server of one's own
     * @param simulator null where a real service is called
     */
    record Endpoint(Settings settings, ApiKey key, String provider, boolean needsKey, Simulator simulator) implements AutoCloseable {

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
}
