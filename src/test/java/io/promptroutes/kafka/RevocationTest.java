package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What happens to records whose partition is taken away. */
class RevocationTest extends WindowHarness {

    @Test
    void revocation_waits_for_what_runs_and_commits_it() {
        receive(P0, 0, 1);
        CompletableFuture<Void> working = CompletableFuture.runAsync(() -> done("0-0", "0-1"));
        listener().onPartitionsRevoked(List.of(P0));

        assertThat(working).isCompleted();
        assertThat(client.committed(Set.of(P0)).get(P0).offset()).isEqualTo(2);
        assertThat(window.claim(P0, 0)).isNull();
    }

    @Test
    void revocation_lets_nothing_more_begin_and_does_not_wait_for_it() {
        windowOf(new WindowLimits(10, 5, 100, Duration.ofMinutes(5), false));
        receive(P0, 0, 1);
        done("0-0");
        CompletableFuture<Boolean> asked = CompletableFuture.supplyAsync(() -> {
            while (records.get("0-1").mayStart()) {
                Thread.onSpinWait();
            }
            return true;
        });
        listener().onPartitionsRevoked(List.of(P0));

        assertThat(asked).succeedsWithin(Duration.ofSeconds(5));
        assertThat(client.committed(Set.of(P0)).get(P0).offset()).isEqualTo(1);
        done("0-1");
        assertThat(client.committed(Set.of(P0)).get(P0).offset()).isEqualTo(1);
    }

    @Test
    void revocation_by_an_interrupted_thread_commits_at_once_and_stays_interrupted() {
        windowOf(new WindowLimits(10, 5, 100, Duration.ofMinutes(5), false));
        receive(P0, 0, 1);
        done("0-0");
        Thread.currentThread().interrupt();
        listener().onPartitionsRevoked(List.of(P0));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(client.committed(Set.of(P0)).get(P0).offset()).isEqualTo(1);
    }

    @Test
    void lost_partitions_are_forgotten_without_a_commit() {
        receive(P0, 0);
        receive(P1, 0);
        done("0-0", "1-0");
        listener().onPartitionsLost(List.of(P0));
        client.assign(List.of(P1)); // as the client does with what is lost
        poll();

        assertThat(client.committed(Set.of(P0))).doesNotContainKey(P0);
        assertThat(client.committed(Set.of(P1)).get(P1).offset()).isEqualTo(1);
        assertThat(window.state().unfinished()).isZero();
    }
}
