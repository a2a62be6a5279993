package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private final Pace pace = new Pace();

    private void note(long second, long done, String usd) {
        pace.note(Duration.ofSeconds(second).toNanos(), done, new BigDecimal(usd));
    }

    @Test
    void isThatOfTheLastHalfMinute() {
        note(0, 0, "0");
        assertThat(pace.until(100)).as("nothing has moved yet").isNull();
        for (int second = 1; second <= 10; second++) {
            note(second, second * 1_000, "0"); // reused answers
        }
        assertThat(pace.rate()).isEqualTo(1_000);
        for (int second = 11; second <= 60; second++) {
            note(second, 10_000 + (second - 10) * 5, String.valueOf((second - 10) * 0.01));
        }
        assertThat(pace.rate()).isEqualTo(5);
        assertThat(pace.until(600)).isEqualTo(Duration.ofMinutes(2));
        assertThat(pace.until(0)).isZero();
        assertThat(pace.usdPerMinute()).isEqualByComparingTo("0.6");
    }
}
