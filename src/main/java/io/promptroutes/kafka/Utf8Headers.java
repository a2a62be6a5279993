package io.promptroutes.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.camel.component.kafka.serde.DefaultKafkaHeaderSerializer;

/** Writes the text of headers as UTF-8, and the rest as Camel does, which takes the platform's character set for text. Thread-safe. */
public final class Utf8Headers extends DefaultKafkaHeaderSerializer {

    @Override
    public byte[] serialize(String key, Object value) {
        return value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : super.serialize(key, value);
    }
}
