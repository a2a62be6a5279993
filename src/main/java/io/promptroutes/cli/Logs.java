package io.promptroutes.cli;

import io.promptroutes.settings.Settings;
import java.io.PrintWriter;
import java.util.List;
import org.apache.commons.lang3.function.Failable;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Keeps secrets and prompts out of logs whatever the log configuration says. */
final class Logs {

    private static volatile boolean json;

    private Logs() {
    }

    /** Before anything is logged: ours are not at the place where log4j looks, for an application in which the jar lies has a configuration of its own. */
    static void begin() {
        if (System.getProperty("log4j2.configurationFile") == null) {
            System.setProperty("log4j2.configurationFile", "classpath:io/promptroutes/log4j2.properties");
        }
        keepSecrets();
    }

    /** As key {@code logs.format} says. */
    static void format(Settings settings) {
        json = settings.choice("logs.format", List.of("text", "json")).equals("json");
        if (json) {
            Configurator.reconfigure(Failable.get(Logs.class.getResource("/io/promptroutes/log4j2-json.properties")::toURI));
            keepSecrets();
        }
    }

    /** Tells an operator something, in the form of the logs. */
    static void tell(PrintWriter err, String message) {
        if (json) {
            LoggerFactory.getLogger(Logs.class).info(message);
        } else {
            err.println("prompt-routes: " + message);
        }
    }

    /** The HTTP client prints the Authorization header and bodies at DEBUG: these loggers stay off. */
    static void keepSecrets() {
        for (String logger : new String[] {"org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers",
                "org.apache.hc.client5.http.impl", "org.apache.hc.core5"}) {
            Configurator.setAllLevels(logger, Level.INFO);
        }
        // prints what a call failed with, in words that may quote the prompt; what was thrown in a clause is told by Sinks
        Configurator.setLevel("org.apache.camel.processor.FatalFallbackErrorHandler", Level.OFF);
        if (!SLF4JBridgeHandler.isInstalled()) { // else java.util.logging would write in a form of its own
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }
        Configurator.setAllLevels("com.networknt", Level.OFF); // quotes schemas, which are parts of requests
    }

    /** What Camel says of routes that it stops at once would bury why the start has failed. */
    static void startFailed() {
        Configurator.setAllLevels("org.apache.camel", Level.OFF);
    }

    /** For a job that is to be quiet. */
    static void errorsOnly() {
        Configurator.setAllLevels("", Level.ERROR);
        keepSecrets();
    }
}
