package io.promptroutes.cli;

/** What a script may rely on. */
final class ExitCodes {

    static final int ANSWERED = 0;
    static final int DEAD_LETTERS = 1;
    static final int USAGE = 2;
    static final int STOPPED = 3;
    /** Prompts that came in are neither answered nor dead letters, or the program itself failed: never expected. */
    static final int DEFECT = 70;

    private ExitCodes() {
    }
}
