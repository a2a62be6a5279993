package io.promptroutes.cli;

import io.promptroutes.app.Endpoint;
import io.promptroutes.app.Engine;
import io.promptroutes.app.Engines;
import io.promptroutes.app.Ledgers;
import io.promptroutes.component.InboxConsumer;
import io.promptroutes.component.WindowedKafkaConsumer;
import io.promptroutes.kafka.BrokerReach;
import io.promptroutes.kafka.InFlightWindow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ops.Api;
import io.promptroutes.ops.LastRequests;
import io.promptroutes.ops.Management;
import io.promptroutes.ops.Probes;
import io.promptroutes.ops.Overview;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Command {@code run}: the service. Runs pipelines, the user's and shipped ones, until it is stopped. */
@Command(name = "run",
        description = "Runs the pipelines of ./routes, and the shipped ones that key pipelines names, until it is stopped. Without any of them: the prompts of a Kafka topic (keys kafka.*).")
final class RunCommand extends ConfiguredCommand implements Callable<Integer> {

    /** Where nobody says otherwise: a service has seconds-long calls of many records under way. */
    private static final String CONCURRENCY = "200";
    /** After the drain, for routes and clients to close. */
    private static final Duration CLIENTS = Duration.ofSeconds(40);

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = checkedSettings(Map.of("publish.retries", "-1"), true); // a service waits for its broker as long as it takes
        properties(settings);
        Management management = new Management(settings);
        CountDownLatch ended = new CountDownLatch(1);
        try (Probes probes = Probes.open(settings);
                Endpoint configured = endpoint(settings);
                Ledger ledger = Ledgers.open(configured.settings(), null);
                Endpoint endpoint = service(configured.chosen(ledger).withKey())) {
            Ledgers.keep(ledger, settings);
            Pipelines pipelines = new Pipelines(endpoint.settings());
            Map<String, String> keys = new HashMap<>(pipelines.events());
            keys.putAll(management.settings());
            try (Engines engines = new Engines(endpoint, ledger, new Engines.Surroundings(Path.of(""), keys, management.meters(), false));
                    BrokerReach brokers = pipelines.kafka() ? new BrokerReach(settings.text("kafka.brokers"), settings.kafkaClient()) : null;
                    Api api = new Api(ledger, new Overview(ledger, engines.tally(), engines::paused, engines::pipelines), new LastRequests(ledger))) {
                ServiceChecks checks = new ServiceChecks(engines, pipelines, brokers);
                checks.add(management, ledger);
                Engine main = engines.main();
                main.configured(management::open);
                if (pipelines.kafka()) {
                    main.configured(camel -> Pipelines.kafkaClients(camel, settings));
                }
                main.bind(api.beans());
                main.bind(Map.of("lookout", new ServiceWatch(management, checks, ledger, engines,
                        new RouteSettings(endpoint.settings(), endpoint.key()).labels(endpoint.provider(), main.catalogue()))));
                return serve(engines, pipelines, management, probes, ended, settings.duration("kafka.drain").plus(CLIENTS));
            }
        } finally {
            ended.countDown(); // after the ledger has said that this process is gone, so that others need not wait for its lease
        }
    }

    /** With what holds for a service where nobody says otherwise. */
    private static Endpoint service(Endpoint endpoint) {
        return !endpoint.settings().text("prompts.concurrency").isEmpty() ? endpoint
                : new Endpoint(endpoint.settings().with("prompts.concurrency", CONCURRENCY), endpoint.key(), endpoint.provider(), endpoint.needsKey(), endpoint.service());
    }

    /** Refuses what a service cannot use. */
    static void properties(Settings settings) {
        if (settings.amount("budget.job") != null) {
            throw new UsageException("key budget.job is for the command batch, whose job ends there; a service has budget.total.day and .month");
        }
        List.of("metrics.refresh", "health.openrouter-every").forEach(settings::seconds);
    }

    /**
     * @param probes null for none
     * @param ended when all is in order
     * @param most  that may take: a broker that is gone can hold up its clients for minutes
     */
    private int serve(Engines engines, Pipelines pipelines, Management management, Probes probes, CountDownLatch ended, Duration most)
            throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            asked.countDown();
            try {
                ended.await(most.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(ExitCodes.STOPPED);
        }, "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            pipelines.read(engines);
            engines.main().start();
            pipelines.start();
        } catch (RuntimeException e) {
            Runtime.getRuntime().removeShutdownHook(hook); // the exit code is to say what went wrong
            Logs.startFailed();
            pipelines.close();
            throw e;
        }
        if (probes != null) {
            probes.begun(() -> !engines.main().camel().isStopped(), () -> management.checks().values().stream().allMatch(problem -> problem.get() == null));
        }
        PrintWriter err = err();
        String address = management.address();
        Logs.tell(err, "running " + engines.pipelines().stream().map(Pipeline::name).sorted().collect(Collectors.joining(", ")) + (simulate ? " against the simulator" : "")
                + (address == null ? "" : ", health at " + address + "/observe/health, the page at " + address + "/")
                + (probes == null ? "" : ", probes at port " + probes.port()) + "; Ctrl-C or SIGTERM stops it");
        Set<InFlightWindow> began = new HashSet<>();
        while (!asked.await(200, TimeUnit.MILLISECONDS)) {
            for (WindowedKafkaConsumer source : pipelines.sources()) { // a later failure is told by the check consumer: a restart would only bring the next one about
                if (source.window().began()) {
                    began.add(source.window());
                } else if (source.window().failure() != null && !began.contains(source.window())) {
                    Runtime.getRuntime().removeShutdownHook(hook);
                    pipelines.close();
                    throw new UsageException(source.window().failure() + " (route " + source.name() + "; keys kafka.*)");
                }
            }
        }
        if (probes != null) {
            probes.ends();
        }
        pipelines.sources().forEach(source -> source.window().leave());
        pipelines.inboxes().forEach(InboxConsumer::leave);
        engines.leave();
        pipelines.close();
        return ExitCodes.STOPPED;
    }
}
