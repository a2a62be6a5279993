package io.promptroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the free question about the key says of the service that is called. */
class ReachTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            openrouter, 200, ,                        ''
            openrouter, 503, OpenRouter answers HTTP 503, ''
            openrouter, 401, ,                        OpenRouter refuses the key (HTTP 401): check OPENROUTER_API_KEY
            mine,       404, ,                        ''
            mine,       401, ,                        ''
            mine,       500, ,                        ''
            """)
    void onlyOpenRouterIsTakenAtItsWordAboutTheKey(String provider, int status, String unreachable, String refusal) {
        Reach reach = new Reach(provider);
        reach.silent("no route to host");
        assertThat(reach.unreachable()).contains(provider.equals("mine") ? "provider mine" : "OpenRouter", "no route to host");
        reach.answers(status);
        assertThat(reach.unreachable()).isEqualTo(unreachable);
        assertThat(reach.refusal()).isEqualTo(refusal.isEmpty() ? null : refusal);
        reach.proved(Instant.EPOCH, false);
        assertThat(reach.unreachable()).isNull();
        assertThat(reach.refusal()).isNull();
    }

    @Test
    void theAccountPaysWhereACallThatBeganSinceThenWasCharged() {
        Reach reach = new Reach("openrouter");
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
