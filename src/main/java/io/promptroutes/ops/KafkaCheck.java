package io.promptroutes.ops;

import io.promptroutes.kafka.TopicFault;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.Settings;
import java.util.HashMap;
import java.util.HashSet;
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
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.internals.Topic;

/** The broker, the topics and what the service may do there. Asks only; nothing is read, written or committed. */
public record KafkaCheck(Settings settings, Consumer<Finding> found) {

    private static final int WITHIN_MILLIS = 6_000;
    /** In milliseconds, where no key says another. */
    private static final String KAFKAS_POLL_INTERVAL = "300000";

    /** What can be known wrong of topics, group and the clients' own properties without a broker. */
    public void properties() {
        Settings.TOPICS.forEach(kind -> {
            Set<String> names = settings.topics(kind);
            if (names.isEmpty() || names.size() > 1 && !kind.equals("prompts") || !names.stream().allMatch(Topic::isValid)) {
                settings.refuse("kafka.topic." + kind, (kind.equals("prompts") ? "names of topics, with commas between them: " : "the name of a topic: ")
                        + "letters, digits, dots, dashes and underscores, at most 249");
            }
        });
        if (settings.text("kafka.group").isBlank()) {
            settings.refuse("kafka.group", "the name of a consumer group");
        }
        Map<String, String> client = settings.kafkaClient();
        drain(client.getOrDefault(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, KAFKAS_POLL_INTERVAL));
        if (client.isEmpty()) {
            return; // and need not load what knows their names
        }
        Set<String> known = Stream.concat(ConsumerConfig.configNames().stream(), ProducerConfig.configNames().stream())
                .map(name -> "kafka.client." + name).collect(Collectors.toSet());
        settings.withPrefix("kafka.client.").keySet().stream().filter(key -> !known.contains(key))
                .forEach(key -> found.accept(settings.unknown(key, known, false))); // a security provider may have names of its own
        Stream.of(ConsumerConfig.configDef(), ProducerConfig.configDef()).map(clients -> clients.validateAll(client)).forEach(values -> values.forEach(
                (name, value) -> value.errorMessages().stream().filter(message -> client.containsKey(name)).limit(1).forEach(message ->
                        found.accept(Finding.fault("key kafka.client." + name + ": " + message, settings.where("kafka.client." + name), "correct it")))));
    }

    private void drain(String interval) {
        if (interval.matches("\\d{1,9}") && settings.duration("kafka.drain").toMillis() >= Long.parseLong(interval)) {
            found.accept(Finding.fault("key kafka.drain is not shorter than kafka.client.max.poll.interval.ms, " + interval + " ms", settings.where("kafka.drain"),
                    "shorten it, or raise the other: the consumer does not poll while it waits for running calls"));
        }
    }

    /** @param read topics that pipelines read. written, those that they and the service write. @return for people, what is there; null where nothing is */
    public String check(Set<String> read, Set<String> written) throws InterruptedException {
        Map<String, Object> client = new HashMap<>(settings.kafkaClient());
        client.put("bootstrap.servers", settings.text("kafka.brokers"));
        client.put("default.api.timeout.ms", WITHIN_MILLIS);
        client.put("request.timeout.ms", WITHIN_MILLIS / 2);
        try (Admin admin = Admin.create(client)) {
            get(admin.describeCluster().nodes());
            Set<String> topics = topics(admin, read, written);
            for (String prompts : read) {
                sizes(admin, topics, prompts);
            }
            group(admin);
            return topics.size() + " topics";
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            boolean meant = !settings.text("kafka.brokers").equals(Settings.ofTheJar().text("kafka.brokers")); // a folder for batch jobs alone needs none
            found.accept(new Finding(meant, "no Kafka broker can be asked at " + settings.text("kafka.brokers") + " (" + reason(e) + ")",
                    settings.place("kafka.brokers"), "start it, correct the address or kafka.client.*, or leave out what reads from it (key pipelines)"));
            return null;
        }
    }

    /** @return those that are there */
    private Set<String> topics(Admin admin, Set<String> read, Set<String> written) throws InterruptedException, ExecutionException, TimeoutException {
        Set<String> there = new HashSet<>(written);
        there.addAll(read);
        for (TopicFault fault : TopicFault.of(admin, read, written)) {
            String key = Settings.TOPICS.stream().filter(kind -> settings.topics(kind).contains(fault.topic())).findFirst().map(kind -> ", key kafka.topic." + kind)
                    .orElse(", a route of yours");
            found.accept(new Finding(fault.mend(), fault.what(), settings.text("kafka.brokers") + key, fault.todo()));
            if (!fault.there()) {
                there.remove(fault.topic());
            }
        }
        return there;
    }

    /** A dead letter is the record itself with more headers, so its topic must take what the prompts' takes. */
    private void sizes(Admin admin, Set<String> topics, String prompts) throws InterruptedException {
        String dead = settings.text("kafka.topic.dead-letters");
        if (!topics.containsAll(Set.of(prompts, dead))) {
            return;
        }
        try {
            Map<ConfigResource, Config> configs = get(admin.describeConfigs(Stream.of(prompts, dead)
                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList()).all());
            Map<String, Long> most = new HashMap<>();
            configs.forEach((topic, config) -> most.put(topic.name(), Long.parseLong(config.get("max.message.bytes").value())));
            long letter = Math.min(most.get(dead), Long.parseLong(settings.kafkaClient().getOrDefault("max.request.size", "1048576")));
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
            if ("consumer".equalsIgnoreCase(settings.kafkaClient().get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))
                    && !get(admin.describeFeatures().featureMetadata()).finalizedFeatures().containsKey("group.version")) {
                found.accept(Finding.fault("the brokers do not know kafka.client.group.protocol=consumer", where, "take it out, or switch it on there"));
            }
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
