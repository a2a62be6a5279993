package io.promptroutes.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.PromptFailed;
import io.promptroutes.prompt.Json;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What data of Avro become in JSON. They are written by Avro's own library. */
@Timeout(30)
class AvroReaderTest {

    private static final int MOST = 1_000_000;

    private static String read(String schema, byte[] record, int most) throws Exception {
        return new String(new AvroReader(List.of(schema)).read(record, most), StandardCharsets.UTF_8);
    }

    private static String logical(String type, String logical) {
        return "{\"type\":\"" + type + "\",\"logicalType\":\"" + logical + "\"}";
    }

    private static String decimal(int precision, int scale) {
        return "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":" + precision + ",\"scale\":" + scale + "}";
    }

    private static String fixed(int size, String more) {
        return "{\"type\":\"fixed\",\"name\":\"F\",\"size\":" + size + more + "}";
    }

    private static GenericData.Fixed fixed(int size, int... bytes) {
        byte[] all = new byte[size];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return new GenericData.Fixed(Schema.createFixed("F", null, null, size), all);
    }

    private static ByteBuffer unscaled(String number) {
        return ByteBuffer.wrap(new BigDecimal(number).unscaledValue().toByteArray());
    }

    private static Arguments of(String schema, Object value, String json) {
        return Arguments.of(schema, value, json);
    }

    static Stream<Arguments> values() {
        return Stream.of(
                of("\"null\"", null, "null"),
                of("\"boolean\"", true, "true"),
                of("\"int\"", Integer.MIN_VALUE, "-2147483648"),
                of("\"long\"", Long.MAX_VALUE, "9223372036854775807"),
                of("\"float\"", 0.1f, "0.1"),
                of("\"double\"", 1.5e300, "1.5E300"),
                of("\"double\"", Double.NaN, "NaN"),
                of("\"double\"", Double.NEGATIVE_INFINITY, "-Infinity"),
                of("\"string\"", "Grüße \"\n", "Grüße \"\n"),
                of("\"bytes\"", ByteBuffer.wrap(new byte[] {0, (byte) 0xFF, 16}), "AP8Q"),
                of(fixed(3, ""), fixed(3, 1, 2, 255), "AQL/"),
                of("{\"type\":\"enum\",\"name\":\"Mood\",\"symbols\":[\"GOOD\",\"BAD\"]}",
                        new GenericData.EnumSymbol(Schema.createEnum("Mood", null, null, List.of("GOOD", "BAD")), "BAD"), "BAD"),
                of("[\"null\",\"string\"]", null, "null"),
                of("[\"null\",\"long\",\"string\"]", "x", "x"),
                of("[\"null\",\"long\",\"string\"]", 7L, "7"),
                of("{\"type\":\"array\",\"items\":[\"null\",\"int\"]}", Arrays.asList(1, null, 3), "[1,null,3]"),
                of("{\"type\":\"array\",\"items\":\"int\"}", List.of(), "[]"),
                of("{\"type\":\"map\",\"values\":\"string\"}", new LinkedHashMap<>(Map.of("a.b", "1")), "{\"a.b\":\"1\"}"),
                of(decimal(40, 12), unscaled("12345678901234567890.123456789012"), "12345678901234567890.123456789012"),
                of(decimal(9, 2), unscaled("-1.50"), "-1.50"),
                of(decimal(9, 9), unscaled("0.000000001"), "0.000000001"),
                of(fixed(4, ",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2"), fixed(4, 255, 255, 255, 156), "-1.00"),
                of(logical("bytes", "decimal"), ByteBuffer.wrap(new byte[] {1}), "AQ=="), // without a precision it is none
                of(logical("bytes", "big-decimal"), new Conversions.BigDecimalConversion().toBytes(new BigDecimal("-3.1400"), null, null), "-3.1400"),
                of(logical("int", "date"), 0, "1970-01-01"),
                of(logical("int", "date"), 20787, "2026-11-30"),
                of(logical("int", "date"), -719529, "-0001-12-31"),
                of(logical("int", "time-millis"), 36_000_000, "10:00:00"),
                of(logical("int", "time-millis"), 1, "00:00:00.001"),
                of(logical("long", "time-micros"), 86_399_999_999L, "23:59:59.999999"),
                of(logical("long", "timestamp-millis"), 1_700_000_000_123L, "2023-11-14T22:13:20.123Z"),
                of(logical("long", "timestamp-millis"), -1L, "1969-12-31T23:59:59.999Z"),
                of(logical("long", "timestamp-micros"), 1_700_000_000_000_001L, "2023-11-14T22:13:20.000001Z"),
                of(logical("long", "timestamp-nanos"), 1_700_000_000_000_000_001L, "2023-11-14T22:13:20.000000001Z"),
                of(logical("long", "timestamp-nanos"), Long.MIN_VALUE, "1677-09-21T00:12:43.145224192Z"),
                of(logical("long", "local-timestamp-millis"), 1_700_000_000_000L, "2023-11-14T22:13:20"),
                of(logical("long", "local-timestamp-micros"), 1L, "1970-01-01T00:00:00.000001"),
                of(logical("long", "local-timestamp-nanos"), 1L, "1970-01-01T00:00:00.000000001"),
                of(logical("string", "uuid"), "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
                of(fixed(16, ",\"logicalType\":\"uuid\""), fixed(16, 0xf8, 0x1d, 0x4f, 0xae, 0x7d, 0xec, 0x11, 0xd0, 0xa7, 0x65, 0, 0xa0, 0xc9, 0x1e, 0x6b, 0xf6),
                        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
                of(fixed(12, ",\"logicalType\":\"duration\""), fixed(12, 14, 0, 0, 0, 3, 0, 0, 0, 0xDC, 5, 0, 0), "P14M3DT1.500S"),
                of(logical("long", "nobody-knows"), 5L, "5"),
                of(logical("string", "date"), "no date", "no date"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("values")
    void aValueIsPlainJson(String schema, Object value, String json) throws Exception {
        assertThat(read(schema, RegistryUnderTest.avro(7, schema, value), MOST)).isEqualTo(json);
    }

    @Test
    void aRecordHasItsFieldsInTheirOrderAndTimesAndTextsInQuotes() throws Exception {
        String text = """
                {"type":"record","name":"Ticket","namespace":"acme","fields":[{"name":"z","type":"string"},{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
                {"name":"price","type":["null",{"type":"bytes","logicalType":"decimal","precision":20,"scale":2}]},
                {"name":"customer","type":{"type":"record","name":"Customer","fields":[{"name":"name","type":["null","string"]},{"name":"next","type":["null","Customer"]}]}},
                {"name":"also","type":"acme.Customer"}]}""";
        Schema schema = new Schema.Parser().parse(text);
        GenericData.Record inner = new GenericData.Record(schema.getField("also").schema());
        GenericData.Record customer = new GenericData.Record(schema.getField("also").schema());
        inner.put("name", "Bob");
        customer.put("next", inner);
        GenericData.Record ticket = new GenericData.Record(schema);
        ticket.put("z", "last");
        ticket.put("at", 0L);
        ticket.put("price", ByteBuffer.wrap(BigInteger.valueOf(199_990).toByteArray()));
        ticket.put("customer", customer);
        ticket.put("also", inner);

        assertThat(read(text, RegistryUnderTest.avro(1, text, ticket), MOST)).isEqualTo("{\"z\":\"last\",\"at\":\"1970-01-01T00:00:00Z\",\"price\":1999.90,"
                + "\"customer\":{\"name\":null,\"next\":{\"name\":\"Bob\",\"next\":null}},\"also\":{\"name\":\"Bob\",\"next\":null}}");
    }

    private static byte[] written(Encoding how) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        how.write(encoder);
        return RegistryUnderTest.record(7, out.toByteArray());
    }

    private interface Encoding {
        void write(BinaryEncoder encoder) throws Exception;
    }

    static Stream<Arguments> hostile() {
        String enumeration = "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}";
        return Stream.of(
                Arguments.of("\"string\"", (Encoding) out -> out.writeLong(2_000_000_000), "a length that the record does not have"),
                Arguments.of("\"bytes\"", (Encoding) out -> out.writeLong(-5), "a length that the record does not have"),
                Arguments.of("\"string\"", (Encoding) out -> out.writeLong(1), "they end in the middle"),
                Arguments.of("\"string\"", (Encoding) out -> out.writeBytes(new byte[] {(byte) 0xFF}), "not UTF-8"),
                Arguments.of("\"long\"", (Encoding) out -> out.writeFixed(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}), "Invalid long encoding"),
                Arguments.of("\"int\"", (Encoding) out -> out.writeFixed(new byte[] {2, 2}), "bytes are left behind"),
                Arguments.of("\"int\"", (Encoding) out -> { }, "they end in the middle"),
                Arguments.of(enumeration, (Encoding) out -> out.writeInt(9), "number 9 of 1"),
                Arguments.of(enumeration, (Encoding) out -> out.writeInt(-1), "number -1 of 1"),
                Arguments.of("[\"null\",\"int\"]", (Encoding) out -> out.writeInt(2), "number 2 of 2"),
                Arguments.of("{\"type\":\"array\",\"items\":\"null\"}", (Encoding) out -> out.writeLong(2_000_000_000), "more than 1000000 bytes as JSON"),
                Arguments.of("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"r\",\"type\":\"R\"}]}", (Encoding) out -> { }, "nest"),
                Arguments.of(logical("int", "time-millis"), (Encoding) out -> out.writeInt(90_000_000), "a time of day that is none"),
                Arguments.of(decimal(9, 2), (Encoding) out -> out.writeBytes(new byte[0]), "a decimal of 0 bytes"),
                Arguments.of(decimal(9, 2), (Encoding) out -> out.writeBytes(new byte[500_000]), "a decimal of 500000 bytes"),
                Arguments.of("{\"type\":\"record\",\"name\":\"T\",\"fields\":[{\"name\":\"to\",\"type\":"
                        + "{\"type\":\"record\",\"name\":\"U\",\"fields\":[{\"name\":\"name\",\"type\":\"string\"}]}}]}",
                        (Encoding) out -> out.writeLong(50), "field to.name"));
    }

    @ParameterizedTest(name = "{2}: {0}")
    @MethodSource("hostile")
    void dataThatAreNotWhatTheirSchemaSaysAreRefusedInLittleTimeAndSpace(String schema, Encoding data, String words) throws Exception {
        byte[] record = written(data);
        assertThatThrownBy(() -> read(schema, record, MOST)).isInstanceOfSatisfying(PromptFailed.class, failed -> {
            assertThat(failed.getMessage()).contains(words).doesNotContain("90000000");
            assertThat(failed.getCode()).isEqualTo(words.contains("as JSON") ? "too_large" : "invalid_encoding");
            assertThat(failed.isRetryable()).isFalse();
        });
    }

    @Test
    void moreJsonThanIsAllowedIsRefusedAndAsMuchAsIsAllowedIsNot() throws Exception {
        byte[] record = RegistryUnderTest.avro(7, "{\"type\":\"array\",\"items\":\"string\"}", List.of("a".repeat(50), "b".repeat(43)));
        assertThat(read("{\"type\":\"array\",\"items\":\"string\"}", record, 100)).hasSize(100);
        assertThatThrownBy(() -> read("{\"type\":\"array\",\"items\":\"string\"}", record, 99)).hasMessageContaining("more than 99 bytes").hasMessageContaining("prompts.max-bytes");
    }

    @Test
    void numbersAreReadBackAsTheyAre() throws Exception {
        String schema = decimal(60, 30);
        String number = "-123456789012345678901234567890.123456789012345678901234567890";
        byte[] json = read(schema, RegistryUnderTest.avro(1, schema, unscaled(number)), MOST).getBytes(StandardCharsets.UTF_8);
        assertThat(Json.tree(json).decimalValue()).isEqualTo(new BigDecimal(number));
    }
}
