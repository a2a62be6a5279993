package io.promptroutes.call;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Prompt;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** The body of a batch that is submitted. It is read from its beginning on, so what holds for all lines stands in front of them. */
public final class BatchBody extends AbstractHttpEntity {

    /** The only one that batches are made of here. */
    public static final String ENDPOINT = "/v1/chat/completions";

    private final byte[] head;
    private final Map<String, byte[]> lines;
    private volatile boolean sent;

    /**
     * @param only  the providers that may serve it, as JSON; null for any
     * @param within the time within which it is to be through, as the Batch API has it
     * @param lines requests by their names, in their order
     */
    public BatchBody(String model, String only, String within, Map<String, byte[]> lines) {
        super(ContentType.APPLICATION_JSON, null);
        ObjectNode fields = Json.MAPPER.createObjectNode().put("endpoint", ENDPOINT).put("model", model);
        if (!within.equals(Prompt.WITHIN)) { // else it is left out, as whatever else may be
            fields.put("completion_window", within);
        }
        if (only != null) {
            fields.putObject("provider").set("only", Json.tree(only.getBytes(StandardCharsets.UTF_8)));
        }
        String text = new String(Json.bytes(fields), StandardCharsets.UTF_8);
        this.head = bytes(text.substring(0, text.length() - 1) + ",\"requests\":[");
        this.lines = lines;
    }

    /** Whether the service may have read any of it. */
    boolean sent() {
        return sent;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        sent = true;
        out.write(head);
        boolean first = true;
        for (Map.Entry<String, byte[]> line : lines.entrySet()) {
            out.write(bytes((first ? "" : ",") + "{\"custom_id\":\"" + line.getKey() + "\",\"body\":"));
            out.write(line.getValue());
            out.write('}');
            first = false;
        }
        out.write(bytes("]}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isRepeatable() {
        return false;
    }

    @Override
    public long getContentLength() {
        return -1;
    }

    @Override
    public InputStream getContent() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public void close() {
        // nothing is open
    }
}
