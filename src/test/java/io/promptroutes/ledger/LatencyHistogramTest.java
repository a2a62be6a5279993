package io.promptroutes.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1_000, 20_000})
    void aPercentileIsRightToWithinATenth(int calls) {
        Random random = new Random(calls);
        LatencyHistogram histogram = new LatencyHistogram();
        long[] all = new long[calls];
        for (int i = 0; i < calls; i++) {
            all[i] = 10 + (long) Math.exp(random.nextDouble(0, 14));
            histogram.add(all[i], 1);
        }
        Arrays.sort(all);
        for (double part : new double[] {0.01, 0.5, 0.95, 1}) {
            long exact = all[(int) Math.ceil(part * calls) - 1];
            assertThat(histogram.percentile(part) / (double) exact).as("%s of %s calls", part, calls).isBetween(0.9, 1.1);
        }
    }

    @Test
    void whatIsTakenBackLeavesNothing() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (long ms : new long[] {0, 1, 7, 812, Long.MAX_VALUE}) {
            histogram.add(ms, 2);
            histogram.add(ms, -2);
        }
        assertThat(histogram.total()).isZero();
        assertThat(histogram.toString()).isEmpty();
        assertThat(histogram.percentile(0.5)).isNull();
    }

    @Test
    void whatIsWrittenIsReadAgainAndSummedUp() {
        LatencyHistogram one = new LatencyHistogram();
        one.add(0, 3);
        one.add(812, 1);
        LatencyHistogram both = new LatencyHistogram();
        both.add(one.toString());
        both.add(one.toString());
        assertThat(both.total()).isEqualTo(8);
        assertThat(both.percentile(0.5)).isZero();
        assertThat(both.percentile(0.9)).isBetween(731L, 893L);
    }
}
