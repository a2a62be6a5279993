package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.cli.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a record is on its way from {@code windowed-kafka:} over {@code prompt:} to {@code kafka:}. */
class WindowedKafkaIT extends RecordsHarness {

    /** Not so old that a topic no longer keeps it. */
    private static final long TIME = System.currentTimeMillis() - 3_600_000;

    private RouteBuilder letters(String options) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from(source(options)).routeId("letters").to("prompt:letters?result=text").to("kafka:" + out);
            }
        };
    }

    @Test
    void keysAndTimestampsArriveAsTheyWere() throws Exception {
        List<byte[]> keys = Arrays.asList(new byte[] {(byte) 0xFF, 0x00}, null, new byte[0], bytes("ü"));
        for (int n = 0; n < keys.size(); n++) {
            send(new ProducerRecord<>(in, 0, TIME + n, keys.get(n), bytes("Question " + n)));
        }
        start(letters(""));

        Map<Long, byte[]> arrived = new HashMap<>();
        awaitRecords(out, 4).forEach(record -> arrived.put(record.timestamp() - TIME, record.key()));
        assertThat(arrived).hasSize(4);
        for (int n = 0; n < keys.size(); n++) {
            assertThat(arrived.get((long) n)).as("key %d", n).isEqualTo(keys.get(n));
        }
        soon().until(() -> committed() == 4);
    }

    @ParameterizedTest(name = "headers {0}")
    @CsvSource(delimiter = '|', nullValues = "none", value = {"none | none", "* | X-Trace X-Bytes source", "X-Trace,nothing | X-Trace", "x-trace | X-Trace"})
    void headersGoAlongWhereTheyAreAskedFor(String headers, String expected) throws Exception {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(in, 0, null, bytes("Why?"));
        record.headers().add("X-Trace", bytes("t-1")).add("X-Bytes", new byte[] {(byte) 0xFF, 0}).add("source", bytes("shop"));
        record.headers().add("kafka.OVERRIDE_TOPIC", bytes("elsewhere")).add("CamelHttpUri", bytes("http://elsewhere"));
        send(record);
        List<Map<String, Object>> seen = new CopyOnWriteArrayList<>();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source(headers == null ? "" : "headers=" + headers)).process(exchange -> seen.add(new HashMap<>(exchange.getMessage().getHeaders())))
                        .to("prompt:letters?result=text").removeHeaders("PromptRoutes*").to("kafka:" + out);
            }
        });

        ConsumerRecord<byte[], byte[]> arrived = awaitRecords(out, 1).get(0);
        List<String> names = new ArrayList<>();
        arrived.headers().forEach(header -> names.add(header.key()));
        names.remove("traceparent");
        assertThat(names).containsExactlyInAnyOrder(expected == null ? new String[0] : expected.split(" "));
        names.forEach(name -> assertThat(arrived.headers().lastHeader(name).value()).isEqualTo(record.headers().lastHeader(name).value()));
        assertThat(seen).singleElement().satisfies(all -> assertThat(all.keySet()).as("what steers other steps is none of a record's business")
                .doesNotContain("kafka.OVERRIDE_TOPIC", "CamelHttpUri"));
    }

    @Test
    void routeSeesTextAndBytesWhereTheyAreNoText() throws Exception {
        send("text", "Wie heißt du?");
        send(new ProducerRecord<>(in, 0, bytes("bytes"), new byte[] {(byte) 0xFF, 'a'}));
        List<Object> seen = new CopyOnWriteArrayList<>();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("order=key")).process(exchange -> seen.add(exchange.getMessage().getBody())).to("prompt:letters?result=text").to("kafka:" + out);
            }
        });

        assertThat(awaitRecords(out, 1)).singleElement().satisfies(record -> assertThat(text(record.value())).isEqualTo("Good."));
        ConsumerRecord<byte[], byte[]> letter = awaitRecords(dlt, 1).get(0);
        assertThat(header(letter, "error-code")).isEqualTo("invalid_encoding");
        assertThat(letter.value()).isEqualTo(new byte[] {(byte) 0xFF, 'a'});
        assertThat(seen).hasSize(2).contains("Wie heißt du?").anySatisfy(body -> assertThat(body).isEqualTo(new byte[] {(byte) 0xFF, 'a'}));
    }

    @Test
    void whatItsRouteHasPassedOnElsewhereIsAnsweredThoughTheRecordIsDone() throws Exception {
        send("k", "Why?");
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("")).to("seda:aside?waitForTaskToComplete=Never");
                from("seda:aside").process(exchange -> soon().until(() -> committed() == 1)).to("prompt:letters?result=text").to("kafka:" + out);
            }
        });

        assertThat(awaitRecords(out, 1)).singleElement().satisfies(record -> assertThat(text(record.value())).isEqualTo("Good."));
    }

    @Test
    void poisonRecordIsADeadLetterAsItCameAndNothingWaitsForIt() throws Exception {
        ProducerRecord<byte[], byte[]> poison = new ProducerRecord<>(in, 0, TIME, new byte[] {(byte) 0xFF, 0}, bytes("{\"prompt\":"));
        poison.headers().add("a", bytes("1")).add("b", bytes("2")).add("a", bytes("3")).add("empty", null);
        send(poison);
        questions(0, 10);
        start(letters(""));

        assertThat(awaitRecords(out, 10)).hasSize(10);
        ConsumerRecord<byte[], byte[]> letter = awaitRecords(dlt, 1).get(0);
        assertThat(letter.key()).isEqualTo(poison.key());
        assertThat(letter.value()).isEqualTo(poison.value());
        assertThat(letter.timestamp()).isEqualTo(poison.timestamp());
        assertThat(Arrays.asList(letter.headers().toArray()).subList(0, 4)).isEqualTo(Arrays.asList(poison.headers().toArray()));
        assertThat(header(letter, "error-code")).isEqualTo("invalid_json");
        assertThat(header(letter, "error-retryable")).isEqualTo("false");
        assertThat(List.of(header(letter, "source-topic"), header(letter, "source-partition"), header(letter, "source-offset"))).containsExactly(in, "0", "0");
        soon().until(() -> committed() == 11);
        Deliveries records = steps.source("letters").deliveries();
        assertThat(List.of(records.taken(), records.acknowledged(), records.deadLetters())).containsExactly(11L, 11L, 1L);
        assertThat(server.calls()).hasSize(10);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"topics by a pattern", "topics by name", "two consumers"})
    void severalTopicsAndConsumersAreOneSource(String what) throws Exception {
        questions(0, 40);
        create(in + "-more");
        send(new ProducerRecord<>(in + "-more", 0, bytes("more"), bytes("One more")));
        String topics = what.contains("pattern") ? "windowed-kafka:?topicPattern=" + in + ".*&" : "windowed-kafka:" + in + "," + in + "-more?";
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(topics + "groupId=" + group + (what.startsWith("two") ? "&consumersCount=2" : "")).routeId("letters").to("prompt:letters?result=text").to("kafka:" + out);
            }
        });

        assertThat(awaitRecords(out, 41)).extracting(record -> text(record.key())).hasSize(41).doesNotHaveDuplicates().contains("more");
        soon().until(() -> committed() == 41);
        assertThat(steps.source("letters").deliveries().acknowledged()).isEqualTo(41);
        assertThat(steps.source("letters").problem()).isNull();
    }

    @Test
    void linesOfARecordAreAnsweredTogetherOrNotAtAll() throws Exception {
        send("good", "One\nTwo\nThree");
        send("bad", "Four\n{");
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("")).routeId("letters").split(body().tokenize("\n")).stopOnException().to("prompt:letters?result=text").end().to("kafka:" + out);
            }
        });

        assertThat(header(awaitRecords(dlt, 1).get(0), "error-code")).isEqualTo("invalid_json");
        assertThat(text(read(dlt).get(0).value())).isEqualTo("Four\n{");
        assertThat(awaitRecords(out, 1)).singleElement().satisfies(record -> assertThat(text(record.key())).isEqualTo("good"));
        soon().until(() -> committed() == 2);
        assertThat(server.calls()).hasSize(4);
    }

    @Test
    void recordsOfOneKeyFollowOneAnotherWhereAskedFor() throws Exception {
        for (int n = 0; n < 60; n++) {
            send(new ProducerRecord<>(in, 0, bytes("k" + n % 3), bytes("{\"id\":\"q" + n + "\",\"prompt\":\"Question " + n + "\"}")));
        }
        server.when(call -> call.body().toString().matches(".*Question \\d*[05].*"), Reply.after(Duration.ofMillis(40), Reply.answer()));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("order=key")).to("prompt:letters").to("kafka:" + out);
            }
        });

        Map<String, List<Integer>> byKey = new HashMap<>();
        awaitRecords(out, 60).forEach(record -> byKey.computeIfAbsent(text(record.key()), key -> new ArrayList<>())
                .add(Integer.parseInt(header(record, "PromptRoutesId").substring(1))));
        assertThat(byKey).hasSize(3).allSatisfy((key, ids) -> assertThat(ids).hasSize(20).isSorted());
    }

    /** Camel gives the only bean of a client's kind to every endpoint of Kafka's: there must be none. */
    @Test
    void plainRouteOfKafkaBesideItGetsAndCommitsItsOwnRecords() throws Exception {
        questions(0, 20);
        List<String> plain = new CopyOnWriteArrayList<>();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source("")).to("prompt:letters?result=text").to("kafka:" + out);
                from("kafka:" + in + "?groupId=" + group + "-plain").process(exchange -> plain.add(exchange.getMessage().getBody(String.class)));
            }
        });

        soon().until(() -> plain.size() == 20 && committed() == 20);
        assertThat(awaitRecords(out, 20)).hasSize(20);
        steps.close();
        assertThat(plain).hasSize(20).doesNotHaveDuplicates();
        assertThat(committed(group + "-plain")).isEqualTo(20);
    }
}
