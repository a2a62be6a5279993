package io.promptroutes.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Pauses partitions instead of blocking the poll: all of them while the window is full or intake may not take, single ones while
 * they are too far ahead. Knows which pauses are its own and which are Camel's, and takes back only its own.
 * For the poll thread.
 */
final class Throttle {

    /** A full window is looked at again after this. */
    private static final Duration FULL = Duration.ofMillis(10);

    private final Consumer<?, ?> consumer;
    private final WindowLimits limits;
    private final int pollRecords;
    private final BooleanSupplier mayTake;
    private final Set<TopicPartition> own = new HashSet<>();
    private final Set<TopicPartition> callers = new HashSet<>();
    private boolean full;
    private boolean holding;
    private boolean acting;

    Throttle(Consumer<?, ?> consumer, WindowLimits limits, int pollRecords, BooleanSupplier mayTake) {
        this.consumer = consumer;
        this.limits = limits;
        this.pollRecords = pollRecords;
        this.mayTake = mayTake;
    }

    /** Before each poll: pauses and resumes what must be; returns how long the poll may wait at most. */
    Duration apply(int inFlight, Set<TopicPartition> farAhead) {
        full = full ? inFlight > limits.resumeAt() : inFlight + pollRecords > limits.size();
        holding = full || !mayTake.getAsBoolean();
        Set<TopicPartition> wanted = holding ? consumer.assignment() : farAhead;
        pause(wanted);
        Set<TopicPartition> free = without(own, wanted);
        own.removeAll(free);
        act(() -> consumer.resume(without(free, callers)));
        return full ? FULL : Commits.EVERY;
    }

    private void pause(Collection<TopicPartition> wanted) {
        act(() -> consumer.pause(without(wanted, own)));
        own.addAll(wanted);
    }

    private static Set<TopicPartition> without(Collection<TopicPartition> all, Set<TopicPartition> some) {
        Set<TopicPartition> rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    private void act(Runnable action) {
        acting = true;
        try {
            action.run();
        } finally {
            acting = false;
        }
    }

    /** Whether the pause or resume that is going on is our own. */
    boolean acting() {
        return acting;
    }

    boolean holding() {
        return holding;
    }

    void callerPauses(Collection<TopicPartition> partitions) {
        callers.addAll(partitions);
    }

    /** Returns those that may go on indeed. */
    Set<TopicPartition> callerResumes(Collection<TopicPartition> partitions) {
        callers.removeAll(partitions);
        return without(partitions, own);
    }

    /** New partitions are not to be read in the very poll that brings them. */
    void assigned(Collection<TopicPartition> partitions) {
        if (holding) {
            pause(partitions);
        }
    }

    void forget(Collection<TopicPartition> partitions) {
        own.removeAll(partitions);
        callers.removeAll(partitions);
    }
}
