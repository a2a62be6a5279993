package io.promptroutes.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user is told to type in order to go on. */
class InterruptionTest {

    private static final List<String> JAVA = List.of("java", "-Xmx1g", "-jar", "lib of mine/prompt-routes.jar", "batch", "it's.jsonl", "--fresh", "--out", "out", "--submit-only");

    @Test
    void javaIsNamedWithItsOptions() {
        assertThat(Interruption.again(JAVA, null)).isEqualTo("java -Xmx1g -jar 'lib of mine/prompt-routes.jar' batch 'it'\\''s.jsonl' --out out");
    }

    @Test
    void theLauncherIsNamedInPlaceOfWhatItAdds() {
        assertThat(Interruption.again(JAVA, "bin/prompt-routes")).isEqualTo("bin/prompt-routes batch 'it'\\''s.jsonl' --out out");
    }
}
