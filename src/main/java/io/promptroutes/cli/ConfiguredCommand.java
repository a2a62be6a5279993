package io.promptroutes.cli;

import io.promptroutes.app.Endpoint;
import io.promptroutes.app.Ledgers;
import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ops.KafkaCheck;
import io.promptroutes.ops.SimulatorSettings;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import io.promptroutes.simulator.Simulator;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToIntBiFunction;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** What every command that reads settings has in common: their options, what follows from them, and where its words go. */
@Command(mixinStandardHelpOptions = true, versionProvider = PromptRoutes.Version.class)
abstract class ConfiguredCommand {

    @Spec
    CommandSpec spec;


    @Option(names = "-D", scope = ScopeType.INHERIT, paramLabel = "KEY=VALUE", mapFallbackValue = "",
            description = "Set a key of application.properties; may be given more than once.")
    private Map<String, String> keys = new LinkedHashMap<>();

    @Option(names = "--simulate", scope = ScopeType.INHERIT, description = "Call the built-in simulator instead of OpenRouter: no key, no cost, no real answers.")
    boolean simulate;

    Settings settings() {
        return settings(Map.of());
    }

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
        Settings telling = CheckCommand.offline(settings, simulate, findings::add);
        if (kafka) {
            new KafkaCheck(telling, findings::add).properties();
        }
        Finding.refuse(findings);
        Logs.format(settings);
        findings.forEach(finding -> LoggerFactory.getLogger(ConfiguredCommand.class).warn(finding.sentence()));
        return settings;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** For people, where what is printed is for scripts. */
    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private Map<String, String> commandLine(Map<String, String> options) {
        Map<String, String> commandLine = new HashMap<>(options);
        commandLine.putAll(keys);
        return commandLine;
    }

    /** What the settings say to call, or the simulator where it was asked for. */
    Endpoint endpoint(Settings settings) {
        return simulate ? simulated(settings) : Endpoint.of(settings);
    }

    /** Starts the simulator, and points the settings to it. */
    private static Endpoint simulated(Settings settings) {
        Simulator simulator = Simulator.start(SimulatorSettings.of(settings));
        String key = settings.text("simulator.key").isEmpty() ? "simulated" : settings.text("simulator.key");
        return new Endpoint(ofTheSimulator(settings).with("openrouter.base-url", simulator.baseUrl().toString()), new ApiKey(() -> key), "simulator", true, simulator::close);
    }

    /** With a ledger of its own, in a folder {@code simulated} of that for real calls. */
    private static Settings ofTheSimulator(Settings settings) {
        Path folder = Path.of(settings.text("ledger.directory"), "simulated");
        return settings.with("catalogue.copy", folder.resolve("models.json").toString()).with("ledger.directory", folder.toString()).with("ledger.url", "")
                .with("openrouter.dialect", Dialect.OPENROUTER.toString());
    }

    /** The settings of what calls nothing, and looks into the ledger alone: no simulator need start for it. */
    Settings withoutCalls() {
        return simulate ? ofTheSimulator(settings()) : settings();
    }

    /** Does something with the ledger alone. */
    int withLedger(ToIntBiFunction<Ledger, Settings> work) {
        Settings settings = withoutCalls();
        try (Ledger ledger = Ledgers.open(settings, null)) {
            if (ledger == null) {
                throw new UsageException(spec.name() + " are kept in the ledger, which is off (key ledger.enabled)");
            }
            return work.applyAsInt(ledger, settings);
        }
    }
}
