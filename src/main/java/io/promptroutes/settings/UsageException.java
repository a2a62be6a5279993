package io.promptroutes.settings;

/** Usage or configuration is wrong and nothing was called: exit 2. The message says what, where, and what to do. */
public final class UsageException extends RuntimeException {

    public UsageException(String message) {
        this(message, null);
    }

    public UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
