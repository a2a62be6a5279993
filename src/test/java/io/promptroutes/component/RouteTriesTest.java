package io.promptroutes.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTriesTest {

    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 2000", "5, 32000", "6, 60000", "40, 60000"})
    void thePauseGrowsToAMinuteAndRecordsThatFailedTogetherDoNotComeAgainTogether(int failures, long longest) {
        List<Long> pauses = LongStream.generate(() -> RouteTries.pauseMillis(failures)).limit(1_000).boxed().toList();
        assertThat(pauses).allMatch(pause -> pause >= longest / 2 && pause <= longest);
        assertThat(pauses.stream().distinct().count()).as("different pauses of a thousand").isGreaterThan(300);
    }
}
