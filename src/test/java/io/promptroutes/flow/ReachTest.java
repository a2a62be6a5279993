package io.promptroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;

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
        reach.proved();
        assertThat(reach.unreachable()).isNull();
        assertThat(reach.refusal()).isNull();
    }
}
