package io.promptroutes.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Function;
import org.apache.commons.lang3.function.Failable;

/**
 * What stands for an id: the first 16 bytes of its SHA-256. Nobody can make up two ids that pass for one, as they could with a faster hash.
 *
 * @param low odd, so that 0 is nobody's: one bit of 128 is given up
 */
record IdHash(long high, long low) {

    /** For one thread: the digest is used again. */
    static Function<String, IdHash> sha256() {
        MessageDigest sha256 = Failable.get(() -> MessageDigest.getInstance("SHA-256"));
        return id -> {
            ByteBuffer hash = ByteBuffer.wrap(sha256.digest(id.getBytes(StandardCharsets.UTF_8)));
            return new IdHash(hash.getLong(), hash.getLong() | 1);
        };
    }
}
