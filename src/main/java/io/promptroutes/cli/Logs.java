package io.promptroutes.cli;

import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/** Keeps secrets and prompts out of logs whatever the log configuration says. */
final class Logs {

    private Logs() {
    }

    /** The HTTP client prints the Authorization header and bodies at DEBUG: these loggers stay off. */
    static void keepSecrets() {
        for (String logger : new String[] {"org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers",
                "org.apache.hc.client5.http.impl", "org.apache.hc.core5"}) {
            Configurator.setAllLevels(logger, Level.INFO);
        }
        Configurator.setAllLevels("com.networknt", Level.OFF); // quotes schemas, which are parts of requests
    }

    /** For a job that is to be quiet. */
    static void errorsOnly() {
        Configurator.setAllLevels("", Level.ERROR);
        keepSecrets();
    }
}
