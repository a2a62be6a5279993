package io.promptroutes.prompt;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Where a prompt came from: a line of a file, or a record of a topic; the parts of the other kind are null.
 *
 * @param line   counted from 1
 * @param offset the record's offset in its partition
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Source(String file, Long line, String topic, Integer partition, Long offset) {

    public static Source line(String file, long line) {
        return new Source(file, line, null, null, null);
    }

    public static Source record(String topic, int partition, long offset) {
        return new Source(null, null, topic, partition, offset);
    }

    /** The identity of a prompt that names none: {@code <file>:<line>} or {@code <topic>-<partition>-<offset>}. */
    public String defaultId() {
        return file != null ? file + ":" + line : topic + "-" + partition + "-" + offset;
    }
}
