package io.promptroutes.pipeline;

import io.promptroutes.ledger.BatchRow;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.ServiceTier;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * When batches are expected to be through. Immutable.
 *
 * @param about  by what earlier ones of the models took; null where there are none, or where one is beyond it
 * @param latest that the service promises
 */
public record ExpectedEnd(Instant about, Instant latest) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    /** Which Google takes, whatever was asked for. */
    private static final Duration GOOGLES = Duration.ofHours(96);

    /** @param took how long earlier batches of the model took; may be empty */
    public static ExpectedEnd of(BatchRow batch, List<Duration> took) {
        Duration usual = took.isEmpty() ? null : took.stream().sorted().toList().get(took.size() / 2);
        return new ExpectedEnd(usual == null ? null : batch.createdAt().plus(usual), latest(batch));
    }

    /** What the service promises: what it says itself, or what the batch was asked to keep to. */
    static Instant latest(BatchRow batch) {
        if (batch.expiresAt() != null) {
            return batch.expiresAt();
        }
        Duration asked = ServiceTier.within(batch.within() == null ? Prompt.WITHIN : batch.within());
        return batch.createdAt().plus(ServiceTier.ofGoogle(batch.model()) && asked.compareTo(GOOGLES) < 0 ? GOOGLES : asked);
    }

    /** Of all of both. @param other null for none */
    ExpectedEnd and(ExpectedEnd other) {
        if (other == null) {
            return this;
        }
        Instant later = about == null || other.about == null ? null : about.isAfter(other.about) ? about : other.about;
        return new ExpectedEnd(later, latest.isAfter(other.latest) ? latest : other.latest);
    }

    /** For people. */
    public String words(Instant now) {
        if (now.isAfter(latest)) {
            return "late, should have ended by " + TIME.format(latest);
        }
        boolean usual = about != null && about.isAfter(now);
        return (usual ? "as earlier ones until about " + TIME.format(about) + ", " : "") + "at the latest until " + TIME.format(latest);
    }
}
