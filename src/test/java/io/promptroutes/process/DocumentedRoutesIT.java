package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.Schemas;
import io.promptroutes.kafka.KafkaBroker;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The routes of docs/routes.md do what the page says, just as they stand there: all of them in one service. */
class DocumentedRoutesIT {

    private static final Pattern TOPIC = Pattern.compile("kafka:([\\w-]+)|deadLetters: ([\\w-]+)");
    /** What the simulator writes has the model's name in front. */
    private static final String ANSWER = "[simulated]";

    @TempDir
    private static Path folder;
    /** And the files that they name. */
    private static final Map<String, String> ROUTES = new TreeMap<>();
    private static KafkaBroker broker;
    private static Simulator simulator;
    private static Service service;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        DocumentedPage.of("routes.md").files().forEach((name, texts) -> ROUTES.put(name, texts.get(0)));
        broker = KafkaBroker.start(folder.resolve("broker"));
        simulator = Simulator.start(Simulated.by(Map.of("simulator.latency", "20ms")));
        Product product = Product.in(folder.resolve("run")).calling(simulator);
        ROUTES.forEach(product::file);
        service = new Service(product, broker.bootstrapServers(), "documented");
        Set<String> topics = new TreeSet<>(List.of("documented-dead-letters", "documented-costs", "documented-alerts"));
        ROUTES.values().forEach(route -> TOPIC.matcher(route).results().forEach(topic -> topics.add(topic.group(1) == null ? topic.group(2) : topic.group(1))));
        for (String topic : topics) {
            service.create(topic);
        }
        port = KafkaBroker.freePort();
        service.start("http.port=" + port);
    }

    @AfterAll
    static void stop() {
        service.close();
        simulator.close();
        broker.close();
    }

    @Test
    void eightOfThemAreThere() {
        assertThat(ROUTES.keySet().stream().filter(name -> name.startsWith("routes/"))).containsExactlyInAnyOrder(
                "routes/letters.camel.yaml", "routes/tickets.camel.yaml", "routes/questions.camel.yaml", "routes/titles.camel.yaml",
                "routes/support.camel.yaml", "routes/reviews.camel.yaml", "routes/feedback.camel.yaml", "routes/contracts.camel.yaml");
    }

    /** No topic of a shipped route is asked for. */
    @Test
    void theServiceIsReady() {
        service.awaitReady();
    }

    @Test
    void checkAsksForTheTopicsThatRoutesNameAndNoOthers() {
        Product product = Product.in(folder.resolve("check")).calling(simulator).file("routes/letters.camel.yaml", ROUTES.get("routes/letters.camel.yaml"));
        String[] check = {"check", "-D", "kafka.brokers=" + broker.bootstrapServers(), "-D", "kafka.topic.dead-letters=documented-dead-letters",
            "-D", "kafka.topic.costs=documented-costs", "-D", "kafka.topic.alerts=documented-alerts"};
        assertThat(product.runHere(check).with(0).out()).contains("5 topics");

        product.file("routes/letters.camel.yaml", ROUTES.get("routes/letters.camel.yaml").replace("letters-answered", "nowhere"));
        assertThat(product.runHere(check).with(2).out()).contains("MEND     there is no topic nowhere").contains("a route of yours").contains("1 to mend, 0 warnings");
    }

    @Test
    void lettersAreAnsweredUnderTheirKeysAndTimes() throws Exception {
        send("letters", "anna", "Write a letter to my landlord");
        send("letters", "bert", "Write a letter to my bank");
        send("letters", "carl", "{\"prompt\":\"\"}");

        List<ConsumerRecord<String, String>> answers = read("letters-answered", 2);
        assertThat(answers).allSatisfy(answer -> assertThat(answer.value()).startsWith(ANSWER));
        Map<String, Long> times = read("letters", 3).stream().filter(letter -> !letter.key().equals("carl"))
                .collect(Collectors.toMap(ConsumerRecord::key, ConsumerRecord::timestamp));
        assertThat(answers.stream().collect(Collectors.toMap(ConsumerRecord::key, ConsumerRecord::timestamp))).isEqualTo(times);
        assertThat(read("documented-dead-letters", 1)).singleElement().satisfies(letter -> {
            assertThat(letter.value()).isEqualTo("{\"prompt\":\"\"}");
            assertThat(Service.header(letter, "error-code")).isEqualTo("missing_prompt");
            assertThat(Service.header(letter, "source-topic")).isEqualTo("letters");
        });
        assertThat(service.err()).as("a dead letter is no matter for the log").doesNotContain("PromptFailed");
    }

    @Test
    void ticketsThatAskForSomethingAreSummedUpInTheOrderOfTheirKey() {
        for (int n = 0; n < 6; n++) {
            send("tickets", "one", (n % 2 == 0 ? "please help me, number " : "thank you, number ") + n);
        }
        send("tickets", "two", "{\"prompt\":\"please\",\"budget\":\"boundless\"}");

        assertThat(read("tickets-summed-up", 3)).satisfies(results -> {
            assertThat(results).allSatisfy(result -> {
                JsonNode json = Schemas.RESULT.check(Outputs.json(result.value()));
                assertThat(json.at("/routing/strategy").asText()).isEqualTo("cost");
                assertThat(Service.header(result, "ticket-id")).isEqualTo("7");
                assertThat(result.headers()).noneMatch(header -> header.key().startsWith("PromptRoutes"));
            });
            assertThat(results).extracting(result -> Outputs.json(result.value()).at("/source/offset").asInt()).containsExactly(0, 2, 4);
        });
        assertThat(read("tickets-failed", 1)).singleElement().satisfies(letter -> assertThat(Service.header(letter, "error-code")).isEqualTo("invalid_field"));
    }

    @Test
    void questionsGoToTheTeamOfTheirTask() {
        send("questions", "a", "Write a Python function that reverses a list");
        send("questions", "b", "Solve the equation 3x + 4 = 19");
        send("questions", "c", "{\"prompt\":\"Hello!\",\"task\":\"chat\"}");

        assertThat(read("answers-code", 1)).extracting(ConsumerRecord::key).containsExactly("a");
        assertThat(read("answers-figures", 1)).extracting(ConsumerRecord::key).containsExactly("b");
        assertThat(read("answers-other", 1)).extracting(ConsumerRecord::key).containsExactly("c");
    }

    @Test
    void titlesAreAnswersByHttp() throws Exception {
        HttpResponse<String> answer = post("A report about slow trains");
        assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
        assertThat(answer.body()).startsWith(ANSWER);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; charset=UTF-8");
        assertThat(answer.headers().map().keySet()).as("of the question").noneMatch(name -> name.equalsIgnoreCase("x-own"));

        HttpResponse<String> refusal = post("{\"prompt\":\"?\",\"strategy\":\"none\"}");
        assertThat(refusal.statusCode()).as("%s", refusal.body()).isEqualTo(422);
        assertThat(Schemas.DEAD_LETTER.check(Outputs.json(refusal.body())).at("/error/code").asText()).isEqualTo("invalid_field");
    }

    private static HttpResponse<String> post(String body) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/titles")).header("x-own", "1")
                .timeout(Duration.ofSeconds(60)).POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void mailsAndChatsAreOnePipeline() throws Exception {
        for (int n = 0; n < 3; n++) {
            send("mails", "mail", "A mail, number " + n);
            send("chats", "chat", "A chat, number " + n);
        }

        assertThat(read("support-answers", 6)).extracting(ConsumerRecord::key).containsOnly("mail", "chat");
        List<JsonNode> pipelines = new ArrayList<>();
        Outputs.json(service.get("/api/usage").body()).at("/now/pipelines").forEach(pipelines::add);
        assertThat(pipelines).filteredOn(pipeline -> pipeline.path("pipeline").asText().equals("support")).singleElement()
                .satisfies(pipeline -> assertThat(pipeline.path("answered").asInt()).isEqualTo(6));
    }

    @Test
    void reviewsBecomeLines() throws Exception {
        Path here = folder.resolve("run");
        List<String> lines = IntStream.rangeClosed(1, 200).mapToObj(n -> n == 3 ? "{\"nothing\":1}" : "{\"prompt\":\"How good was number " + n / 2 + "?\"}").toList();
        Files.createDirectories(here.resolve("reviews"));
        Files.write(here.resolve("reviews/november.jsonl"), lines);

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(here.resolve("reviews/done/november.jsonl")).hasContent(String.join("\n", lines)));
        List<String> answers = Files.readAllLines(here.resolve("answers/november.jsonl"));
        assertThat(answers).as("the third line ends nothing").hasSize(199).allSatisfy(line -> Schemas.RESULT.check(Outputs.json(line)));
        assertThat(answers).extracting(line -> Outputs.json(line).at("/source/line").asInt()).doesNotHaveDuplicates().doesNotContain(3);
        assertThat(Files.readAllLines(here.resolve("answers/november-dead-letters.jsonl"))).singleElement()
                .satisfies(line -> assertThat(Schemas.DEAD_LETTER.check(Outputs.json(line)).at("/source/line").asInt()).isEqualTo(3));
    }

    @Test
    void feedbackKeepsItsFieldsAndSaysWhyItHasNoAnswer() {
        send("feedback", "a", "{\"id\":1,\"customer\":{\"name\":\"Ada\"},\"text\":\"Fine\",\"paid\":1.50}");
        send("feedback", "b", "{\"id\":2,\"text\":\"Fine\"}");

        assertThat(read("feedback-enriched", 2)).extracting(ConsumerRecord::value).containsExactlyInAnyOrder(
                "{\"id\":1,\"customer\":{\"name\":\"Ada\"},\"text\":\"Fine\",\"paid\":1.50,\"summary\":\"simulated\",\"mood\":\"calm\",\"error\":null}",
                "{\"id\":2,\"text\":\"Fine\",\"summary\":null,\"mood\":null,\"error\":\"missing_prompt\"}");
    }

    /** The simulator quotes the word "simulated" of each. */
    @Test
    void contractsAreAskedAboutAgainWhereTheCheapQuoteIsNotInThem() throws Exception {
        send("contracts", "a", "{\"text\":\"It is simulated that notice is three months.\"}");
        send("contracts", "b", "{\"text\":\"Notice is two weeks.\",\"fee\":0.10}");

        List<ConsumerRecord<String, String>> quoted = read("contracts-quoted", 2);
        assertThat(quoted).extracting(ConsumerRecord::value).containsExactlyInAnyOrder(
                "{\"text\":\"It is simulated that notice is three months.\",\"quote\":\"simulated\",\"by\":\"cheap\"}",
                "{\"text\":\"Notice is two weeks.\",\"fee\":0.10,\"quote\":\"simulated\",\"by\":\"dear\"}");
        assertThat(quoted).allSatisfy(record -> assertThat(record.headers()).isEmpty());
        Map<String, Integer> taken = new TreeMap<>();
        JsonNode pipelines = Outputs.json(service.get("/api/usage").body()).at("/now/pipelines");
        pipelines.forEach(pipeline -> taken.put(pipeline.path("pipeline").asText(), pipeline.path("taken").asInt()));
        assertThat(taken).containsEntry("notice-cheap", 2).containsEntry("notice-dear", 1);
    }

    private static void send(String topic, String key, String value) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrapServers()), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, null, key, value, List.of(new RecordHeader("ticket-id", "7".getBytes(StandardCharsets.UTF_8)))));
        }
    }

    /** What is in a topic of one partition, once so many records are. */
    private static List<ConsumerRecord<String, String>> read(String topic, int records) {
        List<ConsumerRecord<String, String>> all = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", broker.bootstrapServers()), new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
                assertThat(all).as(topic).hasSizeGreaterThanOrEqualTo(records);
            });
        }
        assertThat(all).as(topic).hasSize(records);
        return all;
    }
}
