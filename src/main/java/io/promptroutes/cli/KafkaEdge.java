package io.promptroutes.cli;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Variables;
import io.promptroutes.kafka.Acknowledge;
import io.promptroutes.kafka.Acknowledgement;
import io.promptroutes.kafka.AddressRecord;
import io.promptroutes.kafka.BrokerReach;
import io.promptroutes.kafka.DeadLetterRecord;
import io.promptroutes.kafka.InFlightWindow;
import io.promptroutes.kafka.KeyOrder;
import io.promptroutes.kafka.TakeRecord;
import io.promptroutes.ops.Management;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** What the service has of Kafka: the window, the beans of its routes, and its health. */
final class KafkaEdge implements AutoCloseable {

    private final Settings settings;
    private final RouteSettings routes;
    private final AdmissionGate intake;
    private final InFlightWindow window;
    private final BrokerReach brokers;
    private final Duration longest;

    /** @param on whether there is a broker at all */
    KafkaEdge(Settings settings, RouteSettings routes, AdmissionGate intake, Duration drain, boolean on) {
        this.settings = settings;
        this.routes = routes;
        this.intake = intake;
        window = new InFlightWindow(routes.windowLimits(), intake::open, Clock.systemUTC());
        longest = routes.longest().plus(drain);
        brokers = on ? new BrokerReach(settings.text("kafka.brokers"), settings.kafkaClient()) : null;
    }

    InFlightWindow window() {
        return window;
    }

    void checks(Management management) {
        if (brokers != null) {
            management.ready("broker", brokers::problem);
            management.ready("consumer", window::consuming);
            management.ready("topics", () -> {
                String fault = brokers.topics(settings.topics("prompts"), settings.published());
                return fault == null ? window.publishing() : fault;
            });
            management.ready("oldest-record", () -> window.publishing() != null ? null : window.state().stuck(intake.openSince(), Instant.now(), longest));
        }
    }

    /** Records of each topic that are not finished, as committed; empty where there is no broker, or it does not say. */
    Map<String, Long> lag() {
        Map<String, Long> lags = new TreeMap<>();
        if (brokers != null) {
            settings.topics("prompts").forEach(topic -> lags.put(topic, brokers.lag(settings.text("kafka.group"), topic)));
        }
        lags.values().removeIf(Objects::isNull);
        return lags;
    }

    /** Of the oldest unfinished record, in seconds; 0 where there is none. */
    double oldest() {
        return window.state().oldestAge(Instant.now()).map(age -> age.toMillis() / 1000d).orElse(0d);
    }

    /** @param meters where records are counted that hold no prompt */
    Map<String, Object> beans(MeterRegistry meters) {
        Counter passed = meters.counter("prompt_routes.prompts", "outcome", "passed");
        Set<String> headers = new TreeSet<>(settings.list("kafka.headers"));
        Map<String, Object> beans = new HashMap<>();
        beans.put("inFlightWindow", window);
        beans.put("takeRecord", new TakeRecord(routes.prompts().maxBytes(), intake::count, passed::increment));
        beans.put("keyOrder", new KeyOrder(intake::finish));
        beans.put("addressRecord", new AddressRecord(headers));
        beans.put("deadLetterRecord", new DeadLetterRecord());
        beans.put("acknowledge", new Acknowledge());
        beans.put("alsoWait", (Processor) Acknowledge::alsoWaits);
        return beans;
    }

    /** Of a record, while its partition is ours; of a line, until the service is to end. */
    static boolean mayStart(Exchange exchange, AdmissionGate intake) {
        return exchange.getVariable(Variables.ACKNOWLEDGEMENT) instanceof Acknowledgement record ? record.mayStart() : !intake.closed();
    }

    @Override
    public void close() {
        if (brokers != null) {
            brokers.close();
        }
    }
}
