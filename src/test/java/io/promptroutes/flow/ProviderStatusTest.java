package io.promptroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.call.Dialect;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the free question about the key says of the service that is called. */
class ProviderStatusTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            OPENROUTER, openrouter, 200, ,                              ''
            OPENROUTER, openrouter, 503, OpenRouter answers HTTP 503,    ''
            OPENROUTER, openrouter, 401, ,                              OpenRouter refuses the key (HTTP 401)
            OPENROUTER, mine,       403, ,                              provider mine refuses the key (HTTP 403)
            OPENROUTER, mine,       500, provider mine answers HTTP 500, ''
            OPENAI,     mine,       404, ,                              ''
            OPENAI,     mine,       401, ,                              ''
            OPENAI,     mine,       500, ,                              ''
            OPENAI,     openrouter, 401, ,                              ''
            """)
    void onlyAServiceThatKnowsItsKeysIsTakenAtItsWordAboutThem(Dialect dialect, String provider, int status, String unreachable, String refusal) {
        ProviderStatus reach = new ProviderStatus(dialect, provider);
        reach.silent("no route to host");
        assertThat(reach.unreachable()).isEqualTo(dialect.called(provider) + " cannot be reached: no route to host");
        reach.answers(status);
        assertThat(reach.unreachable()).isEqualTo(unreachable);
        assertThat(reach.refusal()).isEqualTo(refusal.isEmpty() ? null : refusal + ": " + ProviderStatus.CHECK_KEY);
        reach.proved(Instant.EPOCH, false);
        assertThat(reach.unreachable()).isNull();
        assertThat(reach.refusal()).isNull();
    }

    @Test
    void theAccountPaysWhereACallThatBeganSinceThenWasCharged() {
        ProviderStatus reach = new ProviderStatus(Dialect.OPENROUTER, "openrouter");
        Instant then = Instant.parse("2026-11-22T12:00:00Z");
        assertThat(reach.paidSince(Instant.MIN)).isFalse();
        reach.proved(then.plusSeconds(9), false);
        assertThat(reach.paidSince(then)).as("an answer for nothing").isFalse();
        reach.proved(then, true);
        assertThat(reach.paidSince(then)).as("a call that began before").isFalse();
        reach.proved(then.plusSeconds(1), true);
        reach.proved(then.minusSeconds(5), true);
        assertThat(reach.paidSince(then)).isTrue();
    }
}
