package io.promptroutes.call;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.apache.commons.lang3.function.Failable;

/**
 * The key, read anew for each call so that it can be rotated, and never part of any text. Thread-safe.
 *
 * @param source gives the key, or null or blank where there is none
 */
public record ApiKey(Supplier<String> source) {

    public boolean present() {
        String key = source.get();
        return key != null && !key.isBlank();
    }

    /** By which a service tells it from others without knowing it: the SHA-256, in hex; where there is none, that of an empty text. */
    public String hash() {
        String key = source.get();
        MessageDigest digest = Failable.get(() -> MessageDigest.getInstance("SHA-256"));
        return HexFormat.of().formatHex(digest.digest((key == null ? "" : key.strip()).getBytes(StandardCharsets.UTF_8)));
    }

    /** The value of the Authorization header. */
    public String authorization() {
        return "Bearer " + source.get().strip();
    }

    @Override
    public String toString() {
        return "ApiKey[hidden]";
    }
}
