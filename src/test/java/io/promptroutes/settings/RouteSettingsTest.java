package io.promptroutes.settings;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.call.ApiKey;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Camel would take without a word. */
class RouteSettingsTest {

    @ParameterizedTest
    @ValueSource(strings = {"alerts.spike-every", "alerts.credit-every", "generations.every", "catalogue.refresh"})
    void aTimersKeyThatIsNoDurationStartsNothing(String key) {
        Settings settings = Settings.load(Path.of("target", "no-settings-here"), Map.of(), Map.of(key, "soon"));
        assertThatThrownBy(() -> new RouteSettings(settings, new ApiKey(() -> "key")).properties()).isInstanceOf(UsageException.class)
                .hasMessageContaining("key " + key + " is \"soon\"");
    }
}
