package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.kafka.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** docs/enrich-a-topic.md and docs/enrich-a-table.md: who writes their files and types their commands gets what they say. */
@Timeout(600)
class RecipesIT {

    @TempDir
    private Path folder;

    @Test
    void aTopicIsEnrichedAndOnceMoreAfterItsTemplateHasChanged() throws Exception {
        DocumentedPage page = DocumentedPage.of("enrich-a-topic.md");
        Map<String, List<String>> files = page.files();
        Product product = Product.in(folder.resolve("run"));
        List<String[]> commands = page.commands();
        assertThat(commands).extracting(command -> command[0]).containsExactly("check", "run", "costs", "run", "dead-letters");

        try (KafkaBroker broker = KafkaBroker.start(folder.resolve("broker")); Service service = new Service(product, broker.bootstrapServers(), "tickets")) {
            files.forEach((name, texts) -> product.file(name, texts.get(0).replace("localhost:9092", broker.bootstrapServers())));
            for (String topic : page.topics()) {
                service.create(topic);
            }
            Map<String, String> tickets = files.get("tickets.txt").get(0).lines().collect(Collectors.toMap(line -> line.split(":", 2)[0], line -> line.split(":", 2)[1]));
            tickets.forEach((key, ticket) -> service.sendTo("tickets", key, ticket));

            assertThat(product.runHere(commands.get(0)).with(0).out()).startsWith("all is in order");
            service.startAs(commands.get(1));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.committed()).as("%s", service.err()).isEqualTo(3));
            assertThat(enriched(service)).containsExactlyInAnyOrder(enriched(tickets, "T-1"), enriched(tickets, "T-2"));
            assertThat(service.read("failed")).singleElement().satisfies(letter -> {
                assertThat(letter.value()).isEqualTo(tickets.get("T-3"));
                assertThat(Service.header(letter, "error-code")).isEqualTo("missing_prompt");
                assertThat(page.text()).contains("error-message=" + Service.header(letter, "error-message"));
            });
            service.stop();
            assertThat(product.runHere(commands.get(2)).with(0).out()).containsPattern("(?m)^tickets +2 ");

            product.file("ticket.mustache", files.get("ticket.mustache").get(1));
            service.rewind();
            service.startAs(commands.get(3));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(enriched(service)).as("%s", service.err()).hasSize(5));
            assertThat(enriched(service).subList(2, 5)).containsExactlyInAnyOrder(enriched(tickets, "T-1"), enriched(tickets, "T-2"), enriched(tickets, "T-3"));
            JsonNode usage = Outputs.json(service.get("/api/usage").body());
            assertThat(usage.at("/now/reused").asInt()).as("T-1 is asked the same as before").isEqualTo(1);
            assertThat(usage.at("/total/requests").asInt()).as("calls of both runs").isEqualTo(4);

            Product beside = Product.in(folder.resolve("beside")); // the service has the other folder
            files.forEach((name, texts) -> beside.file(name, texts.get(0).replace("localhost:9092", broker.bootstrapServers())));
            assertThat(beside.runHere(commands.get(4)).with(0).err()).contains("replayed    1 dead letters");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(enriched(service)).hasSize(6).endsWith(enriched(tickets, "T-3")));
            assertThat(Outputs.json(service.get("/api/usage").body()).at("/total/requests").asInt()).as("it was answered by then").isEqualTo(4);
            service.stop();
        }
    }

    /** As the page shows a line of the topic. */
    private static String enriched(Map<String, String> tickets, String key) {
        return key + " " + tickets.get(key).replaceFirst("}$", ",\"summary\":\"simulated\",\"mood\":\"calm\"}");
    }

    private static List<String> enriched(Service service) {
        List<ConsumerRecord<String, String>> records = service.read("enriched");
        assertThat(records).allSatisfy(record -> assertThat(record.headers()).noneMatch(header -> header.key().startsWith("PromptRoutes")));
        return records.stream().map(record -> record.key() + " " + record.value()).toList();
    }

    @Test
    void aTableIsEnrichedAndPaidForOnce() throws Exception {
        DocumentedPage page = DocumentedPage.of("enrich-a-table.md");
        Map<String, List<String>> files = page.files();
        Product product = Product.in(folder);
        String table = files.remove("enriched/results.csv").get(0);
        files.forEach((name, texts) -> product.file(name, texts.get(0)));
        List<String[]> commands = page.commands();
        assertThat(commands).extracting(command -> command[0]).containsExactly("batch", "batch");

        product.runHere(commands.get(0)).with(0);
        assertThat(table).startsWith(Files.readString(folder.resolve("enriched/results.csv")));
        String summary = product.runHere(commands.get(1)).with(1).err();

        assertThat(folder.resolve("enriched/results.csv")).hasContent(table);
        assertThat(summary.lines()).filteredOn(line -> line.matches("(prompts|reused) .*")).hasSize(2).allSatisfy(line -> assertThat(page.text()).contains("\n" + line + "\n"));
    }
}
