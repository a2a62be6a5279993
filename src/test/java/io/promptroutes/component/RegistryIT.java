package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.PromptFailed;
import io.promptroutes.cli.Reply;
import io.promptroutes.registry.RegistryUnderTest;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records whose schemas are in a registry: data for the step, JSON behind it. */
class RegistryIT extends RecordsHarness {

    private static final String TICKET = """
            {"type":"record","name":"Ticket","fields":[{"name":"id","type":"long"},{"name":"model","type":"string"},
            {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":30,"scale":12}},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"note","type":["null","string"]}]}""";
    private static final String PRICE = "12345678901234567.890123456789";
    private static final String TEXT = "\"string\"";
    private static final byte[] KEY = {(byte) 0xFF, 0, 1};

    @AutoClose
    private final RegistryUnderTest registry = new RegistryUnderTest().schema(1, null, TICKET).schema(2, "JSON", "{}")
            .schema(3, "PROTOBUF", "syntax = \"proto3\";").schema(4, null, TEXT);
    private final List<Object> seen = new CopyOnWriteArrayList<>();

    private static byte[] ticket(long id) {
        GenericData.Record ticket = new GenericData.Record(new Schema.Parser().parse(TICKET));
        ticket.put("id", id);
        ticket.put("model", "Golf");
        ticket.put("price", ByteBuffer.wrap(new BigDecimal(PRICE).unscaledValue().toByteArray()));
        ticket.put("at", 1_700_000_000_123L);
        return RegistryUnderTest.avro(1, TICKET, ticket);
    }

    private static byte[] question(int n) {
        return RegistryUnderTest.avro(4, TEXT, "Question " + n);
    }

    private void value(byte[] value) throws Exception {
        send(new ProducerRecord<>(in, 0, KEY, value));
    }

    private RouteBuilder route(String options, String step) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from(source(options)).routeId("tickets").process(exchange -> seen.add(exchange.getMessage().getBody())).to("prompt:tickets?" + step).to("kafka:" + out);
            }
        };
    }

    private String options(String more) {
        return "registry=" + registry.url() + more;
    }

    @Test
    void avroAndJsonAreDataForTheStepAndJsonBehindIt() throws Exception {
        value(ticket(7));
        value(RegistryUnderTest.record(2, bytes("{\"id\":8,\"model\":\"Polo\",\"price\":1.50,\"at\":\"never\",\"note\":\"+ &\"}")));
        server.script(Reply.text("{\"mood\":\"good\"}"), Reply.text("{\"mood\":\"good\"}"));
        start(route(options("&order=key"), "prompt=RAW(\"\\(.model) of \\(.at) for \\(.price)\")&result=RAW(.record + {mood: .answer.mood})"));

        List<ConsumerRecord<byte[], byte[]>> all = awaitRecords(out, 2);
        String seven = "{\"id\":7,\"model\":\"Golf\",\"price\":" + PRICE + ",\"at\":\"2023-11-14T22:13:20.123Z\",\"note\":null";
        assertThat(text(all.get(0).value())).isEqualTo(seven + ",\"mood\":\"good\"}");
        assertThat(text(all.get(1).value())).isEqualTo("{\"id\":8,\"model\":\"Polo\",\"price\":1.50,\"at\":\"never\",\"note\":\"+ &\",\"mood\":\"good\"}");
        assertThat(all).allSatisfy(record -> assertThat(record.key()).isEqualTo(KEY));
        assertThat(seen.get(0)).isEqualTo(seven + "}");
        assertThat(server.calls()).extracting(call -> call.body().at("/messages/0/content").asText())
                .containsExactly("Golf of 2023-11-14T22:13:20.123Z for " + PRICE, "Polo of never for 1.50");
        soon().until(() -> committed() == 2);
        assertThat(registry.asked).containsExactlyInAnyOrder("/schemas/ids/1", "/schemas/ids/2");
    }

    /** No step sees it, and no model. */
    @Test
    void whatCannotBeReadIsADeadLetterAsItCameThatSaysWhatToDo() throws Exception {
        List<byte[]> poison = List.of(bytes("{\"plain\":1}"), RegistryUnderTest.record(99, bytes("x")), RegistryUnderTest.record(3, bytes("x")),
                RegistryUnderTest.record(1, bytes("x")),
                RegistryUnderTest.record(2, bytes("{")));
        for (byte[] value : poison) {
            value(value);
        }
        value(null);
        value(question(1));
        start(route(options("&order=key"), "result=text"));

        soon().until(() -> committed() == 7);
        List<ConsumerRecord<byte[], byte[]>> letters = awaitRecords(dlt, 5);
        assertThat(letters).extracting(ConsumerRecord::value).containsExactlyElementsOf(poison);
        assertThat(letters).allSatisfy(letter -> {
            assertThat(letter.key()).isEqualTo(KEY);
            assertThat(header(letter, "error-attempts")).isEqualTo("0");
            assertThat(header(letter, "error-message")).doesNotContain("plain");
        });
        assertThat(letters).extracting(letter -> header(letter, "error-code") + " " + header(letter, "error-retryable"))
                .containsExactly("invalid_encoding false", "unknown_schema true", "unsupported_schema false", "invalid_encoding false", "invalid_encoding false");
        assertThat(letters).extracting(letter -> header(letter, "error-message")).satisfiesExactly(
                plain -> assertThat(plain).contains("not in the wire format of a schema registry").contains("without option registry"),
                unknown -> assertThat(unknown).contains("schema 99 is not in the registry " + registry.url()).contains("option registry"),
                protobuf -> assertThat(protobuf).contains("of type PROTOBUF; Avro and JSON Schema are read"),
                misfit -> assertThat(misfit).contains("do not fit their Avro schema Ticket"),
                broken -> assertThat(broken).contains("no JSON"));
        assertThat(read(out)).extracting(record -> text(record.value())).containsExactlyInAnyOrder(null, "Good.");
        assertThat(seen).containsExactly(null, "Question 1");
        assertThat(server.calls()).hasSize(1);
        assertThat(steps.source("tickets").deliveries().deadLetters()).isEqualTo(5);
    }

    /** Camel gives its first step no error handler. */
    @Test
    void aRouteThatBeginsWithADoTrySeesNoneOfThemEither() throws Exception {
        value(bytes("{\"plain\":1}"));
        value(question(1));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source(options("&order=key"))).routeId("tickets").doTry().process(exchange -> seen.add(exchange.getMessage().getBody())).to("prompt:tickets?result=text")
                        .to("kafka:" + out).doCatch(PromptFailed.class).to("mock:caught").end();
            }
        });

        soon().until(() -> committed() == 2);
        assertThat(awaitRecords(dlt, 1)).extracting(letter -> header(letter, "error-code")).containsExactly("invalid_encoding");
        assertThat(seen).containsExactly("Question 1");
        assertThat(server.calls()).hasSize(1);
    }

    @Test
    void aRegistryThatIsAwayIsWaitedForHoweverOftenAndReadyNamesIt() throws Exception {
        registry.status = 503;
        for (int n = 0; n < 20; n++) {
            value(question(n));
        }
        start(route(options("&retries=0"), "result=text"));
        soon().until(() -> steps.source("tickets").problem() != null);
        assertThat(steps.source("tickets").problem()).contains("route tickets fails on the record at offset", "the schema registry " + registry.url() + " answers with HTTP 503");
        soon().until(() -> registry.asked.size() >= 3);
        assertThat(committed()).isZero();
        assertThat(steps.source("tickets").deliveries().failingNow()).isEqualTo(20);
        assertThat(registry.asked).as("records that came together do not ask one by one").hasSizeLessThan(20);

        registry.status = 0;
        assertThat(awaitRecords(out, 20)).hasSize(20);
        soon().until(() -> committed() == 20);
        assertThat(steps.source("tickets").problem()).isNull();
        assertThat(read(dlt)).isEmpty();
        assertThat(server.calls()).hasSize(20);
        Deliveries records = steps.source("tickets").deliveries();
        assertThat(List.of(records.taken(), records.acknowledged(), (long) records.failingNow())).containsExactly(20L, 20L, 0L);
    }

    @Test
    void whileARegistrySaysNothingOfOneSchemaRecordsOfOthersGoOn() throws Exception {
        registry.schema(5, null, TEXT);
        CountDownLatch held = registry.hold(5);
        for (int n = 0; n < 5; n++) {
            value(RegistryUnderTest.avro(5, TEXT, "Late " + n));
        }
        value(question(1));
        value(question(2));
        start(route(options("&workers=1"), "result=text"));

        assertThat(awaitRecords(out, 2)).hasSize(2);
        assertThat(committed()).isZero();
        held.countDown();
        assertThat(awaitRecords(out, 7)).hasSize(7);
        soon().until(() -> committed() == 7);
    }

    @Test
    void aClauseOfTheUsersTakesWhatCannotBeRead() throws Exception {
        value(bytes("{\"plain\":1}"));
        value(question(1));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(source(options(""))).routeId("tickets")
                        .onException(PromptFailed.class).handled(true).setBody(simple("refused: ${exception.code}")).to("kafka:" + out).end()
                        .process(exchange -> seen.add(exchange.getMessage().getBody())).to("prompt:tickets?result=text").to("kafka:" + out);
            }
        });

        assertThat(awaitRecords(out, 2)).extracting(record -> text(record.value())).containsExactlyInAnyOrder("refused: invalid_encoding", "Good.");
        soon().until(() -> committed() == 2);
        assertThat(read(dlt)).isEmpty();
        assertThat(seen).containsExactly("Question 1");
    }

    @Test
    void aRouteWithoutAnErrorHandlerDoesNotSeeItEither() throws Exception {
        value(bytes("{\"plain\":1}"));
        value(question(1));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(source(options(""))).routeId("tickets").process(exchange -> seen.add(exchange.getMessage().getBody())).to("prompt:tickets?result=text").to("kafka:" + out);
            }
        });

        assertThat(awaitRecords(dlt, 1)).singleElement().satisfies(letter -> assertThat(header(letter, "error-code")).isEqualTo("invalid_encoding"));
        assertThat(awaitRecords(out, 1)).hasSize(1);
        soon().until(() -> committed() == 2);
        assertThat(seen).containsExactly("Question 1");
    }

    /** Also where an expression would make something of it. */
    @ParameterizedTest
    @ValueSource(strings = {"result=text", "unwrap=RAW(.text)&id=RAW(.text)", "prompt=RAW(\"Say \\(.text)\")",
        "unwrap=RAW(.payload)&prompt=RAW(\"Say \\(.text)\")", "onFailure=pass&result=RAW(.error.message)"})
    void withoutTheOptionABinaryRecordIsNoPromptAndIsToldWhatToSet(String step) throws Exception {
        value(RegistryUnderTest.record(2, bytes("{\"text\":\"Hi\"}")));
        value(RegistryUnderTest.avro(4, TEXT, "Hi"));
        value(new byte[] {(byte) 0xFF, 'H', 'i'});
        start(route("order=key", step));

        soon().until(() -> committed() == 3);
        List<String> messages = step.startsWith("onFailure") ? read(out).stream().map(record -> text(record.value())).toList()
                : read(dlt).stream().map(letter -> header(letter, "error-code") + " " + header(letter, "error-message")).toList();
        assertThat(messages).hasSize(3).allSatisfy(message -> assertThat(message).contains("set option registry of the source windowed-kafka:"));
        if (!step.startsWith("onFailure")) {
            assertThat(messages).allSatisfy(message -> assertThat(message).startsWith("invalid_encoding"));
        }
        assertThat(server.calls()).isEmpty();
    }
}
