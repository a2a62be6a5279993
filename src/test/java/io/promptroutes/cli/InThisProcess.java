package io.promptroutes.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** The command line without a process of its own, for tests that look at files and words and start it dozens of times. */
public final class InThisProcess {

    private InThisProcess() {
    }

    /** With logs as a process has them. */
    public static void begin() {
        Logs.begin();
    }

    /** What goes to standard output and standard error is left there. */
    public static int execute(String... arguments) {
        return PromptRoutes.execute(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true));
    }

    /** @param out what goes to standard output @param err what goes to standard error @return the exit code */
    public static int execute(String[] arguments, StringWriter out, StringWriter err) {
        return PromptRoutes.execute(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }
}
