package io.promptroutes.prompt;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * Where a prompt came from: a line of a file, a record of a topic, or anything else; the parts of the other kinds are null.
 *
 * @param line     counted from 1
 * @param offset   the record's offset in its partition
 * @param exchange id of the Camel exchange in which it came, where there is nothing by which it could be known when it comes again
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Source(String file, Long line, String topic, Integer partition, Long offset, String exchange) {

    public static Source line(String file, long line) {
        return new Source(file, line, null, null, null, null);
    }

    public static Source record(String topic, int partition, long offset) {
        return new Source(null, null, topic, partition, offset, null);
    }

    public static Source exchange(String id) {
        return new Source(null, null, null, null, null, id);
    }

    /** As a result or dead letter tells it; null where it does not. */
    public static Source of(JsonNode message) {
        try {
            return Json.MAPPER.treeToValue(message.path("source"), Source.class);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** The identity of a prompt that names none: {@code <file>:<line>} or {@code <topic>-<partition>-<offset>}, or the exchange's. */
    public String defaultId() {
        return exchange != null ? exchange : file != null ? file + ":" + line : topic + "-" + partition + "-" + offset;
    }
}
