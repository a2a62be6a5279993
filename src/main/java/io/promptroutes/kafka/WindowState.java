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
     * @param since      when it was first seen to be the oldest, or null; before that it may have waited for others of its key
     */
    public record Partition(
            String topic, int partition, long committed, long finished, int unfinished, int ahead, Instant oldest, long oldestAt,
            Instant since) {
    }

    static WindowState sum(List<WindowState> consumers) {
        return new WindowState(
                consumers.stream().mapToInt(WindowState::unfinished).sum(),
                consumers.stream().mapToInt(WindowState::size).sum(),
                !consumers.isEmpty() && consumers.stream().allMatch(WindowState::holding),
                consumers.stream().flatMap(one -> one.partitions().stream()).toList());
    }

    /**
     * A record that is neither finished nor can still be on its way, in words; null where there is none.
     *
     * @param from  time before it does not count, such as that of a pause
     * @param limit the longest that a record may take once it is the oldest of its partition
     */
    public String stuck(Instant from, Instant now, Duration limit) {
        return partitions.stream().filter(one -> one.since() != null
                        && Duration.between(one.since().isAfter(from) ? one.since() : from, now).compareTo(limit) > 0)
                .min(Comparator.comparing(Partition::oldest))
                .map(one -> "the record at offset " + one.oldestAt() + " of " + one.topic() + "-" + one.partition() + " was taken "
                        + Duration.between(one.oldest(), now).toSeconds() + " s ago and is unfinished, longer than the " + limit.toSeconds()
                        + " s that a record can take: a defect of prompt-routes or of an edited route. A restart takes it again")
                .orElse(null);
    }

    /** How long the oldest unfinished record has been waiting for its end; empty where nothing is in flight. */
    public Optional<Duration> oldestAge(Instant now) {
        return partitions.stream().map(Partition::oldest).filter(Objects::nonNull).min(Comparator.naturalOrder())
                .map(oldest -> Duration.between(oldest, now));
    }
}
