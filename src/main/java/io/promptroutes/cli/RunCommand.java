package io.promptroutes.cli;

import io.promptroutes.file.InboxFolder;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.kafka.InFlightWindow;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ops.Api;
import io.promptroutes.ops.LastRequests;
import io.promptroutes.ops.Management;
import io.promptroutes.ops.Overview;
import io.promptroutes.pipeline.Inbox;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/** Command {@code run}: the service. Takes prompts from a Kafka topic, a folder of files or both, until it is stopped. */
@Command(name = "run",
        description = "Answers the prompts of a Kafka topic (keys kafka.*) and of files that are put into a folder (keys inbox.*) until it is stopped.")
final class RunCommand extends ConfiguredCommand implements Callable<Integer> {

    /** Where nobody says otherwise: a service has seconds-long calls of many records under way. */
    private static final String CONCURRENCY = "200";
    /** After the drain, for routes and clients to close. */
    private static final Duration CLIENTS = Duration.ofSeconds(40);


    @Override
    public Integer call() throws InterruptedException {
        Settings settings = checkedSettings(Map.of("publish.retries", "-1"), true); // a service waits for its broker as long as it takes
        boolean kafka = settings.onOff("kafka.enabled");
        Path inbox = inbox(settings, kafka);
        Management management = new Management(settings);
        CountDownLatch ended = new CountDownLatch(1);
        try (Endpoint configured = endpoint(settings);
                Ledger ledger = Ledgers.open(configured.settings(), null);
                Endpoint endpoint = configured.chosen(ledger).withKey()) {
            Ledgers.keep(ledger, settings);
            Settings service = settings.text("prompts.concurrency").isEmpty() ? endpoint.settings().with("prompts.concurrency", CONCURRENCY) : endpoint.settings();
            RouteSettings routes = new RouteSettings(service, endpoint.key());
            AdmissionGate intake = routes.intake(false);
            Duration drain = settings.duration("kafka.drain");
            try (KafkaEdge edge = new KafkaEdge(settings, routes, intake, drain, kafka)) {
                management.ready("intake", intake::reason);
                if (ledger != null) {
                    management.ready("ledger", () -> problem(ledger));
                }
                edge.checks(management);
                Application.Edges edges = new Application.Edges(inbox == null ? "kafka" : "origin", edge.beans(management.meters()), id -> true,
                        exchange -> KafkaEdge.mayStart(exchange, intake), drain.plusSeconds(10), properties(settings, kafka, management.settings()));
                LedgerPolicy policy = new LedgerPolicy(endpoint.provider(), "run", "kafka " + settings.text("kafka.group"), false, false,
                        Ledgers.hold(settings), true, (id, result) -> false);
                try (Application application = new Application(routes, intake, edges, ledger, policy, management.meters())) {
                    application.kafkaClients(settings.text("kafka.brokers"), settings.kafkaClient());
                    application.configured(management::open);
                    application.bind(Map.of("lookout", new ServiceWatch(management, edge, ledger, application,
                            routes.labels(endpoint.provider(), application.catalogue))));
                    if (inbox != null) {
                        Inbox files = new Inbox(new InboxFolder(inbox), settings.duration("inbox.settled"), ledger, intake, application.tally, routes.prompts());
                        management.ready("inbox", files::problem);
                        application.bind(files.beans());
                    }
                    Overview overview = new Overview(ledger, application.tally, intake);
                    try (Api api = new Api(ledger, overview, new LastRequests(ledger))) {
                        application.bind(api.beans());
                        return serve(application, edge.window(), management, ended, drain.plus(CLIENTS));
                    }
                }
            }
        } finally {
            ended.countDown(); // after the ledger has said that this process is gone, so that others need not wait for its lease
        }
    }

    /** Null where there is none. Made where it is not there. */
    private static Path inbox(Settings settings, boolean kafka) {
        String folder = settings.text("inbox.directory");
        if (folder.isEmpty()) {
            if (!kafka) {
                throw new UsageException("nothing to take prompts from: switch kafka.enabled on, or set inbox.directory");
            }
            return null;
        }
        try {
            return Files.createDirectories(Path.of(folder)).toRealPath();
        } catch (IOException e) {
            throw new UsageException("key inbox.directory: folder " + folder + " cannot be made: " + e.getMessage(), e);
        }
    }

    /** @param camel Camel's own keys */
    static Map<String, String> properties(Settings settings, boolean kafka, Map<String, String> camel) {
        if (settings.amount("budget.job") != null) {
            throw new UsageException("key budget.job is for the command batch, whose job ends there; a service has budget.total.day and .month");
        }
        List.of("metrics.refresh", "health.openrouter-every").forEach(settings::seconds);
        Map<String, String> properties = new HashMap<>(camel);
        properties.put("kafka.enabled", kafka ? "on" : "off");
        properties.put("kafka.topic.prompts", String.join(",", settings.topics("prompts")));
        return properties;
    }

    private static String problem(Ledger ledger) {
        try (Connection connection = ledger.dataSource().getConnection()) {
            return connection.isValid(2) ? null : "the ledger's database does not answer";
        } catch (SQLException e) {
            return "the ledger's database cannot be had: " + e.getMessage();
        }
    }

    /**
     * @param ended when all is in order
     * @param most  that may take: a broker that is gone can hold up its clients for minutes
     */
    private int serve(Application application, InFlightWindow window, Management management, CountDownLatch ended, Duration most)
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
            application.start();
        } catch (RuntimeException e) {
            Runtime.getRuntime().removeShutdownHook(hook); // the exit code is to say what went wrong
            throw e;
        }
        PrintWriter err = err();
        String address = management.address();
        Logs.tell(err, "running" + (address == null ? "" : ", health at " + address + "/observe/health, the page at " + address + "/") + "; Ctrl-C or SIGTERM stops it");
        boolean began = false;
        while (!asked.await(200, TimeUnit.MILLISECONDS)) {
            began |= window.began(); // a later failure is told by the check consumer: a restart would only bring the next one about
            if (!began && window.failure() != null) {
                Runtime.getRuntime().removeShutdownHook(hook);
                throw new UsageException(window.failure() + " (keys kafka.*)");
            }
        }
        window.leave();
        application.intake.close();
        application.close();
        return ExitCodes.STOPPED;
    }
}
