package io.promptroutes.cli;

import io.promptroutes.flow.Intake;
import io.promptroutes.kafka.Acknowledge;
import io.promptroutes.kafka.Acknowledgement;
import io.promptroutes.kafka.AddressRecord;
import io.promptroutes.kafka.DeadLetterRecord;
import io.promptroutes.kafka.InFlightWindow;
import io.promptroutes.kafka.KeyOrder;
import io.promptroutes.kafka.TakeRecord;
import io.promptroutes.kafka.WindowLimits;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.route.LedgerPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Command {@code run}: the service. Takes prompts from a Kafka topic until it is stopped. */
@Command(name = "run", mixinStandardHelpOptions = true, versionProvider = PromptRoutes.Version.class,
        description = "Answers the prompts of a Kafka topic until it is stopped (keys kafka.*).")
final class RunCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;
    @Mixin
    private Common common;

    @Override
    public Integer call() throws InterruptedException {
        Settings settings = common.settings(Map.of("publish.retries", "-1")); // a service waits for its broker as long as it takes
        try (Common.Endpoint configured = common.endpoint(settings);
                Ledger ledger = Ledgers.open(configured.settings(), null);
                Common.Endpoint endpoint = configured.chosen(ledger).withKey()) {
            RouteSettings routes = new RouteSettings(endpoint.settings(), endpoint.key());
            Intake intake = routes.intake(false);
            Duration drain = settings.duration("kafka.drain");
            InFlightWindow window = window(settings, routes, intake, drain);
            Application.Edges edges = new Application.Edges("kafka", beans(settings, routes, intake, window), id -> true,
                    RunCommand::mayStart, drain.plusSeconds(10));
            LedgerPolicy policy = new LedgerPolicy(endpoint.provider(), "kafka " + settings.text("kafka.group"), false, false,
                    Ledgers.hold(settings), true);
            try (Application application = new Application(routes, intake, edges, ledger, policy)) {
                application.kafkaClients(settings.below("kafka.client."));
                return serve(application, window);
            }
        }
    }

    private int serve(Application application, InFlightWindow window) throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            asked.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(ExitCodes.STOPPED);
        }, "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        application.start();
        spec.commandLine().getErr().println("prompt-routes: running; Ctrl-C or SIGTERM stops it");
        asked.await();
        window.leave();
        application.close();
        ended.countDown();
        return ExitCodes.STOPPED;
    }

    private static InFlightWindow window(Settings settings, RouteSettings routes, Intake intake, Duration drain) {
        boolean ordered = settings.choice("prompts.order", List.of("unordered", "key")).equals("key");
        int size = routes.window();
        WindowLimits limits = new WindowLimits(size, size * 3 / 4, settings.integer("kafka.ahead", size, Integer.MAX_VALUE), drain, ordered);
        return new InFlightWindow(limits, () -> intake.reason() == null, Clock.systemUTC());
    }

    private static Map<String, Object> beans(Settings settings, RouteSettings routes, Intake intake, InFlightWindow window) {
        TakeRecord take = new TakeRecord(routes.prompts().maxBytes());
        Processor counted = exchange -> {
            intake.count();
            take.process(exchange);
        };
        Set<String> headers = new TreeSet<>(RouteSettings.list(settings.text("kafka.headers")));
        Map<String, Object> beans = new HashMap<>();
        beans.put("inFlightWindow", window);
        beans.put("takeRecord", counted);
        beans.put("keyOrder", new KeyOrder());
        beans.put("addressRecord", new AddressRecord(headers));
        beans.put("deadLetterRecord", new DeadLetterRecord());
        beans.put("acknowledge", new Acknowledge());
        return beans;
    }

    private static boolean mayStart(Exchange exchange) {
        return !(exchange.getVariable(InFlightWindow.VARIABLE) instanceof Acknowledgement record) || record.mayStart();
    }
}
