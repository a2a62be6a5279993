package io.promptroutes.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.model.Chain.Step;
import io.promptroutes.prompt.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A prompt's way through its models, without anything that is called. */
class ChainTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Chain chain = chain("a", "b", "c");

    private static Chain chain(String... models) {
        return new Chain(List.of(models), MINUTE, false, models[0], null);
    }

    /** A call of the model whose turn it is, which fails. */
    private void call(Chain called, String kind) {
        called.begin(MINUTE, NOW);
        called.note(new Attempt(called.calledModel(), 503, kind, "no", 5, 0));
    }

    private void retryOrNext(int most, Duration wait, Instant now) {
        if (!chain.retry(most, wait, now)) {
            chain.next(null);
        }
    }

    @Test
    void aModelIsTriedAgainUpToSoManyCallsAndThenTheNextOneIs() {
        call(chain, "rate_limited");
        retryOrNext(2, Duration.ofSeconds(3), NOW);
        assertThat(chain.step()).isEqualTo(Step.WAIT);
        assertThat(chain.delay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(chain.model()).isEqualTo("a");
        assertThat(chain.attempts()).last().extracting(Attempt::waitMs).isEqualTo(3_000L);

        call(chain, "rate_limited");
        retryOrNext(2, Duration.ofSeconds(3), NOW);
        assertThat(chain.step()).isEqualTo(Step.CALL);
        assertThat(chain.model()).isEqualTo("b");
        assertThat(chain.callsOnModel()).isZero();
        assertThat(chain.calls()).isEqualTo(2);
        assertThat(chain.fallbackReason()).isEqualTo("rate_limited");
    }

    @Test
    void whatWouldLeaveTheOthersNoTimeIsNotWaitedFor() {
        call(chain, "rate_limited");
        retryOrNext(9, Duration.ofSeconds(31), NOW); // of 60 s each of three models keeps 10
        assertThat(chain.model()).isEqualTo("b");
    }

    @Test
    void behindTheLastModelItHasFailed() {
        for (String model : List.of("a", "b", "c")) {
            assertThat(chain.model()).isEqualTo(model);
            call(chain, "of_" + model);
            chain.next(null);
        }
        assertThat(chain.step()).isEqualTo(Step.FAILED);
        assertThat(chain.model()).isEqualTo("c");
        assertThat(chain.fallbackReason()).as("of the first choice").isEqualTo("of_a");
    }

    @Test
    void modelsThatDoNotFitAreDropped() {
        call(chain, "context_length");
        chain.nextWhere("c"::equals);
        assertThat(chain.model()).isEqualTo("c");
        assertThat(chain.models()).containsExactly("a", "c");
        call(chain, "x");
        chain.nextWhere(model -> false);
        assertThat(chain.step()).isEqualTo(Step.FAILED);
    }

    @Test
    void ofThoseToComeOnlyFreeOnesAreLeftAndMoreOfThemStandBehind() {
        call(chain, "insufficient_credit");
        chain.nextFree("c"::equals, List.of("c", "d", "a"), null);
        assertThat(chain.models()).containsExactly("a", "c", "d");
        assertThat(chain.model()).isEqualTo("c");
    }

    @Test
    void aLowerCapAndARepairAreOfOneModel() {
        call(chain, "max_tokens_unaffordable");
        chain.retryWith(100);
        assertThat(chain.outputCap()).isEqualTo(100);
        ObjectNode conversation = Json.MAPPER.createObjectNode();
        chain.repair(conversation);
        assertThat(chain.repair()).isSameAs(conversation);
        chain.next(null);
        assertThat(chain.outputCap()).isNull();
        assertThat(chain.repair()).isNull();
    }

    @Test
    void aHigherCapHoldsForTheModelsBehindToo() {
        call(chain, "output_cut");
        chain.retryWithMore(4_000);
        assertThat(chain.step()).isEqualTo(Step.CALL);
        assertThat(chain.model()).isEqualTo("a");
        chain.next(null);
        assertThat(chain.raisedCap()).isEqualTo(4_000);
    }

    @Test
    void heldItBeginsAnewWithItsWholeTime() {
        call(chain, "key_refused");
        chain.next(null);
        call(chain, "key_refused");
        chain.hold();
        assertThat(chain.step()).isEqualTo(Step.HELD);
        assertThat(chain.model()).isEqualTo("a");
        assertThat(chain.callsOnModel()).isZero();
        assertThat(chain.deadline().late(NOW.plus(MINUTE))).isFalse();
        assertThat(chain.attempts()).as("what was tried is told all the same").hasSize(2);
    }

    @Test
    void modelsWithSomethingAgainstThemArePassedOverUncalled() {
        Map<String, LeftOut> left = chain.passOver(model -> model.equals("c") ? null : LeftOut.FREE_LIMIT);
        assertThat(left).containsOnlyKeys("a", "b");
        assertThat(chain.model()).isEqualTo("c");
        assertThat(chain.step()).isEqualTo(Step.CALL);
        assertThat(chain.fallbackReason()).isEqualTo("free_limit");
        chain.begin(MINUTE, NOW);
        assertThat(chain.level()).as("the first of the others that is called").isEqualTo(1);
    }

    @Test
    void whereThereIsSomethingAgainstAllItHasFailed() {
        assertThat(chain.passOver(model -> LeftOut.MODEL_GONE)).hasSize(3);
        assertThat(chain.step()).isEqualTo(Step.FAILED);
    }

    @Test
    void failingModelsComeAfterTheOthersUnlessAllFailOrTheFirstDoesNot() {
        assertThat(chain.postpone(Set.of("b")::contains)).isEmpty();
        assertThat(chain.postpone(model -> true)).isEmpty();
        assertThat(chain.models()).containsExactly("a", "b", "c");
        assertThat(chain.postpone(Set.of("a", "b")::contains)).containsExactly("a", "b");
        assertThat(chain.models()).containsExactly("c", "a", "b");
        assertThat(chain.fallbackReason()).isEqualTo("circuit_breaker");
    }

    @Test
    void aFailingModelThatWasCalledBeforeGetsNoSecondTurn() {
        call(chain, "timeout");
        assertThat(chain.postpone("a"::equals)).containsExactly("a");
        assertThat(chain.models()).containsExactly("b", "c");
    }

    @Test
    void anAttemptGetsWhatIsNotKeptForTheOthersAndAFairShareAtLeast() {
        assertThat(chain.begin(MINUTE, NOW)).as("10 s are kept for each of two others").isEqualTo(Duration.ofSeconds(40));
        assertThat(chain.begin(Duration.ofSeconds(5), NOW)).isEqualTo(Duration.ofSeconds(5));
        assertThat(chain.begin(MINUTE, NOW.plusSeconds(45))).as("15 s for three").isEqualTo(Duration.ofSeconds(5));
        assertThat(chain.deadline().late(NOW.plusSeconds(59))).isFalse();
        assertThat(chain.deadline().late(NOW.plusSeconds(60))).isTrue();
    }

    @Test
    void whileNothingMayBeCalledItsTimeStandsStill() {
        chain.begin(MINUTE, NOW);
        chain.deadline().held(NOW.plusSeconds(50));
        assertThat(chain.deadline().late(NOW.plusSeconds(500))).isFalse();
        chain.begin(MINUTE, NOW.plusSeconds(500));
        assertThat(chain.deadline().late(NOW.plusSeconds(509))).isFalse();
        assertThat(chain.deadline().late(NOW.plusSeconds(510))).isTrue();
    }

    @Test
    void aSubstituteOfTheWantedModelIsNoFirstChoice() {
        Chain instead = new Chain(List.of("b"), MINUTE, false, "a", LeftOut.NOT_CAPABLE);
        instead.begin(MINUTE, NOW);
        assertThat(instead.requested()).isEqualTo("a");
        assertThat(instead.level()).isEqualTo(1);
        assertThat(instead.fallbackReason()).isEqualTo("not_capable");
    }
}
