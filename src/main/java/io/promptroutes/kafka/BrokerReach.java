package io.promptroutes.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.HashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;

/** Asks the brokers whether they are there, over a connection of its own. Thread-safe. */
public final class BrokerReach implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(3);

    private final String brokers;
    private final Admin admin;

    /** @param client further properties of the client, such as those of TLS and SASL */
    public BrokerReach(String brokers, Map<String, String> client) {
        this.brokers = brokers;
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("bootstrap.servers", brokers);
        admin = Admin.create(properties);
    }

    /** Why they cannot be reached; null where they can. Blocks for a few seconds at most. */
    public String problem() {
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs((int) WITHIN.toMillis())).nodes()
                    .get(WITHIN.toMillis() + 500, TimeUnit.MILLISECONDS);
            return null;
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return "no Kafka broker answers at " + brokers + " (key kafka.brokers): " + cause.getClass().getSimpleName()
                    + (cause.getMessage() == null ? "" : ", " + cause.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
