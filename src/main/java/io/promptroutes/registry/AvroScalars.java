package io.promptroutes.registry;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Writes numbers and bytes as what their logical types mean: numbers with all their digits, times as ISO 8601 has them. For one record. */
record AvroScalars(JsonGenerator json) {

    private static final long NANOS = 1_000_000_000;
    /** Of each, in a second. */
    private static final Map<String, Long> UNITS = Map.of("millis", 1_000L, "micros", 1_000_000L, "nanos", NANOS);
    /** Of an exact number: about as many digits as a number in JSON may have here. */
    private static final int LONGEST = 400;
    private static final int MOST_PLACES = 500;

    void number(Schema schema, long value) throws IOException {
        String type = type(schema);
        String unit = type.substring(type.lastIndexOf('-') + 1);
        switch (type.equals(unit) ? type : type.substring(0, type.length() - unit.length() - 1)) {
            case "date" -> json.writeString(LocalDate.ofEpochDay(value).toString());
            case "time" -> json.writeString(DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.ofNanoOfDay(Math.multiplyExact(value, NANOS / UNITS.get(unit)))));
            case "timestamp" -> json.writeString(instant(value, UNITS.get(unit)).toString());
            case "local-timestamp" ->
                    json.writeString(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(LocalDateTime.ofInstant(instant(value, UNITS.get(unit)), ZoneOffset.UTC)));
            default -> json.writeNumber(value);
        }
    }

    private static Instant instant(long value, long perSecond) {
        return Instant.ofEpochSecond(Math.floorDiv(value, perSecond), Math.floorMod(value, perSecond) * (NANOS / perSecond));
    }

    /** Of bytes and of such as have a fixed length. */
    void bytes(Schema schema, byte[] bytes) throws IOException {
        switch (type(schema)) {
            case "decimal" -> json.writeNumber(decimal(bytes, ((LogicalTypes.Decimal) schema.getLogicalType()).getScale()));
            case "big-decimal" -> json.writeNumber(decimal(bytes));
            case "uuid" -> json.writeString(new UUID(ByteBuffer.wrap(bytes).getLong(), ByteBuffer.wrap(bytes).getLong(8)).toString());
            case "duration" -> json.writeString(duration(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)));
            default -> json.writeBinary(bytes);
        }
    }

    private static BigDecimal decimal(byte[] unscaled, int scale) throws IOException {
        if (unscaled.length == 0 || unscaled.length > LONGEST || Math.abs((long) scale) > MOST_PLACES) {
            throw new IOException("a decimal of " + unscaled.length + " bytes and " + scale + " places; 1 to " + LONGEST + " bytes and " + MOST_PLACES + " places are read");
        }
        return new BigDecimal(new BigInteger(unscaled), scale);
    }

    /** With its own scale. */
    private static BigDecimal decimal(byte[] bytes) throws IOException {
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(bytes, null);
        byte[] unscaled = new byte[(int) Math.max(0, Math.min(LONGEST + 1, in.readLong()))];
        in.readFixed(unscaled);
        return decimal(unscaled, in.readInt());
    }

    private static String duration(ByteBuffer parts) {
        long months = Integer.toUnsignedLong(parts.getInt());
        long days = Integer.toUnsignedLong(parts.getInt());
        return "P" + months + "M" + days + "DT" + BigDecimal.valueOf(Integer.toUnsignedLong(parts.getInt()), 3).toPlainString() + "S";
    }

    /** Empty without one, and for one that does not go with its schema. */
    private static String type(Schema schema) {
        LogicalType type = schema.getLogicalType();
        return type == null ? "" : type.getName();
    }
}
