package io.promptroutes.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchSettingsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"24h | 97", "24h, 96h | 97", "24h, 168h, 48h | 169"})
    void aBatchIsWaitedForAsLongAsItMayBeAskedToTake(String within, long hours) {
        assertThat(new BatchSettings(Settings.embedded(Map.of("batches.complete-within", within))).longest()).isEqualTo(Duration.ofHours(hours));
    }
}
