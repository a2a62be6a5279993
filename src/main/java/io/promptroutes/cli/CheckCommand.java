package io.promptroutes.cli;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.ops.BudgetCheck;
import io.promptroutes.ops.KafkaCheck;
import io.promptroutes.ops.KeyCheck;
import io.promptroutes.ops.Management;
import io.promptroutes.ops.ModelCheck;
import io.promptroutes.ops.RouteCheck;
import io.promptroutes.ops.SettingsCheck;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

    private final List<Finding> findings = new ArrayList<>();
    /** What is in order, for people. */
    private final List<String> good = new ArrayList<>();

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
            if (!offline && settings.onOff("kafka.enabled")) {
                String topics = new KafkaCheck(settings, findings::add).check();
                if (topics != null) {
                    good.add(topics);
                }
            }
            ModelCheck models = new ModelCheck(called.settings());
            models.against(before, now, findings::add);
            good.add(models.size() + " models");
        } catch (UsageException e) {
            findings.add(Finding.fault(e.getMessage(), "", ""));
        }
        return print();
    }

    /** As Camel builds them, in a job and in the service. */
    private void build(Settings settings) {
        RouteFiles.passedOver(Path.of("")).forEach(name -> findings.add(Finding.warning("a file is not read, as its name does not end in .camel.yaml", name, "rename it if it is to count")));
        if (findings.stream().noneMatch(Finding::mend)) {
            try (Application application = application(settings)) {
                Map<String, String> files = RouteFiles.places(Path.of(""));
                application.check(files, findings::add);
                if (findings.stream().noneMatch(Finding::mend)) {
                    application.build();
                    good.add(files.size() + " route files");
                }
            } catch (UsageException e) {
                findings.add(Finding.fault(e.getMessage(), "", "correct the file or key that it names"));
            }
        }
    }

    /** With all beans, and nothing behind them: those that only a running service has are stood in for. */
    static Application application(Settings settings) {
        RouteSettings routes = new RouteSettings(settings, new ApiKey(() -> null));
        AdmissionGate intake = routes.intake(false);
        Map<String, Object> beans = new HashMap<>();
        try (KafkaEdge edge = new KafkaEdge(settings, routes, intake, settings.duration("kafka.drain"), false)) {
            beans.putAll(edge.beans(new CompositeMeterRegistry()));
        }
        Map<String, String> properties = RunCommand.properties(settings.with("budget.job", ""), settings.onOff("kafka.enabled"),
                Map.of("camel.component.kafka.lazyStartProducer", "true"));
        Application application = new Application(routes, intake, new Application.Edges("files", beans, id -> true, exchange -> true, Duration.ofSeconds(1),
                properties), null, new LedgerPolicy("openrouter", "check", "check", false, false, false, false, (id, result) -> false));
        application.configured(camel -> RouteCheck.beansOfTheJar().stream().filter(bean -> camel.getRegistry().lookupByName(bean) == null)
                .forEach(bean -> application.bind(Map.of(bean, (Processor) exchange -> { }))));
        return application;
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
            if (endpoint.key().present() && settings.dialect().has(Dialect.Trait.ACCOUNT)) {
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
        return faults > 0 ? ExitCodes.USAGE : ExitCodes.ANSWERED;
    }
}
