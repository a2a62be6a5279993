package io.promptroutes.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * What makes two prompts the same piece of work: provider, tenant, id and request as received. Not the models, which move with the
 * catalogue.
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
     * @param id       the prompt's own id; for one without, the number of its occurrence among equal requests of the job
     * @param request  the bytes as received; JSON objects are compared by value, anything else byte by byte
     */
    public static WorkId of(String provider, String tenant, String id, byte[] request) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
        for (String part : new String[] {provider, tenant, id}) {
            add(digest, part.getBytes(StandardCharsets.UTF_8));
        }
        add(digest, CanonicalJson.of(request));
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
