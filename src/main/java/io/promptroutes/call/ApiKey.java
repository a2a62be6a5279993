package io.promptroutes.call;

import java.util.function.Supplier;

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

    /** The value of the Authorization header. */
    public String authorization() {
        return "Bearer " + source.get().strip();
    }

    @Override
    public String toString() {
        return "ApiKey[hidden]";
    }
}
