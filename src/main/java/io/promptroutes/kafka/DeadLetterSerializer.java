package io.promptroutes.kafka;

import java.util.Arrays;
import java.util.Comparator;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes the record that a dead letter is about as it came, with all its headers in their order, and ours behind them: Camel can carry no name
 * twice, none in two cases, and none without a value. Bytes stay what they are. Thread-safe.
 */
public final class DeadLetterSerializer implements Serializer<Object> {

    @Override
    public byte[] serialize(String topic, Object data) {
        return data instanceof Origin origin ? origin.value() : (byte[]) data;
    }

    @Override
    public byte[] serialize(String topic, Headers headers, Object data) {
        if (data instanceof Origin origin) {
            Header[] ours = headers.toArray();
            Arrays.sort(ours, Comparator.comparing(Header::key)); // error-attempts is the first, by which they are known again
            Arrays.stream(ours).forEach(header -> headers.remove(header.key()));
            origin.headers().forEach(headers::add);
            Arrays.stream(ours).forEach(headers::add);
        }
        return serialize(topic, data);
    }
}
