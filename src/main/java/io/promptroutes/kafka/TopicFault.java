package io.promptroutes.kafka;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Why a topic cannot be used as it is meant to be.
 *
 * @param mend  false where the broker would see to it by itself
 * @param there whether it could be described
 */
public record TopicFault(String topic, boolean mend, boolean there, String what, String todo) {

    private static final long WITHIN_SECONDS = 5;

    /**
     * Asks the brokers, which takes a few seconds at most.
     *
     * @throws TimeoutException   where no broker answers
     * @throws ExecutionException likewise
     */
    public static List<TopicFault> of(Admin admin, Set<String> read, Set<String> written) throws InterruptedException, ExecutionException, TimeoutException {
        List<TopicFault> faults = new ArrayList<>();
        Set<String> all = new LinkedHashSet<>(read);
        all.addAll(written);
        Map<String, KafkaFuture<TopicDescription>> asked = admin.describeTopics(all, new DescribeTopicsOptions()
                .includeAuthorizedOperations(true).timeoutMs((int) TimeUnit.SECONDS.toMillis(WITHIN_SECONDS))).topicNameValues();
        for (String name : all) {
            try {
                TopicDescription topic = asked.get(name).get(WITHIN_SECONDS, TimeUnit.SECONDS);
                Set<AclOperation> granted = topic.authorizedOperations(); // null where the broker has no authorizer
                List.of(read.contains(name) ? AclOperation.READ : AclOperation.WRITE, AclOperation.DESCRIBE).stream().filter(right -> granted != null && !granted.contains(right))
                        .forEach(right -> faults.add(new TopicFault(name, true, true, "no right to " + right + " topic " + name,
                                "grant " + right + " on it to this client's user")));
                topic.partitions().stream().filter(partition -> partition.leader() == null).findFirst().ifPresent(partition -> faults.add(
                        new TopicFault(name, true, true, "partition " + partition.partition() + " of topic " + name + " has no leader", "see to its brokers")));
            } catch (ExecutionException e) {
                if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                    throw e;
                }
                boolean absent = e.getCause() instanceof UnknownTopicOrPartitionException;
                boolean made = absent && autoCreate(admin);
                faults.add(new TopicFault(name, !made, false, absent ? "there is no topic " + name
                        + (made ? " yet; the broker would make it with its own settings" : "") : "topic " + name + " cannot be described ("
                        + e.getCause().getClass().getSimpleName() + ": " + e.getCause().getMessage() + ")", absent ? "kafka-topics.sh --create --topic "
                        + name + " --partitions 8, or name another one" : e.getCause() instanceof AuthorizationException ? "grant DESCRIBE on it to this client's user"
                        : "correct its name, or see to its brokers"));
            }
        }
        return faults;
    }

    private static boolean autoCreate(Admin admin) throws InterruptedException, TimeoutException {
        try {
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER,
                    admin.describeCluster().nodes().get(WITHIN_SECONDS, TimeUnit.SECONDS).iterator().next().idString());
            return "true".equals(admin.describeConfigs(List.of(broker)).all().get(WITHIN_SECONDS, TimeUnit.SECONDS).get(broker)
                    .get("auto.create.topics.enable").value());
        } catch (ExecutionException | RuntimeException e) {
            return false; // who may not ask cannot rely on it
        }
    }
}
