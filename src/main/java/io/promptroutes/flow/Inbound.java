package io.promptroutes.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Source;
import java.util.function.Supplier;

/**
 * Something that came in and may be a prompt.
 *
 * @param key     the Kafka record's key, or null
 * @param bytes   as they came; only the first part of them where {@code tooLong}
 * @param tooLong whether it is over the size limit
 * @param length  bytes in all
 * @param format  how the bytes are to be read; null where key {@code prompts.format} says so
 * @param refusal why it is no prompt, where whoever read it has found that already; null otherwise
 * @param replayed whether it is a dead letter that was put back on its topic
 * @param id       what it is known by; null where what it holds says so
 * @param tenant   who pays; null where what it holds, or the pipeline, says so
 * @param traceparent of the span below which hangs what is published: the sender's, or the prompt's own; null where there is none
 * @param row      all of a table's row, of which {@code bytes} may be the part that is asked about; null where there is no table
 */
public record Inbound(Source source, String key, byte[] bytes, boolean tooLong, long length, InputFormat format, InvalidPrompt refusal,
        boolean replayed, String traceparent, String id, String tenant, Supplier<JsonNode> row) {

    public Inbound(Source source, String key, byte[] bytes, boolean tooLong, long length, InputFormat format, InvalidPrompt refusal) {
        this(source, key, bytes, tooLong, length, format, refusal, false, null, null, null, null);
    }

    public Inbound(Source source, String key, byte[] bytes, boolean tooLong, long length, InputFormat format, InvalidPrompt refusal, boolean replayed, String traceparent) {
        this(source, key, bytes, tooLong, length, format, refusal, replayed, traceparent, null, null, null);
    }

    /** The same by a name and for a payer that somebody else has found in it. */
    public Inbound named(String by, String payer) {
        return by == null && payer == null ? this : new Inbound(source, key, bytes, tooLong, length, format, refusal, replayed, traceparent, by, payer, row);
    }

    public Inbound(Source source, String key, byte[] bytes, boolean tooLong, long length) {
        this(source, key, bytes, tooLong, length, null, null);
    }

    /** The same as what is no prompt. */
    public Inbound refused(InvalidPrompt why) {
        return new Inbound(source, key, bytes, tooLong, length, format, why, replayed, traceparent, id, tenant, row);
    }

    /** The same below another span; itself where that is null. */
    public Inbound below(String span) {
        return span == null ? this : new Inbound(source, key, bytes, tooLong, length, format, refusal, replayed, span, id, tenant, row);
    }

    /** The same out of this row. @param all its columns, made when they are asked for; may be null */
    public Inbound ofRow(Supplier<JsonNode> all) {
        return all == null ? this : new Inbound(source, key, bytes, tooLong, length, format, refusal, replayed, traceparent, id, tenant, all);
    }

    /** Whether it came as a dead letter that holds the prompt: then the prompt's bytes are another array, and not only the same text. */
    public boolean holds(Prompt prompt) {
        return bytes != prompt.raw();
    }

    @Override
    public String toString() {
        return source.defaultId();
    }
}
