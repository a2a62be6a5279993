package io.promptroutes.kafka;

/**
 * Keeps an interruption away from the Kafka client while it gives partitions up: Camel interrupts the poll thread when a shutdown
 * takes too long, and an interrupted client neither commits nor leaves the group, which others then wait for. For the poll thread.
 */
final class Hurry {

    private boolean shielded;
    private boolean interrupted;

    /** Whether to wait for nothing more. The thread is not interrupted from now on, until {@link #restore}. */
    boolean noted() {
        interrupted |= Thread.interrupted();
        return interrupted;
    }

    void note() {
        interrupted = true;
    }

    /** Interrupts the thread again if it was, unless what shields it is still running. */
    void restore() {
        if (interrupted && !shielded) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
    }

    void shield(Runnable work) {
        noted();
        shielded = true;
        try {
            work.run();
        } finally {
            shielded = false;
            restore();
        }
    }
}
