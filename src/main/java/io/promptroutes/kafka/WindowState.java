package io.promptroutes.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What was in flight when the consumers last looked (four times a second), for health checks and metrics. A value.
 *
 * @param unfinished records taken and not yet finished
 * @param size       most that may be
 * @param holding    whether nothing is taken at present: the window is full, or intake is paused
 * @param partitions those assigned that something was taken of
 */
public record WindowState(int unfinished, int size, boolean holding, List<Partition> partitions) {

    /**
     * @param committed  next offset to be read after a crash, as confirmed by the broker; -1: nothing has been committed since assignment
     * @param finished   end of the contiguous finished prefix, or -1; commits follow it
     * @param unfinished records taken and not yet finished
     * @param ahead      records taken since the oldest unfinished one, that one included
     * @param oldest     when the oldest unfinished record was taken, or null
     * @param oldestAt   its offset, or -1
     */
    public record Partition(
            String topic, int partition, long committed, long finished, int unfinished, int ahead, Instant oldest, long oldestAt) {
    }

    static WindowState sum(List<WindowState> consumers) {
        return new WindowState(
                consumers.stream().mapToInt(WindowState::unfinished).sum(),
                consumers.stream().mapToInt(WindowState::size).sum(),
                !consumers.isEmpty() && consumers.stream().allMatch(WindowState::holding),
                consumers.stream().flatMap(one -> one.partitions().stream()).toList());
    }

    /** How long the oldest unfinished record has been waiting for its end; empty where nothing is in flight. */
    public Optional<Duration> oldestAge(Instant now) {
        return partitions.stream().map(Partition::oldest).filter(Objects::nonNull).min(Comparator.naturalOrder())
                .map(oldest -> Duration.between(oldest, now));
    }
}
