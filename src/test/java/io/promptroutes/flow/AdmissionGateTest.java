package io.promptroutes.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.promptroutes.HandClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may come in, and whether calls may be made at all. */
@Timeout(20)
class AdmissionGateTest {

    private final HandClock clock = new HandClock();
    private final Permit permit = new Permit();
    private final AdmissionGate job = intake(true, Duration.ofMinutes(10));
    private final AdmissionGate service = intake(false, Duration.ofMinutes(10));
    private final PromptWindow window = new PromptWindow(job, 2);

    private AdmissionGate intake(boolean job, Duration longestPause) {
        return new AdmissionGate(Duration.ofSeconds(5), longestPause, job, clock);
    }

    @Test
    void noMorePromptsAreTakenThanTheWindowHasPlaces() throws InterruptedException {
        assertThat(window.take()).isTrue();
        assertThat(window.take(Duration.ZERO, () -> true)).isTrue();
        assertThat(window.room()).isFalse();
        assertThat(window.take(Duration.ofMillis(5), () -> true)).isFalse();
        assertThat(window.take(null, () -> false)).as("no longer wanted").isFalse();
        CompletableFuture<Boolean> third = taking(window);
        assertThat(window.unfinished()).isEqualTo(2);
        assertThat(third).isNotDone();
        window.finish(0);
        await().untilAsserted(() -> assertThat(third).isCompletedWithValue(true));
        assertThat(window.unfinished()).isEqualTo(2);
    }

    @Test
    void whoWaitsForAPlaceIsSentAwayAfterAStop() throws InterruptedException {
        window.take();
        window.take();
        assertThat(window.take(null, () -> false)).as("no longer wanted").isFalse();
        CompletableFuture<Boolean> third = taking(window);
        job.stop("no key");
        await().untilAsserted(() -> assertThat(third).isCompletedWithValue(false));
        assertThat(window.unfinished()).isEqualTo(2);
        job.stop("another reason");
        assertThat(job.reason()).isEqualTo("no key");
    }

    @Test
    void closedItTakesNothingAndLetsGoOnWhatWasTaken() throws InterruptedException {
        window.take();
        job.close();
        assertThat(window.take()).isFalse();
        assertThat(job.mayCall(permit)).isTrue();
        assertThat(job.stopped()).isFalse();
    }

    @Test
    void aStopWaitsForCallsThatRunAndElseForPrompts() throws InterruptedException {
        window.take();
        job.mayCall(permit);
        CompletableFuture<Void> finished = CompletableFuture.runAsync(() -> awaitFinished(window));
        job.stop("interrupted");
        assertThat(job.mayCall(permit)).isFalse();
        assertThat(finished).isNotDone();
        job.called(permit);
        await().untilAsserted(() -> assertThat(finished).isCompleted());
    }

    @Test
    void aPermitIsTakenAndGivenBackOnce() {
        Permit other = new Permit();
        service.mayCall(permit);
        service.mayCall(other);
        service.called(permit);
        service.called(permit);
        service.called(new Permit());
        assertThat(service.inFlight()).isEqualTo(1);
        service.mayCall(permit);
        assertThat(service.inFlight()).as("for its next call").isEqualTo(2);
        service.mayCall(permit);
        assertThat(service.inFlight()).as("it is held").isEqualTo(2);
    }

    @Test
    void inAPauseNobodyCallsUntilOneLooksWhetherItIsOver() {
        assertThat(service.pause("no credit")).as("news").isTrue();
        assertThat(service.pause("no credit")).as("of a call that began before").isFalse();
        assertThat(service.open()).isFalse();
        assertThat(service.mayCall(permit)).isFalse();

        clock.pass(5);
        assertThat(service.open()).isTrue();
        assertThat(service.mayCall(permit)).isTrue();
        assertThat(service.mayCall(permit)).as("one looks").isFalse();
        service.called(permit);
        assertThat(service.mayCall(permit)).as("it proved nothing either way").isTrue();
        service.resume();
        assertThat(service.open()).isTrue();
        assertThat(service.reason()).isNull();
        assertThat(service.openSince()).isEqualTo(clock.instant());
    }

    @Test
    void looksAreTwiceAsRareEachTimeUpToAMinute() {
        service.pause("no credit");
        for (int seconds : new int[] {5, 10, 20, 40, 60, 60}) {
            clock.pass(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(service.mayCall(permit)).as("after less than %s s", seconds).isFalse();
            clock.pass(Duration.ofMillis(1));
            assertThat(service.mayCall(permit)).as("after %s s", seconds).isTrue();
            assertThat(service.pause("no credit")).as("the same news").isFalse();
            service.called(permit);
        }
    }

    @Test
    void whoWasRefusedLooksAfterTheOthers() {
        permit.refused(clock.instant());
        service.pause("no credit");
        clock.pass(5);
        assertThat(service.mayCall(permit)).isFalse();
        clock.pass(2);
        assertThat(service.mayCall(permit)).isTrue();
    }

    @Test
    void aPauseIsOverForItsOwnReasonAlone() {
        service.pause("the ledger cannot be had: full");
        service.over("no credit");
        assertThat(service.reason()).isNotNull();
        service.over("the ledger cannot be had");
        assertThat(service.reason()).isNull();
    }

    @Test
    void aJobDoesNotPauseForEverAndAServiceDoes() {
        AdmissionGate impatient = intake(true, Duration.ZERO);
        assertThat(impatient.pause("no credit")).isFalse();
        assertThat(impatient.stopped()).isTrue();
        for (AdmissionGate one : new AdmissionGate[] {job, service}) {
            one.pause("no credit");
        }
        clock.pass(Duration.ofMinutes(10));
        for (AdmissionGate one : new AdmissionGate[] {job, service}) {
            one.mayCall(permit);
            one.pause("no credit");
        }
        assertThat(job.stopped()).isTrue();
        assertThat(job.reason()).isEqualTo("no credit; still so after 600 s");
        assertThat(service.stopped()).isFalse();
    }

    @Test
    void aRefusedKeyStopsAJobUnlessItWorkedBeforeAndASecondLookMayFindItGood() {
        assertThat(job.refused("401")).isFalse();
        assertThat(job.stopped()).as("no call has ever succeeded").isTrue();

        AdmissionGate proved = intake(true, Duration.ofMinutes(10));
        proved.resume();
        assertThat(proved.refused("401")).isTrue();
        assertThat(proved.stopped()).isFalse();
        clock.pass(5);
        proved.mayCall(permit);
        proved.refused("401");
        assertThat(proved.stopped()).as("a second look finds the same").isTrue();

        service.refused("401");
        assertThat(service.stopped()).isFalse();
    }

    @Test
    void openItSaysSinceWhen() {
        assertThat(service.openSince()).isEqualTo(Instant.EPOCH);
        service.pause("no credit");
        assertThat(service.openSince()).isEqualTo(clock.instant());
    }

    private static CompletableFuture<Boolean> taking(PromptWindow intake) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return intake.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void awaitFinished(PromptWindow intake) {
        try {
            intake.awaitFinished();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
