package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.Schemas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the instances of the chaos run: the shipped pipeline, or three of a user's own side by side, each with its own topics, group, shape and order. */
enum ChaosPipelines {

    SHIPPED(new Pipeline("prompts", "prompt-results", "prompt-routes", Shape.ENVELOPE, null)),

    THREE(new Pipeline("letters", "letters-answered", "letters", Shape.ENVELOPE, """
            to: prompt:letters
            """),
            new Pipeline("tickets", "tickets-enriched", "tickets", Shape.RECORD, """
            to:
              uri: prompt:tickets
              parameters:
                prompt: file:ticket.mustache
                id: .id
                result: ".record + {answer: .text}"
            """),
            new Pipeline("notes", "notes-answered", "notes", Shape.TEXT, """
            to:
              uri: prompt:notes
              parameters:
                prompt: '"In short: \\(.note)"'
                id: .id
                result: text
                strategy: cost
            """));

    private final List<Pipeline> all;

    ChaosPipelines(Pipeline... all) {
        this.all = List.of(all);
    }

    private enum Shape { ENVELOPE, RECORD, TEXT }

    /** @param topic of its records; what it sends and what it is asked begins with this name @param step that asks; null for the shipped route */
    record Pipeline(String topic, String results, String group, Shape shape, String step) {

        /** That holds the text of a record. */
        String field() {
            return shape == Shape.TEXT ? "note" : "prompt";
        }

        /** What the server is asked for a record with this text. */
        String rendered(String text) {
            return switch (shape) {
                case ENVELOPE -> text;
                case RECORD -> "Please answer: " + text;
                case TEXT -> "In short: " + text;
            };
        }

        /** A prompt that was sent twice has one answer, which in an envelope names the record that it was asked by. */
        String comparable(String value) {
            return shape == Shape.ENVELOPE ? ((ObjectNode) Outputs.json(value)).without("source").toString() : value;
        }

        void check(String id, String key, String value) {
            switch (shape) {
                case ENVELOPE -> {
                    JsonNode result = Schemas.RESULT.check(Outputs.json(value));
                    assertThat(result.path("id").asText()).isEqualTo(id);
                    assertThat(result.path("key").asText()).isEqualTo(key);
                }
                case RECORD -> {
                    JsonNode record = Outputs.json(value);
                    assertThat(record.path("id").asText()).isEqualTo(id);
                    assertThat(record.path("prompt").asText()).startsWith("What is " + id.substring(id.lastIndexOf('-') + 1) + " times");
                    assertThat(record.path("answer").asText()).isNotBlank();
                }
                case TEXT -> assertThat(value).startsWith("[simulated]");
            }
        }

        private String route() {
            return """
                    - route:
                        id: %s
                        from:
                          uri: windowed-kafka:%s
                          parameters:
                            groupId: %s
                            deadLetters: prompt-dead-letters
                            order: %s
                          steps:
                            - %s
                            - setHeader:
                                name: prompt-id
                                simple: "${header.PromptRoutesId}"
                            - setHeader:
                                name: source-topic
                                simple: "${header[kafka.TOPIC]}"
                            - setHeader:
                                name: source-partition
                                simple:
                                  expression: "${header[kafka.PARTITION]}"
                                  resultType: java.lang.String
                            - setHeader:
                                name: source-offset
                                simple:
                                  expression: "${header[kafka.OFFSET]}"
                                  resultType: java.lang.String
                            - to: kafka:%s
                    """.formatted(topic, topic, group, shape == Shape.RECORD ? "key" : "unordered", step.strip().indent(14).strip(), results);
        }
    }

    List<Pipeline> all() {
        return all;
    }

    Pipeline of(String topic) {
        return all.stream().filter(one -> one.topic().equals(topic)).findAny().orElseThrow();
    }

    /** What a pipeline is sent, and asked, is named after its topic. A broken record has the id of its place, which begins so too. */
    void assertNoneCrosses(String topic, String id, String key) {
        if (all.size() > 1) {
            assertThat(List.of(id, key)).as("id and key of what comes from %s", topic).allMatch(name -> name.startsWith(topic + "-"));
        }
    }

    /** The names of the topics that records come from. */
    Stream<String> sources() {
        return all.stream().map(Pipeline::topic);
    }

    Stream<String> results() {
        return all.stream().map(Pipeline::results);
    }

    Stream<String> topics() {
        return Stream.concat(sources(), results());
    }

    List<String> groups() {
        return all.stream().map(Pipeline::group).toList();
    }

    /** What a user has in his folder, by name. */
    Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        all.stream().filter(one -> one.step() != null).forEach(one -> files.put("routes/" + one.topic() + ".camel.yaml", one.route()));
        if (!files.isEmpty()) {
            files.put("ticket.mustache", "Please answer: {{prompt}}");
        }
        return files;
    }
}
