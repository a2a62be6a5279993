package io.promptroutes.flow;

import io.promptroutes.prompt.Source;

/**
 * Something that came in and may be a prompt.
 *
 * @param key     the Kafka record's key, or null
 * @param bytes   as they came; only the first part of them where {@code tooLong}
 * @param tooLong whether it is over the size limit
 * @param length  bytes in all
 */
public record Arrival(Source source, String key, byte[] bytes, boolean tooLong, long length) {

    @Override
    public String toString() {
        return source.defaultId();
    }
}
