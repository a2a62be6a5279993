package io.promptroutes.cli;

import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.settings.Secret;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jline.utils.Signals;

/**
 * Ctrl-C and SIGTERM: intake stops, what is being called gets time to finish, and the exit code is ours, not the signal's. A second
 * Ctrl-C ends the process at once, as a kill would, which the next run can take.
 */
final class Interruption implements AutoCloseable {

    private static final int GRACE_SECONDS = 150;
    private static final List<String> NOT_AGAIN = List.of("--fresh", "--submit-only");

    private final CountDownLatch finished = new CountDownLatch(1);
    private final AtomicBoolean asked = new AtomicBoolean();
    private final AdmissionGate intake;
    private final PrintWriter err;
    private final Thread hook;
    private final Object handler;
    private volatile int code = ExitCodes.STOPPED;
    private volatile boolean idle;
    private volatile IntSupplier waiting = () -> 0;
    private volatile AutoCloseable last = () -> { };

    Interruption(AdmissionGate intake, PrintWriter err) {
        this.intake = intake;
        this.err = err;
        hook = new Thread(() -> {
            intake.stop("interrupted");
            try {
                if (!idle && !finished.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    code = ExitCodes.STOPPED;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(code);
        }, "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        handler = Signals.register("INT", this::interrupt); // the JVM would hear the first one only
    }

    private void interrupt() {
        if (asked.compareAndSet(false, true)) {
            if (waiting.getAsInt() > 0) {
                err.println("prompt-routes: " + waiting.getAsInt() + " prompts are asked in batches, which go on; the same command comes back for their answers");
            }
            err.println(idle ? "prompt-routes: interrupted; nothing was called" : "prompt-routes: stopping; calls that run (" + intake.inFlight()
                    + " now) are paid for and have " + GRACE_SECONDS + " s to finish. Ctrl-C again stops at once. Go on later with:  " + again());
            intake.stop("interrupted"); // not before: a job that has nothing to finish ends at once, and its summary would stand around these words
            System.exit(code); // which waits for the hook
        } else {
            try {
                last.close();
            } catch (Exception e) {
                // it is over anyway
            }
            err.println("prompt-routes: stopped at once; " + intake.inFlight() + " calls were under way and may have been billed. Go on with:  " + again());
            Runtime.getRuntime().halt(ExitCodes.STOPPED);
        }
    }

    /** @param closeable that a sudden end is not to leave open */
    void last(AutoCloseable closeable) {
        last = closeable;
    }

    /** @param batched tells how many prompts wait for batches, which go on whatever becomes of this process */
    void waiting(IntSupplier batched) {
        waiting = batched;
    }

    /** The command line of this process as it can be given again to go on, for a shell; without what would start over, and without secrets. */
    static String again() {
        List<String> command = Stream.concat(Stream.of("java"), Stream.of(ProcessHandle.current().info().arguments().orElse(new String[0]))).toList();
        return again(command, System.getProperty("prompt-routes.launcher"));
    }

    /** @param launcher by which java was started, and which adds options of its own; null where there was none */
    static String again(List<String> java, String launcher) {
        List<String> command = launcher == null ? java
                : Stream.concat(Stream.of(launcher), java.stream().skip(java.indexOf("-jar") + 2)).toList();
        return command.stream().filter(one -> !NOT_AGAIN.contains(one)).map(Secret::hide)
                .map(one -> one.matches("[A-Za-z0-9_@%+=:,./-]+") ? one : "'" + one.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
    }

    /** @param nothingToFinish whether an interruption is to end the process at once, since nothing is called, and somebody may be asked something */
    void idle(boolean nothingToFinish) {
        idle = nothingToFinish;
    }

    /** What a process that is being interrupted ends with. */
    void exitWith(int exitCode) {
        code = exitCode;
    }

    @Override
    public void close() {
        Signals.unregister("INT", handler);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            finished.countDown(); // the hook is running and waits for us
        }
    }
}
