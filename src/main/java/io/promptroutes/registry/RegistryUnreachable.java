package io.promptroutes.registry;

import java.io.IOException;

/** The registry does not say which schema a record has: it may do so later. */
public final class RegistryUnreachable extends IOException {

    private static final long serialVersionUID = 1;

    RegistryUnreachable(String message) {
        super(message);
    }
}
