package io.promptroutes.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.commons.lang3.function.Failable;

/**
 * What makes two prompts the same piece of work: provider, tenant, pipeline, id and effective request. Not what moves by itself or only
 * fills gaps: tables, catalogue, prices, settings of tasks.
 *
 * @param hex 32 hexadecimal digits
 */
public record WorkId(String hex) {

    /** Of the SHA-256: enough that no two pieces of work meet, and short enough for an index. */
    private static final int BYTES = 16;

    public WorkId {
        Objects.requireNonNull(hex);
    }

    /**
     * @param provider the provider's id, or {@code simulator}
     * @param id       what the prompt is known by in its pipeline, and by that
     * @param request  JSON objects are compared by value, anything else byte by byte
     */
    public static WorkId of(String provider, String tenant, String id, byte[] request) {
        return hash(provider, tenant, id, CanonicalJson.of(request));
    }

    /** The same of a request that was read. */
    public static WorkId of(String provider, String tenant, String id, JsonNode request) {
        return hash(provider, tenant, id, CanonicalJson.of(request));
    }

    private static WorkId hash(String provider, String tenant, String id, byte[] canonical) {
        MessageDigest digest = Failable.get(() -> MessageDigest.getInstance("SHA-256"));
        for (String part : new String[] {provider, tenant, id}) {
            add(digest, part.getBytes(StandardCharsets.UTF_8));
        }
        add(digest, canonical);
        return new WorkId(HexFormat.of().formatHex(digest.digest(), 0, BYTES));
    }

    /** With its length, so that no two sequences of parts look the same. */
    private static void add(MessageDigest digest, byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        digest.update(part);
    }

    @Override
    public String toString() {
        return hex;
    }
}
