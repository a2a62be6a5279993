package io.promptroutes.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunningCallsTest {

    private final RunningCalls calls = new RunningCalls();
    private final List<String> done = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() {
        calls.close();
    }

    private RunningCalls.Running begin(String name, Duration limit) {
        return calls.begin(limit, () -> done.add(name + " ended"), () -> done.add(name + " is long"));
    }

    @Test
    void eachIsEndedAtItsLimitWhateverRunsBeside() {
        RunningCalls.Running endless = begin("endless", Duration.ofDays(1));
        RunningCalls.Running late = begin("late", Duration.ofMillis(700));
        calls.begin(Duration.ofMillis(5), () -> {
            throw new IllegalStateException("its connection is gone");
        }, null);
        RunningCalls.Running early = begin("early", Duration.ofMillis(10));
        await().untilAsserted(() -> assertThat(done).containsExactly("early ended", "late ended"));
        assertThat(List.of(early.ended(), late.ended(), endless.ended())).containsExactly(true, true, false);
    }

    @Test
    void ofWhatIsOverNothingIsDueAndRestEndsWithTheNextOne() {
        begin("over", Duration.ofMillis(30)).close();
        begin("next", Duration.ofMillis(60));
        await().untilAsserted(() -> assertThat(done).containsExactly("next ended"));
        begin("last", Duration.ofMillis(1));
        await().untilAsserted(() -> assertThat(done).containsExactly("next ended", "last ended"));
    }

    @Test
    void aLongOneIsToldOnceBeforeItsEnd() {
        begin("call", Duration.ofMillis(1_500)).longAfter(Duration.ofMillis(600));
        await().untilAsserted(() -> assertThat(done).containsExactly("call is long", "call ended"));
    }
}
