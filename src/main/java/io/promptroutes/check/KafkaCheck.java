package io.promptroutes.check;

import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Settings;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The broker, the topics and what the service may do there. Asks only; nothing is read, written or committed. */
public final class KafkaCheck {

    private static final int WITHIN_MILLIS = 6_000;

    private final Settings settings;
    private final Consumer<Finding> found;

    public KafkaCheck(Settings settings, Consumer<Finding> found) {
        this.settings = settings;
        this.found = found;
    }

    /** Names of the clients' own properties. */
    public void properties() {
        Set<String> known = Stream.concat(ConsumerConfig.configNames().stream(), ProducerConfig.configNames().stream())
                .map(name -> "kafka.client." + name).collect(Collectors.toSet());
        settings.withPrefix("kafka.client.").keySet().stream().filter(key -> !known.contains(key))
                .forEach(key -> found.accept(settings.unknown(key, known, false))); // a security provider may have names of its own
    }

    /** @return for people, what is there; null where nothing is */
    public String check() throws InterruptedException {
        Map<String, Object> client = new HashMap<>(settings.below("kafka.client."));
        client.put("bootstrap.servers", settings.text("kafka.brokers"));
        client.put("default.api.timeout.ms", WITHIN_MILLIS);
        client.put("request.timeout.ms", WITHIN_MILLIS / 2);
        try (Admin admin = Admin.create(client)) {
            Collection<Node> nodes = get(admin.describeCluster().nodes());
            Map<String, TopicDescription> topics = topics(admin, nodes);
            sizes(admin, topics.keySet());
            group(admin);
            return topics.size() + " topics";
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            boolean meant = !settings.text("kafka.brokers").equals(Settings.ofTheJar().text("kafka.brokers")); // a folder for batch jobs alone needs none
            found.accept(new Finding(meant, "no Kafka broker can be asked at " + settings.text("kafka.brokers") + " (" + reason(e) + ")",
                    settings.place("kafka.brokers"), "start it, correct the address or kafka.client.*, or set kafka.enabled=off"));
            return null;
        }
    }

    private Map<String, TopicDescription> topics(Admin admin, Collection<Node> nodes) throws InterruptedException {
        Map<String, TopicDescription> topics = new HashMap<>();
        Map<String, AclOperation> wanted = new HashMap<>();
        for (String kind : List.of("prompts", "results", "costs", "dead-letters", "alerts")) {
            wanted.put("kafka.topic." + kind, kind.equals("prompts") ? AclOperation.READ : AclOperation.WRITE);
        }
        List<String> names = wanted.keySet().stream().map(settings::text).distinct().toList();
        Map<String, KafkaFuture<TopicDescription>> asked = admin.describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        for (Map.Entry<String, AclOperation> want : wanted.entrySet()) {
            String name = settings.text(want.getKey());
            String where = settings.text("kafka.brokers") + ", key " + want.getKey();
            try {
                TopicDescription topic = get(asked.get(name));
                topics.put(name, topic);
                for (AclOperation right : List.of(want.getValue(), AclOperation.DESCRIBE)) {
                    // null where the broker has no authorizer
                    if (topic.authorizedOperations() != null && !topic.authorizedOperations().contains(right)) {
                        found.accept(Finding.fault("no right to " + right + " topic " + name, where, "grant " + right + " on it to this client's user"));
                    }
                }
                topic.partitions().stream().filter(partition -> partition.leader() == null).findFirst().ifPresent(partition -> found.accept(
                        Finding.fault("partition " + partition.partition() + " of topic " + name + " has no leader", where, "see to its brokers")));
            } catch (ExecutionException | TimeoutException e) {
                boolean absent = e.getCause() instanceof UnknownTopicOrPartitionException;
                boolean made = absent && autoCreate(admin, nodes);
                found.accept(new Finding(!made, absent ? "there is no topic " + name + (made ? " yet; the broker would make it with its own settings" : "")
                        : "topic " + name + " cannot be described (" + reason(e) + ")", where, absent ? "kafka-topics.sh --create --topic " + name
                        + " --partitions 8, or name another one" : "grant DESCRIBE on it to this client's user"));
            }
        }
        return topics;
    }

    private static boolean autoCreate(Admin admin, Collection<Node> nodes) throws InterruptedException {
        try {
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, nodes.iterator().next().idString());
            return "true".equals(get(admin.describeConfigs(List.of(broker)).all()).get(broker).get("auto.create.topics.enable").value());
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            return false; // who may not ask cannot rely on it
        }
    }

    /** A dead letter is the record itself with more headers, so its topic must take what the prompts' takes. */
    private void sizes(Admin admin, Set<String> topics) throws InterruptedException {
        String prompts = settings.text("kafka.topic.prompts");
        String dead = settings.text("kafka.topic.dead-letters");
        if (!topics.containsAll(Set.of(prompts, dead))) {
            return;
        }
        try {
            Map<ConfigResource, Config> configs = get(admin.describeConfigs(Stream.of(prompts, dead)
                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList()).all());
            Map<String, Long> most = new HashMap<>();
            configs.forEach((topic, config) -> most.put(topic.name(), Long.parseLong(config.get("max.message.bytes").value())));
            long letter = Math.min(most.get(dead), Long.parseLong(settings.below("kafka.client.").getOrDefault("max.request.size", "1048576")));
            if (letter + 65_536 < most.get(prompts)) {
                found.accept(Finding.warning("records of topic " + prompts + " can have " + most.get(prompts) + " bytes, dead letters only " + letter
                        + ": what is larger is published without its value", settings.text("kafka.brokers"),
                        "raise max.message.bytes of topic " + dead + " and key kafka.client.max.request.size"));
            }
            long largest = settings.integer("prompts.max-bytes", 1, Integer.MAX_VALUE);
            if (!settings.shipped("prompts.max-bytes") && largest > most.get(prompts)) {
                found.accept(Finding.warning("prompts may have " + largest + " bytes, but topic " + prompts + " takes records of " + most.get(prompts) + " at most",
                        settings.place("prompts.max-bytes"), "raise max.message.bytes of the topic, or lower the key"));
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            found.accept(Finding.warning("the sizes that topics take cannot be read (" + reason(e) + ")", settings.text("kafka.brokers"),
                    "grant DESCRIBE_CONFIGS to have them compared"));
        }
    }

    private void group(Admin admin) throws InterruptedException {
        String name = settings.text("kafka.group");
        String where = settings.text("kafka.brokers") + ", key kafka.group";
        try {
            ConsumerGroupDescription group = get(admin.describeConsumerGroups(List.of(name), new DescribeConsumerGroupsOptions()
                    .includeAuthorizedOperations(true)).describedGroups().get(name));
            if (group.authorizedOperations() != null && !group.authorizedOperations().isEmpty() && !group.authorizedOperations().contains(AclOperation.READ)) {
                found.accept(Finding.fault("no right to READ as group " + name, where, "grant READ on the group to this client's user"));
            }
            if (group.members().size() > 1 && settings.text("ledger.url").isEmpty()) {
                found.accept(Finding.warning("group " + name + " has " + group.members().size() + " members, but the ledger is a folder of one machine",
                        where, "set ledger.url: instances that share no ledger share no budget, and pay twice for what is delivered again"));
            }
        } catch (ExecutionException | TimeoutException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return; // it is made when the first member joins
            }
            found.accept(Finding.fault("group " + name + " cannot be described (" + reason(e) + ")", where, "grant DESCRIBE and READ on the group"));
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(WITHIN_MILLIS + 1_000, TimeUnit.MILLISECONDS);
    }

    private static String reason(Exception e) {
        Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }
}
