package io.promptroutes.kafka;

import io.promptroutes.prompt.Source;
import org.apache.kafka.common.header.Headers;

/**
 * The Kafka record that a prompt came in, as it was. In exchange variable {@code origin}. Not to be changed by anyone.
 *
 * @param key       null where the record has none
 * @param headers   all of them, in their order
 * @param timestamp milliseconds since 1970, or null
 */
record Origin(Source source, byte[] key, byte[] value, Headers headers, Long timestamp) {

    /** A header: whose span what is published hangs below; the sender's, or the prompt's own where there are traces. */
    static final String TRACEPARENT = "traceparent";

    @Override
    public String toString() {
        return source.defaultId();
    }
}
