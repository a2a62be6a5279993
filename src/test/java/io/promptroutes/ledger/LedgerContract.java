package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.CHEAP;
import static io.promptroutes.ledger.Prompts.answer;
import static io.promptroutes.ledger.Prompts.bytes;
import static io.promptroutes.ledger.Prompts.call;
import static io.promptroutes.ledger.Prompts.claimed;
import static io.promptroutes.ledger.Prompts.deadLetter;
import static io.promptroutes.ledger.Prompts.kind;
import static io.promptroutes.ledger.Prompts.paid;
import static io.promptroutes.ledger.Prompts.unknown;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.promptroutes.model.CostSource;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds on both databases. */
abstract class LedgerContract {

    private static final BigDecimal ZERO = BigDecimal.ZERO;

    Ledger ledger;

    /** Of a database that is empty before each test. */
    abstract LedgerSettings settings();

    /** Another process on the same database. */
    abstract LedgerSettings other();

    /** Of another database, which is empty. */
    abstract LedgerSettings fresh();

    @BeforeEach
    final void open() {
        ledger = TestLedgers.openTracking(settings());
    }

    @AfterEach
    final void close() {
        ledger.close();
    }

    /** What was done, what the same run then says, what the next one says, and what counts as spent, held and reserved in between. */
    record Life(String name, Function<Ledger, Work> steps, String now, String later, String spent, String held, String reserved) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Life> lives() {
        return Stream.of(
                new Life("never seen", ledger -> work("p"), "New", "New", "0", "0", "0"),
                new Life("claimed", ledger -> {
                    claimed(ledger, call(work("p"), "0.10"));
                    return work("p");
                }, "Busy", "Ambiguous", "0", "0", "0.10"),
                new Life("called, and failed without a bill", ledger -> {
                    ledger.settle(claimed(ledger, call(work("p"), "0.10")), Settlement.notBilled(5, null)).join();
                    return work("p");
                }, "Busy", "New", "0", "0", "0"),
                new Life("called, and timed out", ledger -> {
                    ledger.settle(claimed(ledger, call(work("p"), "0.10")), unknown()).join();
                    return work("p");
                }, "Busy", "New", "0", "0.10", "0"),
                new Life("timed out, then looked up", ledger -> {
                    UUID claim = claimed(ledger, call(work("p"), "0.10"));
                    ledger.settle(claim, unknown()).join();
                    ledger.resolve(claim, new BigDecimal("0.03"), CostSource.REPORTED, null).join();
                    return work("p");
                }, "Busy", "New", "0.03", "0", "0"),
                new Life("put back", ledger -> {
                    ledger.begin(work("p")).join();
                    ledger.settle(claimed(ledger, call(work("p"), "0.10")), Settlement.notBilled(5, null)).join();
                    ledger.release(work("p").id()).join();
                    return work("p");
                }, "New", "New", "0", "0", "0"),
                new Life("answered", ledger -> {
                    UUID claim = claimed(ledger, call(work("p"), "0.10"));
                    ledger.settleAndFinish(claim, paid("0.02"), work("p"), answer("0.02")).join();
                    return work("p");
                }, "Answered", "Answered", "0.02", "0", "0"),
                new Life("answered, and settled twice", ledger -> {
                    UUID claim = claimed(ledger, call(work("p"), "0.10"));
                    ledger.settleAndFinish(claim, paid("0.02"), work("p"), answer("0.02")).join();
                    assertThat(ledger.settle(claim, paid("0.02")).join().applied()).isFalse();
                    return work("p");
                }, "Answered", "Answered", "0.02", "0", "0"),
                new Life("dead-lettered without a call", ledger -> {
                    ledger.finish(work("p"), deadLetter()).join();
                    return work("p");
                }, "DeadLettered", "DeadLettered", "0", "0", "0"),
                new Life("answered, then forgotten", ledger -> {
                    UUID claim = claimed(ledger, call(work("p"), "0.10"));
                    ledger.settleAndFinish(claim, paid("0.02"), work("p"), answer("0.02")).join();
                    assertThat(ledger.forget("out").join()).isEqualTo(1);
                    return work("p");
                }, "New", "New", "0.02", "0", "0"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lives")
    void aWorkIsKnownByWhatBecameOfIt(Life life) {
        Work work = life.steps().apply(ledger);
        assertThat(kind(ledger.begin(work).join())).isEqualTo(life.now());
        assertSpending(life.spent(), life.held(), life.reserved());
        restart();
        assertThat(kind(ledger.begin(work).join())).isEqualTo(life.later());
        BigDecimal held = new BigDecimal(life.held()).add(new BigDecimal(life.reserved()));
        assertSpending(life.spent(), held.toPlainString(), "0");
        assertThat(kind(ledger.begin(work).join())).as("asked twice").isEqualTo(finished(life.later()) ? life.later() : "Busy");
    }

    @Test
    void aStoredAnswerComesBackAsItWas() {
        UUID claim = claimed(ledger, call(work("p"), "0.10"));
        ledger.settleAndFinish(claim, paid("0.000148"), work("p"), answer("0.000148")).join();
        KnownWork.Ended answered = (KnownWork.Ended) ledger.begin(work("p")).join();
        assertThat(answered.json()).isEqualTo(bytes("{\"text\":\"hi\"}"));
        assertThat(answered.costUsd()).isEqualByComparingTo("0.000148");
        assertThat(answered.model()).isEqualTo(CHEAP);
        assertThat(answered.job()).isEqualTo("out");
    }

    @Test
    void anAnswerCanBeKeptForOthersThatAskTheSame() {
        UUID claim = claimed(ledger, call(work("p"), "0.10"));
        ledger.settleAndFinish(claim, paid("0.02"), work("p"), answer("0.05").reusable("question model", new BigDecimal("0.02"))).join();
        restart();
        CachedAnswer kept = ledger.history().cached("question model", Instant.EPOCH);
        assertThat(kept.result()).isEqualTo(bytes("{\"text\":\"hi\"}"));
        assertThat(kept.model()).isEqualTo(CHEAP);
        assertThat(kept.costUsd()).as("of the call, not of the prompt").isEqualByComparingTo("0.02");
        assertThat(ledger.history().cached("question other", Instant.EPOCH)).isNull();
        assertThat(ledger.history().cached("question model", kept.storedAt())).as("too old").isNull();

        Finish later = Finish.answered(bytes("{\"text\":\"hello\"}"), CHEAP, BigDecimal.ZERO).reusable("question model", null);
        ledger.finish(work("q"), answer("0").reusable("question model", null));
        ledger.finish(work("r"), later).join();
        assertThat(ledger.history().cached("question model", Instant.EPOCH).result()).as("the later one").isEqualTo(bytes("{\"text\":\"hello\"}"));
        assertThat(ledger.retention().purgeCache(Instant.now().minusSeconds(3600))).isZero();
        assertThat(ledger.retention().purgeCache(Instant.now().plusSeconds(3600))).isEqualTo(1);
        assertThat(ledger.history().cached("question model", Instant.EPOCH)).isNull();
    }

    @Test
    void anAnswerThatIsForgottenIsNotGivenToOthers() {
        ledger.finish(work("p"), answer("0.02").reusable("question model", null)).join();
        ledger.forget("out").join();
        assertThat(ledger.history().cached("question model", Instant.EPOCH)).isNull();
    }

    @Test
    void withoutTextsAnAnswerIsKnownButNotKept() {
        ledger.close();
        ledger = TestLedgers.openTracking(TestLedgers.withoutText(settings()));
        ledger.finish(work("p"), answer("0.02").reusable("question model", null)).join();
        ledger.finish(work("q"), deadLetter()).join();
        assertThat(ledger.history().cached("question model", Instant.EPOCH)).isNull();
        assertThat(((KnownWork.Ended) ledger.begin(work("p")).join()).json()).isNull();
        assertThat(((KnownWork.Ended) ledger.begin(work("q")).join()).json()).isNull();
    }

    @Test
    void anAmbiguousCallIsToldWithItsGenerationIdAndCountsAsSpentUntilLookedUp() {
        UUID claim = claimed(ledger, call(work("p"), "0.10"));
        ledger.generation(claim, "gen-7").join();
        restart();
        KnownWork.Ambiguous ambiguous = (KnownWork.Ambiguous) ledger.begin(work("p")).join();
        assertThat(ambiguous.claims()).singleElement().satisfies(open -> {
            assertThat(open.claimId()).isEqualTo(claim);
            assertThat(open.generationId()).isEqualTo("gen-7");
            assertThat(open.model()).isEqualTo(CHEAP);
            assertThat(open.reservedUsd()).isEqualByComparingTo("0.10");
        });
        assertThat(ledger.history().unresolved(List.of("out"), Instant.EPOCH, 10)).extracting(OpenClaim::claimId).containsExactly(claim);
        ledger.markAmbiguousRetried(claim).join();
        assertSpending("0", "0.10", "0");
        ledger.resolve(claim, new BigDecimal("0.04"), CostSource.REPORTED, null).join();
        assertSpending("0.04", "0", "0");
        assertThat(ledger.history().unresolved(List.of("out"), Instant.EPOCH, 10)).isEmpty();
        restart();
        assertThat(ledger.begin(work("p")).join()).isEqualTo(new KnownWork.New(1, new BigDecimal("0.04"), null, List.of()));
    }

    @Test
    void aLostAnswerThatWasLookedUpFirstIsToldUntilItIsCalledAgain() {
        UUID claim = claimed(ledger, call(work("p"), "0.10"));
        ledger.generation(claim, "gen-7").join();
        restart();
        ledger.resolve(claim, new BigDecimal("0.04"), CostSource.REPORTED, new KeptEvent(bytes("{}"), true, true)).join();
        assertThat(ledger.history().unsent(History.Event.NONE, Instant.now().plusSeconds(60), 10)).extracting(History.Event::claim).containsExactly(claim);
        assertThat(((KnownWork.New) ledger.begin(work("p")).join()).lost()).extracting(OpenClaim::claimId).containsExactly(claim);
        ledger.markAmbiguousRetried(claim).join();
        assertSpending("0.04", "0", "0");
        ledger.deliveries().sent(claim, true);
        restart();
        assertThat(ledger.history().unsent(History.Event.NONE, Instant.now().plusSeconds(60), 10)).isEmpty();
        assertThat(ledger.begin(work("p")).join()).isEqualTo(new KnownWork.New(1, new BigDecimal("0.04"), null, List.of()));
    }

    @Test
    void theEventOfACallAndThatOfItsLookUpAreSentEachForItself() {
        UUID claim = claimed(ledger, call(work("p"), "0.10"));
        ledger.settle(claim, new Settlement(Settlement.State.UNKNOWN, "gen-7", null, null, null, null, null, 5L, bytes("{\"first\":1}"), null, true, null)).join();
        ledger.resolve(claim, new BigDecimal("0.04"), CostSource.REPORTED, new KeptEvent(bytes("{\"second\":2}"), true, true)).join();
        assertThat(unsentInPagesOfOne()).containsExactly("{\"first\":1}", "{\"second\":2}");
        ledger.deliveries().sent(claim, false); // the acknowledgement of the first may come late
        restart();
        assertThat(unsentInPagesOfOne()).containsExactly("{\"second\":2}");
        List<String> all = new ArrayList<>();
        ledger.history().events("out", event -> all.add(new String(event, StandardCharsets.UTF_8)));
        assertThat(all).containsExactly("{\"first\":1}", "{\"second\":2}");
    }

    @Test
    void whatWasUsedIsToldByAllThatTellsItApart() {
        Settlement paid = paid("0.03");
        ledger.settle(claimed(ledger, call(work("a"), "0.10")), new Settlement(paid.state(), null, paid.servedModel(), paid.provider(), paid.usage(), paid.costUsd(), paid.costSource(),
                1L, null, null, false, "flex")).join();
        ledger.settle(claimed(ledger, call(work("b"), "0.20")), unknown()).join();
        ledger.settle(claimed(ledger, call(work("c"), "0.40")), Settlement.notBilled(1, "rate_limited")).join();
        ledger.reused(work("d"), CHEAP, new BigDecimal("0.7")).join();
        claimed(ledger, call(work("e"), "0.30"));

        assertThat(ledger.figures().uses(LocalDate.EPOCH)).extracting(use -> use.model() + " " + use.tier() + " " + use.provider() + " " + use.source() + " " + use.calls() + " "
                + use.usd().stripTrailingZeros().toPlainString() + " " + use.uncertainUsd().stripTrailingZeros().toPlainString() + " " + use.tokensIn()).containsExactlyInAnyOrder(
                CHEAP + " flex Vendor reported 1 0.03 0 12", CHEAP + " null null unknown 1 0 0.2 0", CHEAP + " null null running 1 0 0.3 0");
        assertThat(ledger.figures().by(Figures.By.TIER, LocalDate.EPOCH)).extracting(Figures.Row::name).contains("flex");
        assertThat(ledger.figures().dayEnds(LocalDate.EPOCH, "00:00").stream().map(DailyUse.DayEnd::usd).reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo("0.23");
        assertThat(ledger.figures().dayEnds(LocalDate.EPOCH, "24:00")).isEmpty();
    }

    private List<String> unsentInPagesOfOne() {
        List<String> all = new ArrayList<>();
        List<History.Event> page;
        for (History.Event last = History.Event.NONE; !(page = ledger.history().unsent(last, Instant.now().plusSeconds(60), 1)).isEmpty(); last = page.get(0)) {
            all.add(new String(page.get(0).json(), StandardCharsets.UTF_8));
        }
        return all;
    }

    @Test
    void aSettlementOfUnknownCostThatIsSentTwiceIsBookedOnce() {
        UUID claim = claimed(ledger, call(work("p"), "0.10"));
        Settlement unknown = new Settlement(Settlement.State.UNKNOWN, null, null, null, null, null, null, 5L, bytes("{}"), null);
        ledger.settle(claim, unknown).join();
        ledger.settle(claim, unknown).join();
        assertSpending("0", "0.10", "0");
    }

    @Test
    void aFinishedWorkIsCalledAgainOnlyWhereThatIsAskedFor() {
        ledger.finish(work("p"), deadLetter()).join();
        assertThat(ledger.claim(call(work("p"), "0.10")).join()).isEqualTo(new ClaimAnswer.Taken());
        UUID claim = claimed(ledger, new ClaimRequest(work("p"), 2, 0, CHEAP, new BigDecimal("0.10"), true));
        ledger.settleAndFinish(claim, paid("0.01"), work("p"), answer("0.01")).join();
        assertThat(kind(ledger.begin(work("p")).join())).isEqualTo("Answered");
    }

    @Test
    void aRefusedClaimSaysWhichLimitAndReservesNothing() {
        limit(Scope.TOTAL, Period.JOB, "0.25");
        UUID first = claimed(ledger, call(work("p"), "0.10"));
        claimed(ledger, call(work("q"), "0.10"));
        ClaimAnswer.Refused refused = (ClaimAnswer.Refused) ledger.claim(call(work("r"), "0.10")).join();
        assertThat(refused.limit().scope()).isEqualTo(Scope.TOTAL);
        assertThat(refused.periodKey()).isEqualTo("out");
        assertThat(refused.reservedUsd()).isEqualByComparingTo("0.20");
        assertThat(refused.exhausted()).as("only running calls are in the way").isFalse();
        assertThat(ledger.begin(work("r")).join()).isEqualTo(new KnownWork.New(0, ZERO, null, List.of()));
        assertSpending("0", "0", "0.20");
        ledger.settle(first, paid("0.01")).join();
        assertThat(ledger.claim(call(work("r"), "0.10")).join()).isInstanceOf(ClaimAnswer.Reserved.class);
        assertThat(ledger.claim(call(work("s"), "0")).join()).as("a free call").isInstanceOf(ClaimAnswer.Reserved.class);
    }

    @Test
    void aRaisedLimitHoldsAtOnce() {
        limit(Scope.TOTAL, Period.DAY, "0.05");
        assertThat(ledger.claim(call(work("p"), "0.10")).join()).isInstanceOf(ClaimAnswer.Refused.class);
        limit(Scope.TOTAL, Period.DAY, "0.10");
        assertThat(ledger.claim(call(work("p"), "0.10")).join()).isInstanceOf(ClaimAnswer.Reserved.class);
    }

    @Test
    void aTenantsRowBeatsTheSettingAndConcernsNobodyElse() {
        limit(Scope.TENANT, Period.DAY, "0.15");
        ledger.tenantLimit("rich", Limit.ANY, Period.DAY, new BigDecimal("1")).join();
        ledger.tenantLimit("rich", "vendor/dear", Period.MONTH, new BigDecimal("0.5")).join();
        assertThat(ledger.claim(call(work("p", "poor"), "0.20")).join()).isInstanceOf(ClaimAnswer.Refused.class);
        assertThat(ledger.claim(call(work("p", "rich"), "0.20")).join()).isInstanceOf(ClaimAnswer.Reserved.class);
        ClaimRequest dear = new ClaimRequest(work("q", "rich"), 1, 0, "vendor/dear", new BigDecimal("0.6"), false);
        assertThat(((ClaimAnswer.Refused) ledger.claim(dear).join()).name()).isEqualTo("rich vendor/dear");
        assertThat(ledger.history().tenantLimits()).hasSize(2);
        ledger.tenantLimit("rich", "vendor/dear", Period.MONTH, null).join();
        assertThat(ledger.claim(dear).join()).isInstanceOf(ClaimAnswer.Reserved.class);
    }

    @Test
    void aPipelinesLimitConcernsThatPipelineAlone() {
        ledger.limits(List.of(new Limit(Scope.PIPELINE, Limit.ANY, Limit.ANY, Limit.ANY, Period.DAY, new BigDecimal("0.15")),
                new Limit(Scope.PIPELINE, "tickets", Limit.ANY, Limit.ANY, Period.DAY, new BigDecimal("1.00"))));
        assertThat(ledger.claim(call(work("p", "acme", "moods"), "0.20")).join()).isInstanceOf(ClaimAnswer.Refused.class);
        UUID first = claimed(ledger, call(work("p", "acme", "tickets"), "0.90"));
        assertThat(ledger.settle(first, paid("0.85")).join().crossings()).extracting(Crossing::name, Crossing::percent)
                .containsExactly(tuple("tickets", 50), tuple("tickets", 80));
        ClaimAnswer.Refused refused = (ClaimAnswer.Refused) ledger.claim(call(work("q", "other", "tickets"), "0.20")).join();
        assertThat(refused.name()).isEqualTo("tickets");
        assertThat(refused.limit().scope()).isEqualTo(Scope.PIPELINE);
        assertThat(refused.exhausted()).isTrue();
        assertThat(refused.crossings()).extracting(Crossing::name, Crossing::percent).containsExactly(tuple("tickets", 100));
        assertThat(ledger.claim(call(work("q", "other", "moods"), "0.10")).join()).as("the other pipeline goes on").isInstanceOf(ClaimAnswer.Reserved.class);
        assertThat(ledger.history().current(LocalDate.parse(today()))).singleElement().satisfies(state -> {
            assertThat(state.pipeline()).isEqualTo("tickets");
            assertThat(state.tenant()).isNull();
            assertThat(state.leftUsd()).isEqualByComparingTo("0.15");
        });
    }

    @Test
    void aPipelinesLimitThatIsNewCountsWhatItHasSpentBefore() {
        LedgerSettings fresh = fresh();
        try (Ledger first = Ledger.open(fresh); Ledger second = Ledger.open(fresh)) {
            first.settle(claimed(first, call(work("p", "acme", "tickets"), "0.50")), paid("0.30")).join();
            second.settle(claimed(second, call(work("q", "other", "tickets"), "0.20")), unknown()).join();
            claimed(second, call(work("r", "acme", "tickets"), "0.10"));
            first.settle(claimed(first, call(work("s", "acme", "moods"), "0.50")), paid("0.45")).join();

            first.limits(List.of(new Limit(Scope.PIPELINE, "tickets", Limit.ANY, Limit.ANY, Period.DAY, new BigDecimal("1.00"))));
            assertThat(first.history().budgets()).extracting(BudgetState::scope, BudgetState::pipeline, state -> plain(state.spentUsd()), state -> plain(state.heldUsd()),
                    state -> plain(state.reservedUsd())).containsExactlyInAnyOrder(tuple(Scope.PIPELINE, "tickets", "0.3", "0.2", "0.1"),
                            tuple(Scope.PIPELINE, "moods", "0.45", "0", "0"));
            second.settle(claimed(second, call(work("t", "acme", "tickets"), "0.40")), paid("0.40")).join();
            assertThat(((ClaimAnswer.Refused) first.claim(call(work("u", "acme", "tickets"), "0.06")).join()).spentUsd()).as("of a process that has no limit, too")
                    .isEqualByComparingTo("0.90");
        }
    }

    @Test
    void fourProcessesTogetherNeverPassAPipelinesLimitAndHoldNoOtherBack() throws Exception {
        Limit limit = new Limit(Scope.PIPELINE, "tickets", Limit.ANY, Limit.ANY, Period.DAY, new BigDecimal("5.00"));
        assertThat(ofFourProcesses(limit, i -> i % 2 == 0 ? "tickets" : "moods")).isEqualTo(Map.of("tickets", 50, "moods", 500));
        assertThat(ledger.history().budgets()).filteredOn(state -> state.scope() == Scope.PIPELINE && state.period() == Period.DAY)
                .extracting(BudgetState::pipeline, state -> plain(state.spentUsd()), state -> plain(state.reservedUsd()))
                .containsExactlyInAnyOrder(tuple("tickets", "5", "0"), tuple("moods", "50", "0"));
    }

    private static String plain(BigDecimal usd) {
        return usd.stripTrailingZeros().toPlainString();
    }

    private String today() {
        return ledger.history().budgets().stream().filter(state -> state.period() == Period.DAY).findFirst().orElseThrow().periodKey();
    }

    @Test
    void aThresholdIsToldOnceAndAgainForANewLimit() {
        limit(Scope.TOTAL, Period.DAY, "1.00");
        List<Integer> told = new ArrayList<>();
        for (String usd : new String[] {"0.40", "0.15", "0.05", "0.25", "0.10"}) {
            UUID claim = claimed(ledger, call(work("p" + usd), usd));
            ledger.settle(claim, paid(usd)).join().crossings().forEach(crossing -> told.add(crossing.percent()));
        }
        assertThat(told).containsExactly(50, 80);
        ClaimAnswer.Refused refused = (ClaimAnswer.Refused) ledger.claim(call(work("q"), "0.10")).join();
        assertThat(refused.crossings()).extracting(Crossing::percent).containsExactly(100);
        restart();
        limit(Scope.TOTAL, Period.DAY, "1.00");
        assertThat(((ClaimAnswer.Refused) ledger.claim(call(work("q"), "0.10")).join()).crossings()).isEmpty();
        limit(Scope.TOTAL, Period.DAY, "1.80");
        UUID claim = claimed(ledger, call(work("q"), "0.10"));
        assertThat(ledger.settle(claim, paid("0.01")).join().crossings()).extracting(Crossing::percent).containsExactly(50);
    }

    @Test
    void aCallIsBookedOnTheDayOfItsClaim() {
        ledger.close();
        Instant lastSecond = Instant.parse("2026-11-30T23:59:59Z");
        ledger = TestLedgers.openTracking(TestLedgers.withClock(settings(), Clock.fixed(lastSecond, ZoneOffset.UTC)));
        UUID claim = claimed(ledger, call(work("p"), "0.10"));
        ledger.close();
        ledger = TestLedgers.openTracking(TestLedgers.withClock(settings(), Clock.fixed(lastSecond.plusSeconds(2), ZoneOffset.UTC)));
        limit(Scope.TOTAL, Period.DAY, "0.10");
        ledger.resolve(claim, new BigDecimal("0.07"), CostSource.REPORTED, null).join();
        assertThat(ledger.claim(call(work("q"), "0.10")).join()).as("a new day's budget").isInstanceOf(ClaimAnswer.Reserved.class);
        assertThat(ledger.history().budgets()).filteredOn(state -> state.scope() == Scope.TOTAL && state.spentUsd().signum() > 0)
                .extracting(BudgetState::periodKey).containsExactlyInAnyOrder("2026-11-30", "2026-11", "out");
    }

    @Test
    void oneOperationThatTheDatabaseRefusesFailsAlone() {
        List<CompletableFuture<Settled>> good = new ArrayList<>();
        CompletableFuture<Void> rejected = null;
        CompletableFuture<Settled> lost = null;
        for (int i = 0; i < 100; i++) {
            good.add(ledger.finish(work("p" + i), answer("0")));
            rejected = i == 50 ? ledger.tenantLimit("acme", null, Period.DAY, ZERO) : rejected;
            lost = i == 50 ? ledger.settle(new UUID(1, 1), paid("1")) : lost;
        }
        good.forEach(future -> assertThat(future.join().stored()).isTrue());
        assertThatThrownBy(rejected::join).hasCauseInstanceOf(LedgerRejected.class).hasMessageMatching(".*does not take it.*(SQLState 23502|SQLite error 19).*");
        assertThatThrownBy(lost::join).hasCauseInstanceOf(LedgerRejected.class);
    }

    @Test
    void namesThatPostgresCannotKeepAreNoTrouble() {
        Work work = new Work(work("p").id(), "out\0", "", "id \0 \ud800", "id \0 \ud800", "te|na\0nt".repeat(100), null, false);
        ledger.settleAndFinish(claimed(ledger, call(work, "0.1")), paid("0.1"), work, answer("0.1")).join();
        assertThat(kind(ledger.begin(work).join())).isEqualTo("Answered");
        assertSpending("0.1", "0", "0");
    }

    @Test
    void aCancelledClaimLeavesNothingReserved() {
        for (int i = 0; i < 200; i++) {
            CompletableFuture<ClaimAnswer> claim = ledger.claim(call(work("p" + i), "0.10"));
            if (!claim.cancel(true)) { // it was too late: the call is the caller's
                ledger.settle(((ClaimAnswer.Reserved) claim.join()).claimId(), Settlement.notBilled(1, null)).join();
            }
        }
        await().untilAsserted(() -> assertSpending("0", "0", "0"));
    }

    @Test
    void afterTenThousandMixedCallsNothingIsReservedAndTheSumsAgreeToTheLastDigit() {
        limit(Scope.TOTAL, Period.DAY, "1000000");
        Random random = new Random(7);
        BigDecimal spent = ZERO;
        BigDecimal held = ZERO;
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Work work = work("p" + i, "tenant-" + i % 7, "pipeline-" + i % 3);
            BigDecimal reserved = BigDecimal.valueOf(random.nextLong(1, 1L << 60), 18);
            BigDecimal cost = reserved.multiply(BigDecimal.valueOf(random.nextDouble(0, 1.2))).setScale(18, RoundingMode.DOWN);
            int kind = random.nextInt(4);
            spent = kind < 2 ? spent.add(cost) : spent;
            held = kind == 2 ? held.add(reserved) : held;
            all.add(ledger.claim(new ClaimRequest(work, 1, 0, "m" + i % 5, reserved, false)).thenCompose(answer -> {
                UUID claim = ((ClaimAnswer.Reserved) answer).claimId();
                return switch (kind) {
                    case 0 -> ledger.settleAndFinish(claim, paid(cost.toPlainString()), work, answer("0"));
                    case 1 -> ledger.settle(claim, paid(cost.toPlainString()));
                    case 2 -> ledger.settle(claim, unknown());
                    default -> ledger.settle(claim, Settlement.notBilled(1, null));
                };
            }));
        }
        all.forEach(CompletableFuture::join);
        assertSpending(spent.toPlainString(), held.toPlainString(), "0");
        Figures.Row total = TestLedgers.total(ledger);
        assertThat(total.costUsd()).isEqualByComparingTo(spent);
        assertThat(total.uncertainUsd()).isEqualByComparingTo(held);
        assertThat(total.requests()).isEqualTo(10_000);
        for (Scope scope : new Scope[] {Scope.PIPELINE, Scope.TENANT, Scope.MODEL, Scope.TENANT_MODEL}) {
            BigDecimal sum = ledger.history().budgets().stream().filter(state -> state.scope() == scope && state.period() == Period.MONTH)
                    .map(BudgetState::spentUsd).reduce(ZERO, BigDecimal::add);
            assertThat(sum).as("%s", scope).isEqualByComparingTo(spent);
        }
    }

    @Test
    void figuresOfAllDimensionsAreOfOneMomentAndTheLastEndsAreRead() {
        Work work = work("long");
        UUID first = claimed(ledger, call(work, "0.01"));
        ledger.settle(first, Settlement.notBilled(5, "rate_limited")).join();
        ledger.settleAndFinish(claimed(ledger, new ClaimRequest(work, 2, 1, "other", new BigDecimal("0.02"), false)), paid("0.001", "rate_limited"), work,
                Finish.answered(bytes("\"" + "x".repeat(20_000) + "\""), "other", new BigDecimal("0.001"))).join();
        ledger.settle(claimed(ledger, call(work("lost"), "0.5")), unknown()).join();
        ledger.finish(work("dead"), deadLetter()).join();

        Map<Figures.By, List<Figures.Row>> all = ledger.figures().by(List.of(Figures.By.values()), List.of(Figures.By.MODEL), LocalDate.now(ZoneOffset.UTC).minusDays(1));
        assertThat(all).hasSize(Figures.By.values().length).allSatisfy((by, rows) -> {
            assertThat(rows.stream().mapToLong(Figures.Row::requests).sum()).as("%s", by).isEqualTo(3);
            assertThat(rows).extracting(Figures.Row::p95Ms).as("%s", by).allSatisfy(ms -> assertThat(ms == null).isEqualTo(by != Figures.By.MODEL));
        });
        assertThat(all.get(Figures.By.REASON)).extracting(Figures.Row::name, Figures.Row::errors, Figures.Row::fallbacks)
                .containsExactly(tuple("not_recorded", 1L, 0L), tuple("rate_limited", 1L, 1L));
        assertThat(all.get(Figures.By.SOURCE)).extracting(Figures.Row::name).containsExactly("not billed", "reported", "unknown");
        List<UUID> ends = ledger.figures().lastEnds(10);
        assertThat(ledger.figures().ends(ends.subList(0, 1), 100)).extracting(Figures.End::json).containsExactly(bytes("{\"error\":{}}"));
        assertThat(ledger.figures().ends(ends, 100)).hasSize(2).filteredOn(end -> end.json() == null).as("too long").hasSize(1)
                .allSatisfy(end -> assertThat(end.at()).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1)));
        assertThat(ledger.figures().ends(ends, 30_000)).allSatisfy(end -> assertThat(end.json()).isNotNull());
        assertThat(ledger.history().budgets(LocalDate.parse("2001-01-01"))).isEmpty();
    }

    @Test
    void whatTheLastHourCostIsToldApartFromTheDayBefore() {
        ledger.settle(claimed(ledger, call(work("p"), "0.10")), paid("0.001")).join();
        ledger.settle(claimed(ledger, call(work("q"), "0.10")), unknown()).join();
        Instant now = Instant.now();
        Map.of(0, "0.001|0", 59, "0.001|0", 62, "0|0.001", 24 * 60, "0|0.001", 25 * 60 + 2, "0|0").forEach((minutes, sums) -> {
            Figures.Pace pace = ledger.figures().pace(now.plus(Duration.ofMinutes(minutes)));
            assertThat(pace.lastHour()).as("%s minutes later", minutes).isEqualByComparingTo(sums.substring(0, sums.indexOf('|')));
            assertThat(pace.dayBefore()).as("%s minutes later", minutes).isEqualByComparingTo(sums.substring(sums.indexOf('|') + 1));
        });
    }

    @Test
    void fourProcessesTogetherNeverPassALimit() throws Exception {
        assertThat(ofFourProcesses(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.JOB, new BigDecimal("5.00")), i -> "")).isEqualTo(Map.of("", 50));
        assertSpending("5.00", "0", "0");
    }

    /** How many of 1,000 calls of $0.10, each by one of four processes, were made of each pipeline. */
    private Map<String, Integer> ofFourProcesses(Limit limit, IntFunction<String> pipeline) throws Exception {
        List<Ledger> ledgers = new ArrayList<>(List.of(ledger, TestLedgers.openTracking(other()), TestLedgers.openTracking(other()), TestLedgers.openTracking(other())));
        ledgers.forEach(each -> each.limits(List.of(limit)));
        ExecutorService threads = Executors.newFixedThreadPool(100);
        List<Future<String>> claims = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                Ledger mine = ledgers.get(i % 4);
                // models in different orders: rows that would be locked crosswise
                ClaimRequest request = new ClaimRequest(work("p" + i, "t" + i % 5, pipeline.apply(i)), 1, 0, "m" + i % 7, new BigDecimal("0.10"), false);
                claims.add(threads.submit(() -> {
                    if (mine.claim(request).join() instanceof ClaimAnswer.Reserved reserved) {
                        mine.settleAndFinish(reserved.claimId(), paid("0.10"), request.work(), answer("0.10")).join();
                        return request.work().pipeline();
                    }
                    return null;
                }));
            }
            Map<String, Integer> made = new TreeMap<>();
            for (Future<String> claim : claims) {
                String of = claim.get(60, TimeUnit.SECONDS);
                if (of != null) {
                    made.merge(of, 1, Integer::sum);
                }
            }
            return made;
        } finally {
            threads.shutdown();
            ledgers.subList(1, 4).forEach(Ledger::close);
        }
    }

    @Test
    void ofManyProcessesThatWantTheSameWorkOneGetsIt() {
        try (Ledger second = TestLedgers.openTracking(other())) {
            for (int i = 0; i < 100; i++) {
                CompletableFuture<ClaimAnswer> one = ledger.claim(call(work("p" + i), "0.01"));
                CompletableFuture<ClaimAnswer> two = second.claim(call(work("p" + i), "0.01"));
                assertThat(List.of(one.join(), two.join())).filteredOn(ClaimAnswer.Reserved.class::isInstance).as("prompt %s", i).hasSize(1);
            }
        }
    }

    /** What a process remembers of its own rows holds until another one has written. */
    @Test
    void whatAnotherProcessHasMadeOfAWorkOrACallMeanwhileIsSeen() {
        try (Ledger second = TestLedgers.openTracking(other())) {
            ledger.begin(work("p")).join();
            second.finish(work("p"), answer("0")).join();
            assertThat(ledger.claim(call(work("p"), "0.10")).join()).as("one that was in no table").isEqualTo(new ClaimAnswer.Taken());
            UUID claim = claimed(ledger, call(work("q"), "0.10"));
            second.resolve(claim, new BigDecimal("0.03"), CostSource.REPORTED, null).join();
            second.finish(work("q"), answer("0.03")).join();
            assertThat(ledger.settleAndFinish(claim, paid("0.02"), work("q"), answer("0.02")).join().applied()).as("its cost was known").isFalse();
        }
        assertSpending("0.03", "0", "0");
    }

    @Test
    void aWorkOfALiveProcessIsBusyAndOfAnEndedOneAmbiguous() {
        Ledger second = TestLedgers.openTracking(other());
        UUID claim = claimed(second, call(work("p"), "0.10"));
        assertThat(ledger.begin(work("p")).join()).isEqualTo(new KnownWork.Busy(second.instance()));
        assertThat(ledger.claim(call(work("p"), "0.10")).join()).isEqualTo(new ClaimAnswer.Taken());
        second.close();
        assertThat(((KnownWork.Ambiguous) ledger.begin(work("p")).join()).claims()).extracting(OpenClaim::claimId).containsExactly(claim);
    }

    @Test
    void withoutALimitNoSpendingIsKeptAndALimitThatIsNewCountsWhatWasSpentBefore() {
        LedgerSettings fresh = fresh();
        try (Ledger first = Ledger.open(fresh); Ledger second = Ledger.open(fresh)) {
            ledger.close();
            ledger = first;
            first.settle(claimed(first, call(work("p"), "0.50")), paid("0.30")).join();
            second.settle(claimed(second, call(work("q", "other"), "0.20")), unknown()).join();
            UUID running = claimed(second, call(work("r", "other"), "0.10"));
            first.settle(claimed(first, call(work("s"), "0.50")), Settlement.notBilled(1, null)).join();
            assertThat(first.history().budgets()).as("no limit, no rows").isEmpty();

            limit(Scope.TOTAL, Period.DAY, "1.00");
            assertThat(first.history().budgets()).singleElement().satisfies(state -> {
                assertThat(state.spentUsd()).isEqualByComparingTo("0.30");
                assertThat(state.heldUsd()).isEqualByComparingTo("0.20");
                assertThat(state.reservedUsd()).isEqualByComparingTo("0.10");
                assertThat(state.leftUsd()).isEqualByComparingTo("0.40");
            });
            second.settle(running, paid("0.05")).join();
            second.settle(claimed(second, call(work("t"), "0.40")), paid("0.40")).join();
            assertThat(((ClaimAnswer.Refused) first.claim(call(work("u"), "0.06")).join()).spentUsd()).as("of a process that has no limit, too")
                    .isEqualByComparingTo("0.95");
            assertThat(first.claim(call(work("u"), "0.05")).join()).isInstanceOf(ClaimAnswer.Reserved.class);

            second.tenantLimit("other", Limit.ANY, Period.MONTH, new BigDecimal("0.26")).join();
            assertThat(((ClaimAnswer.Refused) first.claim(call(work("v", "other"), "0.02")).join()).limit().scope()).isEqualTo(Scope.TOTAL);
            limit(Scope.TOTAL, Period.DAY, "9");
            assertThat(((ClaimAnswer.Refused) first.claim(call(work("v", "other"), "0.02")).join()).name()).isEqualTo("other");
            assertThat(first.claim(call(work("v", "other"), "0.01")).join()).isInstanceOf(ClaimAnswer.Reserved.class);
        }
    }

    /** A model without a price is claimed for nothing. */
    @Test
    void whatACallThatPromisedToBeFreeDidCostCountsInEveryBudget() {
        UUID free = claimed(ledger, call(work("p"), "0"));
        ledger.settle(free, paid("0.30")).join();
        assertSpending("0.30", "0", "0");
        limit(Scope.TOTAL, Period.DAY, "0.35");
        assertThat(ledger.claim(call(work("q"), "0.06")).join()).isInstanceOf(ClaimAnswer.Refused.class);
    }

    /** Many processes have as many rows for each minute. */
    @Test
    void minutesAreNeverCountedTogether() throws SQLException {
        ledger.settle(claimed(ledger, call(work("p"), "0.10")), paid("0.01")).join();
        copies(DailyFigures.MOST_ROWS, "kind, figure_day, 99, name, pipeline, provider, tenant, task, model, served_model, tier, cost_source, 0, 0, 0, 0, 0, 0, 0,"
                + " saved_usd, saved_usd, saved_usd, '', 1", "minute");
        restart(); // another slot
        ledger.settle(claimed(ledger, call(work("q"), "0.10")), paid("0.02")).join();
        Figures.Pace later = ledger.figures().pace(Instant.now().plus(Duration.ofHours(2)));
        assertThat(later.lastHour()).isEqualByComparingTo("0");
        assertThat(later.dayBefore()).isEqualByComparingTo("0.03");
    }

    @Test
    void aDayHasABoundedNumberOfFiguresAndTheirSumsStayRight() throws SQLException {
        ledger.settle(claimed(ledger, call(work("p"), "0.10")), paid("0.01")).join();
        copies(DailyFigures.MOST_ROWS - 2, "kind, figure_day, 99, name, pipeline, provider, tenant, task, model, served_model, tier, cost_source, 0, 0, 0, 0, 0, 0, 0,"
                + " cost_usd, uncertain_usd, saved_usd, '', 1", "calls");
        BigDecimal before = TestLedgers.total(ledger).costUsd();
        for (String tenant : new String[] {"a", "b", "c", "a", "b", "c"}) {
            UUID claim = claimed(ledger, call(work("q" + tenant + before, tenant), "0.10"));
            ledger.settle(claim, paid("0.01")).join();
            before = before.add(new BigDecimal("0.01"));
        }
        List<Figures.Row> tenants = ledger.figures().by(Figures.By.TENANT, LocalDate.EPOCH);
        assertThat(tenants).extracting(Figures.Row::name).containsExactly("a", "acme", "other");
        assertThat(tenants).extracting(Figures.Row::requests).containsExactly(2L, 1L, 4L);
        assertThat(TestLedgers.total(ledger).costUsd()).isEqualByComparingTo(before);
    }

    /** @param row all columns of figures behind the first one */
    private void copies(int many, String row, String kind) throws SQLException {
        try (Connection connection = ledger.dataSource().getConnection(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO figures WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < " + many
                    + ") SELECT 'filler-' || n, " + row + " FROM numbers, figures WHERE kind = '" + kind + "'");
            connection.commit();
        }
    }

    private static boolean finished(String known) {
        return known.equals("Answered") || known.equals("DeadLettered");
    }

    void limit(Scope scope, Period period, String usd) {
        ledger.limits(List.of(new Limit(scope, Limit.ANY, Limit.ANY, period, new BigDecimal(usd))));
    }

    void restart() {
        ledger.close();
        ledger = TestLedgers.openTracking(settings());
    }

    /** Over all, in each period. */
    void assertSpending(String spent, String held, String reserved) {
        List<BudgetState> totals = ledger.history().budgets().stream().filter(state -> state.scope() == Scope.TOTAL).toList();
        assertThat(totals.isEmpty() && new BigDecimal(spent).add(new BigDecimal(held)).add(new BigDecimal(reserved)).signum() == 0
                || totals.size() == Period.values().length).as("%s", totals).isTrue();
        assertThat(totals).allSatisfy(state -> {
            assertThat(state.spentUsd()).isEqualByComparingTo(spent);
            assertThat(state.heldUsd()).isEqualByComparingTo(held);
            assertThat(state.reservedUsd()).isEqualByComparingTo(reserved);
        });
    }
}
