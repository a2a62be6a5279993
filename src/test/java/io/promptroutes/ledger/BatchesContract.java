package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.answer;
import static io.promptroutes.ledger.Prompts.bytes;
import static io.promptroutes.ledger.Prompts.call;
import static io.promptroutes.ledger.Prompts.paid;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds of batches on both databases. */
abstract class BatchesContract {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final String KEY = "hash";

    private Ledger ledger;

    /** Of a database that is empty before each test; another process each time. */
    abstract LedgerSettings settings();

    @BeforeEach
    final void open() {
        ledger = TestLedgers.openTracking(settings());
    }

    @AfterEach
    final void close() {
        ledger.close();
    }

    private static BatchIntent intent(String... ids) {
        return new BatchIntent(UUID.randomUUID(), "openrouter", KEY, "/v1/chat/completions", Prompts.CHEAP, null, "24h", 100,
                IntStream.range(0, ids.length).mapToObj(n -> call(work(ids[n]), "1.00")).toList());
    }

    private BatchRow row(UUID batch) {
        return ledger.batches().of(List.of(batch)).get(batch);
    }

    private BudgetState total() {
        return ledger.history().budgets().stream().filter(budget -> budget.scope() == Scope.TOTAL && budget.period() == Period.DAY).findFirst().orElseThrow();
    }

    @Test
    void linesAreClaimedWithTheIntent() {
        BatchIntent intent = intent("a", "b");
        assertThat(ledger.batches().intend(intent).join()).hasSize(2).allMatch(ClaimAnswer.Reserved.class::isInstance);
        assertThat(row(intent.id()).state()).isEqualTo(BatchState.INTENT);
        assertThat(row(intent.id()).lines()).isEqualTo(2);
        assertThat(total().reservedUsd()).isEqualByComparingTo("2.00");
        assertThat(ledger.batches().poller().due("openrouter", KEY, LEASE).join()).as("its sender lives").isEmpty();
    }

    @Test
    void aLineThatNoBudgetHasRoomForIsNoPartOfIt() {
        ledger.limits(List.of(new Limit(Scope.TOTAL, Limit.ANY, Limit.ANY, Period.DAY, new BigDecimal("1.50"))));
        BatchIntent intent = intent("a", "b");
        assertThat(ledger.batches().intend(intent).join()).extracting(answer -> answer.getClass().getSimpleName()).containsExactly("Reserved", "Refused");
        assertThat(ledger.batches().lines(intent.id(), -1, 10)).extracting(BatchLine::n).containsExactly(0);
        BatchIntent none = intent("c");
        assertThat(ledger.batches().intend(none).join().get(0)).isInstanceOf(ClaimAnswer.Refused.class);
        assertThat(row(none.id())).isNull();
    }

    @Test
    void aProcessThatDiesLeavesItsLinesToTheirBatch() {
        BatchIntent intent = intent("a");
        UUID claim = ((ClaimAnswer.Reserved) ledger.batches().intend(intent).join().get(0)).claimId();
        try (Ledger other = Ledger.open(settings())) {
            assertThat(other.begin(work("a")).join()).isInstanceOf(KnownWork.Busy.class);
            ledger.close();
            KnownWork.Batched batched = (KnownWork.Batched) other.begin(work("a")).join();
            assertThat(batched.batch()).isEqualTo(intent.id());
            assertThat(batched.claim().claimId()).isEqualTo(claim);
            assertThat(batched.attempts()).isZero();
            assertThat(other.batches().poller().due("openrouter", KEY, LEASE).join()).extracting(BatchRow::id).as("its sender is dead").containsExactly(intent.id());
            try (Ledger third = Ledger.open(settings())) {
                assertThat(third.begin(work("a")).join()).as("taken").isInstanceOf(KnownWork.Busy.class);
                other.release(work("a").id()).join();
                assertThat(third.begin(work("a")).join()).isInstanceOf(KnownWork.Batched.class);
            }
        }
    }

    @Test
    void whatTheProviderDoesNotTakeWasNeverCalled() {
        BatchIntent intent = intent("a", "b");
        List<UUID> claims = ledger.batches().intend(intent).join().stream().map(one -> ((ClaimAnswer.Reserved) one).claimId()).toList();
        ledger.batches().refused(intent.id(), claims, "no :batch endpoint").join();
        assertThat(row(intent.id()).state()).isEqualTo(BatchState.REFUSED);
        assertThat(total().reservedUsd()).isZero();
        assertThat(total().spentUsd()).isZero();
        ledger.release(work("a").id()).join();
        KnownWork.New known = (KnownWork.New) ledger.begin(work("a")).join();
        assertThat(known.attempts()).isZero();
    }

    @Test
    void eachStepIsOnDisk() {
        BatchIntent intent = intent("a", "b", "c");
        Batches batches = ledger.batches();
        List<ClaimAnswer> claims = batches.intend(intent).join();
        assertThat(batches.submitted(intent.id(), "batch-1", Duration.ZERO).join()).isTrue();
        assertThat(batches.ours(Set.of("batch-1", "batch-2"))).containsExactly("batch-1");
        assertThat(batches.poller().due("openrouter", KEY, LEASE).join()).extracting(BatchRow::remoteId).containsExactly("batch-1");
        batches.later(intent.id(), "in_progress", 1, 0, LEASE).join();
        assertThat(batches.poller().due("openrouter", KEY, LEASE).join()).isEmpty();
        BatchLine own = BatchLine.came(0, BatchLine.State.ANSWERED, bytes("{}"), null, new BigDecimal("0.25"));
        BatchLine sharing = BatchLine.came(1, BatchLine.State.ANSWERED, bytes("{}"), BigDecimal.ONE, null);
        assertThat(batches.collect(intent.id(), List.of(own, sharing)).join()).isEqualTo(2);
        assertThat(batches.collect(intent.id(), List.of(own)).join()).as("a doubled line").isZero();
        assertThat(batches.end(intent.id(), BatchState.ENDED, "completed", new BigDecimal("0.40"), BatchLine.State.UNKNOWN, null).join()).isTrue();
        assertThat(batches.end(intent.id(), BatchState.ENDED, "completed", null, BatchLine.State.AGAIN, null).join()).as("by another").isFalse();
        assertThat(batches.lines(intent.id(), -1, 10)).extracting(BatchLine::state)
                .as("nothing is left that the third could have cost").containsExactly(BatchLine.State.ANSWERED, BatchLine.State.ANSWERED, BatchLine.State.FAILED);
        assertThat(batches.lines(intent.id(), 0, 1).get(0).costUsd()).isEqualByComparingTo("0.15");
        assertThat(batches.lines(intent.id(), 0, 1).get(0).shared()).isTrue();
        UUID claim = ((ClaimAnswer.Reserved) claims.get(0)).claimId();
        assertThat(batches.lines(Set.of(claim)).get(claim).costUsd()).isEqualByComparingTo("0.25");
        ledger.settleAndFinish(claim, paid("0.25"), work("a"), answer("0.25")).join();
        assertThat(total().spentUsd()).isEqualByComparingTo("0.25");
        assertThat(total().reservedUsd()).isEqualByComparingTo("2.00");
        ledger.retention().purge(Instant.EPOCH);
        assertThat(batches.lines(intent.id(), -1, 10)).extracting(line -> line.raw() != null).as("raw").containsExactly(false, true, false);
    }

    @Test
    void whatIsLeftOfTheBillIsThatOfTheLinesThatDidNotCome() {
        BatchIntent intent = intent("a", "b", "c");
        Batches batches = ledger.batches();
        batches.intend(intent).join();
        batches.submitted(intent.id(), "batch-1", Duration.ZERO).join();
        batches.collect(intent.id(), List.of(BatchLine.came(0, BatchLine.State.ANSWERED, bytes("{}"), new BigDecimal("0.10"), null))).join();
        batches.end(intent.id(), BatchState.ENDED, "completed", new BigDecimal("0.21"), BatchLine.State.UNKNOWN, null).join();
        assertThat(batches.lines(intent.id(), -1, 10)).extracting(BatchLine::costUsd).usingElementComparator(BigDecimal::compareTo)
                .containsExactly(new BigDecimal("0.10"), new BigDecimal("0.055"), new BigDecimal("0.055"));
        assertThat(batches.lines(intent.id(), 0, 10)).extracting(BatchLine::state).containsOnly(BatchLine.State.UNKNOWN);
    }

    @Test
    void aBatchThatCameToNothingWasNotBilled() {
        BatchIntent intent = intent("a", "b");
        Batches batches = ledger.batches();
        batches.intend(intent).join();
        batches.submitted(intent.id(), "batch-1", Duration.ZERO).join();
        batches.collect(intent.id(), List.of(BatchLine.came(1, BatchLine.State.FAILED, bytes("{}"), null, null))).join();
        batches.end(intent.id(), BatchState.ENDED, "failed", null, BatchLine.State.AGAIN, "line 1").join();
        assertThat(batches.lines(intent.id(), -1, 10)).extracting(BatchLine::state).containsExactly(BatchLine.State.AGAIN, BatchLine.State.FAILED);
        assertThat(total().reservedUsd()).as("of the second, which is still to be settled").isEqualByComparingTo("1.00");
        ledger.release(work("a").id()).join();
        assertThat(ledger.begin(work("a")).join()).isInstanceOf(KnownWork.New.class);
    }

    @Test
    void itIsCountedHowOftenAPromptCameBackBecauseOfOthers() {
        Batches batches = ledger.batches();
        for (int round = 0; round < 3; round++) {
            BatchIntent intent = intent("a", "b");
            List<UUID> claims = batches.intend(intent).join().stream().map(one -> ((ClaimAnswer.Reserved) one).claimId()).toList();
            assertThat(batches.rounds(claims)).isEqualTo(round == 0 ? Map.of() : Map.of(claims.get(0), round, claims.get(1), round));
            assertThat(batches.blamed(intent.id(), 7).join()).as("no line of it").isFalse();
            assertThat(batches.blamed(intent.id(), 1).join()).isTrue();
            batches.refused(intent.id(), claims, "line 1").join();
            assertThat(row(intent.id()).blamed()).isEqualTo(1);
            ledger.release(work("a").id()).join();
            ledger.release(work("b").id()).join();
        }
        BatchIntent roomless = intent("a");
        List<UUID> claims = batches.intend(roomless).join().stream().map(one -> ((ClaimAnswer.Reserved) one).claimId()).toList();
        batches.refused(roomless.id(), claims, "no room").join();
        assertThat(batches.rounds(claims)).as("for want of room is nobody's fault").containsExactly(Map.entry(claims.get(0), 3));
    }

    @Test
    void whatTheProviderSaysOfItsEndIsKept() {
        Batches batches = ledger.batches();
        BatchIntent intent = intent("a");
        batches.intend(intent).join();
        batches.submitted(intent.id(), "batch-1", Duration.ZERO).join();
        assertThat(row(intent.id()).within()).isEqualTo("24h");
        Instant soon = row(intent.id()).createdAt().plusSeconds(40);
        batches.ends(intent.id(), soon, null).join();
        batches.ends(intent.id(), null, soon.plusSeconds(5)).join();
        assertThat(row(intent.id()).expiresAt()).isEqualTo(soon);
        assertThat(batches.took("openrouter", Prompts.CHEAP)).as("not through yet").isEmpty();
        batches.end(intent.id(), BatchState.ENDED, "completed", null, BatchLine.State.UNKNOWN, null).join();
        assertThat(batches.took("openrouter", Prompts.CHEAP)).containsExactly(Duration.ofSeconds(45));
        assertThat(batches.took("openrouter", "another/model")).isEmpty();
    }

    @Test
    void aLostReplyIsLookedForLater() {
        BatchIntent intent = intent("a");
        Batches batches = ledger.batches();
        batches.intend(intent).join();
        batches.lost(intent.id(), 0, LEASE).join();
        assertThat(batches.poller().due("openrouter", KEY, LEASE).join()).isEmpty();
        batches.lost(intent.id(), 1, Duration.ZERO).join();
        assertThat(batches.poller().due("openrouter", KEY, LEASE).join()).extracting(BatchRow::looks).containsExactly(1);
        assertThat(batches.submitted(intent.id(), "batch-1", Duration.ZERO).join()).isTrue();
        assertThat(batches.lost(intent.id(), 0, LEASE).join()).isFalse();
    }

    @Test
    void oneProcessLooksAfterTheBatchesOfAKey() {
        BatchIntent intent = intent("a");
        ledger.batches().intend(intent).join();
        ledger.batches().submitted(intent.id(), "batch-1", Duration.ZERO).join();
        try (Ledger other = Ledger.open(settings())) {
            assertThat(ledger.batches().poller().due("openrouter", KEY, LEASE).join()).hasSize(1);
            assertThat(other.batches().poller().due("openrouter", KEY, LEASE).join()).isEmpty();
            assertThat(other.batches().poller().due("openrouter", "another", LEASE).join()).as("of another key").isEmpty();
            ledger.batches().poller().leave().join();
            assertThat(other.batches().poller().due("openrouter", KEY, LEASE).join()).hasSize(1);
            assertThat(ledger.batches().poller().due("openrouter", KEY, LEASE).join()).isEmpty();
        }
    }

    @Test
    void sharesAddUpToTheLastDigit() {
        BigDecimal amount = new BigDecimal("0.100000000000000001");
        Map<Integer, BigDecimal> shares = CostShares.of(amount, Map.of(0, BigDecimal.ONE, 1, BigDecimal.ONE, 2, BigDecimal.ONE));
        assertThat(shares.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(amount);
        assertThat(shares.values()).allSatisfy(share -> assertThat(share).isBetween(new BigDecimal("0.033333333333333333"), new BigDecimal("0.033333333333333334")));
        assertThat(CostShares.of(amount, Map.of(0, BigDecimal.ZERO, 1, BigDecimal.ZERO)).values().stream().reduce(BigDecimal.ZERO, BigDecimal::add)).isEqualByComparingTo(amount);
        assertThat(CostShares.of(new BigDecimal("-1"), Map.of(0, BigDecimal.ONE))).isEmpty();
    }
}
