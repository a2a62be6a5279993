package io.promptroutes.cli;

import io.promptroutes.app.Engines;
import io.promptroutes.component.InboxConsumer;
import io.promptroutes.component.WindowedKafkaConsumer;
import io.promptroutes.kafka.BrokerReach;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ops.Management;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Whether a running service can work: what {@code /observe/health/ready} asks, and how far its sources are. Thread-safe. */
final class ServiceChecks {

    private final Engines engines;
    private final Pipelines pipelines;
    private final BrokerReach brokers;

    /** @param brokers null where no pipeline speaks to Kafka */
    ServiceChecks(Engines engines, Pipelines pipelines, BrokerReach brokers) {
        this.engines = engines;
        this.pipelines = pipelines;
        this.brokers = brokers;
    }

    /** @param ledger null where it is switched off */
    void add(Management management, Ledger ledger) {
        management.ready("intake", engines::paused);
        if (ledger != null) {
            management.ready("ledger", () -> problem(ledger));
        }
        management.ready("inbox", () -> pipelines.inboxes().stream().map(InboxConsumer::problem).filter(Objects::nonNull).findFirst().orElse(null));
        if (brokers != null) {
            management.ready("broker", brokers::problem);
            management.ready("consumer", () -> first(source -> source.window().consuming()));
            management.ready("topics", this::topics);
            management.ready("routes", () -> first(source -> source.deliveries().failing()));
            management.ready("oldest-record", () -> engines.unsent() != null ? null : first(WindowedKafkaConsumer::stuck));
        }
    }

    private String first(Function<WindowedKafkaConsumer, String> problem) {
        return pipelines.sources().stream().map(problem).filter(Objects::nonNull).findFirst().orElse(null);
    }

    private String topics() {
        return Stream.of(Optional.ofNullable(brokers.topics(pipelines.topics(), pipelines.written())), Optional.ofNullable(engines.unsent()),
                Optional.ofNullable(first(WindowedKafkaConsumer::refused))).flatMap(Optional::stream).findFirst().orElse(null);
    }

    private static String problem(Ledger ledger) {
        try (Connection connection = ledger.dataSource().getConnection()) {
            return connection.isValid(2) ? null : "the ledger's database does not answer";
        } catch (SQLException e) {
            return "the ledger's database cannot be had: " + e.getMessage();
        }
    }

    /** Records of each topic that are not finished, as committed; empty where there is no broker, or it does not say. */
    Map<String, Long> lag() {
        Map<String, Long> lags = new TreeMap<>();
        for (WindowedKafkaConsumer source : brokers == null ? List.<WindowedKafkaConsumer>of() : pipelines.sources()) {
            for (String topic : source.topics().split(",")) {
                Long lag = brokers.lag(source.group(), topic.strip());
                if (lag != null) {
                    lags.merge(topic.strip(), lag, Math::max);
                }
            }
        }
        return lags;
    }

    /** Records that fail and are tried again, by route. */
    Map<String, Integer> failing() {
        Map<String, Integer> failing = new TreeMap<>();
        pipelines.sources().forEach(source -> failing.put(source.name(), source.deliveries().failingNow()));
        return failing;
    }

    /** Of the oldest unfinished record, in seconds; 0 where there is none. */
    double oldest() {
        Instant now = Instant.now();
        return pipelines.sources().stream().flatMap(source -> source.window().state().oldestAge(now).stream()).max(Comparator.naturalOrder()).map(Duration::toMillis)
                .map(millis -> millis / 1000d).orElse(0d);
    }
}
