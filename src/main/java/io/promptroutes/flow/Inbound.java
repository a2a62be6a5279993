package io.promptroutes.flow;

import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Source;

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
 * @param traceparent of the span below which hangs what is published: the sender's, or the prompt's own; null where there is none
 */
public record Inbound(Source source, String key, byte[] bytes, boolean tooLong, long length, InputFormat format, InvalidPrompt refusal,
        boolean replayed, String traceparent) {

    public Inbound(Source source, String key, byte[] bytes, boolean tooLong, long length, InputFormat format, InvalidPrompt refusal) {
        this(source, key, bytes, tooLong, length, format, refusal, false, null);
    }

    public Inbound(Source source, String key, byte[] bytes, boolean tooLong, long length) {
        this(source, key, bytes, tooLong, length, null, null);
    }

    /** The same below another span; itself where that is null. */
    public Inbound below(String span) {
        return span == null ? this : new Inbound(source, key, bytes, tooLong, length, format, refusal, replayed, span);
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
