package io.promptroutes.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Lets a process run a millisecond at a time, so that a test sees what it has stored in between. For one thread at a time. */
final class Steps implements AutoCloseable {

    private final Process signals;

    /** One shell for all signals: a program started for each would take several milliseconds, in which the process runs. */
    Steps(Process process) throws IOException {
        signals = new ProcessBuilder("sh", "-c", "while read signal; do kill -$signal " + process.pid() + " || exit 1; echo; done").redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** It stands still from now on. */
    void stop() {
        send("STOP");
    }

    /** Runs it for a millisecond. */
    void one() throws InterruptedException {
        send("CONT");
        TimeUnit.MILLISECONDS.sleep(1);
        send("STOP");
    }

    private void send(String signal) {
        try {
            OutputStream out = signals.getOutputStream();
            out.write((signal + "\n").getBytes());
            out.flush();
            signals.getInputStream().read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It stays as it is. */
    @Override
    public void close() {
        signals.destroy();
    }
}
