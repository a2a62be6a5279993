package io.promptroutes.cli;

import io.promptroutes.flow.Intake;
import io.promptroutes.kafka.Acknowledge;
import io.promptroutes.kafka.Acknowledgement;
import io.promptroutes.kafka.AddressRecord;
import io.promptroutes.kafka.BrokerReach;
import io.promptroutes.kafka.DeadLetterRecord;
import io.promptroutes.kafka.InFlightWindow;
import io.promptroutes.kafka.KeyOrder;
import io.promptroutes.kafka.TakeRecord;
import io.promptroutes.management.Management;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** What the service has of Kafka: the window, the beans of its routes, and its health. */
final class KafkaEdge implements AutoCloseable {

    private final Settings settings;
    private final RouteSettings routes;
    private final Intake intake;
    private final InFlightWindow window;
    private final BrokerReach brokers;
    private final Duration longest;

    /** @param on whether there is a broker at all */
    KafkaEdge(Settings settings, RouteSettings routes, Intake intake, Duration drain, boolean on) {
        this.settings = settings;
        this.routes = routes;
        this.intake = intake;
        window = new InFlightWindow(routes.windowLimits(), intake::open, Clock.systemUTC());
        longest = routes.longest().plus(drain);
        brokers = on ? new BrokerReach(settings.text("kafka.brokers"), settings.below("kafka.client.")) : null;
    }

    InFlightWindow window() {
        return window;
    }

    void checks(Management management) {
        if (brokers != null) {
            management.ready("broker", brokers::problem);
            management.ready("oldest-record", () -> window.state().stuck(intake.openSince(), Instant.now(), longest));
        }
    }

    /** Records of the topic that are not finished, as committed; empty where there is no broker, or it does not say. */
    Map<String, Long> lag() {
        String topic = settings.text("kafka.topic.prompts");
        Long lag = brokers == null ? null : brokers.lag(settings.text("kafka.group"), topic);
        return lag == null ? Map.of() : Map.of(topic, lag);
    }

    /** Of the oldest unfinished record, in seconds; 0 where there is none. */
    double oldest() {
        return window.state().oldestAge(Instant.now()).map(age -> age.toMillis() / 1000d).orElse(0d);
    }

    Map<String, Object> beans() {
        TakeRecord take = new TakeRecord(routes.prompts().maxBytes());
        Processor counted = exchange -> {
            intake.count();
            take.process(exchange);
        };
        Set<String> headers = new TreeSet<>(RouteSettings.list(settings.text("kafka.headers")));
        Map<String, Object> beans = new HashMap<>();
        beans.put("inFlightWindow", window);
        beans.put("takeRecord", counted);
        beans.put("keyOrder", new KeyOrder(intake::finish));
        beans.put("addressRecord", new AddressRecord(headers));
        beans.put("deadLetterRecord", new DeadLetterRecord());
        beans.put("acknowledge", new Acknowledge());
        return beans;
    }

    /** Of a record, while its partition is ours; of a line, until the service is to end. */
    static boolean mayStart(Exchange exchange, Intake intake) {
        return exchange.getVariable(InFlightWindow.VARIABLE) instanceof Acknowledgement record ? record.mayStart() : !intake.closed();
    }

    @Override
    public void close() {
        if (brokers != null) {
            brokers.close();
        }
    }
}
