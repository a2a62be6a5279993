package io.promptroutes.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.PromptFailed;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a registry, and what is made of what it says. */
@Timeout(30)
class SchemaRegistryTest {

    private static final String TEXT = "\"string\"";

    @AutoClose
    private final RegistryUnderTest server = new RegistryUnderTest();
    @AutoClose("shutdownNow")
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    @AutoClose
    private RegistryClient client;
    private SchemaRegistry registry = at(server.url());

    private SchemaRegistry at(String url) {
        client = new RegistryClient(RegistryAddress.of(url), null);
        return new SchemaRegistry(client, threads);
    }

    private String read(byte[] record) throws Exception {
        return new String(registry.reader(record).get().read(record, 1_000), StandardCharsets.UTF_8);
    }

    private PromptFailed refused(byte[] record) {
        try {
            throw new AssertionError(read(record));
        } catch (PromptFailed e) {
            return e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSchemaIsAskedForOnceHoweverManyRecordsWaitForIt() throws Exception {
        server.schema(1, null, TEXT);
        CountDownLatch held = server.hold(1);
        byte[] record = RegistryUnderTest.avro(1, TEXT, "hello");
        List<CompletableFuture<RecordReader>> readers = IntStream.range(0, 50).mapToObj(n -> registry.reader(record)).toList();
        assertThat(readers).noneMatch(CompletableFuture::isDone);
        held.countDown();
        for (CompletableFuture<RecordReader> reader : readers) {
            assertThat(reader.get().read(record, 100)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(registry.reader(record)).isDone();
        assertThat(server.asked).containsExactly("/schemas/ids/1");
        assertThat(server.authorizations).containsExactly("null");
    }

    @Test
    void theUserOfTheUrlIsSentAndShownNowhere() throws Exception {
        registry = at(server.url().replace("://", "://anna:p%40ss%2Fw@") + "/apis/ccompat/v7/");
        server.raw("/apis/ccompat/v7/schemas/ids/1", "{\"schema\":\"\\\"int\\\"\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(read(RegistryUnderTest.avro(1, "\"int\"", 5))).isEqualTo("5");
        assertThat(server.authorizations).containsExactly("Basic " + Base64.getEncoder().encodeToString("anna:p@ss/w".getBytes(StandardCharsets.UTF_8)));
        server.status = 401;
        assertThatThrownBy(() -> read(RegistryUnderTest.record(2, new byte[0]))).isInstanceOf(RegistryUnreachable.class)
                .hasMessageContaining(server.url() + "/apis/ccompat/v7 refuses the user").hasMessageNotContaining("anna").hasMessageNotContaining("p@ss");
        assertThat(client + " " + RegistryAddress.of("http://anna:secret@h")).doesNotContain("secret").doesNotContain("anna");
    }

    @Test
    void jsonStandsBehindTheHead() throws Exception {
        server.schema(3, "JSON", "{\"type\":\"object\"}");
        String json = "{\"n\": 1.50, \"big\": 12345678901234567890.1234567890}";
        assertThat(read(RegistryUnderTest.record(3, json.getBytes(StandardCharsets.UTF_8)))).isEqualTo(json);
        assertThat(read(RegistryUnderTest.record(3, "\"a \\\"text\\\"\"".getBytes(StandardCharsets.UTF_8)))).isEqualTo("a \"text\"");
        assertThat(refused(RegistryUnderTest.record(3, "{".getBytes(StandardCharsets.UTF_8)))).hasMessageContaining("no JSON")
                .extracting(PromptFailed::getCode).isEqualTo("invalid_encoding");
        assertThat(refused(RegistryUnderTest.record(3, new byte[2_000])).getCode()).isEqualTo("too_large");
    }

    @Test
    void whatASchemaRefersToIsAskedForToo() throws Exception {
        server.schema(1, null, "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"acme\",\"fields\":["
                + "{\"name\":\"to\",\"type\":\"acme.Person\"},{\"name\":\"from\",\"type\":\"Address\"}]}",
                "acme.Person person-value 2", "acme.Address address/value 1");
        server.version("person-value", 2, "{\"type\":\"record\",\"name\":\"acme.Person\",\"fields\":[{\"name\":\"at\",\"type\":\"acme.Address\"}]}", "acme.Address address/value 1");
        server.version("address%2Fvalue", 1, "{\"type\":\"record\",\"name\":\"Address\",\"namespace\":\"acme\",\"fields\":[{\"name\":\"street\",\"type\":\"string\"}]}");
        assertThat(read(RegistryUnderTest.record(1, new byte[] {2, 'A', 4, 'B', 'C'}))).isEqualTo("{\"to\":{\"at\":{\"street\":\"A\"}},\"from\":{\"street\":\"BC\"}}");
        assertThat(server.asked).containsExactly("/schemas/ids/1", "/subjects/person-value/versions/2", "/subjects/address%2Fvalue/versions/1");

        server.schema(2, null, TEXT, "x gone 9");
        assertThat(refused(RegistryUnderTest.record(2, new byte[0]))).hasMessageContaining("version 9 of gone").extracting(PromptFailed::getCode).isEqualTo("unsupported_schema");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "PROTOBUF | syntax = \"proto3\"; | of type PROTOBUF; Avro and JSON Schema are read",
        "AVRO | no schema | is no Avro schema that can be read",
        "AVRO | \"nobody.knows\" | is no Avro schema that can be read",
    })
    void aSchemaThatCannotBeReadIsAFaultOfTheRecord(String type, String text, String words) {
        server.schema(1, type, text);
        assertThat(refused(RegistryUnderTest.record(1, new byte[] {0}))).hasMessageContaining("schema 1 of the registry").hasMessageContaining(words).satisfies(failed -> {
            assertThat(failed.getCode()).isEqualTo("unsupported_schema");
            assertThat(failed.isRetryable()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"7b7d", "", "00000001", "0100000001", "00ffffffff00"})
    void whatHasNoHeadIsAskedOfNobody(String hex) {
        byte[] record = HexFormat.of().parseHex(hex);
        assertThat(refused(record)).hasMessageContaining("not in the wire format").hasMessageContaining("without option registry").extracting(PromptFailed::getCode)
                .isEqualTo("invalid_encoding");
        assertThat(server.asked).isEmpty();
    }

    @Test
    void aSchemaThatIsNotThereIsNotAskedForWithEveryRecord() {
        for (int i = 0; i < 3; i++) {
            assertThat(refused(RegistryUnderTest.record(9, new byte[] {0}))).hasMessageContaining("schema 9 is not in the registry " + server.url()).satisfies(failed -> {
                assertThat(failed.getCode()).isEqualTo("unknown_schema");
                assertThat(failed.isRetryable()).isTrue();
            });
        }
        assertThat(server.asked).hasSize(1);
    }

    /** A registry that is asked below a wrong path has none of the topic's schemas, and says 404 of each. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}", "<html>", ""})
    void a404OfAWrongPathIsNoWordAboutTheSchema(String body) throws Exception {
        server.notFound = body.getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> read(RegistryUnderTest.record(9, new byte[0]))).isInstanceOf(RegistryUnreachable.class).hasMessageContaining("the path in option registry");
        server.schema(1, null, TEXT);
        assertThat(read(RegistryUnderTest.avro(1, TEXT, "x"))).isEqualTo("x");
        if (body.contains("error_code")) {
            assertThat(refused(RegistryUnderTest.record(8, new byte[0])).getCode()).as("it has given a schema by now").isEqualTo("unknown_schema");
        } else { // whoever says that is something in front of it
            assertThatThrownBy(() -> read(RegistryUnderTest.record(8, new byte[0]))).isInstanceOf(RegistryUnreachable.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"500, HTTP 500", "429, HTTP 429", "302, HTTP 302", "403, refuses the user", "200, no schema"})
    void anythingElseIsNoFaultOfTheRecord(int status, String words) {
        server.status = status;
        assertThatThrownBy(() -> read(RegistryUnderTest.record(1, new byte[0]))).isInstanceOf(RegistryUnreachable.class).hasMessageContaining(server.url()).hasMessageContaining(words);
        assertThat(server.asked).as("no redirect is followed").containsExactly("/schemas/ids/1");
    }

    @ParameterizedTest
    @CsvSource({"400, 1, true", "1000, 1, false", "1, 60000, true", "1, 100000, false"})
    void headersHaveABoundToo(int headers, int length, boolean taken) throws Exception {
        server.schema(1, null, TEXT);
        server.headers = headers;
        server.lengthOfEach = length;
        byte[] record = RegistryUnderTest.avro(1, TEXT, "hello");
        if (taken) {
            assertThat(read(record)).isEqualTo("hello");
        } else {
            assertThatThrownBy(() -> read(record)).isInstanceOf(RegistryUnreachable.class).hasMessageContaining("cannot be reached: Maximum");
        }
    }

    @Test
    void anAnswerOfAnySizeAndARegistryThatIsNotThereAreNoFaultOfTheRecordEither() throws Exception {
        server.raw("/schemas/ids/1", new byte[9 << 20]);
        assertThatThrownBy(() -> read(RegistryUnderTest.record(1, new byte[0]))).isInstanceOf(RegistryUnreachable.class).hasMessageContaining("longer than 8388608 bytes");
        registry = at("http://127.0.0.1:1");
        assertThatThrownBy(() -> read(RegistryUnderTest.record(1, new byte[0]))).isInstanceOf(RegistryUnreachable.class).hasMessageContaining("http://127.0.0.1:1 cannot be reached");
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry:8081", "ftp://h", "http://", "http://h:99999", "http://h?x=1", "http://anna@h",
        "http://a:secret b@h", "http://anna:secret/x@h", "http://a,http://b", ""})
    void anAddressThatIsNoneIsToldWithoutQuotingIt(String text) {
        assertThatThrownBy(() -> RegistryAddress.of(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("option registry must be the URL").hasNoCause().hasMessageNotContaining("secret");
    }
}
