package io.promptroutes.cli;

import io.promptroutes.flow.Intake;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C and SIGTERM: intake stops, what is being called gets time to finish, and the exit code is ours, not the signal's.
 */
final class Interruption implements AutoCloseable {

    private static final int GRACE_SECONDS = 150;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;
    private volatile int code = ExitCodes.STOPPED;

    Interruption(Intake intake) {
        hook = new Thread(() -> {
            intake.stop("interrupted");
            try {
                if (!finished.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    code = ExitCodes.STOPPED;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(code);
        }, "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** What a process that is being interrupted ends with. */
    void exitWith(int exitCode) {
        code = exitCode;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            finished.countDown(); // the hook is running and waits for us
        }
    }
}
