package io.promptroutes.call;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/**
 * The body of one call, with its wall-clock limit on the way in and what is known of a call that fails on the way out.
 * Written by the calling thread, read by the same after the call.
 */
public final class CallEntity extends HttpEntityWrapper {

    private final Duration limit;
    private volatile boolean sent;
    private volatile String generationId;
    private volatile Consumer<String> whenLong = id -> { };

    public CallEntity(byte[] json, Duration limit) {
        super(new ByteArrayEntity(json, ContentType.APPLICATION_JSON));
        this.limit = limit;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        sent = true; // from here on OpenRouter may have read it, whatever becomes of the connection
        super.writeTo(out);
    }

    Duration limit() {
        return limit;
    }

    void generationId(String id) {
        generationId = id;
    }

    void tellGenerationId() {
        whenLong.accept(generationId);
    }

    /** Whom to tell OpenRouter's id while the call still runs: a process that dies in it can look the call up later. Must not block. */
    public void whenLong(Consumer<String> listener) {
        whenLong = listener;
    }

    /** Whether the request may have arrived. */
    public boolean sent() {
        return sent;
    }

    /** OpenRouter's id, known as soon as the response's headers are there; null before. */
    public String generationId() {
        return generationId;
    }
}
