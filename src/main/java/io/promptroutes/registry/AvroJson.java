package io.promptroutes.registry;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promptroutes.prompt.Utf8;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Writes the data of one record as JSON while it reads them, so that nothing is made of a size that a record only claims to have: Avro's own reader makes
 * a text of as many bytes as stand before it. For one record.
 */
final class AvroJson {

    /** As deep as JSON is written. */
    private static final int DEEPEST = 1_000;

    private final BinaryDecoder in;
    private final int length;
    private final JsonGenerator json;
    private final BooleanSupplier full;
    private final AvroScalars scalars;
    /** Names of fields that lead to what is read. */
    private final Deque<String> path = new ArrayDeque<>();
    private int depth;

    /** More JSON than is allowed. */
    static final class TooLarge extends IOException {

        private static final long serialVersionUID = 1;
    }

    /** @param full whether no more may be written */
    AvroJson(byte[] record, int from, JsonGenerator json, BooleanSupplier full) {
        in = DecoderFactory.get().binaryDecoder(record, from, record.length - from, null);
        length = record.length - from;
        this.json = json;
        this.full = full;
        scalars = new AvroScalars(json);
    }

    /** All that is there. */
    void all(Schema schema) throws IOException {
        value(schema);
        if (!in.isEnd()) {
            throw new IOException("bytes are left behind them");
        }
    }

    /** The place of what was read last, in words. */
    String where() {
        return path.isEmpty() ? "" : ", field " + String.join(".", path);
    }

    private void value(Schema schema) throws IOException {
        if (full.getAsBoolean()) {
            throw new TooLarge();
        }
        if (++depth > DEEPEST) {
            throw new IOException("nested deeper than " + DEEPEST + " levels");
        }
        switch (schema.getType()) {
            case RECORD -> record(schema);
            case ARRAY -> array(schema.getElementType());
            case MAP -> map(schema.getValueType());
            case UNION -> value(one(schema.getTypes(), in.readIndex()));
            case NULL -> json.writeNull();
            case BOOLEAN -> json.writeBoolean(in.readBoolean());
            case FLOAT -> json.writeNumber(in.readFloat());
            case DOUBLE -> json.writeNumber(in.readDouble());
            case ENUM -> json.writeString(one(schema.getEnumSymbols(), in.readEnum()));
            case INT -> scalars.number(schema, in.readInt());
            case LONG -> scalars.number(schema, in.readLong());
            case STRING -> json.writeString(text());
            case BYTES -> scalars.bytes(schema, bytes(in.readLong()));
            case FIXED -> scalars.bytes(schema, bytes(schema.getFixedSize()));
        }
        depth--;
    }

    private void record(Schema schema) throws IOException {
        json.writeStartObject();
        for (Schema.Field field : schema.getFields()) {
            json.writeFieldName(field.name());
            path.addLast(field.name());
            value(field.schema());
            path.removeLast();
        }
        json.writeEndObject();
    }

    private void array(Schema element) throws IOException {
        json.writeStartArray();
        for (long left = in.readArrayStart(); left > 0; left = in.arrayNext()) {
            for (long i = 0; i < left; i++) {
                value(element);
            }
        }
        json.writeEndArray();
    }

    private void map(Schema value) throws IOException {
        json.writeStartObject();
        for (long left = in.readMapStart(); left > 0; left = in.mapNext()) {
            for (long i = 0; i < left; i++) {
                json.writeFieldName(text());
                value(value);
            }
        }
        json.writeEndObject();
    }

    private static <T> T one(List<T> all, int index) throws IOException {
        if (index < 0 || index >= all.size()) {
            throw new IOException("number " + index + " of " + all.size() + " types or symbols");
        }
        return all.get(index);
    }

    private String text() throws IOException {
        String text = Utf8.text(bytes(in.readLong()));
        if (text == null) {
            throw new IOException("a text is not UTF-8");
        }
        return text;
    }

    private byte[] bytes(long count) throws IOException {
        if (count < 0 || count > length) {
            throw new IOException("a text or bytes of a length that the record does not have");
        }
        byte[] bytes = new byte[(int) count];
        in.readFixed(bytes, 0, bytes.length);
        return bytes;
    }
}
