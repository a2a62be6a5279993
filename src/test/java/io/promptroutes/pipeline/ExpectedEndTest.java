package io.promptroutes.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.ledger.BatchRow;
import io.promptroutes.ledger.BatchState;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a batch is expected to be through, in words. */
class ExpectedEndTest {

    private static final Instant BEGAN = Instant.parse("2026-12-01T07:20:00Z");

    private static BatchRow batch(String model, String within, Instant expires) {
        return new BatchRow(UUID.randomUUID(), "openrouter", "hash", "me", "/v1/chat/completions", model, null, within, 3, 100, BatchState.SUBMITTED, BEGAN, 0, "batch-1", "in_progress", 1,
                expires, null, null, null, null, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "openai/gpt-4.1-mini | -   | -                    | -        | 2026-12-01T07:30:00Z | at the latest until 2026-12-02 07:20 UTC",
        "openai/gpt-4.1-mini | 48h | -                    | -        | 2026-12-01T07:30:00Z | at the latest until 2026-12-03 07:20 UTC",
        "google/gemini       | 24h | -                    | -        | 2026-12-01T07:30:00Z | at the latest until 2026-12-05 07:20 UTC",
        "google/gemini       | 24h | 2026-12-01T08:00:00Z | -        | 2026-12-01T07:30:00Z | at the latest until 2026-12-01 08:00 UTC",
        "openai/gpt-4.1-mini | 24h | -                    | 10 45 90 | 2026-12-01T07:30:00Z | as earlier ones until about 2026-12-01 08:05 UTC, at the latest until 2026-12-02 07:20 UTC",
        "openai/gpt-4.1-mini | 24h | -                    | 45       | 2026-12-01T08:06:00Z | at the latest until 2026-12-02 07:20 UTC",
        "openai/gpt-4.1-mini | 24h | -                    | 45       | 2026-12-02T07:21:00Z | late, should have ended by 2026-12-02 07:20 UTC",
    })
    void isByWhatIsKnown(String model, String within, Instant expires, String took, Instant now, String words) {
        List<Duration> earlier = took == null ? List.of() : Arrays.stream(took.split(" ")).map(minutes -> Duration.ofMinutes(Long.parseLong(minutes))).toList();
        assertThat(ExpectedEnd.of(batch(model, within, expires), earlier).words(now)).isEqualTo(words);
    }

    @Test
    void ofSeveralIsThatOfTheLast() {
        ExpectedEnd one = ExpectedEnd.of(batch("a/b", "24h", null), List.of(Duration.ofMinutes(45)));
        ExpectedEnd other = ExpectedEnd.of(batch("a/c", "48h", null), List.of(Duration.ofMinutes(10)));
        assertThat(one.and(other).words(BEGAN)).isEqualTo("as earlier ones until about 2026-12-01 08:05 UTC, at the latest until 2026-12-03 07:20 UTC");
        assertThat(one.and(ExpectedEnd.of(batch("a/d", "24h", null), List.of())).about()).as("nobody knows of one of them").isNull();
    }
}
