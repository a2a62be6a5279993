package io.promptroutes.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** failure-rules.properties holds no name that nobody knows, and each status comes to an end. */
class FailureRulesTest {

    private static final Set<String> NAMES = Set.of("page", "json", "provider", "flagged", "context", "affordable");

    @Test
    void everyRuleNamesWhatThereIs() {
        ResourceBundle rules = ResourceBundle.getBundle("io.promptroutes.failure-rules", Locale.ROOT);
        ResourceBundle phrases = ResourceBundle.getBundle("io.promptroutes.error-phrases", Locale.ROOT);
        List<String> kinds = Arrays.stream(FailureKind.values()).map(FailureKind::toString).toList();
        for (String status : rules.keySet()) {
            String[] all = rules.getString(status).split(";");
            for (String rule : all) {
                String[] parts = rule.split("->");
                assertThat(kinds).as(status).contains(parts[1].strip());
                for (String condition : parts[0].strip().split(" +")) {
                    String name = condition.replaceFirst("^!", "");
                    assertThat(name.isEmpty() || NAMES.contains(name) || phrases.containsKey(name.replaceFirst("^own:", ""))).as(name).isTrue();
                }
            }
            assertThat(all[all.length - 1].strip()).as(status).startsWith("->");
        }
    }

    @Test
    void everyKindHasAClassOfItsOwnName() {
        assertThat(FailureKind.values()).allSatisfy(kind ->
                assertThat(kind.exceptionClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_")).isEqualToIgnoringCase(kind.toString()));
    }
}
