package io.promptroutes.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is committed, and when taking stops. */
class WindowTest extends WindowHarness {

    @Test
    void commits_the_end_of_the_contiguous_finished_prefix() {
        receive(P0, 0, 1, 2, 3);
        done("0-1", "0-3");
        poll();
        assertThat(commits).as("where it began").containsExactly(0L);

        done("0-0");
        poll();
        assertThat(commits).containsExactly(0L, 2L);

        done("0-2");
        poll();
        poll();
        assertThat(commits).as("once each").containsExactly(0L, 2L, 4L);
    }

    @Test
    void a_group_that_began_at_the_latest_record_comes_back_to_it_while_it_is_unfinished() {
        receive(P0, 7);
        poll();

        assertThat(commits).containsExactly(7L);
    }

    @Test
    void offsets_that_never_came_are_no_holes() {
        receive(P0, 3, 7, 20);
        done("0-3", "0-7", "0-20");
        poll();

        assertThat(commits).containsExactly(21L);
    }

    @Test
    void a_commit_that_was_refused_is_sent_again() {
        receive(P0, 0);
        done("0-0");
        refusing = true;
        poll();
        refusing = false;
        poll();

        assertThat(commits).containsExactly(1L);
    }

    @Test
    void pauses_when_another_poll_might_not_fit_and_goes_on_with_hysteresis() {
        receive(P0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        poll();
        assertThat(client.paused()).containsExactlyInAnyOrder(P0, P1);

        done("0-0", "0-1", "0-2");
        poll();
        assertThat(client.paused()).hasSize(2);

        done("0-3");
        poll();
        assertThat(client.paused()).isEmpty();
    }

    @Test
    void finished_records_behind_a_hanging_one_fill_no_window_but_their_partition_waits_at_the_limit() {
        windowOf(new WindowLimits(10, 5, 20, Duration.ZERO, false));
        for (int n = 0; n < 20; n++) {
            receive(P0, n);
            if (n > 0) {
                done("0-" + n);
            }
        }
        poll();
        assertThat(client.paused()).containsExactly(P0);

        done("0-0");
        poll();
        assertThat(client.paused()).isEmpty();
    }

    @Test
    void holds_while_nothing_may_be_taken_and_takes_back_no_pause_of_others() {
        window.throttle().callerPauses(List.of(P1));
        client.pause(List.of(P1));
        mayTake = false;
        poll();
        assertThat(client.paused()).containsExactlyInAnyOrder(P0, P1);

        mayTake = true;
        poll();
        assertThat(client.paused()).containsExactly(P1);
    }

    @Test
    void a_seek_back_drops_what_comes_again_and_old_receipts_move_nothing() {
        receive(P0, 0, 1);
        Acknowledgement old = records.get("0-0");
        window.rewind(P0, 0);
        client.seek(P0, 0);
        receive(P0, 0, 1);
        old.done();
        done("0-1");
        poll();
        assertThat(commits).containsExactly(0L);
        assertThat(old.mayStart()).isFalse();

        done("0-0");
        poll();
        assertThat(commits).containsExactly(0L, 2L);
    }

    @Test
    void a_seek_forward_passes_no_unfinished_record() {
        receive(P0, 0, 1);
        window.rewind(P0, 5);
        client.seek(P0, 5);
        receive(P0, 5);
        done("0-5", "0-0");
        poll();
        assertThat(commits).containsExactly(0L, 1L);

        done("0-1");
        poll();
        assertThat(commits).containsExactly(0L, 1L, 6L);
    }

    @Test
    void records_that_were_received_but_not_routed_are_read_again() {
        receive(P0, 0);
        add(P0, 1, 2);
        window.poll(Duration.ZERO, client::poll);
        assertThat(client.position(P0)).isEqualTo(3);

        add(P0, 1, 2);
        poll();
        done("0-0", "0-1", "0-2");
        poll();
        assertThat(commits).containsExactly(0L, 3L);
    }

    @Test
    void tells_how_old_the_oldest_unfinished_record_is() {
        receive(P0, 0);
        Instant first = clock.instant();
        clock.pass(10);
        receive(P0, 1);
        poll();

        WindowState state = window.state();
        assertThat(state.unfinished()).isEqualTo(2);
        assertThat(state.oldestAge(first.plusSeconds(60))).contains(Duration.ofSeconds(60));
        assertThat(state.partitions().get(0).oldestAt()).isZero();
    }
}
