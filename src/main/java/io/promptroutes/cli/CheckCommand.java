package io.promptroutes.cli;

import io.promptroutes.app.Endpoint;
import io.promptroutes.app.Engines;
import io.promptroutes.app.Ledgers;
import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.component.PromptComponent;
import io.promptroutes.component.StepOptions;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.ops.BudgetCheck;
import io.promptroutes.ops.KafkaCheck;
import io.promptroutes.ops.KeyCheck;
import io.promptroutes.ops.KeyOrigins;
import io.promptroutes.ops.Management;
import io.promptroutes.ops.ModelCheck;
import io.promptroutes.ops.RouteCheck;
import io.promptroutes.ops.SettingsCheck;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Processor;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Command {@code check}: everything that can be found wrong before a prompt is sent. */
@Command(name = "check",
        description = "Checks settings, routes, models, budgets, database, Kafka and key, and lists what to mend, most important first. Costs nothing.")
final class CheckCommand extends ConfiguredCommand implements Callable<Integer> {

    @Option(names = "--offline", description = "Only what needs no network.")
    private boolean offline;

    @Option(names = "--sample", paramLabel = "FILE|TOPIC", description = "Looks at the first ten records of a file, or at the latest ten of a topic, as the pipelines take them: "
            + "what would be sent, what of a record leaves this machine, what it would cost, what would go on, and what would be a dead letter. Calls nothing.")
    private String sample;
    /** Null where none were asked for, or read. */
    private Samples samples;
    /** What each pipeline asks, by its name. */
    private Map<String, StepOptions> asked = Map.of();

    private final List<Finding> findings = new ArrayList<>();
    /** What is in order, for people. */
    private final List<String> good = new ArrayList<>();
    /** Whether Camel has made the routes, and said what it finds wrong. */
    private boolean built;

    /** The part that needs no network and no time, for commands that go on when it is done. */
    static Settings offline(Settings settings, boolean simulate, Consumer<Finding> found) {
        Settings checked = SettingsCheck.check(settings, simulate, found);
        new BudgetCheck(checked).check(Catalogue.shipped(), found);
        new ModelCheck(checked).names(found);
        return checked;
    }

    @Override
    public Integer call() throws InterruptedException {
        Configurator.setAllLevels("org.apache.kafka", Level.OFF); // what it would say again and again is a finding
        if (offline && sample != null) {
            Configurator.setLevel("catalogue", Level.ERROR); // which is not asked for prices
        }
        Settings given = settings(Map.of(), findings::add);
        Settings settings = offline(given, simulate, findings::add);
        new KafkaCheck(settings, findings::add).properties();
        try {
            new Management(settings);
        } catch (UsageException e) { // a port that is taken may be that of the service for which this is asked
            findings.add(new Finding(!(e.getCause() instanceof IOException), e.getMessage(), "", ""));
        }
        good.add(settings.keys().size() + " keys");
        build(settings);
        boolean remote = !settings.text("ledger.url").isEmpty();
        try (Endpoint configured = endpoint(settings); Ledger ledger = offline && remote ? null : ledger(configured.settings())) {
            Catalogue before = Catalogue.shipped();
            new CatalogueCopy(Path.of(configured.settings().text("catalogue.copy"))).load(before);
            Endpoint called = configured.chosen(ledger);
            Catalogue now = offline ? before : listed(called, before);
            Pipelines pipelines = new Pipelines(settings);
            if (!offline && pipelines.kafka()) {
                String topics = new KafkaCheck(settings, findings::add).check(pipelines.topics(), pipelines.written());
                if (topics != null) {
                    good.add(topics);
                }
            }
            ModelCheck models = new ModelCheck(called.settings());
            models.against(before, now, findings::add);
            good.add(models.size() + " models");
            Map<String, Endpoint> providers = offline && remote ? Map.of() : providers(called, ledger);
            if (samples != null) {
                samples.print(pipeline -> providers.getOrDefault(pipeline, called), offline, out(), findings::add);
            }
        } catch (UsageException e) {
            findings.add(Finding.fault(e.getMessage(), "", ""));
        }
        int code = print();
        new KeyOrigins(settings, System.getenv()).lines().forEach(line -> out().println("         set:   " + Shown.list(line)));
        return code;
    }

    /** As Camel builds them, in a job and in the service. */
    private void build(Settings settings) {
        RouteFiles.passedOver(Path.of("")).forEach(name -> findings.add(Finding.warning("a file is not read, as its name does not end in .camel.yaml", name, "rename it if it is to count")));
        boolean keys = findings.stream().noneMatch(Finding::mend);
        try (Pipelines pipelines = new Pipelines(settings)) {
            pipelines.check(findings::add);
            if (keys) { // else the engine has none that it could be made with
                build(settings, pipelines);
            }
        } catch (UsageException e) {
            findings.add(Finding.fault(e.getMessage(), "", "correct the file or key that it names"));
        }
    }

    private void build(Settings settings, Pipelines pipelines) {
        try (Engines engines = engines(settings)) {
            engines.main().check(findings::add);
            built = findings.stream().noneMatch(Finding::mend);
            if (built) {
                engines.main().build();
                pipelines.build(engines);
                good.add(RouteFiles.places(Path.of("")).size() + " route files");
                asked = pipelines.camel().getComponent("prompt", PromptComponent.class).asked();
                samples = sample == null ? null : Samples.of(sample, asked, pipelines.camel(), engines.trusted(), offline, findings::add);
            }
        }
    }

    /** With all beans, and nothing behind them: those that only a running service has are stood in for. */
    static Engines engines(Settings settings) {
        RunCommand.properties(settings.with("budget.job", ""));
        Endpoint nobody = new Endpoint(settings, new ApiKey(() -> null), "openrouter", false, null);
        Engines engines = new Engines(nobody, null, new Engines.Surroundings(Path.of(""), Map.of("camel.component.kafka.lazyStartProducer", "true", "costs.to", "",
                "alerts.to", "direct:alert-to-log"), null, false));
        engines.main().configured(camel -> RouteCheck.beansOfTheJar().stream().filter(bean -> camel.getRegistry().lookupByName(bean) == null)
                .forEach(bean -> engines.main().bind(Map.of(bean, (Processor) exchange -> { }))));
        return engines.single();
    }

    private Ledger ledger(Settings settings) {
        boolean remote = !settings.text("ledger.url").isEmpty();
        Path folder = Path.of(settings.text("ledger.directory"));
        if (!settings.onOff("ledger.enabled")) {
            findings.add(Finding.warning("the ledger is off: no budget holds, and no job can be continued", settings.where("ledger.enabled"), "set ledger.enabled=on"));
        } else if (!remote && !Files.exists(folder)) {
            Path parent = Stream.iterate(folder.toAbsolutePath(), Path::getParent).filter(Files::exists).findFirst().orElseThrow();
            if (!Files.isWritable(parent) || !Files.isDirectory(parent)) {
                findings.add(Finding.fault("the ledger's folder " + folder + " cannot be made in " + parent, settings.place("ledger.directory"), "allow this user to write there, or name another folder"));
            }
        } else {
            try {
                Ledger ledger = Ledgers.open(settings, null);
                good.add("the ledger");
                return ledger;
            } catch (UsageException e) {
                findings.add(Finding.fault(e.getMessage(), settings.place(remote ? "ledger.url" : "ledger.directory"), "see keys ledger.*"));
            }
        }
        return null;
    }

    /** Of pipelines that name one. */
    private Map<String, Endpoint> providers(Endpoint called, Ledger ledger) {
        Map<String, Endpoint> providers = new HashMap<>();
        asked.forEach((pipeline, step) -> {
            try {
                if (step.provider() != null) {
                    providers.put(pipeline, called.named(ledger, step.provider()).withKey());
                }
            } catch (UsageException e) {
                findings.add(Finding.fault("pipeline " + pipeline + ": " + e.getMessage(), "option provider of its step prompt:", "`providers list` says which there are"));
            }
        });
        return providers;
    }

    /** @return the models that there are now, or {@code before} where nobody can be asked */
    private Catalogue listed(Endpoint endpoint, Catalogue before) {
        Settings settings = endpoint.settings();
        if (endpoint.needsKey() && !endpoint.key().present()) {
            findings.add(Finding.fault("there is no API key", "key openrouter.api-key", "set OPENROUTER_API_KEY (keys: https://openrouter.ai/keys)"));
        }
        try {
            OpenRouterApi api = new OpenRouterApi(settings, endpoint.key());
            if (!settings.dialect().has(Dialect.Trait.PRICES)) {
                api.get("/models"); // it is there; its list has no prices
                return before;
            }
            Catalogue now = Catalogue.shipped();
            new CatalogueCopy(Path.of(settings.text("catalogue.copy"))).load(now);
            now.refresh(api.get("/models").bytes(), Instant.now());
            if (endpoint.service() == null && endpoint.key().present() && settings.dialect().has(Dialect.Trait.ACCOUNT)) {
                OpenRouterApi.Reply reply = api.get("/key");
                new KeyCheck(findings::add).check(reply.status(), reply.body(), settings.amount("alerts.credit-below")).ifPresent(good::add);
            }
            return now;
        } catch (IOException | IllegalArgumentException e) {
            findings.add(Finding.fault(settings.dialect().called(endpoint.provider()) + " cannot be asked at " + settings.text("openrouter.base-url") + " ("
                    + e.getMessage() + ")",
                    settings.place("openrouter.base-url"), "correct the address, or see to the network"));
            return before;
        }
    }

    private int print() {
        PrintWriter out = out();
        if (findings.isEmpty()) {
            out.println("all is in order: " + String.join(", ", good));
            return ExitCodes.ANSWERED;
        }
        // in the order in which they were looked at: what stops everything first
        findings.stream().distinct().sorted(Comparator.comparing(one -> !one.mend())).forEach(one -> {
            out.println((one.mend() ? "MEND     " : "warning  ") + Shown.list(one.what()));
            if (!one.where().isEmpty()) {
                out.println("         where: " + one.where());
            }
            if (!one.todo().isEmpty()) {
                out.println("         do:    " + one.todo());
            }
        });
        long faults = findings.stream().distinct().filter(Finding::mend).count();
        long warnings = findings.stream().distinct().count() - faults;
        out.println(faults + " to mend, " + warnings + (warnings == 1 ? " warning" : " warnings") + "; in order: " + String.join(", ", good));
        if (!built) {
            out.println("not looked at: " + (sample == null ? "" : "the sample, ") + "values of options and expressions in routes, and routes/engine where a key is wrong,"
                    + " for which the above has to be mended; then run check again");
        }
        return faults > 0 ? ExitCodes.USAGE : ExitCodes.ANSWERED;
    }
}
